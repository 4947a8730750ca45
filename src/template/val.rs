//! Values while a template is rendered, and JavaScript's rules for turning one into another.

use std::borrow::Cow;

use super::MAX_OUTPUT;
use super::expression::Comparison;
use crate::number;
use crate::path::Step;
use crate::value::{Value, is_invisible};

/// A value while a template is rendered: of the event where possible, else computed.
#[derive(Clone, Default)]
pub(super) enum Val<'v> {
    /// Absent, or `null`: a template cannot tell them apart.
    #[default]
    Nil,
    Bool(bool),
    Number(f64),
    Text(Cow<'v, str>),
    List(&'v [Value<'v>]),
    /// What `split` makes.
    Parts(Vec<Cow<'v, str>>),
    Map(&'v Value<'v>),
}

/// Why a value cannot be text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Unfit {
    /// It is, or holds, an object, or arrays nested too deep.
    NotText,
    /// It is NaN or infinite.
    NotFinite,
    /// It is longer than [`MAX_OUTPUT`].
    TooLong,
}

/// How deep arrays may be nested that are turned into text.
const MAX_LIST_DEPTH: usize = 16;

/// What JavaScript calls white space.
pub(super) fn is_space(c: char) -> bool {
    (c.is_whitespace() && c != '\u{85}') || c == '\u{feff}'
}

