//! Facts: what the event itself says, what the profile's cells say, and what is decided by them.

use super::Why;
use super::dispatcher::{Content, Run};
use super::keys::Keys;
use super::port::{Port, StoreFailed};
use crate::cells::{Answer, ProfileAnswer, ProfileOperation, Target, Trait, Watched};
use crate::decision::{DropReason, Warning};
use crate::destination::{Case, Destination, Input, InputKind};
use crate::event::{Event, EventFault, EventType, Slot, id_text};
use crate::facts::{Facts, Suppression};
use crate::json;
use crate::mapping::Mapping;
use crate::path::Path;
use crate::preview::Preview;
use crate::segment_api::Origin;
use crate::time::Timestamp;
use crate::value::Value;

/// How much JSON facts and traits may be.
const LIMITS: json::Limits = json::Limits { bytes: 1 << 20, depth: crate::event::MAX_DEPTH };

/// How many profiles in a row are followed from one to the one that took its place.
const MAX_JOINS: usize = 8;

/// How far ahead of the host's clock an event's time may lie, in milliseconds: a day. What is
/// further ahead would keep everything from being learned that comes after it.
const MAX_AHEAD: i64 = 86_400_000;

/// What is decided for one message.
pub(super) struct Draft {
    /// The mapping; none if it did not come to one.
    pub(super) mapping: Option<String>,
    /// The message, or why there is none.
    pub(super) message: Result<Ready, DropReason>,
    pub(super) warnings: Vec<Warning>,
}

/// A message, as it is dispatched.
pub(super) struct Ready {
    pub(super) form: String,
    pub(super) segments: u32,
}

/// Who an event is about, and which one it is.
#[derive(Debug, Default)]
pub(super) struct Identity {
    pub(super) message_id: Option<String>,
    /// When it happened.
    pub(super) at: Timestamp,
    kind: Option<EventType>,
    user_id: Option<String>,
    anonymous_id: Option<String>,
    previous_id: Option<String>,
    /// The traits that it says, of those that the settings read.
    traits: Vec<Trait>,
    /// Whether a trait that the settings read is missing from it.
    lacks_traits: bool,
}

impl Identity {
    /// The event's type, as events write it.
    pub(super) fn kind_name(&self) -> Option<&'static str> {
        self.kind.map(EventType::name)
    }
}

