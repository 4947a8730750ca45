//! The grammar, one byte at a time.

use std::borrow::Cow;

use super::{JsonError, JsonErrorKind, Limits};
use crate::number;
use crate::value::Value;

/// A position in a JSON text.
pub(super) struct Scanner<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    depth_left: usize,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str, limits: Limits) -> Result<Self, JsonError> {
        if text.len() > limits.bytes {
            return Err(JsonError { offset: limits.bytes, kind: JsonErrorKind::TooLong });
        }
        Ok(Self { text, bytes: text.as_bytes(), at: 0, depth_left: limits.depth })
    }

    /// The next byte that is not white space, without moving past it.
    pub(super) fn peek(&mut self) -> Option<u8> {
        while let Some(byte) = self.bytes.get(self.at) {
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Some(*byte);
            }
            self.at += 1;
        }
        None
    }

    pub(super) fn end(&mut self) -> Result<(), JsonError> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.expected("the end of the text")),
        }
    }

    pub(super) fn value(&mut self) -> Result<Value<'a>, JsonError> {
        match self.peek() {
            Some(b'"') => Ok(Value::Text(self.string()?)),
            Some(b'{') => {
                let mut members = Vec::new();
                self.members(|scanner, key| {
                    let value = scanner.value()?;
                    members.push((key, value));
                    Ok(())
                })?;
                Ok(Value::Map(members))
            }
            Some(b'[') => {
                let mut items = Vec::new();
                self.items(|scanner, _| {
                    items.push(scanner.value()?);
                    Ok(())
                })?;
                Ok(Value::List(items))
            }
            Some(b'-' | b'0'..=b'9') => {
                let start = self.at;
                self.skip_number()?;
                let digits = self.text.get(start..self.at).unwrap_or_default();
                // A number too large for JavaScript is infinite there, which no JSON can hold.
                let number = number::read(digits).filter(|number| number.is_finite());
                Ok(number.map_or(Value::Null, Value::Number))
            }
            Some(b't') => self.literal("true").map(|()| Value::Bool(true)),
            Some(b'f') => self.literal("false").map(|()| Value::Bool(false)),
            Some(b'n') => self.literal("null").map(|()| Value::Null),
            _ => Err(self.expected("a value")),
        }
    }

    /// Moves past a value, checking it but building nothing.
    pub(super) fn skip_value(&mut self) -> Result<(), JsonError> {
        match self.peek() {
            Some(b'"') => self.skip_string().map(drop),
            Some(b'{') => self.enter(|scanner| {
                if scanner.eat(b'}') {
                    return Ok(());
                }
                loop {
                    if scanner.peek() != Some(b'"') {
                        return Err(scanner.expected("a property name"));
                    }
                    scanner.skip_string()?;
                    scanner.require(b':', "`:`")?;
                    scanner.skip_value()?;
                    if scanner.eat(b'}') {
                        return Ok(());
                    }
                    scanner.require(b',', "`,` or `}`")?;
                }
            }),
            Some(b'[') => self.items(|scanner, _| scanner.skip_value()),
            Some(b'-' | b'0'..=b'9') => self.skip_number(),
            Some(b't') => self.literal("true"),
            Some(b'f') => self.literal("false"),
            Some(b'n') => self.literal("null"),
            _ => Err(self.expected("a value")),
        }
    }

    /// Calls `each` with every property name of the object here; it has to read the value.
    pub(super) fn members(
        &mut self,
        mut each: impl FnMut(&mut Self, Cow<'a, str>) -> Result<(), JsonError>,
    ) -> Result<(), JsonError> {
        self.enter(|scanner| {
            if scanner.eat(b'}') {
                return Ok(());
            }
            loop {
                if scanner.peek() != Some(b'"') {
                    return Err(scanner.expected("a property name"));
                }
                let key = scanner.key()?;
                scanner.require(b':', "`:`")?;
                each(scanner, key)?;
                if scanner.eat(b'}') {
                    return Ok(());
                }
                scanner.require(b',', "`,` or `}`")?;
            }
        })
    }

    /// Calls `each` with every index of the array here; it has to read the item.
    pub(super) fn items(
        &mut self,
        mut each: impl FnMut(&mut Self, usize) -> Result<(), JsonError>,
    ) -> Result<(), JsonError> {
        self.enter(|scanner| {
            if scanner.eat(b']') {
                return Ok(());
            }
            let mut index = 0;
            loop {
                each(scanner, index)?;
                index += 1;
                if scanner.eat(b']') {
                    return Ok(());
                }
                scanner.require(b',', "`,` or `]`")?;
            }
        })
    }

    /// Steps into the object or array here, and out again.
    fn enter(
        &mut self,
        inside: impl FnOnce(&mut Self) -> Result<(), JsonError>,
    ) -> Result<(), JsonError> {
        let Some(depth_left) = self.depth_left.checked_sub(1) else {
            return Err(JsonError { offset: self.at, kind: JsonErrorKind::TooDeep });
        };
        self.depth_left = depth_left;
        self.at += 1;
        inside(self)?;
        self.depth_left += 1;
        Ok(())
    }

    fn string(&mut self) -> Result<Cow<'a, str>, JsonError> {
        let start = self.at + 1;
        let escaped = self.skip_string()?;
        let raw = self.text.get(start..self.at - 1).unwrap_or_default();
        if !escaped {
            return Ok(Cow::Borrowed(raw));
        }
        match unescape(raw) {
            Some(text) => Ok(Cow::Owned(text)),
            None => Err(JsonError { offset: start - 1, kind: JsonErrorKind::LoneSurrogate }),
        }
    }

    /// A property name. Half of a surrogate pair in one is not an error: no path can name it.
    fn key(&mut self) -> Result<Cow<'a, str>, JsonError> {
        match self.string() {
            Err(JsonError { kind: JsonErrorKind::LoneSurrogate, .. }) => {
                Ok(Cow::Borrowed("\u{FFFD}"))
            }
            other => other,
        }
    }

    /// Moves past a string; true if it holds an escape.
    fn skip_string(&mut self) -> Result<bool, JsonError> {
        let mut escaped = false;
        self.at += 1;
        loop {
            match self.bytes.get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(escaped);
                }
                Some(b'\\') => {
                    escaped = true;
                    self.at += 1;
                    match self.bytes.get(self.at) {
                        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                            self.at += 1
                        }
                        Some(b'u') => {
                            let digits = self.bytes.get(self.at + 1..self.at + 5);
                            if !digits.is_some_and(|four| four.iter().all(u8::is_ascii_hexdigit)) {
                                return Err(self.expected("four hexadecimal digits"));
                            }
                            self.at += 5;
                        }
                        _ => return Err(self.expected("an escape")),
                    }
                }
                Some(0..0x20) => return Err(self.expected("no control character in a string")),
                Some(_) => self.at += 1,
                None => return Err(self.expected("a closing quote")),
            }
        }
    }

    fn skip_number(&mut self) -> Result<(), JsonError> {
        self.eat_here(b'-');
        if !self.eat_here(b'0') {
            self.digits()?;
        }
        if self.eat_here(b'.') {
            self.digits()?;
        }
        if self.eat_here(b'e') || self.eat_here(b'E') {
            let _ = self.eat_here(b'+') || self.eat_here(b'-');
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        if self.at == start { Err(self.expected("a digit")) } else { Ok(()) }
    }

    fn literal(&mut self, word: &'static str) -> Result<(), JsonError> {
        let end = self.at + word.len();
        if self.bytes.get(self.at..end) != Some(word.as_bytes()) {
            return Err(self.expected("a value"));
        }
        self.at = end;
        Ok(())
    }

    fn eat(&mut self, byte: u8) -> bool {
        self.peek();
        self.eat_here(byte)
    }

    fn eat_here(&mut self, byte: u8) -> bool {
        let found = self.bytes.get(self.at) == Some(&byte);
        if found {
            self.at += 1;
        }
        found
    }

    fn require(&mut self, byte: u8, name: &'static str) -> Result<(), JsonError> {
        if self.eat(byte) { Ok(()) } else { Err(self.expected(name)) }
    }

    fn expected(&self, what: &'static str) -> JsonError {
        JsonError { offset: self.at, kind: JsonErrorKind::Syntax(what) }
    }
}

