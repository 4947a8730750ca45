//! Texts that are wrong in a way a person would see: two numbers, what a spreadsheet made of one.

use super::number::Kind;
use super::reading::{Possible, Reading};
use super::refusal::Refusal;
use super::symbols::{ODD, is};

/// Refuses what libphonenumber would read, but as another number than was meant.
pub(super) fn misread(text: &str) -> Option<Refusal> {
    let bytes = text.trim_ascii().as_bytes();
    let is_decimal = matches!(bytes, [.., b'.' | b',', b'0'] | [.., b'.' | b',', b'0', b'0']);
    // Nearly all texts are plain, and are done after one look at each byte.
    if !is_decimal && !bytes.iter().any(|byte| is(*byte, ODD)) {
        return None;
    }
    if is_scientific(bytes) {
        Some(Refusal::ScientificNotation)
    } else if is_decimal && is_whole_number(bytes) {
        Some(Refusal::DecimalNumber)
    } else if holds_two(text, |c| matches!(c, ';' | ',' | '\n' | '\r' | '|' | '&')) {
        Some(Refusal::TwoNumbers)
    } else {
        None
    }
}

/// Looks for a better reason than that a text cannot be read as a number.
pub(super) fn explain(text: &str, refusal: Refusal) -> Refusal {
    let is_separator =
        |c| matches!(c, ';' | ',' | '\n' | '\r' | '|' | '&' | '/' | '\\' | '\t' | ':' | '+');
    if holds_two(text, is_separator) || holds_two_long_runs(text) {
        return Refusal::TwoNumbers;
    }
    if text.contains(['+', '＋']) {
        return refusal;
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let prefixed = ["00", "011"].into_iter().filter_map(|prefix| digits.strip_prefix(prefix));
    if prefixed.into_iter().any(|rest| international(rest).is_some()) {
        return Refusal::ForeignPrefix;
    }
    let is_bare = text.trim().len() == digits.len();
    let is_international = international(&digits).is_some_and(|number| {
        digits.len() >= PLAUSIBLE_DIGITS || number.classify().1 != Kind::Unknown
    });
    if is_bare && is_international { Refusal::LostPlus } else { refusal }
}

/// The number that digits are with a plus sign before them, if that is possible.
fn international(digits: &str) -> Option<Reading> {
    let mut text = String::with_capacity(digits.len() + 1);
    text.push('+');
    text.push_str(digits);
    Reading::of(&text, None).ok().filter(|reading| reading.possible() == Possible::Yes)
}

/// `4.477E11`, `4,477e+11`.
fn is_scientific(bytes: &[u8]) -> bool {
    let Some(at) = bytes.iter().position(|byte| matches!(byte, b'e' | b'E')) else { return false };
    let (fraction, exponent) = bytes.split_at(at);
    let ([_, b'+' | b'-', exponent @ ..] | [_, exponent @ ..]) = exponent else { return false };
    let is_fraction = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'.' | b',');
    let points = fraction.iter().filter(|byte| !byte.is_ascii_digit()).count();
    !fraction.is_empty()
        && fraction.iter().all(is_fraction)
        && points <= 1
        && (1..=3).contains(&exponent.len())
        && exponent.iter().all(u8::is_ascii_digit)
}

/// `14155552671.0`, with the zeros known to be there.
fn is_whole_number(bytes: &[u8]) -> bool {
    let points = bytes.iter().filter(|byte| matches!(byte, b'.' | b',')).count();
    let digits = bytes.iter().filter(|byte| byte.is_ascii_digit()).count();
    points == 1 && points + digits == bytes.len() && digits > NUMBER_DIGITS
}

/// Whether separators divide the text into parts of which two are each as long as a number.
fn holds_two(text: &str, is_separator: impl Fn(char) -> bool) -> bool {
    let mut numbers = 0;
    let mut part = Part::default();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c.is_ascii_alphabetic() {
            let after = rest.as_str().trim_start_matches(|c: char| c.is_ascii_alphabetic());
            let len = rest.as_str().len() - after.len();
            let word = rest.as_str().get(..len).unwrap_or_default();
            rest = after.chars();
            if is_conjunction(c, word) {
                numbers += u32::from(part.is_number());
                part = Part::default();
            } else {
                part.push(c);
            }
        } else if is_separator(c) {
            numbers += u32::from(part.is_number());
            // Several commas are pauses: a telephone waits, then dials the extension.
            let pauses = matches!(c, ',' | ';') && part.digits == 0;
            part = Part { begun: pauses, labelled: pauses, digits: 0 };
        } else {
            part.push(c);
        }
    }
    numbers + u32::from(part.is_number()) > 1
}

/// What stands between two separators.
#[derive(Default)]
struct Part {
    begun: bool,
    digits: usize,
    labelled: bool,
}

impl Part {
    fn push(&mut self, c: char) {
        // What begins with a word, or with another separator, is an extension or its like.
        if !self.begun && !c.is_whitespace() {
            self.begun = true;
            self.labelled = !(c.is_ascii_digit() || matches!(c, '+' | '('));
        }
        self.digits += usize::from(c.is_ascii_digit());
    }

    fn is_number(&self) -> bool {
        self.digits >= NUMBER_DIGITS && !self.labelled
    }
}

fn is_conjunction(first: char, rest: &str) -> bool {
    let is = |word: &str| {
        word.split_at_checked(1).is_some_and(|(head, tail)| {
            first.eq_ignore_ascii_case(&head.chars().next().unwrap_or(' '))
                && rest.eq_ignore_ascii_case(tail)
        })
    };
    ["or", "and", "oder", "und", "ou", "et"].into_iter().any(is)
}

/// `07700900123 07700900124`.
fn holds_two_long_runs(text: &str) -> bool {
    let is_long = |run: &&str| run.len() >= 10 && run.bytes().all(|byte| byte.is_ascii_digit());
    text.split_whitespace().filter(is_long).count() > 1
}

/// A whole number has at least as many digits.
const NUMBER_DIGITS: usize = 7;
/// With its country code a number nearly always has as many.
const PLAUSIBLE_DIGITS: usize = 11;
