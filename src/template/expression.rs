//! What stands inside outputs and tags: operands, filters, conditions.

use super::cursor::{Cursor, is_word};
use super::error::{Fault, shorten};
use super::filter::{self, Filter};
use crate::path::{Path, Step};

/// Something that has a value.
#[derive(Clone, Debug)]
pub(super) enum Operand {
    Blank,
    Bool(bool),
    Empty,
    Nil,
    Number(f64),
    Text(String),
    Variable(Variable),
}

/// A value of the event, or what Liquid computes from one.
#[derive(Clone, Debug)]
pub(super) struct Variable {
    /// Its place among [`Paths`].
    pub(super) path: usize,
    /// The steps from `first`, `last` or `size` on, which a [`Path`] cannot take.
    pub(super) tail: Vec<Step>,
}

/// An operand, and the filters that it goes through.
#[derive(Clone, Debug)]
pub(super) struct Output {
    pub(super) operand: Operand,
    pub(super) filters: Vec<Call>,
}

/// A filter with its arguments: at most [`filter::MAX_ARGUMENTS`].
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) filter: Filter,
    pub(super) arguments: Vec<Operand>,
}

/// Tests joined by `and` and `or`. Liquid reads them from the right: `a and b or c` is
/// `a and (b or c)`.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    pub(super) tests: Vec<Test>,
}

