//! Splits the source of a trigger into tokens.

use crate::number;
use crate::path::Step;

use super::TriggerError;

/// The largest index that a path may hold, as in [`crate::path::Path`].
const MAX_INDEX: usize = 100_000;

/// How two numbers or two texts are compared.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// One token, borrowed from the source where it can be.
#[derive(Clone, PartialEq)]
pub(super) enum Token<'s> {
    /// A path of one or more steps. `word` is its text if it is a single name without escapes,
    /// which is also what keywords and function names look like.
    Path {
        steps: Vec<Step>,
        word: Option<&'s str>,
    },
    /// The content of a quoted text.
    Text(&'s str),
    Number(f64),
    Comparison(Comparison),
    Bang,
    Open,
    Close,
    OpenList,
    CloseList,
    Comma,
    End,
}

impl<'s> Token<'s> {
    /// The keyword or function name that this token may stand for.
    pub(super) fn word(&self) -> Option<&'s str> {
        match self {
            Self::Path { word, .. } => *word,
            _ => None,
        }
    }
}

/// Reads one token after the other.
pub(super) struct Lexer<'s> {
    source: &'s str,
    at: usize,
}

impl<'s> Lexer<'s> {
    pub(super) fn new(source: &'s str) -> Self {
        Self { source, at: 0 }
    }

    /// The byte offset behind what has been read.
    pub(super) fn offset(&self) -> usize {
        self.at
    }

