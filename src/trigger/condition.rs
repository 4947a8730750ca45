//! One condition: a test of the value at one path.

use std::ops::Range;

use crate::value::Value;

use super::lexer::Comparison;
use super::pattern::Pattern;

/// A test of the value at one of the trigger's paths.
#[derive(Clone, PartialEq)]
pub(super) struct Condition {
    /// Index into the trigger's paths.
    pub(super) path: usize,
    /// Whether `lowercase()` stands around the path.
    pub(super) lowercase: bool,
    pub(super) test: Test,
    /// Where it stands in the source, in bytes.
    pub(super) span: Range<usize>,
}

/// What is asked of the value.
#[derive(Clone, PartialEq)]
pub(super) enum Test {
    /// `= null`
    Missing,
    /// `!= null`
    Present,
    /// `= true`
    Is(bool),
    /// `!= true`: neither the truth value nor its name.
    IsNot(bool),
    /// `= "text"`
    Text(String),
    /// `!= "text"`: anything else, missing values too.
    NotText(String),
    /// `>= 5`: of numbers only, `!=` too.
    Number(Comparison, f64),
    /// `contains(…)`; negated, still of texts only.
    Contains { text: String, negated: bool },
    /// `match(…)`; negated, still of texts only.
    Match { pattern: Pattern, negated: bool },
    /// `length(…) > 5`
    Length(Comparison, f64),
    /// `typeof(…) = "list"`
    Kind { kind: &'static str, negated: bool },
    /// `in [1, 2]`
    Among(Vec<Literal>),
    /// `"text" in path`
    Holds(Literal),
}

/// A value written in the trigger.
#[derive(Clone, PartialEq)]
pub(super) enum Literal {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
}

/// Why a condition does not hold.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Miss {
    Absent,
    Null,
    /// The kind it has, and the kind it should have.
    Kind(&'static str, &'static str),
    /// It has the right kind, but not the value.
    Differs,
    /// It is what it must not be.
    Excluded,
}

impl Condition {
    /// Whether the condition holds of `value`, and if not, why.
    pub(super) fn judge(&self, value: Option<&Value<'_>>) -> Result<(), Miss> {
        match value {
            Some(Value::Text(text)) if self.lowercase => {
                self.test.judge(Some(&Value::from(text.to_lowercase())))
            }
            Some(value) if self.lowercase => {
                // What is no text has no lower case, and compares as if it were missing.
                self.test.judge(None).map_err(|_| Miss::Kind(value.kind(), "string"))
            }
            value => self.test.judge(value),
        }
    }
}

impl Test {
    pub(super) fn judge(&self, value: Option<&Value<'_>>) -> Result<(), Miss> {
        match self {
            Self::Missing => when(is_missing(value), Miss::Excluded),
            Self::Present => when(!is_missing(value), miss(value, "")),
            Self::Is(wanted) => match value {
                Some(Value::Bool(is)) => when(is == wanted, Miss::Differs),
                value => Err(miss(value, "boolean")),
            },
            Self::IsNot(other) => match value {
                Some(Value::Bool(is)) => when(is != other, Miss::Excluded),
                Some(Value::Text(text)) => when(text != name_of(*other), Miss::Excluded),
                _ => Ok(()),
            },
            Self::Text(wanted) => {
                let text = text(value)?;
                when(text == wanted, Miss::Differs)
            }
            Self::NotText(other) => when(text(value) != Ok(other.as_str()), Miss::Excluded),
            Self::Number(comparison, bound) => match value {
                Some(Value::Number(number)) => compare(*number, *comparison, *bound),
                value => Err(miss(value, "number")),
            },
            Self::Contains { text: part, negated } => {
                let found = text(value)?.contains(part.as_str());
                when(found != *negated, found_or_not(found))
            }
            Self::Match { pattern, negated } => {
                let found = pattern.matches(text(value)?);
                when(found != *negated, found_or_not(found))
            }
            Self::Length(comparison, bound) => {
                let length = match value {
                    None | Some(Value::Null) => 0,
                    Some(Value::Text(text)) => text.len(),
                    Some(Value::List(items)) => items.len(),
                    value => return Err(miss(value, "string or array")),
                };
                compare(length as f64, *comparison, *bound)
            }
            Self::Kind { kind, negated } => {
                let found = value.map_or("null", Value::kind) == *kind;
                when(found != *negated, found_or_not(found))
            }
            Self::Among(literals) => {
                when(literals.iter().any(|literal| literal.is(value)), miss(value, ""))
            }
            Self::Holds(literal) => match value {
                Some(Value::List(items)) => {
                    when(items.iter().any(|item| literal.is(Some(item))), Miss::Differs)
                }
                value => Err(miss(value, "array")),
            },
        }
    }