/// The length of a string as JavaScript has it.
pub(super) fn utf16_len(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

impl<'v> Val<'v> {
    pub(super) fn of(value: Option<&'v Value<'v>>) -> Self {
        match value {
            None | Some(Value::Null) => Self::Nil,
            Some(Value::Bool(truth)) => Self::Bool(*truth),
            Some(Value::Number(number)) => Self::Number(*number),
            Some(Value::Text(text)) => Self::Text(Cow::Borrowed(text)),
            Some(Value::List(items)) => Self::List(items),
            Some(map @ Value::Map(_)) => Self::Map(map),
        }
    }

    /// The number, or zero.
    pub(super) fn count(count: usize) -> Self {
        Self::Number(u32::try_from(count).map_or(f64::INFINITY, f64::from))
    }

    /// Absent, or a string that shows nothing: no character of it can be seen.
    pub(super) fn is_missing(&self) -> bool {
        match self {
            Self::Nil => true,
            Self::Text(text) => text.chars().all(is_invisible),
            _ => false,
        }
    }

    /// What Liquid calls blank: absent, or a string that is empty or only white space.
    pub(super) fn is_blank(&self) -> bool {
        match self {
            Self::Nil => true,
            Self::Text(text) => text.chars().all(is_space),
            _ => false,
        }
    }

    /// Whether the `default` filter replaces it.
    pub(super) fn is_replaced_by_default(&self) -> bool {
        match self {
            Self::Nil | Self::Bool(false) => true,
            Self::Text(text) => text.is_empty(),
            Self::List(items) => items.is_empty(),
            Self::Parts(parts) => parts.is_empty(),
            _ => false,
        }
    }

    pub(super) fn is_truthy(&self) -> bool {
        !matches!(self, Self::Nil | Self::Bool(false))
    }

    /// The number of items, if it is a list.
    pub(super) fn items(&self) -> Option<usize> {
        match self {
            Self::List(items) => Some(items.len()),
            Self::Parts(parts) => Some(parts.len()),
            _ => None,
        }
    }

    pub(super) fn item(&self, index: usize) -> Self {
        match self {
            Self::List(items) => Self::of(items.get(index)),
            Self::Parts(parts) => parts.get(index).cloned().map_or(Self::Nil, Self::Text),
            _ => Self::Nil,
        }
    }

    /// What a step leads to, with the three names that Liquid computes: own members go first.
    pub(super) fn step(&self, step: &Step) -> Self {
        match (self, step) {
            (Self::Map(map), Step::Key(key)) => match (map.member(key), key.as_str()) {
                (None, "size") => Self::count(count_keys(map)),
                (member, _) => Self::of(member),
            },
            (Self::List(_), Step::Index(index)) => self.item(*index),
            (Self::List(items), Step::Key(key)) => match key.as_str() {
                "first" => self.item(0),
                "last" => Self::of(items.last()),
                "size" => Self::count(items.len()),
                _ => Self::Nil,
            },
            (Self::Text(text), Step::Key(key)) if key == "size" => Self::count(utf16_len(text)),
            _ => Self::Nil,
        }
    }

    /// The text that an output prints.
    pub(super) fn text(&self) -> Result<Cow<'v, str>, Unfit> {
        if let Self::Text(text) = self {
            return Ok(text.clone());
        }
        let mut out = String::new();
        self.write(&mut out)?;
        Ok(Cow::Owned(out))
    }

    /// Writes the text that an output prints: the items of a list without anything between them.
    pub(super) fn write(&self, out: &mut String) -> Result<(), Unfit> {
        match self {
            Self::Nil => Ok(()),
            Self::Bool(truth) => push(out, if *truth { "true" } else { "false" }),
            Self::Number(number) => push_number(out, *number),
            Self::Text(text) => push(out, text),
            Self::List(items) => write_items(items, "", "", 0, out),
            Self::Parts(parts) => parts.iter().try_for_each(|part| push(out, part)),
            Self::Map(_) => Err(Unfit::NotText),
        }
    }

    /// The text of a list's items with `separator` between them; of anything else its own.
    pub(super) fn join(&self, separator: &str) -> Result<String, Unfit> {
        let mut out = String::new();
        match self {
            Self::List(items) => write_items(items, separator, ",", 0, &mut out)?,
            Self::Parts(parts) => {
                for (place, part) in parts.iter().enumerate() {
                    if place > 0 {
                        push(&mut out, separator)?;
                    }
                    push(&mut out, part)?;
                }
            }
            _ => self.write(&mut out)?,
        }
        Ok(out)
    }

    /// JavaScript's `Number(value)`.
    pub(super) fn number(&self) -> f64 {
        match self {
            // An absent value is JavaScript's `undefined`.
            Self::Nil | Self::Map(_) => f64::NAN,
            Self::Bool(truth) => f64::from(u8::from(*truth)),
            Self::Number(number) => *number,
            Self::Text(text) => parse_number(text),
            Self::List(_) | Self::Parts(_) => {
                self.join(",").map_or(f64::NAN, |text| parse_number(&text))
            }
        }
    }

    /// The number that Liquid's arithmetic takes it for: 0 if it is none.
    pub(super) fn number_or_zero(&self) -> f64 {
        let number = self.number();
        if number.is_nan() { 0.0 } else { number }
    }

    /// Equal as Liquid has it: of the same kind and content, lists item by item, objects only to
    /// themselves.
    pub(super) fn equals(&self, other: &Self) -> bool {
        self.equals_within(other, MAX_LIST_DEPTH)
    }

    fn equals_within(&self, other: &Self, depth: usize) -> bool {
        if let (Some(length), Some(other_length)) = (self.items(), other.items()) {
            return length == other_length
                && depth.checked_sub(1).is_some_and(|depth| {
                    (0..length).all(|at| self.item(at).equals_within(&other.item(at), depth))
                });
        }
        match (self, other) {
            (Self::Nil, Self::Nil) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Number(a), Self::Number(b)) => a == b,
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::Map(a), Self::Map(b)) => std::ptr::eq(*a, *b),
            _ => false,
        }
    }

    /// JavaScript's `<`, `<=`, `>` and `>=`.
    pub(super) fn compare(&self, comparison: Comparison, other: &Self) -> bool {
        use std::cmp::Ordering::{Equal, Greater, Less};

        let order = match (self.primitive(), other.primitive()) {
            (Some(a), Some(b)) => Some(a.encode_utf16().cmp(b.encode_utf16())),
            _ => self.number().partial_cmp(&other.number()),
        };
        match comparison {
            Comparison::Less => order == Some(Less),
            Comparison::LessOrEqual => matches!(order, Some(Less | Equal)),
            Comparison::Greater => order == Some(Greater),
            Comparison::GreaterOrEqual => matches!(order, Some(Greater | Equal)),
            Comparison::Contains | Comparison::Equal | Comparison::NotEqual => false,
        }
    }

    /// The string that JavaScript compares it as, if it does not compare it as a number.
    fn primitive(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Text(text) => Some(Cow::Borrowed(text)),
            Self::List(_) | Self::Parts(_) => self.join(",").ok().map(Cow::Owned),
            _ => None,
        }
    }
}

/// Appends to text that may not become longer than [`MAX_OUTPUT`].
pub(super) fn push(out: &mut String, text: &str) -> Result<(), Unfit> {
    if out.len() + text.len() > MAX_OUTPUT {
        return Err(Unfit::TooLong);
    }
    out.push_str(text);
    Ok(())
}

