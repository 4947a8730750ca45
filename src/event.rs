//! Events and rows, reduced to the values that the settings read.
//!
//! A [`Plan`] is made once, when the settings are compiled: it knows every path that any trigger,
//! template or gate reads. Only those values cross into the core and only those are built.

mod fields;

use std::collections::BTreeMap;

use crate::json::{self, JsonError, JsonErrorKind, Projection, Shape, Values};
use crate::number;
use crate::path::{Path, Step};
use crate::value::Value;

/// How deep an event may nest. Segment's own events nest 3 or 4 levels.
pub const MAX_DEPTH: usize = 32;

/// What kind of event it is (Segment's Spec), or a row of a table.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum EventType {
    /// One identity takes over another.
    Alias,
    /// A user belongs to a group.
    Group,
    /// Who a user is.
    Identify,
    /// A user looked at a page.
    Page,
    /// A user looked at a screen of an app.
    Screen,
    /// A user did something.
    Track,
}

impl EventType {
    /// The type of that name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "alias" => Some(Self::Alias),
            "group" => Some(Self::Group),
            "identify" => Some(Self::Identify),
            "page" => Some(Self::Page),
            "screen" => Some(Self::Screen),
            "track" => Some(Self::Track),
            _ => None,
        }
    }

    /// Its name, as events write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Alias => "alias",
            Self::Group => "group",
            Self::Identify => "identify",
            Self::Page => "page",
            Self::Screen => "screen",
            Self::Track => "track",
        }
    }
}

/// An id: a text, or a number that somebody wrote without quotes.
pub(crate) fn id_text(value: &Value<'_>) -> Option<String> {
    match value {
        Value::Text(text) if !text.is_empty() => Some(text.clone().into_owned()),
        Value::Number(number) => {
            let mut text = String::new();
            number::write(*number, &mut text);
            Some(text)
        }
        _ => None,
    }
}

/// A value that the plan reads.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Slot(usize);

/// Which values are read from an event, and how they are found.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The paths that the settings read, one a slot.
    slots: Vec<Path>,
    /// Where each of them stands, until all are known.
    known: BTreeMap<Path, usize>,
    /// The shortest paths that cover them: what is read from the event.
    reads: Vec<Path>,
    /// For each slot, the read it lies in and how many of its steps that read covers.
    places: Vec<(usize, usize)>,
    /// The paths of which only the shape is asked for, one a slot.
    shapes: Vec<Path>,
    projection: Projection,
}

/// A shape that the plan reads.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ShapeSlot(usize);

impl Plan {
    /// The slot of a path, a new one if nothing read it before.
    pub(crate) fn slot(&mut self, path: &Path) -> Slot {
        let at = *self.known.entry(path.clone()).or_insert_with(|| {
            self.slots.push(path.clone());
            self.slots.len() - 1
        });
        Slot(at)
    }

    /// The slot of a path of which only the shape is asked for.
    pub(crate) fn shape_slot(&mut self, path: &Path) -> ShapeSlot {
        self.shapes.push(path.clone());
        ShapeSlot(self.shapes.len() - 1)
    }

    /// Works out what to read, once every slot is known.
    #[must_use]
    pub(crate) fn finish(mut self) -> Self {
        self.reads = self.known.keys().cloned().collect();
        // In this order a path stands right before those that lie below it.
        self.reads.dedup_by(|path, read| path.steps().starts_with(read.steps()));
        let covers = |slot: &Path| {
            let at = self.reads.partition_point(|read| read <= slot).checked_sub(1);
            let read = at.and_then(|at| self.reads.get(at))?;
            slot.steps().starts_with(read.steps()).then_some((at?, read.steps().len()))
        };
        self.places =
            self.slots.iter().map(|slot| covers(slot).unwrap_or((usize::MAX, 0))).collect();
        self.known.clear();
        self.projection = Projection::new(&self.reads, &self.shapes);
        self
    }

    /// The paths that have to be read from an event, in the order in which [`Plan::read_fields`]
    /// expects their values. None of them lies below another.
    pub fn reads(&self) -> &[Path] {
        &self.reads
    }

    /// The paths of which only the shape has to be told, behind the values.
    pub fn shapes(&self) -> &[Path] {
        &self.shapes
    }

    /// Reads an event from its JSON text.
    ///
    /// # Errors
    ///
    /// [`EventFault`] says why it is no event.
    pub fn read_json<'e>(
        &'e self,
        text: &'e str,
        max_bytes: usize,
    ) -> Result<Event<'e>, EventFault> {
        let limits = json::Limits { bytes: max_bytes, depth: MAX_DEPTH };
        let (values, shapes) = self.projection.read(text, limits)?;
        Ok(Event { plan: self, values, shapes })
    }

    /// Reads an event from the values that a host took from it, packed into one text.
    ///
    /// The format is described in `src/event/fields.rs`; only this package's own shim writes it.
    ///
    /// # Errors
    ///
    /// [`EventFault`] says why it is no event.
    pub fn read_fields<'e>(
        &'e self,
        text: &'e str,
        max_bytes: usize,
    ) -> Result<Event<'e>, EventFault> {
        let counts = (self.reads.len(), self.shapes.len());
        let (values, shapes) = fields::read(text, counts, max_bytes)?;
        Ok(Event { plan: self, values, shapes })
    }
}

