//! What an event holds at a path: JSON's six kinds of value.

mod de;

pub use de::Loose;

use std::borrow::Cow;
use std::fmt;

/// A JSON value, borrowed from the text it was read from where that is possible.
///
/// An absent value is not a `Value`: look-ups answer `Option<&Value>`.
///
/// `Debug` shows the kind and the size only, never the content, since events hold phone numbers.
#[derive(Clone, PartialEq)]
pub enum Value<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, with the precision that JavaScript gives it.
    Number(f64),
    /// A string.
    Text(Cow<'a, str>),
    /// An array.
    List(Vec<Self>),
    /// An object: its own properties, in order. Of two equal keys the last one counts.
    Map(Vec<(Cow<'a, str>, Self)>),
}

impl<'a> Value<'a> {
    /// The string, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The member `key` of an object.
    pub fn member(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(members) => {
                members.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value)
            }
            _ => None,
        }
    }

    /// The item at `index` of an array.
    pub fn item(&self, index: usize) -> Option<&Self> {
        match self {
            Self::List(items) => items.get(index),
            _ => None,
        }
    }

    /// What JavaScript's `typeof` would call it, with `null` and `array` told apart: for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Number(_) => "number",
            Self::Text(_) => "string",
            Self::List(_) => "array",
            Self::Map(_) => "object",
        }
    }
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null | Self::Bool(_) | Self::Number(_) => write!(f, "<{}>", self.kind()),
            Self::Text(text) => write!(f, "<string of {} bytes>", text.len()),
            Self::List(items) => write!(f, "<array of {}>", items.len()),
            Self::Map(members) => write!(f, "<object of {}>", members.len()),
        }
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<bool> for Value<'_> {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

impl From<f64> for Value<'_> {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

/// Whether a character shows nothing on a phone: white space, what Unicode calls default-ignorable
/// (DerivedCoreProperties.txt), and the blank pattern of Braille. A name of nothing else makes
/// `Hi ,` as surely as an empty one.
pub(crate) fn is_invisible(c: char) -> bool {
    c.is_whitespace()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_content() {
        let value = Value::Map(vec![("phone".into(), "+447700900123".into())]);
        assert_eq!(format!("{value:?}"), "<object of 1>");
        assert_eq!(format!("{:?}", Value::from("+447700900123")), "<string of 13 bytes>");
    }

    #[test]
    fn the_last_of_two_equal_keys_counts() {
        let value = Value::Map(vec![("a".into(), 1.0.into()), ("a".into(), 2.0.into())]);
        assert_eq!(value.member("a"), Some(&Value::Number(2.0)));
    }
}
