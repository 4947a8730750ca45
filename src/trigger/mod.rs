//! Triggers: which events a mapping is for, in Segment's filter query language (FQL).
//!
//! ```text
//! type = "track" and event = "Order Completed" and properties.total >= 100
//! ```
//!
//! # The language
//! - A **path** names a field: `event`, `properties.total`, `context.app.version`. A character
//!   that is no letter, digit, `_` or `-` is escaped (`properties.product\ 1`); indices, and any
//!   name in quotes, stand in brackets (`properties.items[0]`, `context["app.name"]`). A path
//!   reads own properties only.
//! - **Texts** stand in double or single quotes, without escapes. Numbers, `true`, `false` and
//!   `null` stand for themselves.
//! - `path = value`, `path != value`; `<`, `<=`, `>`, `>=` with numbers; `path in ["a", "b"]`;
//!   `"a" in path` for lists in the event. A path alone holds when its value is `true`.
//! - `contains(path, "text")`, `match(path, "pattern")`; `!` before them: the path holds a text,
//!   and that does not contain or match. `lowercase(path)` may take the place of the path here
//!   and before `=`, `!=` and `in`.
//! - `length(path)` (bytes of a text, items of a list, 0 if missing) is compared with a number;
//!   `typeof(path)` with `"string"`, `"number"`, `"bool"`, `"list"`, `"object"` or `"null"`.
//! - `and` binds more tightly than `or`; parentheses group; `!( … )` and `!path` negate.
//! - In a **pattern** `*` stands for any text. If its only `*` stands at its beginning or end and
//!   there is no `\`, all other characters are themselves, as Segment's actions read them: write
//!   `**` to have the others count. In every other pattern `?` stands for one
//!   character, `[a-z]` and `[^a-z]` for one of (or not of) a class, and `\` takes its meaning
//!   from the next character.
//! - Words without operator, quote or parenthesis are the name of a track event:
//!   `Order Completed` is `type = "track" and event = "Order Completed"`.
//!
//! # How values compare
//! As in the evaluator that Segment runs for destination actions
//! (`@segment/destination-subscriptions` 3.37.0); what that lacks (`length`, `lowercase`,
//! `typeof`, `in`, `!( … )`, globs) as in its destination filters (`@segment/tsub` 2.0.0 and the
//! FQL documentation).
//! - Nothing is converted: `= "5"` holds for the text only, `= 5` for the number only. The fields
//!   `type`, `event`, `name` and `userId` are always compared as text: `userId = 5` means the
//!   text `5`.
//! - `!= "text"` holds for all else, missing values too; `!= 5` only for other *numbers*.
//! - `= null` holds for missing values and `null`, `!= null` for all others.
//! - Order comparisons, `contains` and `match` never hold for another kind of value, negated or
//!   not.
//! - Case always matters.
//!
//! # Where this differs from Segment, on purpose
//! Segment's action evaluator skips what it cannot read, which can turn a trigger into one that
//! matches more than it says. Here such a trigger is an error, or means what it says:
//! 1. `a or b and c`: Segment joins all by whichever stands last. Here `and` comes first.
//! 2. `!( … )`: Segment's actions ignore the `!`. A group within a group, or a function within a
//!    group, ends at the wrong `)` there. Here both mean what they say.
//! 3. Missing `and`, words that mean nothing (`not`, `foo(x)`), an unquoted text
//!    (`type = track`), `==`, a value before a comparison, a space around a dot: errors here.
//! 4. `'single quotes'`: Segment's actions compare the quotes too. Here they are quotes.
//! 5. `match` with a pattern that is not `text*` or `*text`: Segment's actions cut one character
//!    off and compare the end. Here the documented glob applies; `match(x, "")` matches the empty
//!    text only.
//! 6. `!= true` and `!= false`: Segment's actions compare with the text `true`, so that
//!    `opted_out != true` matches someone who opted out. Here it holds unless the value is the
//!    truth value or its name.
//! 7. `event = null`, `type != null`: Segment's actions compare with the text `null`. Here `null`
//!    means missing for every path.
//! 8. `<` with a text that is no number, with `true` or `null`: an error here.
//! 9. Segment's actions know only `type`, `event`, `name`, `userId`, `properties`, `traits` and
//!    `context`, and drop any other condition. Here every field can be read.
//! 10. Paths: Segment's actions reach what an object inherits (`constructor`), the length and the
//!     characters of a text, and stop early at `0`, `""` or `false` (`a.b` is then the value of
//!     `a`); they take `userId.x` for `userId`, and `\.` for a dot between names. Here a path
//!     reads what it names, or nothing. An index reads lists only.
//! 11. `length` of what has none (a number, an object) satisfies no comparison, `!=` included;
//!     that of a missing value is 0 as documented (the JavaScript filter engine says `NaN`), and
//!     that of a text is in bytes as documented (JavaScript counts UTF-16 units).
//! 12. `typeof` uses the documented names (the JavaScript filter engine says `object` for lists
//!     and `null`); `"boolean"` is understood too.
//! 13. `in`: a list in an event holds values (the JavaScript filter engine takes them for paths),
//!     and a missing list holds nothing (it throws).
//! 14. The documented functions `uppercase`, `snakecase`, `kebabcase`, `titlecase`, `bool`,
//!     `string` and `number`, which neither package has, and `semver`, which the filter engine
//!     has but the language does not document, are errors.
//! 15. `contains(type, …)` and `match(type, …)`: Segment's actions drop them. Here they count.
//! 16. Operators need no space around them (Segment reads `total >=100` as `>` and an unknown
//!     rest), and letters beyond ASCII and leading digits in names need no escape.

