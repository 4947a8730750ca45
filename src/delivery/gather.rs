//! Facts: what the event itself says, what the profile's cells say, and what is decided by them.

use super::Why;
use super::dispatcher::{Content, Run};
use super::keys::Keys;
use super::port::{Port, StoreFailed};
use crate::cells::{Answer, ProfileAnswer, ProfileOperation, Target, Trait};
use crate::decision::{DropReason, Warning};
use crate::destination::{Case, Destination, Input, InputKind};
use crate::event::{Event, EventFault, EventType, Slot};
use crate::facts::{Facts, Suppression};
use crate::json;
use crate::path::Path;
use crate::segment_api::Origin;
use crate::time::Timestamp;
use crate::value::{Value, write_number};

/// How much JSON facts and traits may be.
const LIMITS: json::Limits = json::Limits { bytes: 1 << 20, depth: crate::event::MAX_DEPTH };

/// How many profiles in a row are followed from one to the one that took its place.
const MAX_JOINS: usize = 8;

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
    kind: Option<EventType>,
    user_id: Option<String>,
    anonymous_id: Option<String>,
    previous_id: Option<String>,
    /// The traits that it says, of those that the settings read.
    traits: Vec<Trait>,
    /// Whether a trait that the settings read is missing from it.
    lacks_traits: bool,
}

impl Run {
    fn input(&self) -> Input<'_> {
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
        let mut facts = self.given_facts();
        facts.suppression = suppression.or(facts.suppression);
        facts.remembered = remembered
            .iter()
            .filter_map(|it| {
                let path = Path::parse(&it.path).ok()?;
                Some((path, json::parse(&it.json, LIMITS).ok()?))
            })
            .collect();
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

    fn given_facts(&self) -> Facts<'_> {
        let given = self.facts.as_deref().and_then(|text| json::parse(text, LIMITS).ok());
        given.and_then(|value| Facts::read(value).ok()).unwrap_or_default()
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
        let at = time(slots.timestamp).unwrap_or(self.port.now());
        let mut identity = Identity {
            message_id: id(slots.message_id),
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

    /// Notes what the event says of its user, and reads what is known of them where the event
    /// leaves something open. Says whether something that the settings read is still missing.
    pub(super) async fn gather(&self, identity: &Identity, sends: bool) -> Result<(), StoreFailed> {
        let Some(keep) = self.destination.policy().keep_profiles else { return Ok(()) };
        if self.kind == InputKind::Row {
            return Ok(());
        }
        let cells = Profiles { port: &self.port, keep };
        let user = identity.user_id.as_deref().map(|id| self.keys().profile("user", id));
        let anonymous =
            identity.anonymous_id.as_deref().map(|id| self.keys().profile("anonymous", id));
        let known = match (identity.kind, &user, &anonymous) {
            (Some(EventType::Identify), Some(user), anonymous) => {
                let mut traits = identity.traits.clone();
                if let Some(anonymous) = anonymous {
                    traits.extend(cells.join(anonymous, user).await?);
                }
                cells.write(user, traits).await?
            }
            (Some(EventType::Identify), None, Some(anonymous)) => {
                cells.write(anonymous, identity.traits.clone()).await?
            }
            (Some(EventType::Alias), Some(user), _) => {
                let mut traits = Vec::new();
                for kind in ["anonymous", "user"] {
                    if let Some(previous) = &identity.previous_id {
                        let previous = self.keys().profile(kind, previous);
                        if previous != *user {
                            traits.extend(cells.join(&previous, user).await?);
                        }
                    }
                }
                cells.write(user, traits).await?
            }
            (Some(_), user, anonymous) if sends && identity.lacks_traits => {
                cells.read_of(user.as_deref(), anonymous.as_deref()).await?
            }
            _ => Vec::new(),
        };
        *self.remembered.borrow_mut() = known;
        Ok(())
    }
}

/// Forgets the profiles of these ids, and those that took their place.
pub(super) async fn forget(destination: &Destination, port: &Port, ids: &[(&'static str, String)]) {
    for (kind, id) in ids {
        let mut next = Some(keys(destination).profile(kind, id));
        for _ in 0..MAX_JOINS {
            let Some(key) = next.take() else { break };
            let read = Target::Profile(ProfileOperation::Read);
            let purge = Target::Profile(ProfileOperation::Purge);
            if let Ok(Answer::Profile(ProfileAnswer::Known { joined, .. })) =
                port.update(Why::ReadProfile, &key, read).await
            {
                next = joined;
            }
            let _ = port.update(Why::Forget, &key, purge).await;
        }
    }
}

fn keys(destination: &Destination) -> Keys<'_> {
    let policy = destination.policy();
    Keys::new(&policy.key_secret, &policy.id)
}

/// An id: a text, or a number that somebody wrote without quotes.
fn id_text(value: &Value<'_>) -> Option<String> {
    match value {
        Value::Text(text) if !text.is_empty() => Some(text.clone().into_owned()),
        Value::Number(number) => {
            let mut text = String::new();
            write_number(*number, &mut text);
            Some(text)
        }
        _ => None,
    }
}

/// The cells of profiles, with what is followed from one to another.
struct Profiles<'p> {
    port: &'p Port,
    keep: i64,
}

impl Profiles<'_> {
    async fn ask(
        &self,
        why: Why,
        key: &str,
        operation: ProfileOperation,
    ) -> Result<(Vec<Trait>, Option<String>), StoreFailed> {
        match self.port.update(why, key, Target::Profile(operation)).await? {
            Answer::Profile(ProfileAnswer::Known { traits, joined }) => Ok((traits, joined)),
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
                let (traits, joined) =
                    self.ask(Why::ReadProfile, anonymous, ProfileOperation::Read).await?;
                let theirs = joined.is_none_or(|joined| joined == user);
                Ok(if theirs { traits } else { Vec::new() })
            }
            _ => Ok(known),
        }
    }

    async fn read(&self, key: &str) -> Result<Vec<Trait>, StoreFailed> {
        let mut all = Vec::new();
        let mut next = Some(key.to_owned());
        for _ in 0..MAX_JOINS {
            let Some(key) = next.take() else { break };
            let (traits, joined) = self.ask(Why::ReadProfile, &key, ProfileOperation::Read).await?;
            merge(&mut all, traits);
            next = joined;
        }
        Ok(all)
    }

    /// Writes to a profile and to those that took its place, and reads all of them.
    async fn write(&self, key: &str, said: Vec<Trait>) -> Result<Vec<Trait>, StoreFailed> {
        let mut all = Vec::new();
        let mut next = Some(key.to_owned());
        for _ in 0..MAX_JOINS {
            let Some(key) = next.take() else { break };
            let operation = ProfileOperation::Write { traits: said.clone(), keep: self.keep };
            let (traits, joined) = self.ask(Why::WriteProfile, &key, operation).await?;
            merge(&mut all, traits);
            next = joined;
        }
        Ok(all)
    }

    /// Lets one profile take the place of another, and answers what was known of that one.
    async fn join(&self, key: &str, into: &str) -> Result<Vec<Trait>, StoreFailed> {
        let operation = ProfileOperation::Join { into: into.to_owned(), keep: self.keep };
        let (traits, _) = self.ask(Why::JoinProfile, key, operation).await?;
        Ok(traits)
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
