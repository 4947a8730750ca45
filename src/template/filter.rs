//! Liquid's filters, as the liquidjs documentation has them.

use std::borrow::Cow;

use super::MAX_OUTPUT;
use super::date;
use super::error::Fault;
use super::expression::Operand;
use super::val::{Unfit, Val, is_space, push, utf16_len};
use crate::number;
use crate::time::Timestamp;

/// The most arguments that a filter takes.
pub(super) const MAX_ARGUMENTS: usize = 2;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Filter {
    Append,
    Capitalize,
    Date,
    Default,
    DividedBy,
    Downcase,
    First,
    Join,
    Last,
    Minus,
    Plus,
    Prepend,
    Remove,
    Replace,
    Round,
    Size,
    Split,
    Strip,
    Times,
    Truncate,
    Truncatewords,
    Upcase,
    UrlEncode,
}

/// Each filter with its name and the fewest and the most arguments it takes.
const FILTERS: [(&str, Filter, usize, usize); 23] = [
    ("append", Filter::Append, 1, 1),
    ("capitalize", Filter::Capitalize, 0, 0),
    ("date", Filter::Date, 0, 1),
    ("default", Filter::Default, 1, 1),
    ("divided_by", Filter::DividedBy, 1, 1),
    ("downcase", Filter::Downcase, 0, 0),
    ("first", Filter::First, 0, 0),
    ("join", Filter::Join, 0, 1),
    ("last", Filter::Last, 0, 0),
    ("minus", Filter::Minus, 1, 1),
    ("plus", Filter::Plus, 1, 1),
    ("prepend", Filter::Prepend, 1, 1),
    ("remove", Filter::Remove, 1, 1),
    ("replace", Filter::Replace, 2, 2),
    ("round", Filter::Round, 0, 1),
    ("size", Filter::Size, 0, 0),
    ("split", Filter::Split, 1, 1),
    ("strip", Filter::Strip, 0, 0),
    ("times", Filter::Times, 1, 1),
    ("truncate", Filter::Truncate, 0, 2),
    ("truncatewords", Filter::Truncatewords, 0, 2),
    ("upcase", Filter::Upcase, 0, 0),
    ("url_encode", Filter::UrlEncode, 0, 0),
];

/// The names of all filters, in order.
pub(super) fn names() -> impl Iterator<Item = &'static str> + Clone {
    FILTERS.iter().map(|(name, ..)| *name)
}

impl Filter {
    pub(super) fn named(name: &str) -> Option<Self> {
        FILTERS.iter().find(|(known, ..)| *known == name).map(|(_, filter, ..)| *filter)
    }

    /// Refuses too few or too many arguments, and a date format that nobody wants to read.
    pub(super) fn check_arguments(self, at: usize, arguments: &[Operand]) -> Result<(), Fault> {
        let Some((name, _, least, most)) = FILTERS.iter().find(|(_, known, ..)| *known == self)
        else {
            return Ok(());
        };
        if !(*least..=*most).contains(&arguments.len()) {
            let takes = match (*least, *most) {
                (0, 0) => "no argument",
                (1, 1) => "one argument",
                (2, 2) => "two arguments",
                (_, 1) => "at most one argument",
                _ => "at most two arguments",
            };
            return Err(Fault::new(at, format!("`{name}` takes {takes}")));
        }
        if let (Self::Date, [Operand::Text(format)]) = (self, arguments)
            && let Some(directive) = date::unknown_directive(format)
        {
            let mut message = format!("`{directive}` is not a supported date code; supported are");
            for code in date::CODES.chars() {
                message.push_str(" %");
                message.push(code);
            }
            return Err(Fault::new(at, message));
        }
        Ok(())
    }

