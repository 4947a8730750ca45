//! The values that a host took from an event, packed into one text.
//!
//! Texts are cheap to hand to wasm and objects are not, so the shim hands over only what
//! [`Plan::reads`](super::Plan::reads) names, in that order, as one text of fields that are
//! separated by U+001F (unit separator). The first field is about the whole event:
//!
//! | field | meaning |
//! |---|---|
//! | `-` | it is within the limits |
//! | `o` | it is no object |
//! | `l` | it has more bytes than the limit |
//! | `d` | it nests too deep |
//! | `!` | reading it failed |
//!
//! Each of the others is a letter and what belongs to it:
//!
//! | field | value |
//! |---|---|
//! | nothing | absent |
//! | `z` `t` `f` | null, true, false |
//! | `n` and a number | a number, as JavaScript writes it |
//! | `s` and a text | a string without U+001F |
//! | `j` and JSON | anything else, and strings with U+001F |
//! | `x` | a string with half of a surrogate pair |

use super::{EventFault, MAX_DEPTH};
use crate::json::{self, Values};
use crate::value::Value;

const SEPARATOR: char = '\u{1f}';

pub(super) fn read(text: &str, count: usize, max_bytes: usize) -> Result<Values<'_>, EventFault> {
    let mut fields = text.split(SEPARATOR);
    match fields.next() {
        Some("-") => {}
        Some("o") => return Err(EventFault::NotObject),
        Some("l") => return Err(EventFault::TooLarge),
        Some("d") => return Err(EventFault::TooDeep),
        _ => return Err(EventFault::Unreadable),
    }
    // A `j` field is JSON, where U+001F cannot stand: `JSON.stringify` escapes it.
    let limits = json::Limits { bytes: max_bytes, depth: MAX_DEPTH };
    let mut values = Vec::with_capacity(count);
    for field in fields.take(count) {
        let mut chars = field.chars();
        let kind = chars.next();
        let rest = chars.as_str();
        values.push(match kind {
            None => None,
            Some('z') => Some(Value::Null),
            Some('t') => Some(Value::Bool(true)),
            Some('f') => Some(Value::Bool(false)),
            Some('n') => Some(rest.parse().map_or(Value::Null, Value::Number)),
            Some('s') => Some(Value::from(rest)),
            Some('j') => Some(json::parse(rest, limits).map_err(EventFault::from)?),
            Some('x') => return Err(EventFault::NotUnicode),
            Some(_) => return Err(EventFault::Unreadable),
        });
    }
    values.resize_with(count, || None);
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_kind_of_field() {
        let text = "-\u{1f}\u{1f}z\u{1f}t\u{1f}f\u{1f}n-1e+21\u{1f}s\u{1f}sa b\u{1f}j[\"\\u001f\"]";
        let expected = vec![
            None,
            Some(Value::Null),
            Some(true.into()),
            Some(false.into()),
            Some((-1e21).into()),
            Some("".into()),
            Some("a b".into()),
            Some(Value::List(vec!["\u{1f}".into()])),
            None,
        ];
        assert_eq!(read(text, 9, 1_000), Ok(expected));
    }

    #[test]
    fn the_first_field_is_about_the_whole_event() {
        assert_eq!(read("o", 1, 9), Err(EventFault::NotObject));
        assert_eq!(read("l", 1, 9), Err(EventFault::TooLarge));
        assert_eq!(read("d", 1, 9), Err(EventFault::TooDeep));
        assert_eq!(read("!", 1, 9), Err(EventFault::Unreadable));
        assert_eq!(read("", 1, 9), Err(EventFault::Unreadable));
        assert_eq!(read("-\u{1f}x", 1, 9), Err(EventFault::NotUnicode));
        assert_eq!(read("-\u{1f}q", 1, 9), Err(EventFault::Unreadable));
    }
}