impl Run {
    pub(super) fn input(&self) -> Input<'_> {
        match &self.content {
            Content::Fields(text) => self.destination.read_delivery_fields(self.kind, text),
            Content::Json(bytes) => {
                if bytes.len() > self.destination.max_event_bytes() {
                    return Err(EventFault::TooLarge);
                }
                match std::str::from_utf8(bytes) {
                    Ok(text) => self.destination.read_delivery_json(self.kind, text),
                    Err(error) => Err(EventFault::NotJson("UTF-8", error.valid_up_to())),
                }
            }
        }
    }

    /// Decides, by all that is known by now.
    pub(super) fn drafts(&self, suppression: Option<Suppression>) -> Vec<Draft> {
        let input = self.input();
        let remembered = self.remembered.borrow();
        let mut facts = self.known_facts(remembered.as_deref().unwrap_or_default());
        facts.suppression = suppression.or(facts.suppression);
        let case = Case { kind: self.kind, input: &input, facts: &facts, now: self.port.now() };
        let mut drafts = Vec::new();
        self.destination.verdicts(&case, |verdict| {
            drafts.push(Draft {
                mapping: verdict.mapping.map(|mapping| mapping.name.clone()),
                message: verdict.message.map(|message| Ready {
                    segments: message
                        .segments()
                        .map_or(1, |segments| u32::try_from(segments.count).unwrap_or(u32::MAX)),
                    form: crate::twilio::request::encode_form(message.form()),
                }),
                warnings: verdict.warnings,
            });
        });
        drafts
    }

    /// Decides at `now` by all that is known by now, and tells why.
    pub(super) fn preview(&self, now: Timestamp) -> Preview {
        let remembered = self.remembered.borrow();
        let facts = self.known_facts(remembered.as_deref().unwrap_or_default());
        self.destination.preview(self.kind, &self.input(), &facts, now)
    }

    /// What the host gave, and what the profile's cells say.
    fn known_facts<'f>(&'f self, remembered: &'f [Trait]) -> Facts<'f> {
        let given = self.facts.as_deref().and_then(|text| json::parse(text, LIMITS).ok());
        let given = given.and_then(|value| Facts::read(value).ok()).unwrap_or_default();
        let remembered = remembered.iter().filter_map(|it| {
            let path = Path::parse(&it.path).ok()?;
            Some((path, json::parse(&it.json, LIMITS).ok()?))
        });
        let unchanged = self.unchanged.borrow().clone();
        Facts { remembered: remembered.collect(), unchanged, ..given }
    }

    pub(super) fn keys(&self) -> Keys<'_> {
        keys(&self.destination)
    }

    /// Who the event is about; nothing for a row, or for what is no event.
    pub(super) fn identity(&self) -> Identity {
        match self.input() {
            Ok(event) if self.kind == InputKind::Event => self.read_identity(&event),
            _ => Identity::default(),
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

    /// What is kept of the event, so that callbacks can be reported as its user's; nothing unless
    /// the settings name where.
    pub(super) fn origin(&self, mapping: &str) -> Option<Origin> {
        let input = self.input();
        let slots = self.destination.identity();
        let (Ok(event), Some(more), InputKind::Event) = (&input, &slots.origin, self.kind) else {
            return None;
        };
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

    /// The profiles, if they are kept, and if the settings read anything that stands in them.
    pub(super) fn profiles(&self) -> Option<Profiles<'_>> {
        let keep = self.destination.policy().keep_profiles?;
        let reads = !self.destination.traits().is_empty()
            || self.destination.mappings().iter().any(Mapping::watches);
        (reads && self.kind == InputKind::Event).then_some(Profiles { port: &self.port, keep })
    }

    /// The key of the profile of the event's user, else of the anonymous visitor.
    pub(super) fn profile_key(&self, identity: &Identity) -> Option<String> {
        let (user, anonymous) = self.profile_keys(identity);
        user.or(anonymous)
    }

    fn profile_keys(&self, identity: &Identity) -> (Option<String>, Option<String>) {
        let key = |kind, id: &Option<String>| Some(self.keys().profile(kind, id.as_deref()?));
        (key("user", &identity.user_id), key("anonymous", &identity.anonymous_id))
    }

    /// Notes what an identify or alias event says of its user.
    pub(super) async fn note(&self, identity: &Identity) -> Result<(), StoreFailed> {
        let Some(cells) = self.profiles() else { return Ok(()) };
        let said = |joined| Said { traits: identity.traits.clone(), joined, takes_over: false };
        let known = match (identity.kind, self.profile_keys(identity)) {
            (Some(EventType::Identify), (Some(user), anonymous)) => {
                cells.take_in(&user, said(anonymous.into_iter().collect())).await?
            }
            (Some(EventType::Identify), (None, Some(anonymous))) => {
                cells.take_in(&anonymous, said(Vec::new())).await?
            }
            (Some(EventType::Alias), (Some(user), _)) => {
                let previous =
                    |kind| Some(self.keys().profile(kind, identity.previous_id.as_deref()?));
                let joined = ["anonymous", "user"].into_iter().filter_map(previous);
                let joined = joined.filter(|previous| *previous != user).collect();
                let said = Said { traits: Vec::new(), joined, takes_over: true };
                cells.take_in(&user, said).await?
            }
            _ => None,
        };
        *self.remembered.borrow_mut() = known;
        Ok(())
    }

    /// Reads what is known of the user, where the event leaves something open that the settings
    /// read.
    pub(super) async fn recall(&self, identity: &Identity) -> Result<(), StoreFailed> {
        let Some(cells) = self.profiles().filter(|_| identity.lacks_traits) else { return Ok(()) };
        let (user, anonymous) = self.profile_keys(identity);
        let known = cells.read_of(user.as_deref(), anonymous.as_deref()).await?;
        *self.remembered.borrow_mut() = Some(known);
        Ok(())
    }
}

/// Forgets the profiles of these ids, and those that took their place.
///
/// # Errors
///
/// If the store failed: something may be left, and nothing of a second try is lost by the first.
pub(super) async fn forget(
    destination: &Destination,
    port: &Port,
    ids: &[(&'static str, String)],
) -> Result<(), StoreFailed> {
    for (kind, id) in ids {
        let mut next = Some(keys(destination).profile(kind, id));
        for _ in 0..MAX_JOINS {
            let Some(key) = next.take() else { break };
            let read = Target::Profile(ProfileOperation::Read);
            let purge = Target::Profile(ProfileOperation::Purge);
            if let Answer::Profile(ProfileAnswer::Known { joined, .. }) =
                port.update(Why::ReadProfile, &key, read).await?
            {
                next = joined;
            }
            port.update(Why::Forget, &key, purge).await?;
        }
    }
    Ok(())
}

fn keys(destination: &Destination) -> Keys<'_> {
    let policy = destination.policy();
    Keys::new(&policy.key_secret, &policy.id)
}

/// What an event says of a user.
struct Said {
    traits: Vec<Trait>,
    /// The keys of the profiles whose place this user's takes.
    joined: Vec<String>,
    /// Whether that holds even if this user's place was taken by one of them before.
    takes_over: bool,
}

/// What a profile answered.
struct Known {
    traits: Vec<Trait>,
    watched: Vec<Watched>,
    joined: Option<String>,
}

/// The cells of profiles, with what is followed from one to another.
pub(super) struct Profiles<'p> {
    port: &'p Port,
    /// How long they are kept, in milliseconds.
    pub(super) keep: i64,
}

impl Profiles<'_> {
    async fn ask(
        &self,
        why: Why,
        key: &str,
        operation: ProfileOperation,
    ) -> Result<Known, StoreFailed> {
        match self.port.update(why, key, Target::Profile(operation)).await? {
            Answer::Profile(ProfileAnswer::Known { traits, watched, joined }) => {
                Ok(Known { traits, watched, joined })
            }
            _ => Err(StoreFailed),
        }
    }

    /// What is known of a user, or else of the anonymous visitor. What was joined to somebody else is
    /// not theirs: a device that two people share must not mix them up.
    async fn read_of(
        &self,
        user: Option<&str>,
        anonymous: Option<&str>,
    ) -> Result<Vec<Trait>, StoreFailed> {
        let known = match user {
            Some(user) => self.read(user).await?,
            None => Vec::new(),
        };
        match (known.is_empty(), user, anonymous) {
            (true, None, Some(anonymous)) => self.read(anonymous).await,
            (true, Some(user), Some(anonymous)) => {
                let read = ProfileOperation::Read;
                let known = self.ask(Why::ReadProfile, anonymous, read).await?;
                let theirs = known.joined.is_none_or(|joined| joined == user);
                Ok(if theirs { known.traits } else { Vec::new() })
            }
            _ => Ok(known),
        }
    }

    async fn read(&self, key: &str) -> Result<Vec<Trait>, StoreFailed> {
        let mut all = Vec::new();
        let mut next = Some(key.to_owned());
        for _ in 0..MAX_JOINS {
            let Some(key) = next.take() else { break };
            let known = self.ask(Why::ReadProfile, &key, ProfileOperation::Read).await?;
            merge(&mut all, known.traits);
            next = known.joined;
        }
        Ok(all)
    }

    /// Joins profiles to this one, and adds what an event says. Answers what is known by then; none
    /// if there was nothing to write. A crash in between loses nothing: what was not handed over is
    /// handed over the next time.
    async fn take_in(&self, key: &str, said: Said) -> Result<Option<Vec<Trait>>, StoreFailed> {
        let Said { mut traits, joined, takes_over } = said;
        let (mut watched, mut handed) = (Vec::new(), Vec::new());
        for from in &joined {
            let operation = ProfileOperation::Join { into: key.to_owned(), keep: self.keep };
            let known = self.ask(Why::JoinProfile, from, operation).await?;
            if !known.traits.is_empty() || !known.watched.is_empty() {
                handed.push(from);
            }
            traits.extend(known.traits);
            watched.extend(known.watched);
        }
        let takes_over = if takes_over { joined.clone() } else { Vec::new() };
        if traits.is_empty() && watched.is_empty() && takes_over.is_empty() {
            return Ok(None);
        }
        let known = self.write(key, traits, watched, takes_over).await?;
        for from in handed {
            let over = Target::Profile(ProfileOperation::HandOver { into: key.to_owned() });
            self.port.update(Why::HandOver, from, over).await?;
        }
        Ok(Some(known))
    }

    /// Writes to a profile, or to the one that took its place, and answers what is known there.
    async fn write(
        &self,
        key: &str,
        traits: Vec<Trait>,
        watched: Vec<Watched>,
        takes_over: Vec<String>,
    ) -> Result<Vec<Trait>, StoreFailed> {
        let mut all = Vec::new();
        let mut next = Some(key.to_owned());
        for _ in 0..MAX_JOINS {
            let Some(key) = next.take() else { break };
            let operation = ProfileOperation::Write {
                traits: traits.clone(),
                watched: watched.clone(),
                takes_over: takes_over.clone(),
                keep: self.keep,
            };
            let known = self.ask(Why::WriteProfile, &key, operation).await?;
            merge(&mut all, known.traits);
            next = known.joined;
        }
        Ok(all)
    }

    /// Whether a condition turned true by an event, which is `by`; told by the profile that went on.
    pub(super) async fn turns_on(
        &self,
        key: &str,
        condition: &str,
        (on, at): (bool, Timestamp),
        by: &str,
    ) -> Result<bool, StoreFailed> {
        let mut next = Some(key.to_owned());
        for _ in 0..MAX_JOINS {
            let Some(key) = next.take() else { break };
            let operation = ProfileOperation::Watch {
                condition: condition.to_owned(),
                on,
                at,
                by: by.to_owned(),
                keep: self.keep,
            };
            let target = Target::Profile(operation);
            match self.port.update(Why::Watch, &key, target).await? {
                Answer::Profile(ProfileAnswer::Watched { joined: Some(joined), .. }) => {
                    next = Some(joined);
                }
                Answer::Profile(ProfileAnswer::Watched { turned_on, .. }) => return Ok(turned_on),
                _ => return Err(StoreFailed),
            }
        }
        // Profiles that took each other's places: a text too few is better than one at every event.
        Ok(false)
    }
}

fn merge(all: &mut Vec<Trait>, more: Vec<Trait>) {
    for said in more {
        match all.iter_mut().find(|known| known.path == said.path) {
            Some(known) if (said.at, &said.json) > (known.at, &known.json) => *known = said,
            Some(_) => {}
            None => all.push(said),
        }
    }
}
