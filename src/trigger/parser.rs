//! Reads the tokens of a trigger into a tree of conditions.

use crate::number;
use crate::path::{Path, Step};

use super::TriggerError;
use super::condition::{Condition, Literal, Test, name_of};
use super::lexer::{Comparison, Lexer, Token};
use super::pattern::Pattern;

/// The deepest nesting of parentheses.
pub(super) const MAX_DEPTH: usize = 32;

/// The most conditions.
pub(super) const MAX_CONDITIONS: usize = 256;

const EXPECTED_VALUE: &str =
    "expected a value: a text in quotes, a number, `true`, `false` or `null`";

/// Conditions joined by `and`, `or` and `!`.
#[derive(Clone, PartialEq)]
pub(super) enum Node {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    Condition(Condition),
}

/// A trigger as it was read.
pub(super) struct Parsed {
    pub(super) root: Node,
    pub(super) paths: Vec<Path>,
}

/// Reads the whole of `source`.
pub(super) fn parse(source: &str) -> Result<Parsed, TriggerError> {
    let mut parser = Parser {
        lexer: Lexer::new(source),
        token: Token::End,
        start: 0,
        previous_end: 0,
        paths: Vec::new(),
        conditions: 0,
    };
    parser.advance()?;
    let root = parser.any(0)?;
    match parser.token {
        Token::End => Ok(Parsed { root, paths: parser.paths }),
        Token::Close => Err(parser.error("this `)` closes nothing")),
        _ => Err(parser.error("expected `and`, `or` or the end")),
    }
}

struct Parser<'s> {
    lexer: Lexer<'s>,
    /// The token to be read next.
    token: Token<'s>,
    /// Where that token begins.
    start: usize,
    /// Where the token before it ended.
    previous_end: usize,
    paths: Vec<Path>,
    conditions: usize,
}

/// What a condition is about, before it is known what is asked of it.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Subject {
    Value,
    Lowercase,
    Length,
    Kind,
}

impl<'s> Parser<'s> {
    /// `or` binds more loosely than `and`.
    fn any(&mut self, depth: usize) -> Result<Node, TriggerError> {
        let first = self.all(depth)?;
        if self.token.word() != Some("or") {
            return Ok(first);
        }
        let mut nodes = vec![first];
        while self.token.word() == Some("or") {
            self.advance()?;
            nodes.push(self.all(depth)?);
        }
        Ok(Node::Any(nodes))
    }

    fn all(&mut self, depth: usize) -> Result<Node, TriggerError> {
        let first = self.one(depth)?;
        if self.token.word() != Some("and") {
            return Ok(first);
        }
        let mut nodes = vec![first];
        while self.token.word() == Some("and") {
            self.advance()?;
            nodes.push(self.one(depth)?);
        }
        Ok(Node::All(nodes))
    }

    fn one(&mut self, depth: usize) -> Result<Node, TriggerError> {
        match &self.token {
            Token::Open => self.group(depth),
            Token::Bang => self.negation(depth),
            _ => self.condition(false),
        }
    }

    fn group(&mut self, depth: usize) -> Result<Node, TriggerError> {
        if depth == MAX_DEPTH {
            return Err(self.error("parentheses may be nested at most 32 deep"));
        }
        self.advance()?;
        let node = self.any(depth + 1)?;
        match self.token {
            Token::Close => self.advance()?,
            _ => return Err(self.error("expected `and`, `or` or `)`")),
        }
        Ok(node)
    }

    /// `!contains(…)` and `!match(…)` are conditions of their own, as Segment's evaluator has
    /// them; before anything else `!` turns truth round.
    fn negation(&mut self, depth: usize) -> Result<Node, TriggerError> {
        let bang = self.start;
        self.advance()?;
        if self.start > bang + 1 {
            return Err(self.error_at(bang + 1, "expected no space after `!`"));
        }
        if self.token == Token::Open {
            return Ok(Node::Not(Box::new(self.group(depth)?)));
        }
        match self.condition(true)? {
            Node::Condition(condition) => match condition.test {
                Test::Contains { negated: true, .. } | Test::Match { negated: true, .. } => {
                    Ok(Node::Condition(Condition { span: bang..condition.span.end, ..condition }))
                }
                _ => Ok(Node::Not(Box::new(Node::Condition(condition)))),
            },
            node => Ok(node),
        }
    }

    fn condition(&mut self, negated: bool) -> Result<Node, TriggerError> {
        self.conditions += 1;
        if self.conditions > MAX_CONDITIONS {
            return Err(self.error("a trigger may have at most 256 conditions"));
        }
        let start = self.start;
        if let Some(literal) = self.literal()? {
            return self.membership(start, literal, negated);
        }
        let Token::Path { word, .. } = self.token else {
            return Err(self.error("expected a condition"));
        };
        let steps = self.steps()?;
        let (path, subject) = match word {
            Some(function @ ("contains" | "match")) if self.token == Token::Open => {
                return self.search(start, function, negated);
            }
            Some(function) if self.token == Token::Open => self.function(start, function)?,
            Some("and" | "or" | "in") => {
                return Err(self.error_at(start, "expected a condition"));
            }
            Some("not") => return Err(self.error_at(start, "write `!( … )` for `not`")),
            _ => (self.intern(steps), Subject::Value),
        };
        let bare = subject == Subject::Value && self.ends_condition();
        if negated && !bare {
            return Err(self.error_at(start, "`!` needs parentheses here: `!( … )`"));
        }
        let test = if bare { Test::Is(true) } else { self.comparison(path, subject)? };
        Ok(self.finish(start, path, subject == Subject::Lowercase, test))
    }