    /// What the filter makes of `value`. `default` is not applied here, since the missing-value
    /// policy decides when it acts.
    pub(super) fn apply<'v>(
        self,
        value: Val<'v>,
        arguments: [Val<'v>; MAX_ARGUMENTS],
        now: Timestamp,
    ) -> Result<Val<'v>, Unfit> {
        let [first, second] = arguments;
        let text = match self {
            Self::Date => return format_date(value, &first, now),
            Self::Default => return Ok(value),
            Self::DividedBy => return Ok(arithmetic(&value, &first, |a, b| a / b)),
            Self::First => return Ok(end(&value, |text| text.chars().next(), |_| 0)),
            Self::Last => {
                return Ok(end(&value, |text| text.chars().next_back(), |length| length - 1));
            }
            Self::Minus => return Ok(arithmetic(&value, &first, |a, b| a - b)),
            Self::Plus => return Ok(arithmetic(&value, &first, |a, b| a + b)),
            Self::Round => {
                return Ok(Val::Number(round(value.number_or_zero(), first.number_or_zero())));
            }
            Self::Size => return Ok(size(&value)),
            Self::Split => return Ok(Val::Parts(split(&value.text()?, &first.text()?))),
            Self::Strip => return Ok(Val::Text(strip(value.text()?))),
            Self::Times => return Ok(arithmetic(&value, &first, |a, b| a * b)),
            Self::Truncate => return truncate(value, &first, &second),
            Self::Append => concatenate(&value.text()?, &first.text()?)?,
            Self::Capitalize => capitalize(&value.text()?),
            Self::Downcase => value.text()?.to_lowercase(),
            Self::Join => match first {
                Val::Nil => value.join(" ")?,
                separator => value.join(&separator.text()?)?,
            },
            Self::Prepend => concatenate(&first.text()?, &value.text()?)?,
            Self::Remove => replace(&value.text()?, &first.text()?, "")?,
            Self::Replace => replace(&value.text()?, &first.text()?, &second.text()?)?,
            Self::Truncatewords => truncate_words(&value.text()?, &first, &second)?,
            Self::Upcase => value.text()?.to_uppercase(),
            Self::UrlEncode => url_encode(&value.text()?),
        };
        // Changing case and percent-encoding lengthen a text by a small factor only.
        if text.len() > MAX_OUTPUT { Err(Unfit::TooLong) } else { Ok(Val::Text(Cow::Owned(text))) }
    }
}

fn arithmetic<'v>(value: &Val<'v>, argument: &Val<'v>, operation: fn(f64, f64) -> f64) -> Val<'v> {
    Val::Number(operation(value.number_or_zero(), argument.number_or_zero()))
}

/// Rounds half away from zero to `places` decimals, on the decimal digits that people see: 1.005
/// to two places is 1.01. A number that is too large for that, and an odd `places`, change nothing.
fn round(number: f64, places: f64) -> f64 {
    if let Some(rounded) = round_binary(number.abs(), places) {
        return rounded.copysign(number);
    }
    let scaled = shift(number.abs(), places);
    // The first integer that has no successor of its own.
    if scaled.is_nan() || scaled >= 9_007_199_254_740_992.0 {
        return number;
    }
    shift(scaled.round(), -places).copysign(number)
}

/// The same without a detour by decimal digits, where binary arithmetic surely agrees: `number` is
/// of a usual size and not close to the middle between two results.
fn round_binary(number: f64, places: f64) -> Option<f64> {
    const POWERS: [f64; 7] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6];
    let power = POWERS.get(whole(places)).filter(|_| places >= 0.0 && places.fract() == 0.0)?;
    let scaled = number * power;
    let is_sure = scaled < 4_294_967_296.0 && (scaled.fract() - 0.5).abs() > 0.001;
    is_sure.then(|| scaled.round() / power)
}

/// `number` times ten to the power of `places`, without binary rounding in between.
fn shift(number: f64, places: f64) -> f64 {
    let mut digits = String::new();
    number::write(number, &mut digits);
    let (mantissa, power) = digits.split_once('e').unwrap_or((&digits, "0"));
    let Some(power) = number::read(power) else {
        return f64::NAN;
    };
    let power = power + places;
    // What JavaScript cannot read back as an exponent: fractions, and powers with one of their own.
    if power.fract() != 0.0 || power.abs() >= 1e21 || !number.is_finite() {
        return f64::NAN;
    }
    let mut text = String::from(mantissa);
    text.push('e');
    number::write(power, &mut text);
    number::read(&text).unwrap_or(f64::NAN)
}

