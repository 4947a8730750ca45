//! A destination: settings, compiled once, that decide for any number of events.

mod again;
mod compile;
mod consent;
mod conversions;
mod decide;
mod pack;
mod webhooks;

pub use compile::SettingsError;
pub(crate) use conversions::Conversion;
use decide::refusal;

use crate::delivery;
use crate::event::{Event, EventFault, Plan, ShapeSlot, Slot};
use crate::facts::Facts;
use crate::gates;
use crate::mapping::{Defaults, Mapping, SenderRoutes, TraitSource};
use crate::problem::Problem;
use crate::redact::Secret;
use crate::segment_api;
use crate::settings::TrackKind;
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
    /// What is read when an event is sent: what is read to decide, and who it is about.
    deliveries: Plan,
    identity: IdentitySlots,
    /// Where a row tells whom it is about, if that is kept.
    row_user: Option<[Slot; 2]>,
    conversions: Vec<Conversion>,
    traits: Vec<TraitSource>,
    /// Where it stands whom an event is about, if a mapping sends when something turns true.
    users: Option<[Slot; 2]>,
    policy: delivery::Policy,
    credentials: String,
    has_one_sender: bool,
    webhook_tokens: Vec<Secret>,
    segment: Option<segment_api::Source>,
    warnings: Vec<Problem>,
}

/// Where in an event it stands which one it is, and who it is about.
#[derive(Debug)]
pub(crate) struct IdentitySlots {
    pub(crate) kind: Slot,
    pub(crate) message_id: Slot,
    pub(crate) user_id: Slot,
    pub(crate) anonymous_id: Slot,
    pub(crate) previous_id: Slot,
    pub(crate) timestamp: Slot,
    /// What callbacks are reported with beside the ids, if they are.
    pub(crate) origin: Option<OriginSlots>,
}

/// Where in an event it stands what it is called and where it comes from.
#[derive(Debug)]
pub(crate) struct OriginSlots {
    pub(crate) event: Slot,
    pub(crate) campaign: Slot,
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

    /// Which values are read from an event or a row that is sent.
    pub fn delivery_plan(&self, kind: InputKind) -> &Plan {
        match kind {
            InputKind::Event => &self.deliveries,
            InputKind::Row => &self.rows,
        }
    }

    /// Reads an event or a row that is sent from its JSON text.
    pub fn read_delivery_json<'e>(&'e self, kind: InputKind, text: &'e str) -> Input<'e> {
        self.delivery_plan(kind).read_json(text, self.max_event_bytes)
    }

    /// Reads an event or a row that is sent from the values that the shim took from it.
    pub fn read_delivery_fields<'e>(&'e self, kind: InputKind, text: &'e str) -> Input<'e> {
        self.delivery_plan(kind).read_fields(text, self.max_event_bytes)
    }

    pub(crate) fn identity(&self) -> &IdentitySlots {
        &self.identity
    }

    /// Where a row tells its user's id and anonymous id, if that is kept.
    pub(crate) fn row_user(&self) -> Option<[Slot; 2]> {
        self.row_user
    }

    /// Whether anything is kept of messages that has to be forgotten with their user, or that is
    /// looked for by them.
    pub(crate) fn keeps_messages(&self) -> bool {
        let keeps =
            self.segment.is_some() || self.policy.resends > 0 || !self.conversions.is_empty();
        delivery::FOLLOWS_UP && keeps
    }

    /// Whether a click on a link of a message is to be told as its user's.
    pub(crate) fn follows_clicks(&self) -> bool {
        let shortens = |mapping: &Mapping| mapping.gives("ShortenUrls");
        let reports =
            self.segment.as_ref().is_some_and(|source| source.reports(TrackKind::Clicked));
        reports && (self.mappings.iter().any(shortens) || shortens(&self.row))
    }

    /// The traits that the settings read.
    pub(crate) fn traits(&self) -> &[TraitSource] {
        &self.traits
    }

    pub(crate) fn policy(&self) -> &delivery::Policy {
        &self.policy
    }

    /// The fingerprint of the credentials: it tells two apart and gives neither away.
    pub(crate) fn credentials(&self) -> &str {
        &self.credentials
    }

    /// Whether every message has the same sender.
    pub(crate) fn has_one_sender(&self) -> bool {
        self.has_one_sender
    }

    /// Whether every mapping that matches sends.
    pub(crate) fn sends_for_all(&self) -> bool {
        self.all_matches
    }

    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    pub(crate) fn sender_routes(&self) -> &SenderRoutes {
        &self.defaults.senders
    }

    pub(crate) fn row(&self) -> &Mapping {
        &self.row
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
