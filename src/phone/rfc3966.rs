//! What RFC 3966 (`tel:` addresses) adds: `tel:20-7946-0958;phone-context=+44;isub=1`.

use super::symbols::symbol;

/// Splits an address that has a context into the context, as far as it begins a number, and the
/// number. Answers `Some(None)` for any other text, and none if the context is malformed.
#[expect(clippy::option_option, reason = "three answers, used in one place")]
pub(super) fn split(text: &str) -> Option<Option<(&str, &str)>> {
    let Some(at) = find(text.as_bytes(), CONTEXT) else { return Some(None) };
    let context = text.get(at + CONTEXT.len()..).unwrap_or_default();
    let context = context.split(';').next().unwrap_or_default();
    let prefix = match context.strip_prefix('+') {
        Some(digits) if is_global_number(digits) => context,
        None if is_domain_name(context) => "",
        _ => return None,
    };
    let start = find(text.as_bytes(), SCHEME).map_or(0, |at| at + SCHEME.len());
    Some(Some((prefix, text.get(start..at).unwrap_or_default())))
}

/// Where an ISDN subaddress begins, if something stands before it.
pub(super) fn find_subaddress(symbols: &[u8]) -> Option<usize> {
    find(symbols, b";isub=").filter(|at| *at > 0)
}

fn is_global_number(digits: &str) -> bool {
    let is_digit = |c: char| symbol(c).is_ascii_digit();
    digits.chars().all(|c| is_digit(c) || matches!(c, '-' | '.' | '(' | ')'))
        && digits.contains(is_digit)
}

fn is_domain_name(name: &str) -> bool {
    let is_alphanumeric = |c: char| c.is_ascii_alphabetic() || symbol(c).is_ascii_digit();
    let is_label = |label: &str| {
        label.starts_with(is_alphanumeric)
            && label.ends_with(is_alphanumeric)
            && label.chars().all(|c| is_alphanumeric(c) || c == '-')
    };
    let name = name.strip_suffix('.').unwrap_or(name);
    let last = name.rsplit('.').next().unwrap_or_default();
    name.split('.').all(is_label) && last.starts_with(|c: char| c.is_ascii_alphabetic())
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    // Most texts hold none of these characters; looking for one of them is quick.
    let first = part.first()?;
    let mut from = 0;
    while let Some(at) = text.get(from..)?.iter().position(|byte| byte == first) {
        let at = from + at;
        if text.get(at..)?.starts_with(part) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

const SCHEME: &[u8] = b"tel:";
const CONTEXT: &[u8] = b";phone-context=";
