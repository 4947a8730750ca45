//! JSON text to [`Value`]s: all of it, or only what the settings read. And back to text, from them
//! or from what serde can write.
//!
//! The core reads JSON itself, since an event's cost is mostly the cost of reading what nobody
//! asked for: [`Projection`] checks the whole text, but builds only the values at known paths.
//! Grammar: RFC 8259, as strict as JavaScript's `JSON.parse`.

mod projection;
mod scanner;
mod serialize;
mod write;

pub use projection::{Projection, Shape, Values};
pub use serialize::to_text;
pub use write::write;

use crate::value::Value;
use scanner::Scanner;

/// How much JSON is accepted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// The most bytes the text may have.
    pub bytes: usize,
    /// How deep objects and arrays may nest: `{}` is 1.
    pub depth: usize,
}

/// Why a text was not read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct JsonError {
    /// Where, in bytes from 0.
    pub offset: usize,
    /// What is wrong there.
    pub kind: JsonErrorKind,
}

/// What can be wrong with a JSON text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum JsonErrorKind {
    /// A string that was asked for holds half of a surrogate pair, which no text can.
    LoneSurrogate,
    /// The text breaks the grammar: what stood there instead of this.
    Syntax(&'static str),
    /// It nests deeper than [`Limits::depth`].
    TooDeep,
    /// It is longer than [`Limits::bytes`].
    TooLong,
}

/// Reads one JSON value, and nothing after it but white space.
///
/// # Errors
///
/// [`JsonError`] says what is wrong and where.
pub fn parse(text: &str, limits: Limits) -> Result<Value<'_>, JsonError> {
    let mut scanner = Scanner::new(text, limits)?;
    let value = scanner.value()?;
    scanner.end()?;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { bytes: 1 << 20, depth: 64 };

    /// Xorshift: the same texts in every run.
    struct Random(u64);

    impl Random {
        fn below(&mut self, limit: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            (self.0 % limit as u64) as usize
        }

        fn pick(&mut self, choices: &[&'static str]) -> &'static str {
            choices[self.below(choices.len())]
        }

        fn value(&mut self, depth: usize, out: &mut String) {
            let kinds = if depth == 0 { 6 } else { 8 };
            out.push_str(self.pick(&["", "", " ", "\n\t"]));
            match self.below(kinds) {
                0 => out.push_str(self.pick(&["null", "true", "false"])),
                1 | 2 => out.push_str(self.pick(&[
                    "0",
                    "-0",
                    "12",
                    "-1.5",
                    "1e3",
                    "2.5E-7",
                    "1e400",
                    "123456789012345678901",
                ])),
                3..=5 => self.string(out),
                6 => {
                    out.push('[');
                    for item in 0..self.below(4) {
                        out.push_str(if item > 0 { "," } else { "" });
                        self.value(depth - 1, out);
                    }
                    out.push(']');
                }
                _ => {
                    out.push('{');
                    for member in 0..self.below(4) {
                        out.push_str(if member > 0 { "," } else { "" });
                        self.string(out);
                        out.push(':');
                        self.value(depth - 1, out);
                    }
                    out.push('}');
                }
            }
            out.push_str(self.pick(&["", "", "\r "]));
        }

        fn string(&mut self, out: &mut String) {
            out.push('"');
            for _ in 0..self.below(5) {
                out.push_str(self.pick(&[
                    "a",
                    "é",
                    "😀",
                    "\\n",
                    "\\\"",
                    "\\/",
                    "\\u00e9",
                    "\\ud83d\\ude00",
                    "type",
                    "\u{7f}",
                ]));
            }
            out.push('"');
        }
    }

    fn same(ours: &Value<'_>, theirs: &serde_json::Value) -> bool {
        match (ours, theirs) {
            (Value::Null, serde_json::Value::Null) => true,
            (Value::Bool(ours), serde_json::Value::Bool(theirs)) => ours == theirs,
            (Value::Number(ours), serde_json::Value::Number(theirs)) => {
                theirs.as_f64().is_some_and(|theirs| theirs == *ours)
            }
            (Value::Text(ours), serde_json::Value::String(theirs)) => ours == theirs,
            (Value::List(ours), serde_json::Value::Array(theirs)) => {
                ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(o, t)| same(o, t))
            }
            (Value::Map(_), serde_json::Value::Object(theirs)) => theirs
                .iter()
                .all(|(name, theirs)| ours.member(name).is_some_and(|ours| same(ours, theirs))),
            _ => false,
        }
    }

    /// What serde_json refuses and JavaScript reads: numbers beyond the largest finite one, and half
    /// of a surrogate pair, which we let pass in property names only.
    fn is_javascript(error: &serde_json::Error) -> bool {
        let message = error.to_string();
        ["number out of range", "surrogate", "hex escape"].iter().any(|m| message.contains(m))
    }

    #[test]
    fn agrees_with_serde_json() {
        let mut random = Random(0x2026_0101);
        let (mut read, mut refused) = (0, 0);
        for round in 0..40_000 {
            let mut text = String::new();
            random.value(4, &mut text);
            if round % 2 == 1 && !text.is_empty() {
                // A slip: one character is lost, or another one stands in its place.
                let at = random.below(text.chars().count());
                let slip = random.pick(&["", "", "\"", "}", ",", "0", "\\", "\u{1}"]);
                text = text
                    .chars()
                    .enumerate()
                    .map(|(i, c)| if i == at { slip.to_owned() } else { c.to_string() })
                    .collect();
            }
            match (parse(&text, LIMITS), serde_json::from_str::<serde_json::Value>(&text)) {
                (Ok(ours), Ok(theirs)) => {
                    assert!(same(&ours, &theirs), "{text}");
                    read += 1;
                }
                (Ok(_), Err(error)) => assert!(is_javascript(&error), "{text}: {error}"),
                (Err(error), Ok(_)) => panic!("{text}: {error:?}"),
                (Err(_), Err(_)) => refused += 1,
            }
        }
        assert!(read > 20_000 && refused > 5_000, "{read} read, {refused} refused");
    }
}