    /// What the test says of every name an event may have, that is, of every text but the empty
    /// one; none if it depends on the name.
    pub(super) fn judge_any_name(&self) -> Option<bool> {
        match self {
            Self::Present => Some(true),
            Self::NotText(other) => other.is_empty().then_some(true),
            Self::Text(wanted) => wanted.is_empty().then_some(false),
            Self::Missing | Self::Is(_) | Self::Number(..) | Self::Holds(_) => Some(false),
            Self::Contains { text, negated } => text.is_empty().then_some(!negated),
            Self::Match { pattern, negated } => pattern.matches_any_text().then_some(!negated),
            Self::Length(comparison, bound) => match comparison {
                Comparison::Greater | Comparison::NotEqual => (*bound < 1.0).then_some(true),
                Comparison::GreaterOrEqual => (*bound <= 1.0).then_some(true),
                Comparison::Equal | Comparison::LessOrEqual => (*bound < 1.0).then_some(false),
                Comparison::Less => (*bound <= 1.0).then_some(false),
            },
            Self::Kind { kind, negated } => Some((*kind == "string") != *negated),
            Self::IsNot(_) | Self::Among(_) => None,
        }
    }
}

impl Literal {
    fn is(&self, value: Option<&Value<'_>>) -> bool {
        match (self, value) {
            (Self::Null, value) => is_missing(value),
            (Self::Bool(wanted), Some(Value::Bool(is))) => wanted == is,
            (Self::Number(wanted), Some(Value::Number(is))) => wanted == is,
            (Self::Text(wanted), Some(Value::Text(is))) => wanted == is,
            _ => false,
        }
    }
}

impl Miss {
    /// The reason as a short phrase, which never holds the value.
    pub(super) fn phrase(self) -> String {
        let phrase = match self {
            Self::Absent => "absent",
            Self::Null => "null",
            Self::Differs => "differs",
            Self::Excluded => "is what it must not be",
            Self::Kind(is, wanted) => {
                let parts = ["is ", article(is), is, ", not ", article(wanted), wanted];
                return parts.concat();
            }
        };
        phrase.to_owned()
    }
}

/// The name of a truth value.
pub(super) fn name_of(truth: bool) -> &'static str {
    if truth { "true" } else { "false" }
}

fn article(kind: &str) -> &'static str {
    match kind {
        "array" | "object" => "an ",
        _ => "a ",
    }
}

fn when(holds: bool, miss: Miss) -> Result<(), Miss> {
    if holds { Ok(()) } else { Err(miss) }
}

fn found_or_not(found: bool) -> Miss {
    if found { Miss::Excluded } else { Miss::Differs }
}

fn is_missing(value: Option<&Value<'_>>) -> bool {
    matches!(value, None | Some(Value::Null))
}

/// Why a value is not of the `wanted` kind; of no particular kind if that is empty.
fn miss(value: Option<&Value<'_>>, wanted: &'static str) -> Miss {
    match value {
        None => Miss::Absent,
        Some(Value::Null) => Miss::Null,
        Some(_) if wanted.is_empty() => Miss::Differs,
        Some(value) => Miss::Kind(value.kind(), wanted),
    }
}

fn text<'v>(value: Option<&'v Value<'_>>) -> Result<&'v str, Miss> {
    value.and_then(Value::as_text).ok_or_else(|| miss(value, "string"))
}

fn compare(number: f64, comparison: Comparison, bound: f64) -> Result<(), Miss> {
    let holds = match comparison {
        Comparison::Equal => number == bound,
        Comparison::NotEqual => number != bound,
        Comparison::Less => number < bound,
        Comparison::LessOrEqual => number <= bound,
        Comparison::Greater => number > bound,
        Comparison::GreaterOrEqual => number >= bound,
    };
    let differs = if comparison == Comparison::NotEqual { Miss::Excluded } else { Miss::Differs };
    when(holds, differs)
}
