//! Reading settings: every problem is collected before anything is answered.

use super::shape::Shape;
use crate::path::{Path, Step};
use crate::problem::{ProblemCode, Problems};
use crate::value::Value;

/// Something that a user can set.
pub(crate) trait Setting: Sized {
    /// What it looks like: the schema, the TypeScript types and the README are written from it.
    #[allow(dead_code, reason = "only tests write what is published")]
    fn shape() -> Shape;

    /// Reads it; none if it was refused, and then `problems` says why.
    fn read(value: &Value<'_>, at: &Path, problems: &mut Problems) -> Option<Self>;
}

/// Notes that a value is of the wrong type.
pub(crate) fn wrong_type(value: &Value<'_>, expected: &str, at: &Path, problems: &mut Problems) {
    let cause = format!("expected {expected}, found {}", with_article(value.kind()));
    problems.add(ProblemCode::SettingWrongType, at, cause);
}

fn with_article(kind: &str) -> String {
    match kind {
        "null" => kind.to_owned(),
        "array" | "object" => format!("an {kind}"),
        _ => format!("a {kind}"),
    }
}

/// The string here, or a problem.
pub(crate) fn text<'v>(
    value: &'v Value<'_>,
    at: &Path,
    problems: &mut Problems,
) -> Option<&'v str> {
    let text = value.as_text();
    if text.is_none() {
        wrong_type(value, "a string", at, problems);
    }
    text
}

