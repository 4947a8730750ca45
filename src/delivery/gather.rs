//! Facts: what the event itself says, what the profile's cells say, and what is decided by them.

use super::dispatcher::{Content, Run};
use super::keep;
use super::keys::Keys;
use super::port::{Port, StoreFailed};
use super::{FOLLOWS_UP, Why};
use crate::cells::{Answer, ProfileAnswer, ProfileOperation, SentMessage, Target, Trait, Watched};
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
use crate::twilio::request::encode_form;
use crate::twilio::segments;
use crate::twilio::timing::retimed;
use crate::value::Value;

/// How much JSON facts and traits may be.
const LIMITS: json::Limits = json::Limits { bytes: 1 << 20, depth: crate::event::MAX_DEPTH };

/// How many profiles in a row are followed from one to the one that took its place.
pub(super) const MAX_JOINS: usize = 8;

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
    /// The time zones that its recipient may be in; none if no quiet hours hold for it.
    pub(super) zones: Option<Vec<String>>,
}

impl Ready {
    fn new(form: String, zones: Option<Vec<String>>) -> Self {
        let billed = segments::billed(form_urlencoded::parse(form.as_bytes()));
        let count = billed.map_or(1, |billed| billed.count);
        Self { form, segments: u32::try_from(count).unwrap_or(u32::MAX), zones }
    }

    /// The same for a message whose form stands since an earlier attempt.
    pub(super) fn frozen_as(self, form: &str) -> Self {
        Self::new(retimed(form, &self.form), self.zones)
    }
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
    pub(super) fn drafts(&self) -> Vec<Draft> {
        self.drafts_for(None, None)
    }

    /// Decides the same about a recipient who is known already, and who may have to be left alone.
    pub(super) fn drafts_for(
        &self,
        recipient: Option<String>,
        suppression: Option<Suppression>,
    ) -> Vec<Draft> {
        if let Some(message) = self.message() {
            let form = self.destination.again(message, suppression, self.port.now());
            let ready = |form| Ready::new(form, message.zones.clone());
            let mapping = Some(message.mapping.clone());
            return vec![Draft { mapping, message: form.map(ready), warnings: Vec::new() }];
        }
        let input = self.input();
        let remembered = self.remembered.borrow();
        let mut facts = self.known_facts(remembered.as_deref().unwrap_or_default());
        facts.suppression = suppression.or(facts.suppression);
        facts.recipient = recipient.map(|to| Value::Text(to.into()));
        let case = Case { kind: self.kind, input: &input, facts: &facts, now: self.port.now() };
        let mut drafts = Vec::new();
        self.destination.verdicts(&case, |verdict| {
            drafts.push(Draft {
                mapping: verdict.mapping.map(|mapping| mapping.name.clone()),
                message: verdict.message.map(|message| {
                    let zones = verdict.quiet_hours.map(|checked| {
                        checked.zones.iter().map(|zone| zone.name().to_owned()).collect()
                    });
                    Ready::new(encode_form(message.form()), zones)
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

    /// The profiles, if they are kept, and if the settings read anything that stands in them.
    pub(super) fn profiles(&self) -> Option<Profiles<'_>> {
        let keep = self.destination.policy().keep_profiles?;
        let reads = !self.destination.traits().is_empty()
            || self.destination.mappings().iter().any(Mapping::watches)
            || self.destination.keeps_messages();
        (reads && self.kind == InputKind::Event).then_some(Profiles { port: &self.port, keep })
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

/// Forgets the profiles of these ids, those that took their place, and what is kept of messages that
/// were sent to them.
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
            if let Answer::Profile(ProfileAnswer::Known { joined, messages, .. }) =
                port.update(Why::ReadProfile, &key, read).await?
            {
                next = joined;
                // First of all: what is forgotten here cannot be found there any more.
                keep::forget(&keys(destination), port, &messages).await?;
            }
            port.update(Why::Forget, &key, purge).await?;
        }
    }
    Ok(())
}

pub(super) fn keys(destination: &Destination) -> Keys<'_> {
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
    messages: Vec<SentMessage>,
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
            Answer::Profile(ProfileAnswer::Known { traits, watched, messages, joined }) => {
                Ok(Known { traits, watched, messages, joined })
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
        let (mut watched, mut messages, mut handed) = (Vec::new(), Vec::new(), Vec::new());
        for from in &joined {
            let operation = ProfileOperation::Join { into: key.to_owned(), keep: self.keep };
            let known = self.ask(Why::JoinProfile, from, operation).await?;
            if !known.traits.is_empty() || !known.watched.is_empty() || !known.messages.is_empty() {
                handed.push(from);
            }
            traits.extend(known.traits);
            watched.extend(known.watched);
            messages.extend(known.messages);
        }
        let takes_over = if takes_over { joined.clone() } else { Vec::new() };
        let nothing = traits.is_empty() && watched.is_empty() && messages.is_empty();
        if nothing && takes_over.is_empty() {
            return Ok(None);
        }
        let known = self.write(key, traits, (watched, messages), takes_over).await?;
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
        (watched, messages): (Vec<Watched>, Vec<SentMessage>),
        takes_over: Vec<String>,
    ) -> Result<Vec<Trait>, StoreFailed> {
        let mut all = Vec::new();
        let mut next = Some(key.to_owned());
        for _ in 0..MAX_JOINS {
            let Some(key) = next.take() else { break };
            let operation = ProfileOperation::Write {
                traits: traits.clone(),
                watched: watched.clone(),
                messages: messages.clone(),
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
