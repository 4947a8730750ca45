//! The profile: what earlier events said of a user.
//!
//! Each trait keeps the time of the event that said it, so that events may come in any order and
//! as often as they like: the latest word wins. Only traits that the settings read are kept.

use serde::{Deserialize, Serialize};
use std::fmt;

use crate::time::Timestamp;

/// A user's profile.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Profile {
    /// The traits.
    pub traits: Vec<Trait>,
    /// The key of the profile that has taken this one's place.
    pub joined: Option<String>,
    /// How each condition that mappings watch stood last.
    pub watched: Vec<Watched>,
    /// The messages that were sent to them, oldest first: what has to be forgotten with them, and
    /// what their conversions may be credited to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<SentMessage>,
    /// From when on it may be forgotten.
    pub kept_until: Timestamp,
}

/// A message that was sent to a user. It says neither where to nor what.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct SentMessage {
    /// The key of its claim.
    pub claim: String,
    /// The key of its recipient.
    pub recipient: String,
    /// The name of the mapping that sends it.
    pub mapping: String,
    /// Whether Twilio waits for feedback on it.
    pub feedback: bool,
    /// When it was sent, or was about to be.
    pub at: Timestamp,
    /// Until when anything of it may be kept elsewhere.
    pub until: Timestamp,
}

/// A trait.
#[derive(Clone, Deserialize, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Trait {
    /// Where it stands, as a path below `traits`.
    pub path: String,
    /// Its value as JSON; an empty text if the event took it away.
    pub json: String,
    /// When the event happened.
    pub at: Timestamp,
}

/// A trait may be a phone number: only where it stands is printed.
impl fmt::Debug for Trait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trait").field("path", &self.path).finish_non_exhaustive()
    }
}

/// A condition that mappings send on when it turns true.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Watched {
    /// Which condition: a hash.
    pub condition: String,
    /// Whether it is true.
    pub on: bool,
    /// When the latest event that said so happened.
    pub at: Timestamp,
    /// The event that last turned it true, as a hash: asked again, it gets the same answer.
    pub by: Option<String>,
}

/// What is done to a profile. Spans are in milliseconds.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum ProfileOperation {
    /// What was said before has reached the profile that goes on: it is forgotten here, so that
    /// forgetting that one forgets all.
    HandOver {
        /// The key of the profile that goes on.
        into: String,
    },
    /// Another profile takes this one's place: what was said of this one holds for that one from
    /// now on. What was said before is answered, until it is handed over.
    Join {
        /// The key of the profile that goes on.
        into: String,
        /// How long to remember.
        keep: i64,
    },
    /// Asks which messages were sent to them of late.
    Messages {
        /// How long ago at most.
        within: i64,
    },
    /// Forgets everything.
    Purge,
    /// Asks what is known.
    Read,
    /// A message is about to be sent to them.
    Tell {
        /// The key of its claim: it counts once.
        claim: String,
        /// The key of its recipient.
        recipient: String,
        /// The name of the mapping that sends it.
        mapping: String,
        /// Whether Twilio waits for feedback on it.
        feedback: bool,
        /// How long anything of it may be kept elsewhere.
        keep: i64,
    },
    /// An event said whether a watched condition is true.
    Watch {
        /// Which condition: a hash.
        condition: String,
        /// Whether it is true.
        on: bool,
        /// When the event happened.
        at: Timestamp,
        /// The event, as a hash.
        by: String,
        /// How long to remember.
        keep: i64,
    },
    /// An event said these traits, or they were handed over. A profile whose place was taken keeps
    /// nothing.
    Write {
        /// The traits.
        traits: Vec<Trait>,
        /// How the watched conditions of profiles that were joined stood.
        watched: Vec<Watched>,
        /// The messages that were sent to those of profiles that were joined.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        messages: Vec<SentMessage>,
        /// The keys of the profiles whose place this one takes: if one of them had taken its place
        /// before, that is over.
        takes_over: Vec<String>,
        /// How long to remember.
        keep: i64,
    },
}

/// What a profile answers.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum ProfileAnswer {
    /// Done.
    Done,
    /// What is known, or what was known of the one that was joined.
    Known {
        /// The traits.
        traits: Vec<Trait>,
        /// How the watched conditions stood.
        watched: Vec<Watched>,
        /// The messages that were sent to them, oldest first.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        messages: Vec<SentMessage>,
        /// The key of the profile that has taken this one's place: there is more there.
        joined: Option<String>,
    },
    /// The messages that were asked for.
    Messages {
        /// The messages, oldest first.
        messages: Vec<SentMessage>,
        /// The key of the profile that has taken this one's place: there is more there.
        joined: Option<String>,
    },
    /// A message is noted.
    Told {
        /// Messages of which nothing is known here any more, to make room: their events are to be
        /// forgotten where they are kept.
        dropped: Vec<SentMessage>,
        /// The key of the profile that has taken this one's place: tell it there instead.
        joined: Option<String>,
    },
    /// Of a watched condition.
    Watched {
        /// Whether this event turned it true.
        turned_on: bool,
        /// The key of the profile that has taken this one's place: ask there instead.
        joined: Option<String>,
    },
}

/// How many traits a profile keeps at most. Settings read far fewer.
const MAX_TRAITS: usize = 500;

/// How many watched conditions a profile keeps at most: one for each mapping there can be.
const MAX_WATCHED: usize = 100;

/// How many messages a profile keeps at most.
const MAX_MESSAGES: usize = 200;

