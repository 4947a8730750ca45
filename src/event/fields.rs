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
//!
//! Behind the values stand the shapes that [`Plan::shapes`](super::Plan::shapes) asks for: nothing
//! for what is absent or null, `o` for an object, `v` for anything else.

use super::{EventFault, MAX_DEPTH};
use crate::json::{self, Shape, Values};
use crate::number;
use crate::value::Value;

const SEPARATOR: u8 = 0x1f;

/// Reads so many values and then so many shapes.
pub(super) fn read(
    text: &str,
    (values_wanted, shapes_wanted): (usize, usize),
    max_bytes: usize,
) -> Result<(Values<'_>, Vec<Shape>), EventFault> {
    let mut fields = Fields { text, at: 0 };
    match fields.next() {
        Some("-") => {}
        Some("o") => return Err(EventFault::NotObject),
        Some("l") => return Err(EventFault::TooLarge),
        Some("d") => return Err(EventFault::TooDeep),
        _ => return Err(EventFault::Unreadable),
    }
    // A `j` field is JSON, where U+001F cannot stand: `JSON.stringify` escapes it.
    let limits = json::Limits { bytes: max_bytes, depth: MAX_DEPTH };
    let mut values = Vec::with_capacity(values_wanted);
    for field in fields.by_ref().take(values_wanted) {
        let rest = field.get(1..).unwrap_or_default();
        values.push(match field.as_bytes().first() {
            None => None,
            Some(b'z') => Some(Value::Null),
            Some(b't') => Some(Value::Bool(true)),
            Some(b'f') => Some(Value::Bool(false)),
            Some(b'n') => Some(Value::Number(number::read(rest).unwrap_or(f64::NAN))),
            Some(b's') => Some(Value::from(rest)),
            Some(b'j') => Some(json::parse(rest, limits).map_err(EventFault::from)?),
            Some(b'x') => return Err(EventFault::NotUnicode),
            Some(_) => return Err(EventFault::Unreadable),
        });
    }
    values.resize_with(values_wanted, || None);
    let mut shapes = Vec::with_capacity(shapes_wanted);
    for field in fields.take(shapes_wanted) {
        shapes.push(match field {
            "" => Shape::Absent,
            "o" => Shape::Object,
            _ => Shape::Other,
        });
    }
    shapes.resize(shapes_wanted, Shape::Absent);
    Ok((values, shapes))
}

/// The fields of a text. They are short, and a plain loop finds the end of a short one sooner than
/// `str::split` does.
struct Fields<'t> {
    text: &'t str,
    /// Where the next field begins; behind the text when there is none left.
    at: usize,
}

impl<'t> Iterator for Fields<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        let rest = self.text.as_bytes().get(self.at..)?;
        let length = rest.iter().position(|byte| *byte == SEPARATOR).unwrap_or(rest.len());
        let field = self.text.get(self.at..self.at + length);
        self.at += length + 1;
        field
    }
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
        assert_eq!(read(text, (9, 1), 1_000), Ok((expected, vec![Shape::Absent])));
        let shapes = vec![Shape::Object, Shape::Other, Shape::Absent];
        assert_eq!(
            read("-\u{1f}z\u{1f}o\u{1f}v\u{1f}", (1, 3), 9),
            Ok((vec![Some(Value::Null)], shapes))
        );
    }

    #[test]
    fn the_first_field_is_about_the_whole_event() {
        assert_eq!(read("o", (1, 0), 9), Err(EventFault::NotObject));
        assert_eq!(read("l", (1, 0), 9), Err(EventFault::TooLarge));
        assert_eq!(read("d", (1, 0), 9), Err(EventFault::TooDeep));
        assert_eq!(read("!", (1, 0), 9), Err(EventFault::Unreadable));
        assert_eq!(read("", (1, 0), 9), Err(EventFault::Unreadable));
        assert_eq!(read("-\u{1f}x", (1, 0), 9), Err(EventFault::NotUnicode));
        assert_eq!(read("-\u{1f}q", (1, 0), 9), Err(EventFault::Unreadable));
    }
}
