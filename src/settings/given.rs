//! A value that a mapping gives: literal, or read from the event.

use std::borrow::Cow;

use super::read::Setting;
use super::shape::Shape;
use crate::path::{Path, Step};
use crate::problem::{ProblemCode, Problems};
use crate::template::{self, Template};
use crate::value::Value;

/// A value as the user gives it.
///
/// A string is a path if it begins with `$.` or reads like one (`properties.sms_body`), else a
/// template; one without tags is a literal. Lists and objects may hold any of these.
#[derive(Clone, Debug)]
pub(crate) enum Given {
    /// As it stands: a boolean, a number, or a string without tags.
    Literal(Value<'static>),
    /// The value at a path, with its type.
    Path(Path),
    /// Text with tags.
    Template(Template),
    /// A list of values.
    List(Vec<Self>),
    /// An object of values.
    Map(Vec<(String, Self)>),
}

impl Given {
    /// How deep lists and objects may nest.
    const MAX_DEPTH: usize = 4;

    /// How many items a list may have.
    const MAX_ITEMS: usize = 100;

    /// The literal text, if that is what it is.
    pub(crate) fn literal(&self) -> Option<&Value<'static>> {
        match self {
            Self::Literal(value) => Some(value),
            _ => None,
        }
    }

    /// The whole value, if no part of it is read from the event.
    pub(crate) fn as_literal(&self) -> Option<Value<'static>> {
        match self {
            Self::Literal(value) => Some(value.clone()),
            Self::Path(_) | Self::Template(_) => None,
            Self::List(items) => {
                items.iter().map(Self::as_literal).collect::<Option<_>>().map(Value::List)
            }
            Self::Map(members) => members
                .iter()
                .map(|(name, value)| Some((name.clone().into(), value.as_literal()?)))
                .collect::<Option<_>>()
                .map(Value::Map),
        }
    }

    /// The parts of a text that are sent whatever the event holds.
    pub(crate) fn literal_texts(&self) -> Vec<&str> {
        match self {
            Self::Literal(Value::Text(text)) => vec![text],
            Self::Template(template) => template.literals(),
            _ => Vec::new(),
        }
    }

    fn read_at(
        value: &Value<'_>,
        at: &Path,
        depth: usize,
        problems: &mut Problems,
    ) -> Option<Self> {
        if depth == 0 {
            problems.add(ProblemCode::SettingOutOfRange, at, "lists and objects nest too deep");
            return None;
        }
        match value {
            Value::Null => Some(Self::Literal(Value::Null)),
            Value::Bool(truth) => Some(Self::Literal(Value::Bool(*truth))),
            Value::Number(number) => Some(Self::Literal(Value::Number(*number))),
            Value::Text(text) => read_text(text, at, problems),
            Value::List(items) if items.len() > Self::MAX_ITEMS => {
                let cause = format!("expected 0 to 100 items, found {}", items.len());
                problems.add(ProblemCode::SettingOutOfRange, at, cause);
                None
            }
            Value::List(items) => {
                let read: Vec<Self> = items
                    .iter()
                    .enumerate()
                    .filter_map(|(index, item)| {
                        Self::read_at(item, &at.join(Step::Index(index)), depth - 1, problems)
                    })
                    .collect();
                (read.len() == items.len()).then_some(Self::List(read))
            }
            Value::Map(members) => {
                let read: Vec<(String, Self)> = members
                    .iter()
                    .filter_map(|(name, value)| {
                        let at = at.join(Step::Key(name.clone().into_owned()));
                        let value = Self::read_at(value, &at, depth - 1, problems)?;
                        Some((name.clone().into_owned(), value))
                    })
                    .collect();
                (read.len() == members.len()).then_some(Self::Map(read))
            }
        }
    }
}

impl Setting for Given {
    fn shape() -> Shape {
        Shape::Either(vec![
            Shape::Text(None, template::MAX_SOURCE),
            Shape::Bool,
            Shape::Number,
            Shape::List(Box::new(Shape::Any), 0, Self::MAX_ITEMS),
            Shape::Map(Box::new(Shape::Any)),
        ])
    }

    fn read(value: &Value<'_>, at: &Path, problems: &mut Problems) -> Option<Self> {
        Self::read_at(value, at, Self::MAX_DEPTH, problems)
    }
}

fn read_text(text: &str, at: &Path, problems: &mut Problems) -> Option<Given> {
    if text.starts_with("$.") || text.starts_with("$[") {
        return match Path::parse(text) {
            Ok(path) => Some(Given::Path(path)),
            Err(error) => {
                let cause = format!("at column {}: {}", error.column, error.message);
                problems.add(ProblemCode::PathInvalid, at, cause);
                None
            }
        };
    }
    if let Some(path) = read_bare_path(text) {
        return Some(Given::Path(path));
    }
    match Template::parse(text) {
        Ok(template) => Some(match template.literal() {
            Some(literal) => Given::Literal(Value::Text(Cow::Owned(literal.to_owned()))),
            None => Given::Template(template),
        }),
        Err(error) => {
            let line =
                if error.line > 1 { format!("line {}, ", error.line) } else { String::new() };
            let cause = format!("at {line}column {}: {}", error.column, error.message);
            let fix = error.hint.unwrap_or_else(|| ProblemCode::TemplateInvalid.fix().to_owned());
            problems.add_with(ProblemCode::TemplateInvalid, at, cause, fix);
            None
        }
    }
}

/// A path written without its `$.`. Nobody means to text somebody the words `properties.sms_body`.
fn read_bare_path(text: &str) -> Option<Path> {
    let (root, _) = text.split_once('.')?;
    let is_path = matches!(root, "properties" | "traits" | "context")
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '[' | ']'));
    if is_path { Path::parse(text).ok() } else { None }
}