    fn ends_condition(&self) -> bool {
        matches!(self.token, Token::End | Token::Close)
            || matches!(self.token.word(), Some("and" | "or"))
    }

    /// `"text" in path`
    fn membership(
        &mut self,
        start: usize,
        literal: Literal,
        negated: bool,
    ) -> Result<Node, TriggerError> {
        if negated {
            return Err(self.error_at(start, "`!` needs parentheses here: `!( … )`"));
        }
        if self.token.word() != Some("in") {
            return Err(self.error("expected `in`; in a comparison the path comes first"));
        }
        self.advance()?;
        let steps = self.steps()?;
        let path = self.intern(steps);
        Ok(self.finish(start, path, false, Test::Holds(literal)))
    }

    /// `contains(path, "text")` and `match(path, "pattern")`
    fn search(
        &mut self,
        start: usize,
        function: &str,
        negated: bool,
    ) -> Result<Node, TriggerError> {
        self.advance()?;
        let inner = self.start;
        let word = self.token.word();
        let steps = self.steps()?;
        let (path, lowercase) = match word {
            Some("lowercase") if self.token == Token::Open => (self.argument()?, true),
            _ if self.token == Token::Open => {
                return Err(self.error_at(inner, "expected a path or `lowercase(…)`"));
            }
            _ => (self.intern(steps), false),
        };
        if self.token != Token::Comma {
            return Err(self.error("expected `,`"));
        }
        self.advance()?;
        let Token::Text(text) = self.token else {
            return Err(self.error("expected a text in quotes"));
        };
        let test = if function == "contains" {
            Test::Contains { text: text.to_owned(), negated }
        } else {
            // The opening quote is one byte long.
            let pattern = Pattern::parse(text)
                .map_err(|(at, message)| self.error_at(self.start + 1 + at, message))?;
            Test::Match { pattern, negated }
        };
        self.advance()?;
        self.close()?;
        Ok(self.finish(start, path, lowercase, test))
    }

    /// The functions that are compared with something.
    fn function(&mut self, start: usize, function: &str) -> Result<(usize, Subject), TriggerError> {
        let subject = match function {
            "length" => Subject::Length,
            "lowercase" => Subject::Lowercase,
            "typeof" => Subject::Kind,
            _ => {
                return Err(self.error_at(
                    start,
                    "expected a path, `contains`, `length`, `lowercase`, `match` or `typeof`",
                ));
            }
        };
        Ok((self.argument()?, subject))
    }

    /// `(path)`
    fn argument(&mut self) -> Result<usize, TriggerError> {
        self.advance()?;
        let steps = self.steps()?;
        let path = self.intern(steps);
        self.close()?;
        Ok(path)
    }

    fn comparison(&mut self, path: usize, subject: Subject) -> Result<Test, TriggerError> {
        if self.token.word() == Some("in") && subject != Subject::Length && subject != Subject::Kind
        {
            self.advance()?;
            return self.list().map(Test::Among);
        }
        let Token::Comparison(comparison) = self.token else {
            return Err(self.error("expected `=` or another comparison"));
        };
        self.advance()?;
        let start = self.start;
        let Some(literal) = self.literal()? else {
            return Err(self.error(EXPECTED_VALUE));
        };
        let test = match subject {
            Subject::Value => self.value_test(path, comparison, literal),
            Subject::Lowercase => match (comparison, literal) {
                (Comparison::Equal, Literal::Text(text)) => Ok(Test::Text(text)),
                (Comparison::NotEqual, Literal::Text(text)) => Ok(Test::NotText(text)),
                _ => Err("`lowercase` is compared by `=` or `!=` with a text in quotes"),
            },
            Subject::Length => match literal {
                Literal::Number(number) => Ok(Test::Length(comparison, number)),
                _ => Err("expected a number"),
            },
            Subject::Kind => kind_test(comparison, &literal),
        };
        test.map_err(|message| self.error_at(start, message))
    }