fn push_number(out: &mut String, number: f64) -> Result<(), Unfit> {
    if !number.is_finite() {
        return Err(Unfit::NotFinite);
    }
    // A number is short: a look at the length afterwards is enough.
    number::write(number, out);
    if out.len() > MAX_OUTPUT { Err(Unfit::TooLong) } else { Ok(()) }
}

/// Writes items with `separator` between them, and with `inner` between those of inner lists.
fn write_items(
    items: &[Value<'_>],
    separator: &str,
    inner: &str,
    depth: usize,
    out: &mut String,
) -> Result<(), Unfit> {
    if depth >= MAX_LIST_DEPTH {
        return Err(Unfit::NotText);
    }
    for (place, item) in items.iter().enumerate() {
        if place > 0 {
            push(out, separator)?;
        }
        match item {
            Value::List(items) => write_items(items, inner, inner, depth + 1, out)?,
            item => Val::of(Some(item)).write(out)?,
        }
    }
    Ok(())
}

fn count_keys(map: &Value<'_>) -> usize {
    let Value::Map(members) = map else {
        return 0;
    };
    let mut keys: Vec<&str> = Vec::with_capacity(members.len());
    for (key, _) in members {
        if let Err(place) = keys.binary_search(&key.as_ref()) {
            keys.insert(place, key);
        }
    }
    keys.len()
}

/// JavaScript's `Number(text)` (ECMA-262, `StringToNumber`).
fn parse_number(text: &str) -> f64 {
    let text = text.trim_matches(is_space);
    match text.get(..2).zip(text.get(2..)) {
        _ if text.is_empty() => 0.0,
        Some(("0x" | "0X", digits)) => parse_digits(digits, 16),
        Some(("0o" | "0O", digits)) => parse_digits(digits, 8),
        Some(("0b" | "0B", digits)) => parse_digits(digits, 2),
        _ => number::read(text).unwrap_or(f64::NAN),
    }
}

fn parse_digits(digits: &str, radix: u32) -> f64 {
    if digits.is_empty() {
        return f64::NAN;
    }
    digits.chars().fold(0.0, |number, c| match c.to_digit(radix) {
        Some(digit) => number * f64::from(radix) + f64::from(digit),
        None => f64::NAN,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_numbers_as_javascript_does() {
        let cases = [
            ("", 0.0),
            (" \u{feff}\n12\t", 12.0),
            ("-1.5e3", -1500.0),
            (".5", 0.5),
            ("5.", 5.0),
            ("+7", 7.0),
            ("0x1F", 31.0),
            ("0b101", 5.0),
            ("0o17", 15.0),
            ("-Infinity", f64::NEG_INFINITY),
        ];
        for (text, number) in cases {
            assert_eq!(parse_number(text), number, "{text}");
        }
        for text in
            ["abc", "1,5", "1 2", "-0x1", "0x", "inf", "nan", "infinity", "-inf", "1e", ".", "--1"]
        {
            assert!(parse_number(text).is_nan(), "{text}");
        }
    }

    #[test]
    fn strings_are_ordered_by_utf16_units() {
        let less = |a: &'static str, b: &'static str| {
            Val::Text(a.into()).compare(Comparison::Less, &Val::Text(b.into()))
        };
        assert!(less("a", "b") && !less("b", "a") && !less("a", "a"));
        assert!(less("😀", "\u{ff5e}"));
    }

    #[test]
    fn lists_nested_too_deep_are_no_text() {
        let mut value = Value::from("x");
        for _ in 0..MAX_LIST_DEPTH {
            value = Value::List(vec![value]);
        }
        assert_eq!(Val::of(Some(&value)).text().as_deref(), Ok("x"));
        assert!(Val::of(Some(&value)).equals(&Val::of(Some(&value))));
        let value = Value::List(vec![value]);
        assert_eq!(Val::of(Some(&value)).text(), Err(Unfit::NotText));
        assert!(!Val::of(Some(&value)).equals(&Val::of(Some(&value))));
    }

    #[test]
    fn equal_keys_count_once() {
        let map = Value::Map(vec![("a".into(), Value::Null), ("a".into(), Value::Null)]);
        assert_eq!(count_keys(&map), 1);
    }
}