/// One operand, or two that are compared.
#[derive(Clone, Debug)]
pub(super) struct Test {
    pub(super) left: Operand,
    pub(super) comparison: Option<(Comparison, Operand)>,
    /// How the next test follows; none if this is the last.
    pub(super) join: Option<Join>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Comparison {
    Contains,
    Equal,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    NotEqual,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Join {
    And,
    Or,
}

/// What a template is made of so far, and how much more it may have.
#[derive(Debug, Default)]
pub(super) struct Paths {
    pub(super) paths: Vec<Path>,
    parts: usize,
}

impl Paths {
    /// Counts one more part of the template.
    pub(super) fn count(&mut self, at: usize) -> Result<(), Fault> {
        if self.parts >= super::MAX_PARTS {
            return Err(Fault::new(at, "the template has more than 1000 parts"));
        }
        self.parts += 1;
        Ok(())
    }

    fn add(&mut self, path: Path) -> usize {
        if let Some(known) = self.paths.iter().position(|known| *known == path) {
            return known;
        }
        self.paths.push(path);
        self.paths.len() - 1
    }
}

/// Words that Liquid reads as operators wherever a value may begin.
const OPERATOR_WORDS: [&str; 4] = ["and", "contains", "not", "or"];

/// The longest array index that a path may have, as in [`Path::parse`].
const MAX_INDEX: usize = 100_000;

/// Reads `operand | filter: argument, … | …` to the end.
pub(super) fn output(cursor: &mut Cursor<'_>, paths: &mut Paths) -> Result<Output, Fault> {
    let operand = operand(cursor, paths)?;
    let mut filters = Vec::new();
    loop {
        if cursor.is_at_end() {
            return Ok(Output { operand, filters });
        }
        if !cursor.eat("|") {
            return Err(unexpected(cursor, "`|` or the end"));
        }
        filters.push(call(cursor, paths)?);
    }
}

/// Reads a condition to the end.
pub(super) fn condition(cursor: &mut Cursor<'_>, paths: &mut Paths) -> Result<Condition, Fault> {
    let mut tests = Vec::new();
    loop {
        let left = operand(cursor, paths)?;
        let comparison = match comparison(cursor)? {
            Some(comparison) => Some((comparison, operand(cursor, paths)?)),
            None => None,
        };
        let join = join(cursor, comparison.is_some())?;
        tests.push(Test { left, comparison, join });
        if join.is_none() {
            return Ok(Condition { tests });
        }
    }
}

/// Reads the values of a `when`, which commas or `or` part, to the end.
pub(super) fn values(cursor: &mut Cursor<'_>, paths: &mut Paths) -> Result<Vec<Operand>, Fault> {
    let mut values = Vec::new();
    loop {
        values.push(operand(cursor, paths)?);
        if cursor.is_at_end() {
            return Ok(values);
        }
        if !cursor.eat(",") {
            if cursor.peek_word() != "or" {
                return Err(unexpected(cursor, "`,`, `or` or the end"));
            }
            cursor.word();
        }
    }
}

fn call(cursor: &mut Cursor<'_>, paths: &mut Paths) -> Result<Call, Fault> {
    cursor.skip_blank();
    let at = cursor.at();
    paths.count(at)?;
    let name = cursor.word();
    if name.is_empty() {
        return Err(Fault::new(at, "expected the name of a filter"));
    }
    let Some(filter) = Filter::named(name) else {
        return Err(Fault::unknown(at, "filter", name, filter::names()));
    };
    let mut arguments = Vec::new();
    cursor.skip_blank();
    if cursor.eat(":") {
        loop {
            let argument_at = cursor.at();
            arguments.push(operand(cursor, paths)?);
            cursor.skip_blank();
            if cursor.peek() == Some(':') {
                return Err(Fault::new(argument_at, "named arguments are not supported"));
            }
            if !cursor.eat(",") {
                break;
            }
        }
    } else if matches!(cursor.peek(), Some(c) if c != '|') {
        return Err(unexpected(cursor, "`:`, `|` or the end"));
    }
    filter.check_arguments(at, &arguments)?;
    Ok(Call { filter, arguments })
}

fn comparison(cursor: &mut Cursor<'_>) -> Result<Option<Comparison>, Fault> {
    const OPERATORS: [(&str, Comparison); 6] = [
        ("==", Comparison::Equal),
        ("!=", Comparison::NotEqual),
        (">=", Comparison::GreaterOrEqual),
        ("<=", Comparison::LessOrEqual),
        (">", Comparison::Greater),
        ("<", Comparison::Less),
    ];
    cursor.skip_blank();
    if cursor.peek_word() == "contains" {
        cursor.word();
        return Ok(Some(Comparison::Contains));
    }
    for (operator, comparison) in OPERATORS {
        if cursor.eat(operator) {
            if comparison == Comparison::Less && cursor.peek() == Some('>') {
                return Err(unexpected(cursor, "a value").hint("did you mean `!=`?"));
            }
            return Ok(Some(comparison));
        }
    }
    if cursor.peek() == Some('=') {
        return Err(unexpected(cursor, "a comparison").hint("did you mean `==`?"));
    }
    Ok(None)
}

fn join(cursor: &mut Cursor<'_>, compared: bool) -> Result<Option<Join>, Fault> {
    if cursor.is_at_end() {
        return Ok(None);
    }
    let join = match cursor.peek_word() {
        "and" => Join::And,
        "or" => Join::Or,
        _ => {
            return Err(match cursor.peek() {
                Some('&') => unexpected(cursor, "`and`").hint("did you mean `and`?"),
                Some('|') => Fault::new(cursor.at(), "a condition may not have filters")
                    .hint("`or` joins two tests; `case` takes filters"),
                _ if compared => unexpected(cursor, "`and`, `or` or the end"),
                _ => unexpected(cursor, "a comparison, `and`, `or` or the end"),
            });
        }
    };
    cursor.word();
    Ok(Some(join))
}

fn operand(cursor: &mut Cursor<'_>, paths: &mut Paths) -> Result<Operand, Fault> {
    cursor.skip_blank();
    let at = cursor.at();
    paths.count(at)?;
    if let Some(text) = cursor.quoted()? {
        return Ok(Operand::Text(text));
    }
    if let Some(number) = cursor.number() {
        return Ok(Operand::Number(number));
    }
    let word = cursor.peek_word();
    if let Some(literal) = literal(word) {
        cursor.word();
        if matches!(cursor.peek(), Some('.' | '[')) {
            return Err(reserved(at, word));
        }
        return Ok(literal);
    }
    if OPERATOR_WORDS.contains(&word) {
        return Err(reserved(at, word));
    }
    let mut steps = vec![root(cursor)?];
    while let Some(step) = step(cursor)? {
        steps.push(step);
    }
    let length = cursor.at() - at;
    if length > Path::MAX_LEN {
        return Err(Fault::new(at, "a path may be at most 512 bytes long"));
    }
    cursor.skip_blank();
    if cursor.peek().is_some_and(is_word) && !OPERATOR_WORDS.contains(&cursor.peek_word()) {
        return Err(unexpected(cursor, "the end of the value")
            .hint("a name with spaces stands in brackets: `[\"First name\"]`"));
    }
    // The root is an object, so that only a later step can be one that Liquid computes.
    let computed = steps.iter().skip(1).position(is_computed).map_or(steps.len(), |at| at + 1);
    let tail = steps.split_off(computed);
    Ok(Operand::Variable(Variable { path: paths.add(Path::from_steps(steps)), tail }))
}

fn literal(word: &str) -> Option<Operand> {
    Some(match word {
        "blank" => Operand::Blank,
        "empty" => Operand::Empty,
        "false" => Operand::Bool(false),
        "nil" | "null" => Operand::Nil,
        "true" => Operand::Bool(true),
        _ => return None,
    })
}

fn is_computed(step: &Step) -> bool {
    matches!(step, Step::Key(key) if matches!(key.as_str(), "first" | "last" | "size"))
}

/// Reads the first step of a path, and the `$.` before it.
fn root(cursor: &mut Cursor<'_>) -> Result<Step, Fault> {
    let rooted = cursor.eat("$");
    let needs_name = rooted && cursor.eat(".");
    if !needs_name && cursor.eat("[") {
        return match bracket(cursor)? {
            key @ Step::Key(_) => Ok(key),
            Step::Index(_) => Err(Fault::new(cursor.at(), "an event is not an array")),
        };
    }
    if rooted && !needs_name {
        return Err(unexpected(cursor, "`.` or `[` after `$`"));
    }
    let word = cursor.word();
    if word.is_empty() {
        let fault = unexpected(cursor, "a value");
        return Err(match cursor.peek() {
            Some('“' | '”' | '‘' | '’') => fault.hint("write straight quotes"),
            Some('#' | '/') => fault.hint("a condition is written `{% if … %}…{% endif %}`"),
            Some('(') => fault.hint("there are no parentheses and no ranges"),
            _ => fault,
        });
    }
    Ok(Step::Key(word.to_owned()))
}

/// Reads a later step of a path, if there is one.
fn step(cursor: &mut Cursor<'_>) -> Result<Option<Step>, Fault> {
    if cursor.eat("[") {
        return bracket(cursor).map(Some);
    }
    if !cursor.eat(".") {
        return Ok(None);
    }
    let at = cursor.at();
    let word = cursor.word();
    if word.is_empty() {
        return Err(unexpected(cursor, "a name after `.`"));
    }
    let is_index =
        word.bytes().all(|b| b.is_ascii_digit()) && (word == "0" || !word.starts_with('0'));
    if is_index { index(at, word).map(Some) } else { Ok(Some(Step::Key(word.to_owned()))) }
}

fn bracket(cursor: &mut Cursor<'_>) -> Result<Step, Fault> {
    cursor.skip_blank();
    let step = match cursor.quoted()? {
        Some(key) => Step::Key(key),
        None => {
            let at = cursor.at();
            let word = cursor.word();
            if word.is_empty() || !word.bytes().all(|b| b.is_ascii_digit()) {
                return Err(Fault::new(at, "expected an index or a quoted name"));
            }
            index(at, word)?
        }
    };
    cursor.skip_blank();
    if cursor.eat("]") { Ok(step) } else { Err(unexpected(cursor, "`]`")) }
}

fn index(at: usize, digits: &str) -> Result<Step, Fault> {
    let index = digits.parse().ok().filter(|index| *index <= MAX_INDEX);
    index.map(Step::Index).ok_or_else(|| Fault::new(at, "an index may be at most 100000"))
}

fn reserved(at: usize, word: &str) -> Fault {
    Fault::new(at, format!("`{word}` is a word of the template language"))
        .hint(format!("a field of that name is written `[\"{word}\"]`"))
}

fn unexpected(cursor: &Cursor<'_>, expected: &str) -> Fault {
    let found = match cursor.peek_run() {
        "" => String::from("nothing"),
        run => format!("`{}`", shorten(run)),
    };
    Fault::new(cursor.at(), format!("expected {expected}, found {found}"))
}