fn size<'v>(value: &Val<'v>) -> Val<'v> {
    match value {
        Val::Text(text) => Val::count(utf16_len(text)),
        value => Val::count(value.items().unwrap_or_default()),
    }
}

/// The first or last item of a list or character of a text; else an empty text.
fn end<'v>(
    value: &Val<'v>,
    character: fn(&str) -> Option<char>,
    index: fn(usize) -> usize,
) -> Val<'v> {
    match value {
        Val::Text(text) => Val::Text(character(text).map(String::from).unwrap_or_default().into()),
        value => match value.items() {
            Some(0) => Val::Nil,
            Some(length) => value.item(index(length)),
            None => Val::Text(Cow::Borrowed("")),
        },
    }
}

fn strip(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim_matches(is_space)),
        Cow::Owned(text) => Cow::Owned(text.trim_matches(is_space).to_owned()),
    }
}

/// The parts between the separators, without empty ones at the end; an empty separator parts
/// every two characters.
fn split<'v>(text: &Cow<'v, str>, separator: &str) -> Vec<Cow<'v, str>> {
    let mut parts: Vec<Cow<'v, str>> = match text {
        Cow::Borrowed(text) => parts(text, separator).into_iter().map(Cow::Borrowed).collect(),
        Cow::Owned(text) => {
            parts(text, separator).into_iter().map(|part| Cow::Owned(part.to_owned())).collect()
        }
    };
    while parts.last().is_some_and(|part| part.is_empty()) {
        parts.pop();
    }
    parts
}

fn parts<'t>(text: &'t str, separator: &str) -> Vec<&'t str> {
    if separator.is_empty() {
        return text.char_indices().filter_map(|(at, c)| text.get(at..at + c.len_utf8())).collect();
    }
    text.split(separator).collect()
}

fn replace(text: &str, pattern: &str, replacement: &str) -> Result<String, Unfit> {
    let mut out = String::with_capacity(text.len());
    for (place, part) in parts(text, pattern).into_iter().enumerate() {
        if place > 0 {
            push(&mut out, replacement)?;
        }
        push(&mut out, part)?;
    }
    Ok(out)
}

fn concatenate(left: &str, right: &str) -> Result<String, Unfit> {
    let mut out = String::with_capacity(left.len() + right.len());
    push(&mut out, left)?;
    push(&mut out, right)?;
    Ok(out)
}

fn capitalize(text: &str) -> String {
    let mut chars = text.chars();
    let mut out = String::with_capacity(text.len());
    match chars.next() {
        // JavaScript looks at half of such a character, which has no upper case.
        Some(first) if first.len_utf16() > 1 => out.push(first),
        Some(first) => out.extend(first.to_uppercase()),
        None => {}
    }
    out.push_str(&chars.as_str().to_lowercase());
    out
}

/// Cuts off so that with the ellipsis no more than `length` characters are left.
fn truncate<'v>(value: Val<'v>, length: &Val<'v>, ellipsis: &Val<'v>) -> Result<Val<'v>, Unfit> {
    let length = match length {
        Val::Nil => 50,
        length => whole(length.number().ceil()),
    };
    let text = value.text()?;
    if text.chars().nth(length).is_none() {
        return Ok(value);
    }
    let ellipsis = match ellipsis {
        Val::Nil => Cow::Borrowed("..."),
        ellipsis => ellipsis.text()?,
    };
    let kept = length.saturating_sub(ellipsis.chars().count());
    let mut out: String = text.chars().take(kept).collect();
    push(&mut out, &ellipsis)?;
    Ok(Val::Text(Cow::Owned(out)))
}

