//! Texts that are wrong in a way a person would see: two numbers, what a spreadsheet made of one.

use super::number::Kind;
use super::reading::{Possible, Reading};
use super::refusal::Refusal;
use super::symbols::{MAX_INPUT, ODD, is};

/// Refuses what libphonenumber would read, but as another number than was meant.
pub(super) fn misread(text: &str) -> Option<Refusal> {
    let bytes = text.trim_ascii().as_bytes();
    let is_decimal = matches!(bytes, [.., b'.' | b',', b'0'] | [.., b'.' | b',', b'0', b'0']);
    // Nearly all texts are plain, and are done after one look at each byte.
    if is_decimal || bytes.iter().any(|byte| is(*byte, ODD)) { misread_odd(bytes) } else { None }
}

#[cold]
#[inline(never)]
fn misread_odd(bytes: &[u8]) -> Option<Refusal> {
    if is_scientific(bytes) {
        Some(Refusal::ScientificNotation)
    } else if is_whole_number(bytes) {
        Some(Refusal::DecimalNumber)
    } else if holds_two(bytes, b";,\n\r|&") {
        Some(Refusal::TwoNumbers)
    } else {
        None
    }
}

/// Looks for a better reason than that a text cannot be read as a number.
#[cold]
#[inline(never)]
pub(super) fn explain(text: &str, refusal: Refusal) -> Refusal {
    let bytes = text.trim_ascii().as_bytes();
    if bytes.len() > MAX_INPUT {
        return refusal;
    }
    if holds_two(bytes, b";,\n\r|&/\\\t:+") || holds_two_long_runs(bytes) {
        return Refusal::TwoNumbers;
    }
    if bytes.contains(&b'+') {
        return refusal;
    }
    let digits: String =
        bytes.iter().filter(|byte| byte.is_ascii_digit()).copied().map(char::from).collect();
    if digits.len() > MOST_DIGITS {
        return refusal;
    }
    let is_prefixed = |prefix: &str| {
        digits.strip_prefix(prefix).is_some_and(|rest| international(rest).is_some())
    };
    if is_prefixed("00") || is_prefixed("011") {
        return Refusal::ForeignPrefix;
    }
    let is_bare = bytes.len() == digits.len();
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

/// `14155552671.0`.
fn is_whole_number(bytes: &[u8]) -> bool {
    let ([digits @ .., b'.' | b',', b'0'] | [digits @ .., b'.' | b',', b'0', b'0']) = bytes else {
        return false;
    };
    digits.len() >= NUMBER_DIGITS && digits.iter().all(u8::is_ascii_digit)
}

/// Whether separators divide the text into parts of which two are each as long as a number.
fn holds_two(bytes: &[u8], separators: &[u8]) -> bool {
    let mut numbers = 0;
    let mut part = Part::default();
    let is_word = |a: &u8, b: &u8| a.is_ascii_alphabetic() && b.is_ascii_alphabetic();
    for word in bytes.chunk_by(is_word) {
        let [byte, ..] = word else { continue };
        if word.len() > 1 && CONJUNCTIONS.iter().any(|known| word.eq_ignore_ascii_case(known)) {
            numbers += u32::from(part.is_number());
            part = Part::default();
        } else if separators.contains(byte) {
            numbers += u32::from(part.is_number());
            // Several commas are pauses: a telephone waits, then dials the extension.
            let pauses = matches!(byte, b',' | b';') && part.digits == 0;
            part = Part { begun: pauses, labelled: pauses, digits: 0 };
        } else {
            part.push(*byte);
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
    fn push(&mut self, byte: u8) {
        // What begins with a word, or with another separator, is an extension or its like.
        if !self.begun && !byte.is_ascii_whitespace() {
            self.begun = true;
            self.labelled = byte.is_ascii_alphabetic();
        }
        self.digits += usize::from(byte.is_ascii_digit());
    }

    fn is_number(&self) -> bool {
        self.digits >= NUMBER_DIGITS && !self.labelled
    }
}

/// `07700900123 07700900124`.
fn holds_two_long_runs(bytes: &[u8]) -> bool {
    let is_long = |run: &&[u8]| run.len() >= 10 && run.iter().all(u8::is_ascii_digit);
    bytes.split(u8::is_ascii_whitespace).filter(is_long).count() > 1
}

/// The 15 digits of E.164 and a prefix.
const MOST_DIGITS: usize = 18;
/// A whole number has at least as many digits.
const NUMBER_DIGITS: usize = 7;
/// With its country code a number nearly always has as many.
const PLAUSIBLE_DIGITS: usize = 11;
const CONJUNCTIONS: [&[u8]; 6] = [b"or", b"and", b"oder", b"und", b"ou", b"et"];