/// What the settings read of one event.
#[derive(Debug)]
pub struct Event<'e> {
    plan: &'e Plan,
    values: Values<'e>,
    shapes: Vec<Shape>,
}

impl<'e> Event<'e> {
    /// The shape in a slot.
    pub fn shape(&self, slot: ShapeSlot) -> Shape {
        let path = self.plan.shapes.get(slot.0).map(Path::steps).unwrap_or_default();
        // A path that lies in a value that is read as a whole has its shape from there.
        let whole = self.plan.reads.iter().position(|read| path.starts_with(read.steps()));
        let Some(read) = whole else {
            return self.shapes.get(slot.0).copied().unwrap_or_default();
        };
        let covered = self.plan.reads.get(read).map_or(0, |read| read.steps().len());
        let rest = path.get(covered..).unwrap_or_default();
        let value = self.values.get(read).and_then(Option::as_ref);
        Shape::of(value.and_then(|value| walk(value, rest)))
    }

    /// Every value that was read, in the order of [`Plan::reads`].
    pub(crate) fn values(&self) -> &[Option<Value<'e>>] {
        &self.values
    }

    /// The value in a slot; none if the event has none there.
    pub fn get(&self, slot: Slot) -> Option<&Value<'e>> {
        let (read, covered) = *self.plan.places.get(slot.0)?;
        let value = self.values.get(read)?.as_ref()?;
        walk(value, self.plan.slots.get(slot.0)?.steps().get(covered..)?)
    }
}

fn walk<'v, 'e>(value: &'v Value<'e>, steps: &[Step]) -> Option<&'v Value<'e>> {
    steps.iter().try_fold(value, |value, step| match step {
        Step::Key(key) => value.member(key),
        Step::Index(index) => value.item(*index),
    })
}

/// Why something is no event.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum EventFault {
    /// It is not JSON: what was expected instead, and at which byte.
    NotJson(&'static str, usize),
    /// It is JSON, but no object.
    NotObject,
    /// A text that the settings read holds half of a surrogate pair.
    NotUnicode,
    /// It nests deeper than [`MAX_DEPTH`].
    TooDeep,
    /// It has more bytes than the settings allow.
    TooLarge,
    /// Reading a value from it failed: a getter threw, or it holds a cycle.
    Unreadable,
}

impl From<JsonError> for EventFault {
    fn from(error: JsonError) -> Self {
        match error.kind {
            JsonErrorKind::LoneSurrogate => Self::NotUnicode,
            JsonErrorKind::Syntax("an object") => Self::NotObject,
            JsonErrorKind::Syntax(expected) => Self::NotJson(expected, error.offset),
            JsonErrorKind::TooDeep => Self::TooDeep,
            JsonErrorKind::TooLong => Self::TooLarge,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> Path {
        Path::parse(text).unwrap()
    }

    #[test]
    fn a_slot_below_another_is_found_in_it() {
        let mut plan = Plan::default();
        let sku = plan.slot(&path("properties.items[1].sku"));
        let properties = plan.slot(&path("properties"));
        let kind = plan.slot(&path("type"));
        assert_eq!(plan.slot(&path("type")), kind);
        let plan = plan.finish();
        assert_eq!(plan.reads(), [path("properties"), path("type")]);
        let text = r#"{"properties":{"items":[0,{"sku":"b"}]}}"#;
        let event = plan.read_json(text, 1_000).unwrap();
        assert_eq!(event.get(sku), Some(&"b".into()));
        assert_eq!(event.get(properties).map(Value::kind), Some("object"));
        assert_eq!(event.get(kind), None);
    }

    #[test]
    fn what_is_no_event() {
        let mut plan = Plan::default();
        plan.slot(&path("type"));
        let plan = plan.finish();
        let fault = |text: &str| plan.read_json(text, 100).unwrap_err();
        assert_eq!(fault("{"), EventFault::NotJson("a property name", 1));
        assert_eq!(fault("[]"), EventFault::NotObject);
        assert_eq!(fault(r#"{"type":"\udc00"}"#), EventFault::NotUnicode);
        assert_eq!(fault(&" ".repeat(101)), EventFault::TooLarge);
        assert_eq!(fault(&format!("{{\"a\":{}", "[".repeat(40))), EventFault::TooDeep);
    }
}
