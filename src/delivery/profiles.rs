//! Profiles: what the cells know of users, learned from events, followed from one to another, and
//! forgotten.

use super::dispatcher::Run;
use super::identity::Identity;
use super::keys::Keys;
use super::port::{Port, StoreFailed};
use super::{Why, keep};
use crate::cells::{Answer, ProfileAnswer, ProfileOperation, SentMessage, Target, Trait, Watched};
use crate::destination::{Destination, InputKind};
use crate::event::EventType;
use crate::mapping::Mapping;
use crate::time::Timestamp;

/// How many profiles in a row are followed from one to the one that took its place.
pub(super) const MAX_JOINS: usize = 8;

/// The cells of profiles, with what is followed from one to another.
pub(super) struct Profiles<'p> {
    port: &'p Port,
    /// How long they are kept, in milliseconds.
    pub(super) keep: i64,
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

impl Run {
    /// The profiles, if they are kept, and if the settings read anything that stands in them.
    pub(super) fn profiles(&self) -> Option<Profiles<'_>> {
        let keep = self.destination.policy().keep_profiles?;
        let reads = !self.destination.traits().is_empty()
            || self.destination.mappings().iter().any(Mapping::watches)
            || self.destination.keeps_messages();
        (reads && self.kind == InputKind::Event).then_some(Profiles { port: &self.port, keep })
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
        let mut next = Some(Keys::of(destination).profile(kind, id));
        for _ in 0..MAX_JOINS {
            let Some(key) = next.take() else { break };
            let read = Target::Profile(ProfileOperation::Read);
            let purge = Target::Profile(ProfileOperation::Purge);
            if let Answer::Profile(ProfileAnswer::Known { joined, messages, .. }) =
                port.update(Why::ReadProfile, &key, read).await?
            {
                next = joined;
                // First of all: what is forgotten here cannot be found there any more.
                keep::forget(&Keys::of(destination), port, &messages).await?;
            }
            port.update(Why::Forget, &key, purge).await?;
        }
    }
    Ok(())
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
