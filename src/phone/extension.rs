//! Extensions: `ext. 123`, `x123`, `;ext=123`, `,,123`, `- 123#` and their like.
//!
//! libphonenumber has one long regular expression for them, which must match through the end of the
//! text. An extension ends in digits, so reading it backward finds its start in one pass.

use super::symbols::{
    ACUTE, AROUND, BLANK, COMMA, CYRILLIC, DIGIT, HYPHEN, O_ACUTE, WIDE_E, WIDE_HASH, WIDE_I,
    WIDE_N, WIDE_T, WIDE_X, strip_end,
};

/// An extension at the end of a text.
pub(super) struct Extension<'s> {
    /// Where it begins, with the blanks before its label.
    pub(super) start: usize,
    /// Up to 20 digits.
    pub(super) digits: &'s [u8],
}

/// Finds the extension that begins farthest to the left.
pub(super) fn find(symbols: &[u8]) -> Option<Extension<'_>> {
    let (body, hash) = match symbols.split_last() {
        Some((b'#', body)) => (body, true),
        _ => (symbols, false),
    };
    let before = strip_end(body, DIGIT);
    let digits = body.get(before.len()..)?;
    if digits.is_empty() || digits.len() > MOST_DIGITS || before.len() < LEAST_BEFORE {
        return None;
    }
    let starts = [
        rfc3966(before).filter(|_| !hash),
        labelled(before, digits.len()),
        dialled(before, digits.len()),
        american(before).filter(|_| hash && digits.len() <= 6),
    ];
    let start = starts.into_iter().flatten().min()?;
    Some(Extension { start, digits })
}

/// `;ext=`.
fn rfc3966(before: &[u8]) -> Option<usize> {
    before_word(before, b";ext=").map(<[u8]>::len)
}

/// A word or a sign, with at most a colon or full stop and blanks after it.
fn labelled(before: &[u8], digits: usize) -> Option<usize> {
    let label_end = without_stop(strip_end(before, AROUND));
    let rest = match label_end {
        [rest @ .., b'x' | b'X' | b'#' | b'~' | WIDE_X | WIDE_HASH] if digits <= 9 => rest,
        [rest @ .., WIDE_I, WIDE_N, WIDE_T] if digits <= 9 => rest,
        _ => match before_word(label_end, b"int") {
            Some(rest) if digits <= 9 => rest,
            _ => before_explicit_label(label_end)?,
        },
    };
    Some(strip_end(rest, BLANK | COMMA).len())
}

/// `ext`, `extn`, `extension` and the like, `anexo`, and the Russian word.
fn before_explicit_label(label_end: &[u8]) -> Option<&[u8]> {
    if let Some(rest) =
        before_word(label_end, b"anexo").or_else(|| label_end.strip_suffix(&CYRILLIC))
    {
        return Some(rest);
    }
    let wide = label_end.strip_suffix(&[WIDE_N]).unwrap_or(label_end);
    if let Some(rest) = wide.strip_suffix(&[WIDE_X, WIDE_T]) {
        return Some(rest.strip_suffix(&[WIDE_E]).unwrap_or(rest));
    }
    let stem = before_word(label_end, b"n").unwrap_or(label_end);
    let long = match stem {
        [rest @ .., O_ACUTE] | [rest @ .., b'o' | b'O', ACUTE] | [rest @ .., b'o' | b'O'] => {
            before_word(rest, b"ensi")
        }
        _ => None,
    };
    let rest = before_word(long.unwrap_or(stem), b"xt")?;
    Some(before_word(rest, b"e").unwrap_or(rest))
}

/// Commas or a semicolon: pauses and waits for a telephone that dials the extension itself.
fn dialled(before: &[u8], digits: usize) -> Option<usize> {
    let run_start = strip_end(before, AROUND);
    let label_end = without_stop(run_start);
    let run = before.get(run_start.len()..).unwrap_or_default();
    // Commas in the run right before the digits.
    let in_run = |commas: &[u8]| {
        let at = run.windows(commas.len()).position(|window| window == commas)?;
        Some(run_start.len() + at)
    };
    let mut found = None;
    let mut note = |label: Option<usize>| {
        let start = label.and_then(|at| before.get(..at)).map(|rest| strip_end(rest, BLANK).len());
        found = [found, start].into_iter().flatten().min();
    };
    if digits <= 15 {
        note(in_run(b",,"));
        note(label_end.strip_suffix(b";").map(<[u8]>::len));
        note(label_end.strip_suffix(b",,").map(<[u8]>::len));
    }
    if digits <= 9 {
        note(in_run(b","));
        note(Some(strip_end(label_end, COMMA).len()).filter(|at| *at < label_end.len()));
    }
    found
}

/// Hyphens or spaces; the digits end in `#`.
fn american(before: &[u8]) -> Option<usize> {
    let rest = strip_end(before, HYPHEN);
    Some(rest.len()).filter(|start| *start < before.len())
}

fn without_stop(symbols: &[u8]) -> &[u8] {
    match symbols {
        [rest @ .., b':' | b'.'] => rest,
        _ => symbols,
    }
}

/// What stands before an ASCII word, of either case.
#[inline(never)]
fn before_word<'s>(symbols: &'s [u8], word: &[u8]) -> Option<&'s [u8]> {
    let (rest, end) = symbols.split_at_checked(symbols.len().checked_sub(word.len())?)?;
    end.eq_ignore_ascii_case(word).then_some(rest)
}

const MOST_DIGITS: usize = 20;
/// No number has fewer digits before its extension.
const LEAST_BEFORE: usize = 2;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phone::symbols::Symbols;

    #[track_caller]
    fn check(text: &str, expected: Option<(usize, &str)>) {
        let mut symbols = Symbols::new();
        symbols.push_text(text, false);
        let found = find(symbols.as_bytes());
        let found = found.map(|found| (found.start, std::str::from_utf8(found.digits).unwrap()));
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn finds_the_extension_that_begins_farthest_to_the_left() {
        for label in [
            " x",
            " ext.",
            ", ext: ",
            " Extension -",
            " extn",
            " xtn ",
            " extensió ",
            " extensio\u{301}n ",
            " anexo ",
            " доб. ",
            " ｅｘｔ．",
            " ｘｔｎ",
            " int ",
            " ｉｎｔ",
            " #",
            "~",
            ";ext=",
            ";EXT=",
            " ;",
            ",",
            " ,,",
            ",,, ",
            " ,.-",
            ",, ext",
        ] {
            let start = "1234".len();
            check(&format!("1234{label}56"), Some((start, "56")));
        }
        check("1234 -56#", Some((4, "56")));
        check("1234 x56#", Some((4, "56")));
        check("1234 x 5 x6", Some((8, "6")));
        check("1234 - ,,56", Some((6, "56")));
        check("1234\t,;56", Some((6, "56")));
    }

    #[test]
    fn a_vague_label_allows_fewer_digits() {
        check("1234;ext=12345678901234567890", Some((4, "12345678901234567890")));
        check("1234 ext 123456789012345678901", None);
        check("1234 x123456789", Some((4, "123456789")));
        check("1234 x1234567890", None);
        check("1234,,123456789012345", Some((4, "123456789012345")));
        check("1234,,1234567890123456", None);
        check("1234,1234567890", None);
        check("1234 123456#", Some((4, "123456")));
        check("1234 1234567#", None);
        check("1234;ext=12#", None);
        for text in ["", "12", "1234", "1234 56", "1234 ext", "1234 extensi 5", "1234:56", "#"] {
            check(text, None);
        }
    }
}