    pub(super) fn skip_space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
    }

    /// The next token; call [`Lexer::skip_space`] first.
    pub(super) fn token(&mut self) -> Result<Token<'s>, TriggerError> {
        let Some(c) = self.peek() else { return Ok(Token::End) };
        let token = match c {
            '(' => Token::Open,
            ')' => Token::Close,
            '[' => Token::OpenList,
            ']' => Token::CloseList,
            ',' => Token::Comma,
            '"' | '\'' => return self.text(c),
            '0'..='9' | '+' | '-' => return self.number(),
            '=' | '!' | '<' | '>' => return self.operator(c),
            c if is_name(c) || c == '\\' => return self.path(),
            _ => return Err(self.error(self.at, "this character has no meaning outside quotes")),
        };
        self.next();
        Ok(token)
    }

    /// An error at a byte offset.
    pub(super) fn error(&self, offset: usize, message: &str) -> TriggerError {
        TriggerError::at(self.source, offset, message)
    }

    fn operator(&mut self, first: char) -> Result<Token<'s>, TriggerError> {
        self.next();
        let comparison = match (first, self.eat('=')) {
            ('=', false) => Comparison::Equal,
            ('=', true) => return Err(self.error(self.at - 1, "write `=`, not `==`")),
            ('!', true) => Comparison::NotEqual,
            ('!', false) => return Ok(Token::Bang),
            ('<', true) => Comparison::LessOrEqual,
            ('<', false) => Comparison::Less,
            (_, true) => Comparison::GreaterOrEqual,
            (_, false) => Comparison::Greater,
        };
        Ok(Token::Comparison(comparison))
    }

    fn text(&mut self, quote: char) -> Result<Token<'s>, TriggerError> {
        self.next();
        let rest = self.rest();
        let Some((text, _)) = rest.split_once(quote) else {
            return Err(self.error(self.source.len(), "expected a closing quote"));
        };
        self.at += text.len() + quote.len_utf8();
        Ok(Token::Text(text))
    }

    fn number(&mut self) -> Result<Token<'s>, TriggerError> {
        let start = self.at;
        if matches!(self.peek(), Some('+' | '-')) {
            self.next();
        }
        self.digits()?;
        if self.eat('.') {
            self.digits()?;
        }
        if self.peek().is_some_and(|c| is_name(c) || c == '.') {
            return Err(self.error(self.at, "expected the number to end here"));
        }
        self.source
            .get(start..self.at)
            .and_then(number::read)
            .map(Token::Number)
            .ok_or_else(|| self.error(start, "expected a number"))
    }

    fn digits(&mut self) -> Result<(), TriggerError> {
        if !self.peek().is_some_and(|c| c.is_ascii_digit()) {
            return Err(self.error(self.at, "expected a digit"));
        }
        while self.peek().is_some_and(|c| c.is_ascii_digit()) {
            self.next();
        }
        Ok(())
    }

    fn path(&mut self) -> Result<Token<'s>, TriggerError> {
        let start = self.at;
        let mut steps = Vec::new();
        let escaped = self.name(&mut steps)?;
        let first = self.source.get(start..self.at);
        let word = first.filter(|_| !escaped && !matches!(self.peek(), Some('.')));
        if word.is_some_and(|word| word == "in" || self.peek() != Some('[')) {
            return Ok(Token::Path { steps, word });
        }
        loop {
            if self.eat('.') {
                self.name(&mut steps)?;
            } else if self.eat('[') {
                steps.push(self.bracket()?);
            } else {
                return Ok(Token::Path { steps, word: None });
            }
        }
    }

    /// Reads one name and says whether it held an escape. An escaped bracket is how Segment's
    /// own generator writes an index (`items\[0\]`), so it ends a step; every other escaped
    /// character is part of the name.
    fn name(&mut self, steps: &mut Vec<Step>) -> Result<bool, TriggerError> {
        let start = self.at;
        let before = steps.len();
        let mut escaped = false;
        let mut bracketed = false;
        let mut piece = String::new();
        while let Some(c) = self.peek().filter(|c| is_name(*c) || matches!(c, '-' | '\\')) {
            self.next();
            if c != '\\' {
                piece.push(c);
                continue;
            }
            escaped = true;
            match self.next() {
                Some(c @ ('[' | ']')) => {
                    let index = bracketed && c == ']';
                    self.push_piece(steps, &mut piece, index)?;
                    bracketed = c == '[';
                }
                Some(c) => piece.push(c),
                None => return Err(self.error(self.at, "expected a character after `\\`")),
            }
        }
        if !escaped && !piece.is_empty() && piece.bytes().all(|b| b.is_ascii_digit()) {
            return Err(self.error(start, "expected a name; an index stands in brackets: `[0]`"));
        }
        self.push_piece(steps, &mut piece, false)?;
        if steps.len() == before {
            return Err(self.error(start, "expected a name"));
        }
        Ok(escaped)
    }

    fn push_piece(
        &self,
        steps: &mut Vec<Step>,
        piece: &mut String,
        index: bool,
    ) -> Result<(), TriggerError> {
        let piece = std::mem::take(piece);
        if index && !piece.is_empty() && piece.bytes().all(|b| b.is_ascii_digit()) {
            steps.push(self.index(&piece)?);
        } else if !piece.is_empty() {
            steps.push(Step::Key(piece));
        }
        Ok(())
    }

    /// What stands between brackets: an index, or a name in quotes.
    fn bracket(&mut self) -> Result<Step, TriggerError> {
        let step = match self.peek() {
            Some(quote @ ('"' | '\'')) => match self.text(quote)? {
                Token::Text(key) => Step::Key(key.to_owned()),
                _ => return Err(self.error(self.at, "expected a quoted name")),
            },
            Some('0'..='9') => {
                let start = self.at;
                self.digits()?;
                self.index(self.source.get(start..self.at).unwrap_or_default())?
            }
            _ => return Err(self.error(self.at, "expected an index or a quoted name")),
        };
        if self.eat(']') { Ok(step) } else { Err(self.error(self.at, "expected `]`")) }
    }

    fn index(&self, digits: &str) -> Result<Step, TriggerError> {
        // To JavaScript `00` is a name.
        if digits.len() > 1 && digits.starts_with('0') {
            return Err(self.error(self.at, "an index has no leading zeros"));
        }
        let index = digits.parse().ok().filter(|index| *index <= MAX_INDEX);
        index.map(Step::Index).ok_or_else(|| self.error(self.at, "an index may be at most 100000"))
    }

    fn rest(&self) -> &'s str {
        self.source.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn eat(&mut self, expected: char) -> bool {
        let found = self.peek() == Some(expected);
        if found {
            self.next();
        }
        found
    }
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}
