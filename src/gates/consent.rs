//! Consent, by Segment's consent object and integrations object.
//!
//! With `require` false the rules are those of Segment's own table (Segment's documentation,
//! "Consent in Segment Connections"). With `require` true, the default, an event that says nothing
//! of consent is dropped too.

use crate::json::Shape;
use crate::value::Value;

/// Whose consent a destination needs.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The categories that must all be granted; with none, consent is not asked for.
    pub categories: Vec<String>,
    /// Whether silence is a refusal.
    pub require: bool,
}

/// Why consent keeps a message back.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Refusal {
    /// The event's integrations object switches this destination off.
    IntegrationOff,
    /// The event says nothing of consent, and that is not enough.
    Missing,
    /// A category was not granted.
    Refused,
}

/// What the event's integrations object says of this destination.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Integration {
    /// It is switched off, by name or by `All: false`.
    Off,
    /// It is switched on, by name or by `All: true`.
    On,
    /// Nothing.
    Silent,
}

impl Integration {
    /// Reads the entry under the destination's name, and the one under `All`.
    pub fn read(own: Option<&Value<'_>>, all: Option<&Value<'_>>) -> Self {
        match (own, all) {
            (Some(Value::Bool(false)), _) => Self::Off,
            (Some(Value::Bool(true) | Value::Map(_)), _) => Self::On,
            (_, Some(Value::Bool(false))) => Self::Off,
            (_, Some(Value::Bool(true))) => Self::On,
            _ => Self::Silent,
        }
    }
}

/// What an event says of consent.
#[derive(Clone, Copy, Debug)]
pub struct Given {
    /// What stands at `context.consent`.
    pub consent: Shape,
    /// What stands at `context.consent.categoryPreferences`.
    pub preferences: Shape,
    /// Whether every category that the destination needs is granted there.
    pub all_granted: bool,
}

impl Given {
    /// Nothing is said.
    pub const NOTHING: Self =
        Self { consent: Shape::Absent, preferences: Shape::Absent, all_granted: false };
}

/// Whether a message may go out, given what the event says of consent.
///
/// # Errors
///
/// [`Refusal`] says why not.
pub fn check(policy: &Policy, given: Given, integration: Integration) -> Result<(), Refusal> {
    if integration == Integration::Off {
        return Err(Refusal::IntegrationOff);
    }
    if policy.categories.is_empty() {
        return Ok(());
    }
    let silence = if policy.require { Err(Refusal::Missing) } else { Ok(()) };
    match (given.consent, given.preferences) {
        (Shape::Absent, _) => silence,
        // An empty consent object counts as silence, unless the integrations object speaks.
        (Shape::Object, Shape::Absent) if integration == Integration::Silent => silence,
        (Shape::Object, Shape::Object) if given.all_granted => Ok(()),
        _ => Err(Refusal::Refused),
    }
}
