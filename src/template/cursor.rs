//! Reads the inside of an output or tag: names, numbers, strings, operators.

use super::error::Fault;
use crate::number;

/// Liquid's white space, which `{{-` trims and which may stand between any two words.
pub(super) fn is_blank(c: char) -> bool {
    matches!(
        c,
        '\t'..='\r'
            | ' '
            | '\u{a0}'
            | '\u{1680}'
            | '\u{180e}'
            | '\u{2000}'..='\u{200a}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{202f}'
            | '\u{205f}'
            | '\u{3000}'
    )
}

/// What a name may consist of.
pub(super) fn is_word(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '?')
    } else {
        !is_blank(c) && !matches!(c, '“' | '”')
    }
}

/// A place in the template, moving to the right.
#[derive(Clone, Debug)]
pub(super) struct Cursor<'s> {
    rest: &'s str,
    at: usize,
}

impl<'s> Cursor<'s> {
    /// At the beginning of `rest`, which lies `at` bytes into the source.
    pub(super) fn new(rest: &'s str, at: usize) -> Self {
        Self { rest, at }
    }

    /// The place, in bytes into the source.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Whether nothing but white space is left.
    pub(super) fn is_at_end(&mut self) -> bool {
        self.skip_blank();
        self.rest.is_empty()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    pub(super) fn skip_blank(&mut self) {
        let length = self.rest.len() - self.rest.trim_start_matches(is_blank).len();
        self.skip(length);
    }

    pub(super) fn eat(&mut self, expected: &str) -> bool {
        let found = self.rest.starts_with(expected);
        if found {
            self.skip(expected.len());
        }
        found
    }

    /// The longest run of name characters from here on, which may be empty.
    pub(super) fn word(&mut self) -> &'s str {
        let word = self.peek_word();
        self.skip(word.len());
        word
    }

    pub(super) fn peek_word(&self) -> &'s str {
        let length = self.rest.find(|c| !is_word(c)).unwrap_or(self.rest.len());
        self.rest.get(..length).unwrap_or_default()
    }

    /// Everything up to the next white space, for messages.
    pub(super) fn peek_run(&self) -> &'s str {
        self.rest.split(is_blank).next().unwrap_or_default()
    }

    /// A decimal number, if one stands here that no name character follows.
    pub(super) fn number(&mut self) -> Option<f64> {
        let unsigned = self.rest.strip_prefix(['+', '-']).unwrap_or(self.rest);
        let fraction = unsigned.trim_start_matches(|c: char| c.is_ascii_digit());
        if fraction.len() == unsigned.len() {
            return None;
        }
        let after = match fraction.strip_prefix('.') {
            Some(digits) => digits.trim_start_matches(|c: char| c.is_ascii_digit()),
            None => fraction,
        };
        if after.starts_with(|c| is_word(c) || c == '.') {
            return None;
        }
        let length = self.rest.len() - after.len();
        let number = number::read(self.rest.get(..length)?)?;
        self.skip(length);
        Some(number)
    }

    /// A quoted string, if one stands here.
    pub(super) fn quoted(&mut self) -> Result<Option<String>, Fault> {
        let begin = self.at;
        let Some(quote) = self.peek().filter(|c| matches!(c, '"' | '\'')) else {
            return Ok(None);
        };
        self.next();
        let mut units = Text::default();
        loop {
            let at = self.at;
            match self.next() {
                Some(c) if c == quote => break,
                Some('\\') => self.escape(&mut units).ok_or_else(|| half(at))?,
                Some(c) => units.push(c).ok_or_else(|| half(at))?,
                None => return Err(Fault::new(begin, "the quote is not closed")),
            }
        }
        units.finish().map(Some).ok_or_else(|| half(begin))
    }

    /// Reads what follows a backslash. None if it leaves half a character.
    fn escape(&mut self, text: &mut Text) -> Option<()> {
        match self.next()? {
            'b' => text.push('\u{8}'),
            'f' => text.push('\u{c}'),
            'n' => text.push('\n'),
            'r' => text.push('\r'),
            't' => text.push('\t'),
            'v' => text.push('\u{b}'),
            'u' => {
                let unit = self.digits(16, 4, 0);
                text.push_unit(unit)
            }
            c => match c.to_digit(8) {
                Some(first) => {
                    let unit = self.digits(8, 2, first);
                    text.push_unit(unit)
                }
                None => text.push(c),
            },
        }
    }

    fn digits(&mut self, radix: u32, most: usize, first: u32) -> u32 {
        let mut number = first;
        for _ in 0..most {
            let Some(digit) = self.peek().and_then(|c| c.to_digit(radix)) else {
                break;
            };
            number = number * radix + digit;
            self.next();
        }
        number
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.skip(c.len_utf8());
        Some(c)
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
        self.at += bytes;
    }
}

fn half(at: usize) -> Fault {
    Fault::new(at, "the escape is half of a character; write both halves, as in `\\uD83D\\uDE00`")
}

/// A string under construction, in which escapes may give a character in two UTF-16 halves.
#[derive(Default)]
struct Text {
    text: String,
    high: Option<u32>,
}

impl Text {
    fn push(&mut self, c: char) -> Option<()> {
        self.text.push(c);
        self.high.is_none().then_some(())
    }

    fn push_unit(&mut self, unit: u32) -> Option<()> {
        match (self.high.take(), unit) {
            (None, 0xd800..=0xdbff) => self.high = Some(unit),
            (Some(high), 0xdc00..=0xdfff) => {
                let c = 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00);
                self.text.push(char::from_u32(c)?);
            }
            (None, unit) => self.text.push(char::from_u32(unit)?),
            (Some(_), _) => return None,
        }
        Some(())
    }

    fn finish(self) -> Option<String> {
        self.high.is_none().then_some(self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_numbers_as_liquid_does() {
        let number = |text: &str| Cursor::new(text, 0).number();
        assert_eq!(number("12"), Some(12.0));
        assert_eq!(number("-1.50 x"), Some(-1.5));
        assert_eq!(number("+3,"), Some(3.0));
        assert_eq!(number("5."), Some(5.0));
        for text in ["", "-", ".5", "1a", "1.a", "1.2.3", "1..3", "1-2", "--1", "x1"] {
            assert_eq!(number(text), None, "{text}");
        }
    }

    #[track_caller]
    fn check(quoted: &str, text: &str) {
        assert_eq!(Cursor::new(quoted, 0).quoted().unwrap().as_deref(), Some(text));
    }

    #[test]
    fn reads_strings_with_escapes() {
        check(r#""it's""#, "it's");
        check(r"'a\'b\\c'", r"a'b\c");
        check(r"'\n\t\r\b\f\v\q'", "\n\t\r\u{8}\u{c}\u{b}q");
        check(r"'\u00e9\uD83D\uDE00\ue'", "é😀\u{e}");
        check(r"'\101\7777\0'", "A\u{1ff}7\0");
    }

    #[test]
    fn refuses_broken_strings() {
        for quoted in [r"'a", r"'a\'", r"'\ud83d'", r"'\ud83dx'", r"'\ude00'", r"'\ud83d\ud83d'"] {
            assert!(Cursor::new(quoted, 0).quoted().is_err(), "{quoted}");
        }
    }

    #[test]
    fn names_end_where_liquid_ends_them() {
        assert_eq!(Cursor::new("first-name? x", 0).peek_word(), "first-name?");
        assert_eq!(Cursor::new("größe.x", 0).peek_word(), "größe");
        assert_eq!(Cursor::new("a\u{a0}b", 0).peek_word(), "a");
    }
}