mod condition;
mod lexer;
mod parser;
mod pattern;
#[cfg(test)]
mod tests;

use std::fmt;

use crate::path::{Path, Step};
use crate::value::Value;

use self::condition::Condition;
use self::parser::Node;

/// Which events a mapping is for; compiled once, see the [module](self).
///
/// `Debug` does not show the source, which may name a person.
#[derive(Clone, PartialEq)]
pub struct Trigger {
    source: String,
    root: Node,
    paths: Vec<Path>,
}

/// How one condition of a trigger fared with an event.
#[derive(Clone, PartialEq)]
pub struct Check {
    /// The condition as it stands in the trigger. It is part of the settings, but may name a
    /// person; `Debug` does not show it.
    pub text: String,
    /// What it reads.
    pub path: Path,
    /// Whether it holds by itself; a `!( … )` around it is not considered.
    pub holds: bool,
    /// `holds`, or why it does not: `absent`, `null`, `differs`, `is what it must not be`, or a
    /// phrase such as `is a number, not a string`. Never the event's value.
    pub why: String,
}

/// Why a text is not a trigger.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TriggerError {
    /// Where, in characters from 1.
    pub column: usize,
    /// What is wrong or expected there: lower case, no final period, nothing of the source.
    pub message: String,
}

impl Trigger {
    /// The most bytes a trigger may have.
    pub const MAX_LEN: usize = 4096;

    /// Reads a trigger, or the bare name of a track event.
    ///
    /// # Errors
    ///
    /// [`TriggerError`], if the text is no trigger, is longer than [`Trigger::MAX_LEN`], nests
    /// parentheses more than 32 deep or has more than 256 conditions.
    pub fn parse(source: &str) -> Result<Self, TriggerError> {
        if source.len() > Self::MAX_LEN {
            return Err(TriggerError::at(source, 0, "a trigger may be at most 4096 bytes long"));
        }
        let name = source.trim();
        let source = if is_event_name(name) {
            ["type = \"track\" and event = \"", name, "\""].concat()
        } else {
            source.to_owned()
        };
        let parsed = parser::parse(&source).map_err(|mut error| {
            if !source.contains(['=', '<', '>', '(', '[', '"']) {
                error.message.push_str("; an event's name may stand in `event = \"…\"`");
            }
            error
        })?;
        Ok(Self { source, root: parsed.root, paths: parsed.paths })
    }

    /// Every path that the trigger reads, without repetition. Look-ups name a path by its index
    /// here.
    pub fn paths(&self) -> &[Path] {
        &self.paths
    }