/// Keeps so many words, with one space between them, and adds the ellipsis unless there were fewer.
fn truncate_words(text: &str, words: &Val<'_>, ellipsis: &Val<'_>) -> Result<String, Unfit> {
    let most = match words {
        Val::Nil => 15.0,
        words => match words.number() {
            number if number <= 0.0 => 1.0,
            number => number,
        },
    };
    let mut out = String::with_capacity(text.len());
    let mut found = 0;
    for word in split_words(text) {
        if found < whole(most) {
            if found > 0 {
                push(&mut out, " ")?;
            }
            push(&mut out, word)?;
        }
        found += 1;
    }
    if Val::count(found).number() >= most {
        match ellipsis {
            Val::Nil => push(&mut out, "...")?,
            ellipsis => push(&mut out, &ellipsis.text()?)?,
        }
    }
    Ok(out)
}

/// The words, and one empty word after white space at the end.
fn split_words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text.trim_start_matches(is_space));
    std::iter::from_fn(move || {
        let text = rest?;
        let (word, after) = match text.find(is_space) {
            Some(at) => text.split_at_checked(at)?,
            None => (text, ""),
        };
        rest = (!after.is_empty()).then(|| after.trim_start_matches(is_space));
        Some(word)
    })
}

/// The part of a number before the point, 0 if it is negative or none.
fn whole(number: f64) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "`as` saturates, which is what is wanted"
    )]
    let whole = number as usize;
    whole
}

/// What `encodeURIComponent` leaves as it is stays, a space becomes `+`.
fn url_encode(text: &str) -> String {
    const HEX: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    let hex = |digit: u8| HEX.get(usize::from(digit)).copied().unwrap_or_default();
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' => out.push(char::from(byte)),
            b'-' | b'_' | b'.' | b'!' | b'~' | b'*' | b'\'' | b'(' | b')' => {
                out.push(char::from(byte))
            }
            b' ' => out.push('+'),
            _ => out.extend(['%', hex(byte >> 4), hex(byte & 15)]),
        }
    }
    out
}

/// A number or a string of digits is seconds since 1970; other strings are ISO 8601 or `now`. What
/// is no date stays as it is.
fn format_date<'v>(value: Val<'v>, format: &Val<'v>, now: Timestamp) -> Result<Val<'v>, Unfit> {
    let time = match &value {
        Val::Number(seconds) => from_seconds(*seconds),
        Val::Text(text) if matches!(text.as_ref(), "now" | "today") => Some(now),
        Val::Text(text) if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) => {
            number::read(text).and_then(from_seconds)
        }
        Val::Text(text) => Timestamp::parse(text),
        _ => None,
    };
    let Some(time) = time else {
        return Ok(value);
    };
    let text = match format {
        Val::Nil => date::write(time, date::DEFAULT_FORMAT, MAX_OUTPUT),
        format => date::write(time, &format.text()?, MAX_OUTPUT),
    };
    text.map(|text| Val::Text(Cow::Owned(text))).ok_or(Unfit::TooLong)
}

/// None outside of JavaScript's range of dates: 100,000,000 days on either side of 1970.
fn from_seconds(seconds: f64) -> Option<Timestamp> {
    let millis = (seconds * 1000.0).trunc();
    #[expect(clippy::cast_possible_truncation, reason = "the range is far smaller than an i64's")]
    (millis.abs() <= 8.64e15).then_some(Timestamp::from_millis(millis as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_rounding_agree() {
        for places in 0..7 {
            for step in 0..20_000 {
                let number = f64::from(step) * 0.037_5 + f64::from(step % 7) * 1_234.5;
                let places = f64::from(places);
                let decimal = shift(shift(number, places).round(), -places);
                if let Some(binary) = round_binary(number, places) {
                    assert_eq!(binary, decimal, "{number} to {places}");
                }
                assert_eq!(round(-number, places), -decimal, "{number} to {places}");
            }
        }
    }

    #[test]
    fn odd_places_change_nothing() {
        assert_eq!(round(1.234, 1.5), 1.234);
        assert_eq!(round(1.234, f64::INFINITY), 1.234);
        assert_eq!(round(1.234, 1e300), 1.234);
        assert_eq!(round(1e300, 2.0), 1e300);
        assert_eq!(round(f64::INFINITY, 2.0), f64::INFINITY);
        assert_eq!(round(155.0, -1.0), 160.0);
        assert_eq!(round(155.0, -400.0), 0.0);
    }
}