/// Replaces the escapes of a checked string; none if a `\u` escape is half of a surrogate pair.
fn unescape(raw: &str) -> Option<String> {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let mut chars = after.chars();
        match chars.next()? {
            'b' => out.push('\u{8}'),
            'f' => out.push('\u{c}'),
            'n' => out.push('\n'),
            'r' => out.push('\r'),
            't' => out.push('\t'),
            'u' => {
                let (c, length) = unescape_unicode(after)?;
                out.push(c);
                rest = after.get(length..)?;
                continue;
            }
            other => out.push(other),
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
    Some(out)
}

/// The character of `uXXXX` or `uXXXX\uXXXX`, and how many bytes it took.
fn unescape_unicode(text: &str) -> Option<(char, usize)> {
    let unit = |at: usize| u32::from_str_radix(text.get(at..at + 4)?, 16).ok();
    let first = unit(1)?;
    match first {
        0xD800..0xDC00 => {
            text.get(5..7).filter(|mark| *mark == "\\u")?;
            let second = unit(7).filter(|unit| (0xDC00..0xE000).contains(unit))?;
            let code = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
            char::from_u32(code).map(|c| (c, 11))
        }
        _ => char::from_u32(first).map(|c| (c, 5)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    const LIMITS: Limits = Limits { bytes: 1_000, depth: 4 };

    #[track_caller]
    fn fails(text: &str, offset: usize, kind: JsonErrorKind) {
        assert_eq!(parse(text, LIMITS), Err(JsonError { offset, kind }));
    }

    #[test]
    fn reads_every_kind_of_value() {
        let text = r#" {"a": [1, -2.5e3, true, false, null, "x\n\u00e9\ud83d\ude00\/"], "b": {}} "#;
        let expected = Value::Map(vec![
            (
                "a".into(),
                Value::List(vec![
                    1.0.into(),
                    (-2500.0).into(),
                    true.into(),
                    false.into(),
                    Value::Null,
                    "x\né😀/".into(),
                ]),
            ),
            ("b".into(), Value::Map(vec![])),
        ]);
        assert_eq!(parse(text, LIMITS), Ok(expected));
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        fails("", 0, JsonErrorKind::Syntax("a value"));
        fails("{\"a\" 1}", 5, JsonErrorKind::Syntax("`:`"));
        fails("[1,]", 3, JsonErrorKind::Syntax("a value"));
        fails("{\"a\":1,}", 7, JsonErrorKind::Syntax("a property name"));
        fails("01", 1, JsonErrorKind::Syntax("the end of the text"));
        fails("1.", 2, JsonErrorKind::Syntax("a digit"));
        fails("nul", 0, JsonErrorKind::Syntax("a value"));
        fails("\"a\u{1}\"", 2, JsonErrorKind::Syntax("no control character in a string"));
        fails("\"\\x\"", 2, JsonErrorKind::Syntax("an escape"));
        fails("\"\\u12g4\"", 2, JsonErrorKind::Syntax("four hexadecimal digits"));
        fails("\"a", 2, JsonErrorKind::Syntax("a closing quote"));
        fails("[[[[[]]]]]", 4, JsonErrorKind::TooDeep);
        fails(&" ".repeat(1_001), 1_000, JsonErrorKind::TooLong);
    }

    #[test]
    fn half_a_surrogate_pair_is_no_text() {
        for text in [r#""\ud800""#, r#""\ude00""#, r#""\ud83d\u0041""#, r#""\ud83dx""#] {
            fails(text, 0, JsonErrorKind::LoneSurrogate);
        }
        assert!(parse(r#"{"\ud800": 1}"#, LIMITS).is_ok());
    }
}
