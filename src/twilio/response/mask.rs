//! Taking personal data out of Twilio's words before they are kept.

/// `text` with everything that could be a phone number, a code or a token replaced by `***`, on one
/// line and cut to `limit` characters.
///
/// A number is five digits or more, with whatever people write between them; a token is twenty
/// letters and digits or more in a row, such as a SID or a secret that stood in the wrong setting.
pub(in crate::twilio) fn mask(text: &str, limit: usize) -> String {
    let masked = mask_numbers(&mask_tokens(text));
    match masked.char_indices().nth(limit) {
        Some((end, _)) => masked.get(..end).unwrap_or_default().to_owned(),
        None => masked,
    }
}

const MASK: &str = "***";
const NUMBER_DIGITS: usize = 5;
const TOKEN_CHARS: usize = 20;

fn mask_tokens(text: &str) -> String {
    let is_token = |run: &str| run.chars().count() >= TOKEN_CHARS;
    let mut out = String::new();
    let mut token = String::new();
    for c in text.chars() {
        if c.is_alphanumeric() {
            token.push(c);
            continue;
        }
        flush(&mut out, &mut token, is_token);
        out.push(if c.is_control() { ' ' } else { c });
    }
    flush(&mut out, &mut token, is_token);
    out
}

fn mask_numbers(text: &str) -> String {
    let is_number = |run: &str| run.chars().filter(|c| c.is_numeric()).count() >= NUMBER_DIGITS;
    let mut out = String::new();
    let mut run = String::new();
    for c in text.chars() {
        if c.is_numeric() || (!run.is_empty() && is_between_digits(c)) {
            run.push(c);
            continue;
        }
        flush(&mut out, &mut run, is_number);
        out.push(c);
    }
    flush(&mut out, &mut run, is_number);
    out
}

/// Moves `run` to `out`, masked if it has to be; what trails its last letter or digit stays.
fn flush(out: &mut String, run: &mut String, must_mask: impl Fn(&str) -> bool) {
    if must_mask(run) {
        out.push_str(MASK);
        let kept = run.trim_end_matches(|c: char| !c.is_alphanumeric());
        out.push_str(run.strip_prefix(kept).unwrap_or_default());
    } else {
        out.push_str(run);
    }
    run.clear();
}

fn is_between_digits(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '.' | ',' | '(' | ')' | '/' | '\u{2010}'..='\u{2015}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, masked: &str) {
        assert_eq!(mask(text, 80), masked);
    }

    #[test]
    fn numbers_and_tokens_do_not_show() {
        check("The 'To' number +447700900123 is not valid.", "The 'To' number +*** is not valid.");
        check("verify +1 (500) 555-0006 at twilio.com", "verify +*** at twilio.com");
        check("whatsapp:+15005550006, x", "whatsapp:+***, x");
        check("to٠١٢٣٤٥", "to***");
        check("abc1234567", "abc***");
        check("/Accounts/AC0123456789abcdef0123456789abcdef/Messages", "/Accounts/***/Messages");
        check("token 0123456789abcdef0123456789abcdef", "token ***");
    }

    #[test]
    fn ordinary_words_and_small_numbers_stay() {
        check("exceeds the 1600 character limit", "exceeds the 1600 character limit");
        check("the 9 daily messages limit", "the 9 daily messages limit");
        check("a\r\nb\tc", "a  b c");
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(mask(&"é ".repeat(400), 5), "é é é");
        assert_eq!(mask("", 5), "");
        assert_eq!(mask(&"7".repeat(100_000), 5), "***");
    }
}
