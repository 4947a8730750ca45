//! A destination: settings, compiled once, that decide for any number of events.

mod compile;
mod consent;
mod decide;
mod pack;

pub use compile::SettingsError;
use decide::refusal;

use crate::event::{Event, EventFault, Plan, ShapeSlot, Slot};
use crate::facts::Facts;
use crate::gates;
use crate::mapping::{Defaults, Mapping};
use crate::problem::Problem;
use crate::twilio::request::Endpoint;

/// Settings, compiled.
///
/// It holds no state: the same event, facts and time always give the same decision.
#[derive(Debug)]
pub struct Destination {
    enabled: bool,
    endpoint: Endpoint,
    request_timeout_ms: u32,
    max_event_bytes: usize,
    all_matches: bool,
    consent: gates::consent::Policy,
    defaults: Defaults,
    mappings: Vec<Mapping>,
    row: Mapping,
    events: Plan,
    rows: Plan,
    slots: Slots,
    warnings: Vec<Problem>,
}

/// Where in an event the gates look.
#[derive(Debug)]
struct Slots {
    kind: Slot,
    consent: Option<ConsentSlots>,
    integration: Slot,
    all_integrations: Slot,
}

/// Where in an event its consent stands, if the settings ask for it.
#[derive(Debug)]
struct ConsentSlots {
    consent: ShapeSlot,
    preferences: ShapeSlot,
    categories: Vec<Slot>,
}

/// What is handed in: an event, or a row of a table.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum InputKind {
    /// A Segment event.
    Event,
    /// A flat record: every one sends.
    Row,
}

/// An event or a row as it was read, or why it could not be.
pub type Input<'e> = Result<Event<'e>, EventFault>;

impl Destination {
    /// What is legal in the settings, but worth a look.
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }

    /// Which values are read from an event or a row.
    pub fn plan(&self, kind: InputKind) -> &Plan {
        match kind {
            InputKind::Event => &self.events,
            InputKind::Row => &self.rows,
        }
    }

    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    pub(crate) fn mappings(&self) -> &[Mapping] {
        &self.mappings
    }

    /// The most bytes an event may have as JSON.
    pub fn max_event_bytes(&self) -> usize {
        self.max_event_bytes
    }

    /// How long a request may take, in milliseconds.
    pub fn request_timeout_ms(&self) -> u32 {
        self.request_timeout_ms
    }

    /// The names of the mappings that send, in order.
    pub fn mapping_names(&self) -> impl Iterator<Item = &str> {
        self.mappings.iter().map(|mapping| mapping.name.as_str())
    }

    /// Reads an event or a row from its JSON text.
    pub fn read_json<'e>(&'e self, kind: InputKind, text: &'e str) -> Input<'e> {
        self.plan(kind).read_json(text, self.max_event_bytes)
    }

    /// Reads an event or a row from the values that the shim took from it.
    pub fn read_fields<'e>(&'e self, kind: InputKind, text: &'e str) -> Input<'e> {
        self.plan(kind).read_fields(text, self.max_event_bytes)
    }
}

/// Everything that a decision is made from.
pub(crate) struct Case<'c> {
    pub(crate) kind: InputKind,
    pub(crate) input: &'c Input<'c>,
    pub(crate) facts: &'c Facts<'c>,
    pub(crate) now: crate::time::Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decision::Decision;
    use crate::json;
    use crate::time::Timestamp;

    const LIMITS: json::Limits = json::Limits { bytes: 100_000, depth: 16 };

    #[test]
    fn dataflys_published_example() {
        let settings = r#"{
            "account_sid": "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "auth_token": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
            "from": "+14155551234"
        }"#;
        let event = r#"{
            "type": "track",
            "event": "Order Completed",
            "context": { "traits": { "phone": "+44 7700 900123" } },
            "properties": { "sms_body": "Thanks! Order ORD-001 is confirmed and on its way." }
        }"#;
        let destination = Destination::compile(&json::parse(settings, LIMITS).unwrap()).unwrap();
        let input = destination.read_json(InputKind::Event, event);
        let now = Timestamp::from_millis(0);
        let decisions = destination.decide(InputKind::Event, &input, &Facts::default(), now);
        let [Decision::Send(send)] = decisions.as_slice() else { panic!("{decisions:?}") };
        assert_eq!(
            send.request.body,
            "To=%2B447700900123&From=%2B14155551234&Body=Thanks%21+Order+ORD-001+is+confirmed+and+on+its+way."
        );
    }
}