/// The members of an object here that are not null, checked against the known names.
pub(crate) fn members<'v, 'a>(
    value: &'v Value<'a>,
    known: &[&'static str],
    at: &Path,
    problems: &mut Problems,
) -> Option<Vec<(&'v str, &'v Value<'a>)>> {
    let Value::Map(members) = value else {
        wrong_type(value, "an object", at, problems);
        return None;
    };
    let mut found = Vec::new();
    for (name, value) in members {
        if known.contains(&name.as_ref()) {
            if *value != Value::Null {
                found.push((name.as_ref(), value));
            }
        } else {
            let at = at.join(Step::Key(shown_name(name)));
            let cause = format!("there is no setting `{}` here", shown_name(name));
            match nearest(name, known) {
                Some(name) => {
                    let fix = format!("Did you mean {name}?");
                    problems.add_with(ProblemCode::SettingUnknown, &at, cause, fix);
                }
                None => problems.add(ProblemCode::SettingUnknown, &at, cause),
            }
        }
    }
    Some(found)
}

/// A name as it may stand in a message: a pasted text of any length or content may not, and a
/// phone number or a token least of all.
fn shown_name(name: &str) -> String {
    if name.bytes().filter(u8::is_ascii_digit).count() >= 7 {
        return "…".to_owned();
    }
    name.chars().filter(|c| !c.is_control()).take(40).collect()
}

/// The known name that `name` is most likely a slip of.
pub(crate) fn nearest<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    let name: String = name.chars().take(40).collect();
    let snake = snake_case(&name);
    known
        .iter()
        .map(|candidate| (distance(&snake, candidate), *candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len() / 5)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

fn snake_case(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    let mut previous_is_lower = false;
    for c in name.chars() {
        if c.is_ascii_uppercase() && previous_is_lower {
            out.push('_');
        }
        previous_is_lower = c.is_ascii_lowercase();
        out.push(if c == '-' { '_' } else { c.to_ascii_lowercase() });
    }
    out
}

/// The Levenshtein distance, in characters.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (at, l) in left.chars().enumerate() {
        let mut next = vec![at + 1];
        for (r, pair) in right.iter().zip(row.windows(2)) {
            let &[diagonal, above] = pair else { continue };
            let before = next.last().copied().unwrap_or(usize::MAX - 1);
            let swap = diagonal + usize::from(l != *r);
            next.push(swap.min(above + 1).min(before + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

impl Setting for bool {
    fn shape() -> Shape {
        Shape::Bool
    }

    fn read(value: &Value<'_>, at: &Path, problems: &mut Problems) -> Option<Self> {
        match value {
            Value::Bool(truth) => Some(*truth),
            _ => {
                wrong_type(value, "true or false", at, problems);
                None
            }
        }
    }
}

/// A whole number from `MIN` to `MAX`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Integer<const MIN: i64, const MAX: i64>(pub(crate) i64);

impl<const MIN: i64, const MAX: i64> Setting for Integer<MIN, MAX> {
    fn shape() -> Shape {
        Shape::Integer(MIN, MAX)
    }

    fn read(value: &Value<'_>, at: &Path, problems: &mut Problems) -> Option<Self> {
        let Value::Number(number) = value else {
            wrong_type(value, "a whole number", at, problems);
            return None;
        };
        #[expect(clippy::cast_possible_truncation, reason = "checked to be whole and in range")]
        if number.fract() == 0.0 && (MIN as f64..=MAX as f64).contains(number) {
            return Some(Self(*number as i64));
        }
        let cause = format!("expected a whole number from {MIN} to {MAX}");
        problems.add(ProblemCode::SettingOutOfRange, at, cause);
        None
    }
}

/// A list of at least `MIN` and at most `MAX` items.
#[derive(Clone, Debug)]
pub(crate) struct List<T, const MIN: usize, const MAX: usize>(pub(crate) Vec<T>);

impl<T: Setting, const MIN: usize, const MAX: usize> Setting for List<T, MIN, MAX> {
    fn shape() -> Shape {
        Shape::List(Box::new(T::shape()), MIN, MAX)
    }

    fn read(value: &Value<'_>, at: &Path, problems: &mut Problems) -> Option<Self> {
        let Value::List(items) = value else {
            wrong_type(value, "an array", at, problems);
            return None;
        };
        if !(MIN..=MAX).contains(&items.len()) {
            let cause = format!("expected {MIN} to {MAX} items, found {}", items.len());
            problems.add(ProblemCode::SettingOutOfRange, at, cause);
            return None;
        }
        let read: Vec<T> = items
            .iter()
            .enumerate()
            .filter_map(|(index, item)| T::read(item, &at.join(Step::Index(index)), problems))
            .collect();
        (read.len() == items.len()).then_some(Self(read))
    }
}

/// Declares an enum that is set by name.
macro_rules! choice {
    ($(#[$doc:meta])* pub enum $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        pub(crate) enum $name { $($(#[$vdoc])* $variant,)+ }

        impl $crate::settings::read::Setting for $name {
            fn shape() -> $crate::settings::shape::Shape {
                $crate::settings::shape::Shape::Choice(&[$($text,)+])
            }

            fn read(
                value: &$crate::value::Value<'_>,
                at: &$crate::path::Path,
                problems: &mut $crate::problem::Problems,
            ) -> Option<Self> {
                match $crate::settings::read::one_of(value, &[$($text,)+], at, problems)? {
                    $($text => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}
pub(crate) use choice;

/// The string here, if it is one of these; else a problem.
pub(crate) fn one_of<'c>(
    value: &Value<'_>,
    choices: &[&'c str],
    at: &Path,
    problems: &mut Problems,
) -> Option<&'c str> {
    let given = text(value, at, problems)?;
    if let Some(choice) = choices.iter().find(|choice| **choice == given) {
        return Some(choice);
    }
    let cause = format!("expected one of {}", choices.join(", "));
    match nearest(given, choices) {
        Some(name) => {
            let fix = format!("Did you mean {name}?");
            problems.add_with(ProblemCode::SettingNotAllowed, at, cause, fix);
        }
        None => problems.add(ProblemCode::SettingNotAllowed, at, cause),
    }
    None
}

/// Declares an object with known members. Each becomes an `Option`: absent or refused is none.
macro_rules! object {
    (
        $(#[doc = $doc:literal])+
        pub struct $name:ident {
            $($(#[doc = $fdoc:literal])+ $fname:literal $field:ident: $type:ty, $required:literal;)+
        }
    ) => {
        $(#[doc = $doc])+
        #[derive(Debug, Default)]
        pub(crate) struct $name {
            $($(#[doc = $fdoc])+ pub(crate) $field: Option<$type>,)+
            /// The members that were given, also those that were refused.
            pub(crate) given: Vec<&'static str>,
        }

        impl $name {
            /// The names of its members.
            pub(crate) const NAMES: &[&'static str] = &[$($fname,)+];
        }

        impl $crate::settings::read::Setting for $name {
            fn shape() -> $crate::settings::shape::Shape {
                use $crate::settings::shape::{Member, Shape};
                Shape::Object(stringify!($name), concat!($($doc,)+).trim_ascii(), vec![$(Member {
                    name: $fname,
                    doc: concat!($($fdoc,)+).trim_ascii(),
                    required: $required,
                    shape: <$type as $crate::settings::read::Setting>::shape(),
                },)+])
            }

            fn read(
                value: &$crate::value::Value<'_>,
                at: &$crate::path::Path,
                problems: &mut $crate::problem::Problems,
            ) -> Option<Self> {
                let mut read = Self::default();
                let known = Self::NAMES;
                for (name, value) in $crate::settings::read::members(value, known, at, problems)? {
                    let at = at.join($crate::path::Step::Key(name.to_owned()));
                    match name {
                        $($fname => {
                            read.given.push($fname);
                            read.$field =
                                <$type as $crate::settings::read::Setting>::read(value, &at, problems);
                        })+
                        _ => {}
                    }
                }
                $(if $required && !read.given.contains(&$fname) {
                    let at = at.join($crate::path::Step::Key($fname.to_owned()));
                    problems.add(
                        $crate::problem::ProblemCode::SettingRequired,
                        &at,
                        concat!("`", $fname, "` is missing"),
                    );
                })+
                Some(read)
            }
        }
    };
}
pub(crate) use object;