    fn value_test(
        &self,
        path: usize,
        comparison: Comparison,
        literal: Literal,
    ) -> Result<Test, &'static str> {
        let negated = match comparison {
            Comparison::Equal => false,
            Comparison::NotEqual => true,
            _ => return order_test(comparison, &literal),
        };
        let field = self.paths.get(path).and_then(text_field);
        Ok(match literal {
            Literal::Null if negated => Test::Present,
            Literal::Null => Test::Missing,
            Literal::Text(text) if negated => Test::NotText(text),
            Literal::Text(text) => Test::Text(text),
            Literal::Bool(truth) if matches!(field, None | Some("userId")) => {
                if negated {
                    Test::IsNot(truth)
                } else {
                    Test::Is(truth)
                }
            }
            Literal::Bool(truth) if negated => Test::NotText(name_of(truth).to_owned()),
            Literal::Bool(truth) => Test::Text(name_of(truth).to_owned()),
            Literal::Number(number) if field.is_none() => Test::Number(comparison, number),
            Literal::Number(number) => {
                let mut text = String::new();
                number::write(number, &mut text);
                if negated { Test::NotText(text) } else { Test::Text(text) }
            }
        })
    }

    /// `["a", "b"]`
    fn list(&mut self) -> Result<Vec<Literal>, TriggerError> {
        if self.token != Token::OpenList {
            return Err(self.error("expected `[`"));
        }
        let mut literals = Vec::new();
        loop {
            self.advance()?;
            match self.literal()? {
                Some(literal) => literals.push(literal),
                None => {
                    return Err(self.error(EXPECTED_VALUE));
                }
            }
            match self.token {
                Token::Comma => {}
                Token::CloseList => {
                    self.advance()?;
                    return Ok(literals);
                }
                _ => return Err(self.error("expected `,` or `]`")),
            }
        }
    }

    /// The literal that comes next, if there is one.
    fn literal(&mut self) -> Result<Option<Literal>, TriggerError> {
        let literal = match &self.token {
            Token::Text(text) => Literal::Text((*text).to_owned()),
            Token::Number(number) => Literal::Number(*number),
            token => match token.word() {
                Some("null") => Literal::Null,
                Some("true") => Literal::Bool(true),
                Some("false") => Literal::Bool(false),
                _ => return Ok(None),
            },
        };
        self.advance()?;
        Ok(Some(literal))
    }

    fn steps(&mut self) -> Result<Vec<Step>, TriggerError> {
        let Token::Path { steps, .. } = &mut self.token else {
            return Err(self.error("expected a path"));
        };
        let steps = std::mem::take(steps);
        self.advance()?;
        Ok(steps)
    }

    fn close(&mut self) -> Result<(), TriggerError> {
        match self.token {
            Token::Close => self.advance(),
            _ => Err(self.error("expected `)`")),
        }
    }

    /// The index of the path of these steps.
    fn intern(&mut self, steps: Vec<Step>) -> usize {
        let known = self.paths.iter().position(|path| path.steps() == steps);
        known.unwrap_or_else(|| {
            self.paths.push(Path::from_steps(steps));
            self.paths.len() - 1
        })
    }

    fn finish(&self, start: usize, path: usize, lowercase: bool, test: Test) -> Node {
        Node::Condition(Condition { path, lowercase, test, span: start..self.previous_end })
    }

    fn advance(&mut self) -> Result<(), TriggerError> {
        self.previous_end = self.lexer.offset();
        self.lexer.skip_space();
        self.start = self.lexer.offset();
        self.token = self.lexer.token()?;
        Ok(())
    }

    /// An error at the token to be read next.
    fn error(&self, message: &str) -> TriggerError {
        self.error_at(self.start, message)
    }

    fn error_at(&self, offset: usize, message: &str) -> TriggerError {
        self.lexer.error(offset, message)
    }
}

fn order_test(comparison: Comparison, literal: &Literal) -> Result<Test, &'static str> {
    let number = match literal {
        Literal::Number(number) => Some(*number),
        Literal::Text(text) => text_number(text),
        Literal::Bool(_) | Literal::Null => None,
    };
    number.map(|number| Test::Number(comparison, number)).ok_or("expected a number")
}

fn kind_test(comparison: Comparison, literal: &Literal) -> Result<Test, &'static str> {
    let Literal::Text(name) = literal else { return Err("expected the name of a type in quotes") };
    let kind = match name.as_str() {
        "bool" | "boolean" => "boolean",
        "list" => "array",
        "null" => "null",
        "number" => "number",
        "object" => "object",
        "string" => "string",
        _ => return Err("expected `string`, `number`, `bool`, `list`, `object` or `null`"),
    };
    match comparison {
        Comparison::Equal => Ok(Test::Kind { kind, negated: false }),
        Comparison::NotEqual => Ok(Test::Kind { kind, negated: true }),
        _ => Err("`typeof` is compared by `=` or `!=`"),
    }
}

/// The number that a quoted text spells as it would stand without quotes.
fn text_number(text: &str) -> Option<f64> {
    let mut lexer = Lexer::new(text);
    match lexer.token() {
        Ok(Token::Number(number)) if lexer.offset() == text.len() => Some(number),
        _ => None,
    }
}

/// The name of a field that always holds text, so that Segment compares it as text even with a
/// number.
fn text_field(path: &Path) -> Option<&str> {
    match path.steps() {
        [Step::Key(key)] if matches!(key.as_str(), "type" | "event" | "name" | "userId") => {
            Some(key)
        }
        _ => None,
    }
}