    /// Whether the trigger matches the event that `lookup` reads. `lookup` gets an index into
    /// [`Trigger::paths`], and answers with the value there, or none if it is absent.
    pub fn matches<'v>(&self, lookup: &dyn Fn(usize) -> Option<&'v Value<'v>>) -> bool {
        self.root.holds(lookup)
    }

    /// How each condition fares, in the order of the source, whether or not it decides.
    pub fn explain<'v>(&self, lookup: &dyn Fn(usize) -> Option<&'v Value<'v>>) -> Vec<Check> {
        let mut checks = Vec::new();
        self.root.each(&mut |condition| {
            let verdict = condition.judge(lookup(condition.path));
            checks.push(Check {
                text: self.source.get(condition.span.clone()).unwrap_or_default().to_owned(),
                path: self.paths.get(condition.path).cloned().unwrap_or_default(),
                holds: verdict.is_ok(),
                why: verdict.map_or_else(|miss| miss.phrase(), |()| "holds".to_owned()),
            });
        });
        checks
    }

    /// Whether the trigger matches every track event that has a name: none of its conditions
    /// narrows further than `type = "track"`. Worth a warning, since each match costs money.
    ///
    /// It answers true only if that is certain, so a disguised way of saying so may escape it.
    pub fn matches_every_track(&self) -> bool {
        self.root.of_any("track", &self.paths) == Some(true)
    }

    /// Whether no event but a track event can match. It answers true only if that is certain.
    pub fn matches_tracks_only(&self) -> bool {
        !["alias", "group", "identify", "page", "screen"].iter().any(|kind| self.may_match(kind))
    }

    /// Whether an event of that type can match. It answers false only if none can for certain.
    pub fn may_match(&self, kind: &str) -> bool {
        self.root.of_any(kind, &self.paths) != Some(false)
    }

    /// The trigger as it was written; a bare name is written out.
    pub fn source(&self) -> &str {
        &self.source
    }
}

impl fmt::Debug for Trigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trigger").field("paths", &self.paths).finish_non_exhaustive()
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Check")
            .field("path", &self.path)
            .field("holds", &self.holds)
            .field("why", &self.why)
            .finish_non_exhaustive()
    }
}

impl TriggerError {
    fn at(source: &str, offset: usize, message: &str) -> Self {
        let before = source.get(..offset).unwrap_or(source);
        Self { column: before.chars().count() + 1, message: message.to_owned() }
    }
}

impl fmt::Display for TriggerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "column {}: {}", self.column, self.message)
    }
}

impl std::error::Error for TriggerError {}

impl Node {
    fn holds<'v>(&self, lookup: &dyn Fn(usize) -> Option<&'v Value<'v>>) -> bool {
        match self {
            Self::All(nodes) => nodes.iter().all(|node| node.holds(lookup)),
            Self::Any(nodes) => nodes.iter().any(|node| node.holds(lookup)),
            Self::Not(node) => !node.holds(lookup),
            Self::Condition(condition) => condition.judge(lookup(condition.path)).is_ok(),
        }
    }

    fn each(&self, visit: &mut dyn FnMut(&Condition)) {
        match self {
            Self::All(nodes) | Self::Any(nodes) => nodes.iter().for_each(|node| node.each(visit)),
            Self::Not(node) => node.each(visit),
            Self::Condition(condition) => visit(condition),
        }
    }

    /// Whether this holds of every track event with a name, or of none; none if that depends.
    fn of_any(&self, kind: &str, paths: &[Path]) -> Option<bool> {
        match self {
            Self::All(nodes) => joined(nodes, kind, paths, false),
            Self::Any(nodes) => joined(nodes, kind, paths, true),
            Self::Not(node) => node.of_any(kind, paths).map(|holds| !holds),
            Self::Condition(condition) => match paths.get(condition.path)?.steps() {
                [Step::Key(key)] if key == "type" => {
                    Some(condition.judge(Some(&Value::from(kind))).is_ok())
                }
                [Step::Key(key)] if key == "event" && kind == "track" => {
                    condition.test.judge_any_name()
                }
                _ => None,
            },
        }
    }
}

/// One node that is `decisive` decides for all; otherwise all must be known.
fn joined(nodes: &[Node], kind: &str, paths: &[Path], decisive: bool) -> Option<bool> {
    let mut known = true;
    for node in nodes {
        match node.of_any(kind, paths) {
            Some(verdict) if verdict == decisive => return Some(decisive),
            Some(_) => {}
            None => known = false,
        }
    }
    known.then_some(!decisive)
}

/// Whether a text is an event's name rather than a filter: words with nothing in them that a
/// condition needs.
fn is_event_name(text: &str) -> bool {
    let has_syntax = text.contains(['=', '!', '<', '>', '"', '\'', '(', ')']);
    let has_path = || {
        text.split([' ', '\t', '\n', '\r'])
            .any(|word| ["properties.", "traits.", "context."].iter().any(|p| word.starts_with(p)))
    };
    !text.is_empty() && !has_syntax && !text.contains(" in [") && !has_path()
}
