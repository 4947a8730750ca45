//! Who an event or a row is about, and which one it is.

use super::FOLLOWS_UP;
use super::dispatcher::Run;
use super::keys::Keys;
use crate::cells::Trait;
use crate::destination::InputKind;
use crate::event::{Event, EventType, Slot, id_text};
use crate::json;
use crate::segment_api::Origin;
use crate::time::Timestamp;
use crate::value::Value;

/// How far ahead of the host's clock an event's time may lie, in milliseconds: a day. What is
/// further ahead would keep everything from being learned that comes after it.
const MAX_AHEAD: i64 = 86_400_000;

/// Who an event is about, and which one it is.
#[derive(Debug, Default)]
pub(super) struct Identity {
    pub(super) message_id: Option<String>,
    /// When it happened.
    pub(super) at: Timestamp,
    pub(super) kind: Option<EventType>,
    user_id: Option<String>,
    anonymous_id: Option<String>,
    pub(super) previous_id: Option<String>,
    /// The traits that it says, of those that the settings read.
    pub(super) traits: Vec<Trait>,
    /// Whether a trait that the settings read is missing from it.
    pub(super) lacks_traits: bool,
}

impl Identity {
    /// The event's type, as events write it.
    pub(super) fn kind_name(&self) -> Option<&'static str> {
        self.kind.map(EventType::name)
    }
}

impl Run {
    pub(super) fn keys(&self) -> Keys<'_> {
        Keys::of(&self.destination)
    }

    /// Who the event or the row is about; nothing for what is neither.
    pub(super) fn identity(&self) -> Identity {
        match (self.kind, self.input()) {
            (InputKind::Event, Ok(event)) => self.read_identity(&event),
            (InputKind::Row, Ok(row)) => {
                let ids = self.destination.row_user();
                let id = |slot: Slot| row.get(slot).and_then(id_text);
                let [user_id, anonymous_id] = ids.map_or([None, None], |slots| slots.map(id));
                Identity { user_id, anonymous_id, ..Identity::default() }
            }
            (_, Err(_)) => Identity::default(),
        }
    }

    fn read_identity(&self, event: &Event<'_>) -> Identity {
        let slots = self.destination.identity();
        let id = |slot: Slot| event.get(slot).and_then(id_text);
        let given = |slot: Slot| event.get(slot).filter(|value| **value != Value::Null);
        let time = |slot: Slot| event.get(slot).and_then(Value::as_text).and_then(Timestamp::parse);
        let (now, said) = (self.port.now(), time(slots.timestamp));
        let at = said.filter(|at| *at <= now.plus(MAX_AHEAD)).unwrap_or(now);
        let mut identity = Identity {
            message_id: id(slots.message_id),
            at,
            kind: event.get(slots.kind).and_then(Value::as_text).and_then(EventType::parse),
            user_id: id(slots.user_id),
            anonymous_id: id(slots.anonymous_id),
            previous_id: id(slots.previous_id),
            ..Identity::default()
        };
        for source in self.destination.traits() {
            match event.get(source.own) {
                Some(value) => {
                    let mut json = String::new();
                    json::write(value, &mut json);
                    let path = source.path.to_string();
                    identity.traits.push(Trait { path, json, at });
                }
                None => identity.lacks_traits |= given(source.context).is_none(),
            }
        }
        identity
    }

    /// What is kept of the event or the row, so that callbacks can be reported as its user's;
    /// nothing unless the settings name where.
    pub(super) fn origin(&self, mapping: &str) -> Option<Origin> {
        if let Some(message) = self.message() {
            return message.origin.clone();
        }
        let slots = self.destination.identity();
        let more = slots.origin.as_ref().filter(|_| FOLLOWS_UP)?;
        if self.kind == InputKind::Row {
            let Identity { user_id, anonymous_id, .. } = self.identity();
            return Some(Origin {
                user_id,
                anonymous_id,
                mapping: Some(mapping.to_owned()),
                run: self.place.as_ref().map(|place| place.run.clone()),
                row: self.place.as_ref().map(|place| place.row),
                ..Origin::default()
            });
        }
        let input = self.input();
        let Ok(event) = &input else { return None };
        let id = |slot: Slot| event.get(slot).and_then(id_text);
        let campaign = match event.get(more.campaign) {
            Some(Value::Map(members)) => members
                .iter()
                .filter_map(|(name, value)| Some((name.to_string(), id_text(value)?)))
                .collect(),
            _ => Vec::new(),
        };
        Some(Origin {
            user_id: id(slots.user_id),
            anonymous_id: id(slots.anonymous_id),
            message_id: id(slots.message_id),
            event: id(more.event),
            mapping: Some(mapping.to_owned()),
            campaign: Some(campaign).filter(|campaign| !campaign.is_empty()),
            ..Origin::default()
        })
    }

    /// The text that stands for an event that has no id: equal for equal events only.
    pub(super) fn content_key(&self) -> String {
        let mut text = String::new();
        if let Ok(event) = self.input() {
            for value in event.values() {
                match value {
                    Some(value) => json::write(value, &mut text),
                    None => text.push('-'),
                }
                text.push('\n');
            }
        }
        self.keys().hash(&["content", &text])
    }

    /// The key of the profile of the event's user, else of the anonymous visitor.
    pub(super) fn profile_key(&self, identity: &Identity) -> Option<String> {
        let (user, anonymous) = self.profile_keys(identity);
        user.or(anonymous)
    }

    /// The key of the profile of whoever is texted; none if nobody knows who that is.
    pub(super) fn profile_of_recipient(&self) -> Option<String> {
        match self.message() {
            Some(message) => message.profile.clone(),
            None => self.profile_key(&self.identity()),
        }
    }

    /// The keys of the profiles of the event's user and of the anonymous visitor.
    pub(super) fn profile_keys(&self, identity: &Identity) -> (Option<String>, Option<String>) {
        let key = |kind, id: &Option<String>| Some(self.keys().profile(kind, id.as_deref()?));
        (key("user", &identity.user_id), key("anonymous", &identity.anonymous_id))
    }
}
