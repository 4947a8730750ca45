//! Cuts a template into text, outputs and tags, and applies whitespace control.

use super::cursor::{is_blank, is_word};
use super::error::Fault;

/// A part of the source between two delimiters; `at` is the byte offset of its first byte.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Piece<'s> {
    /// What stands outside of all tags, trimmed as its neighbours ask.
    Text(&'s str),
    /// What stands between `{{` and `}}`.
    Output { content: &'s str, at: usize },
    /// What stands between `{%` and `%}`: the tag's name and the rest.
    Tag { name: &'s str, name_at: usize, rest: &'s str, at: usize },
}

/// The pieces of `source`, in order. A text may be empty.
pub(super) fn cut(source: &str) -> Result<Vec<Piece<'_>>, Fault> {
    let mut pieces = Vec::new();
    let mut at = 0;
    let mut trim_next = false;
    while let Some(rest) = source.get(at..).filter(|rest| !rest.is_empty()) {
        if let Some(inner) = rest.strip_prefix("{{{") {
            let length = output_length(inner, "}}}").ok_or_else(|| unclosed(at, "{{{", "}}}"))?;
            let content = inner.get(..length).unwrap_or_default();
            pieces.push(Piece::Output { content, at: at + 3 });
            at += 6 + length;
            trim_next = false;
        } else if let Some(inner) = rest.strip_prefix("{{") {
            let length = output_length(inner, "}}").ok_or_else(|| unclosed(at, "{{", "}}"))?;
            let inside = Inside::new(inner.get(..length).unwrap_or_default(), at + 2);
            inside.trim_left(&mut pieces);
            pieces.push(Piece::Output { content: inside.content, at: inside.at });
            at += 4 + length;
            trim_next = inside.trims_right;
        } else if let Some(inner) = rest.strip_prefix("{%") {
            let length = inner.find("%}").ok_or_else(|| unclosed(at, "{%", "%}"))?;
            let inside = Inside::new(inner.get(..length).unwrap_or_default(), at + 2);
            inside.trim_left(&mut pieces);
            pieces.push(inside.tag()?);
            at += 4 + length;
            trim_next = inside.trims_right;
        } else {
            let length = text_length(rest);
            let text = rest.get(..length).unwrap_or(rest);
            pieces.push(Piece::Text(if trim_next {
                text.trim_start_matches(is_blank)
            } else {
                text
            }));
            at += length;
            trim_next = false;
        }
    }
    Ok(pieces)
}

/// What stands between two delimiters, without the marks of whitespace control.
struct Inside<'s> {
    content: &'s str,
    at: usize,
    trims_left: bool,
    trims_right: bool,
}

impl<'s> Inside<'s> {
    fn new(inner: &'s str, at: usize) -> Self {
        let (content, trims_left) = match inner.strip_prefix('-') {
            Some(content) => (content, true),
            None => (inner, false),
        };
        let at = at + usize::from(trims_left);
        match content.strip_suffix('-') {
            Some(content) => Self { content, at, trims_left, trims_right: true },
            None => Self { content, at, trims_left, trims_right: false },
        }
    }

    fn trim_left(&self, pieces: &mut [Piece<'s>]) {
        if let Some(Piece::Text(text)) = pieces.last_mut().filter(|_| self.trims_left) {
            *text = text.trim_end_matches(is_blank);
        }
    }

    fn tag(&self) -> Result<Piece<'s>, Fault> {
        let content = self.content.trim_start_matches(is_blank);
        let name_at = self.at + self.content.len() - content.len();
        let length = content.find(|c| !is_word(c)).unwrap_or(content.len());
        let (name, rest) = content.split_at_checked(length).unwrap_or((content, ""));
        if name.is_empty() {
            return Err(Fault::new(name_at, "expected the name of a tag"));
        }
        Ok(Piece::Tag { name, name_at, rest, at: name_at + length })
    }
}

fn unclosed(at: usize, open: &str, close: &str) -> Fault {
    Fault::new(at, format!("`{open}` is not closed by `{close}`"))
}

/// The bytes before the first `{{` or `{%`.
fn text_length(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    bytes.windows(2).position(|pair| matches!(pair, [b'{', b'{' | b'%'])).unwrap_or(bytes.len())
}

/// The bytes before the `close` that ends an output; one inside of quotes does not.
fn output_length(inner: &str, close: &str) -> Option<usize> {
    let mut quote = None;
    let mut escaped = false;
    for (at, c) in inner.char_indices() {
        match quote {
            Some(_) if escaped => escaped = false,
            Some(_) if c == '\\' => escaped = true,
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if matches!(c, '"' | '\'') => quote = Some(c),
            None if c == '}' && inner.get(at..).is_some_and(|rest| rest.starts_with(close)) => {
                return Some(at);
            }
            None => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(source: &str, expected: &[Piece<'_>]) {
        assert_eq!(cut(source).unwrap(), expected);
    }

    #[test]
    fn cuts_at_the_delimiters() {
        check("", &[]);
        check("a { b } % c", &[Piece::Text("a { b } % c")]);
        check(
            "a{{ b }}{% if c %}d",
            &[
                Piece::Text("a"),
                Piece::Output { content: " b ", at: 3 },
                Piece::Tag { name: "if", name_at: 11, rest: " c ", at: 13 },
                Piece::Text("d"),
            ],
        );
        check("{{{a}}}}", &[Piece::Output { content: "a", at: 3 }, Piece::Text("}")]);
    }

    #[test]
    fn quotes_hide_the_end_of_an_output_only() {
        check("{{ '}}' }}", &[Piece::Output { content: " '}}' ", at: 2 }]);
        check("{{ '\\'}}' }}", &[Piece::Output { content: " '\\'}}' ", at: 2 }]);
        check(
            "{% a '%}'",
            &[Piece::Tag { name: "a", name_at: 3, rest: " '", at: 4 }, Piece::Text("'")],
        );
    }

    #[test]
    fn dashes_trim_the_neighbouring_text() {
        check(
            "a \n{{- b -}}\u{3000} c",
            &[Piece::Text("a"), Piece::Output { content: " b ", at: 6 }, Piece::Text("c")],
        );
        check(
            " {%- a %} {% b -%} ",
            &[
                Piece::Text(""),
                Piece::Tag { name: "a", name_at: 5, rest: " ", at: 6 },
                Piece::Text(" "),
                Piece::Tag { name: "b", name_at: 13, rest: " ", at: 14 },
                Piece::Text(""),
            ],
        );
    }

    #[test]
    fn says_which_delimiter_is_open() {
        let column = |source: &str| cut(source).unwrap_err().locate(source).column;
        assert_eq!(column("ab{{ c }"), 3);
        assert_eq!(column("ab{% c }}"), 3);
        assert_eq!(column("ab{{{ c }}"), 3);
        assert_eq!(column("ab{{ c's }}"), 3);
        assert_eq!(column("ab{% %}"), 6);
        assert_eq!(column("ab{%}"), 3);
    }
}