impl Profile {
    pub(super) fn apply(&mut self, operation: ProfileOperation, now: Timestamp) -> ProfileAnswer {
        match operation {
            ProfileOperation::HandOver { into } => {
                if self.joined.as_ref() == Some(&into) {
                    self.clear();
                }
                ProfileAnswer::Done
            }
            ProfileOperation::Join { into, keep } => {
                // What was said before went to whom it was joined to first.
                if self.joined.as_ref().is_some_and(|joined| *joined != into) {
                    self.clear();
                }
                self.joined = Some(into);
                self.keep(keep, now);
                self.known()
            }
            ProfileOperation::Messages { within } => {
                let recent = self.messages.iter().filter(|it| now < it.at.plus(within));
                let (messages, joined) = (recent.cloned().collect(), self.joined.clone());
                ProfileAnswer::Messages { messages, joined }
            }
            ProfileOperation::Purge => {
                *self = Self::default();
                ProfileAnswer::Done
            }
            ProfileOperation::Read => self.known(),
            ProfileOperation::Tell { claim, recipient, mapping, feedback, keep } => {
                if self.joined.is_some() {
                    let joined = self.joined.clone();
                    return ProfileAnswer::Told { dropped: Vec::new(), joined };
                }
                self.keep(keep, now);
                let until = now.plus(keep);
                self.messages.retain(|it| now < it.until);
                match self.messages.iter_mut().find(|it| it.claim == claim) {
                    Some(known) => known.until = until,
                    None => self.messages.push(SentMessage {
                        claim,
                        recipient,
                        mapping,
                        feedback,
                        at: now,
                        until,
                    }),
                }
                let over = self.messages.len().saturating_sub(MAX_MESSAGES);
                let dropped = self.messages.drain(..over).collect();
                ProfileAnswer::Told { dropped, joined: None }
            }
            ProfileOperation::Watch { condition, on, at, by, keep } => {
                if self.joined.is_some() {
                    return ProfileAnswer::Watched {
                        turned_on: false,
                        joined: self.joined.clone(),
                    };
                }
                self.keep(keep, now);
                let turned_on = self.watch(condition, on, at, by);
                ProfileAnswer::Watched { turned_on, joined: None }
            }
            ProfileOperation::Write { traits, watched, messages, takes_over, keep } => {
                if self.joined.as_ref().is_some_and(|joined| takes_over.contains(joined)) {
                    self.joined = None;
                }
                if self.joined.is_none() {
                    traits.into_iter().for_each(|said| self.write(said));
                    watched.into_iter().for_each(|stood| self.take_over(stood));
                    self.take_messages(messages);
                }
                self.keep(keep, now);
                self.known()
            }
        }
    }

    fn known(&self) -> ProfileAnswer {
        ProfileAnswer::Known {
            traits: self.traits.clone(),
            watched: self.watched.clone(),
            messages: self.messages.clone(),
            joined: self.joined.clone(),
        }
    }

    fn clear(&mut self) {
        self.traits.clear();
        self.watched.clear();
        self.messages.clear();
    }

    fn keep(&mut self, keep: i64, now: Timestamp) {
        self.kept_until = self.kept_until.max(now.plus(keep));
    }

    /// The later event wins; of two at the same time, the one whose value sorts last, so that every
    /// order of arrival ends alike.
    fn write(&mut self, said: Trait) {
        if let Some(known) = self.traits.iter_mut().find(|known| known.path == said.path) {
            if (said.at, &said.json) > (known.at, &known.json) {
                *known = said;
            }
        } else if self.traits.len() < MAX_TRAITS {
            self.traits.push(said);
        }
    }

    /// The later word wins, as with traits.
    fn take_over(&mut self, stood: Watched) {
        let found = self.watched.iter_mut().find(|known| known.condition == stood.condition);
        if let Some(known) = found {
            if (stood.at, stood.on) > (known.at, known.on) {
                *known = stood;
            }
        } else if self.watched.len() < MAX_WATCHED {
            self.watched.push(stood);
        }
    }

    /// Messages that were handed over; each counts once. Whatever is too much goes with the next one
    /// that is told, whose teller forgets it elsewhere too.
    fn take_messages(&mut self, messages: Vec<SentMessage>) {
        for message in messages {
            if !self.messages.iter().any(|known| known.claim == message.claim) {
                self.messages.push(message);
            }
        }
        self.messages.sort_by_key(|message| message.at);
    }

    /// Whether this event turned the condition true: it is, and was not before the event happened.
    fn watch(&mut self, condition: String, on: bool, at: Timestamp, by: String) -> bool {
        let Some(known) = self.watched.iter_mut().find(|known| known.condition == condition) else {
            if self.watched.len() < MAX_WATCHED {
                self.watched.push(Watched { condition, on, at, by: on.then_some(by) });
                return on;
            }
            // Nothing can be remembered: a text too few is better than one at every event.
            return false;
        };
        // Also when it has been turned off since: the event may not have come to its message.
        if on && known.by.as_ref() == Some(&by) {
            return true;
        }
        if at < known.at {
            return false;
        }
        let turned_on = on && !known.on;
        if turned_on {
            known.by = Some(by);
        }
        known.on = on;
        known.at = at;
        turned_on
    }

    pub(super) fn is_needed(&self) -> bool {
        !self.traits.is_empty()
            || !self.watched.is_empty()
            || !self.messages.is_empty()
            || self.joined.is_some()
    }

    pub(super) fn expires_at(&self) -> Option<Timestamp> {
        Some(self.kept_until)
    }
}
