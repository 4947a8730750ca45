//! What RFC 3966 (`tel:` addresses) adds: `tel:20-7946-0958;phone-context=+44;isub=1`.

use super::symbols::{ALPHA, DIGIT, Symbols, is};

/// Reads an address that has a context: first the context, as far as it begins a number, then the
/// number. Answers whether the text is such an address.
pub(super) fn read(text: &str, symbols: &mut Symbols) -> Result<bool, Malformed> {
    let Some(at) = find(text.as_bytes(), CONTEXT) else { return Ok(false) };
    let context = text.get(at + CONTEXT.len()..).unwrap_or_default();
    let end = find(context.as_bytes(), b";").unwrap_or(context.len());
    let context = context.get(..end).unwrap_or_default();
    symbols.push_text(context, false);
    if context.starts_with('+') {
        if !is_global_number(symbols.as_bytes()) {
            return Err(Malformed);
        }
    } else if is_domain_name(symbols.as_bytes()) {
        symbols.truncate(0);
    } else {
        return Err(Malformed);
    }
    let start = find(text.as_bytes(), SCHEME).map_or(0, |at| at + SCHEME.len());
    symbols.push_text(text.get(start..at).unwrap_or_default(), false);
    Ok(true)
}

/// The context is neither the beginning of a number nor a domain name.
#[derive(Debug)]
pub(super) struct Malformed;

/// Where an ISDN subaddress begins, if something stands before it.
pub(super) fn find_subaddress(symbols: &[u8]) -> Option<usize> {
    find(symbols, b";isub=").filter(|at| *at > 0)
}

/// A plus sign and digits, with dashes, dots and brackets among them.
fn is_global_number(symbols: &[u8]) -> bool {
    let digits = symbols.get(1..).unwrap_or_default();
    digits.iter().all(|byte| is(*byte, DIGIT) || matches!(byte, b'-' | b'.' | b'(' | b')'))
        && digits.iter().any(|byte| is(*byte, DIGIT))
}

/// Labels joined by dots; the last one begins with a letter and may have a dot after it.
fn is_domain_name(symbols: &[u8]) -> bool {
    let name = symbols.strip_suffix(b".").unwrap_or(symbols);
    let mut first = b'-';
    let mut previous = b'-';
    for byte in name {
        match byte {
            b'.' if previous == b'-' => return false,
            b'.' => (first, previous) = (b'-', b'-'),
            b'-' if first == b'-' => return false,
            b'-' => previous = b'-',
            _ if !is(*byte, ALPHA | DIGIT) => return false,
            _ => {
                first = if first == b'-' { *byte } else { first };
                previous = *byte;
            }
        }
    }
    previous != b'-' && is(first, ALPHA)
}

/// Where a part that begins with a rare character first stands.
#[inline(never)]
fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window.first() == part.first() && window == part)
}

const SCHEME: &[u8] = b"tel:";
const CONTEXT: &[u8] = b";phone-context=";

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<Option<&str>>) {
        let mut symbols = Symbols::new();
        let found = match read(text, &mut symbols) {
            Ok(false) => None,
            Ok(true) => Some(Some(symbols.as_bytes())),
            Err(Malformed) => Some(None),
        };
        assert_eq!(found, expected.map(|expected| expected.map(str::as_bytes)), "{text}");
    }

    #[test]
    fn a_context_begins_a_number_or_names_a_domain() {
        check("tel:+44 7700", None);
        check("tel:7700;phone-context=+44", Some(Some("+447700")));
        check("7700;phone-context=+4-4.;x=1", Some(Some("+4-4.7700")));
        for domain in ["example.com", "a", "a-1.b-2c.", "1.com", "a.b.c"] {
            check(&format!("tel:7700;phone-context={domain}"), Some(Some("7700")));
        }
        for malformed in ["", "+", "+-", "+x", "1.1", "-a", "a-", "a..b", ".", "a.b..", "a_b", "*"]
        {
            check(&format!("tel:7700;phone-context={malformed}"), Some(None));
        }
    }
}
