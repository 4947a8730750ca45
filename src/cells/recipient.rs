//! The recipient: whether they may be texted, and how often they were.
//!
//! Its key is a keyed hash, and nothing in it is a phone number: senders stand in it by their
//! hashes too.

use serde::{Deserialize, Serialize};

use crate::segment_api::Origin;
use crate::time::Timestamp;

/// A recipient.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Recipient {
    /// Who may not text them, and why.
    pub suppressed: Vec<SuppressedFor>,
    /// The messages that were let through to them of late, oldest first.
    pub admitted: Vec<Admission>,
    /// Who has nothing to ask for any more, since they took their message back or another went on
    /// with it, oldest first: what they asked before may come late.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<Gone>,
    /// What they wrote of late, oldest first: each message counts once.
    #[serde(default)]
    pub heard: Vec<Heard>,
    /// Which event sent the last message that was dispatched to them, where answers are reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<LastOrigin>,
}

/// Somebody who asked for a message before.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Gone {
    /// Who.
    pub owner: String,
    /// Until when they are remembered.
    pub until: Timestamp,
}

/// A message that they wrote.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Heard {
    /// Its SID.
    pub sid: String,
    /// The hashes of the senders that it was about, if it asked for something.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub about: Vec<String>,
    /// The key of the claim of the message that it answers, where that was known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Until when it is remembered.
    pub until: Timestamp,
}

/// An event that sent them a message.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct LastOrigin {
    /// The key of the claim of the message that it sent.
    #[serde(default)]
    pub claim: String,
    /// The event.
    pub origin: Origin,
    /// When the message was dispatched, by the clock of its claim's store. One that was written down
    /// before that was known comes before all others.
    #[serde(default)]
    pub at: Timestamp,
    /// Until when it is remembered.
    pub until: Timestamp,
}

/// A suppression.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct SuppressedFor {
    /// The sender's hash; none for every sender.
    pub sender: Option<String>,
    /// Why.
    #[serde(rename = "as")]
    pub suppressed_as: SuppressedAs,
    /// Until when; for ever if it is none.
    pub until: Option<Timestamp>,
}

/// Why a recipient is not texted.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SuppressedAs {
    /// Twilio said that the number cannot be reached.
    BadNumber,
    /// They asked to be left alone.
    OptedOut,
}

/// A message that was let through.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Admission {
    /// The key of its claim.
    pub claim: String,
    /// Who asked last, and may take it back.
    pub owner: String,
    /// The hash of what it says and who it is from: two that are alike cannot be told apart in
    /// Twilio's list.
    pub likeness: String,
    /// When it counts from: ahead of the time while it waits for longer than a limit's window.
    pub at: Timestamp,
    /// Until when it is of use here.
    pub until: Timestamp,
}

/// What is done to a recipient. Spans are in milliseconds.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum RecipientOperation {
    /// Asks to text them.
    Admit {
        /// The key of the message's claim: it counts once, however often it asks.
        claim: String,
        /// Who asks.
        owner: String,
        /// The hash of the message.
        likeness: String,
        /// The sender's hash.
        sender: String,
        /// At most how many messages in how long; no limit if it is none.
        cap: Option<Cap>,
        /// How long it matters that the message was sent.
        keep: i64,
        /// In how long it is to be sent, if it keeps its place meanwhile.
        #[serde(default)]
        ahead: i64,
    },
    /// Forgets which event sent a message, if that was the last: its user is to be forgotten.
    ForgetOrigin {
        /// The key of the message's claim.
        claim: String,
    },
    /// They wrote something. A message that was heard before changes nothing: whoever saw a STOP
    /// once could otherwise repeat it after a START.
    Hear {
        /// Their message.
        sid: String,
        /// What it asks for, if anything.
        opts: Option<OptOperation>,
        /// The hashes of the senders that it was said to.
        senders: Vec<String>,
        /// How long the message is remembered.
        keep: i64,
    },
    /// Lifts suppressions: they opted in again.
    Lift {
        /// The hashes of the senders that it was said to.
        senders: Vec<String>,
    },
    /// Notes which event sends them a message that was just dispatched. Of two, the one that was
    /// dispatched later stays, in whichever order they are noted.
    NoteOrigin {
        /// The key of the message's claim.
        claim: String,
        /// The event.
        origin: Box<Origin>,
        /// When the message was dispatched, as its claim answered: other points in time would not
        /// tell two messages apart whose notes come late.
        at: Timestamp,
        /// How long it is remembered.
        remember: i64,
    },
    /// Which other messages like this one were let through.
    Siblings {
        /// The key of the message's claim.
        claim: String,
        /// Its hash.
        likeness: String,
    },
    /// Keeps them from being texted.
    Suppress {
        /// The hashes of the senders; of every sender if there are none.
        senders: Vec<String>,
        /// Why.
        #[serde(rename = "as")]
        suppressed_as: SuppressedAs,
        /// For how long; for ever if it is none.
        #[serde(rename = "for")]
        lasts: Option<i64>,
    },
    /// Takes an admission back: the message was certainly not sent. Whoever goes on with the message
    /// keeps theirs, even if this comes late or twice.
    Withdraw {
        /// The key of its claim.
        claim: String,
        /// Who asks.
        owner: String,
    },
}

/// What a message asks for.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum OptOperation {
    /// To get messages again.
    In,
    /// To get no more messages.
    Out,
}

/// At most so many messages in so long.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Cap {
    /// How many messages.
    pub max: u32,
    /// In how many milliseconds.
    pub window: i64,
}

/// What a recipient answers.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum RecipientAnswer {
    /// They may be texted.
    Admitted,
    /// They had as many messages as they may have.
    Capped {
        /// How long until there is room, in milliseconds.
        for_ms: i64,
    },
    /// Done; whether that changed anything.
    Done {
        /// Whether it did.
        changed: bool,
    },
    /// What they wrote is written down.
    Heard {
        /// Whether it was not heard before.
        news: bool,
        /// Whether what it asks for still holds: nothing that was heard later is about these senders.
        holds: bool,
        /// Which event sent the message that they answer: the last one that was dispatched before it
        /// was heard. None if another was dispatched since: its claim knows it.
        origin: Option<Box<Origin>>,
        /// The key of that message's claim, if it was remembered.
        #[serde(default)]
        to: Option<String>,
    },
    /// Whoever asks is late: they took the message back, or another went on with it.
    Late,
    /// The claims of the messages that are alike.
    Siblings {
        /// Their keys.
        claims: Vec<String>,
    },
    /// They may not be texted by this sender.
    Suppressed {
        /// Why.
        #[serde(rename = "as")]
        suppressed_as: SuppressedAs,
    },
}

/// How many admissions a cell keeps at most. Whoever texts one person more often than that within a
/// window has no cap worth the name.
const MAX_ADMITTED: usize = 1_000;

/// How long those who are gone are remembered, in milliseconds: an hour. A store applies nothing so
/// much later.
const GONE_KEPT: i64 = 3_600_000;

/// How many of them a cell remembers at most.
const MAX_GONE: usize = 32;

/// How many of their messages a cell remembers at most.
const MAX_HEARD: usize = 100;

/// How many suppressions a cell keeps at most; beyond, the recipient is suppressed for every sender.
const MAX_SUPPRESSED: usize = 100;

impl Recipient {
    pub(super) fn apply(
        &mut self,
        operation: RecipientOperation,
        now: Timestamp,
    ) -> RecipientAnswer {
        self.suppressed.retain(|it| it.until.is_none_or(|until| now < until));
        self.admitted.retain(|it| now < it.until);
        self.gone.retain(|it| now < it.until);
        self.heard.retain(|it| now < it.until);
        self.last = self.last.take().filter(|it| now < it.until);
        match operation {
            RecipientOperation::Admit { claim, owner, likeness, sender, cap, keep, ahead } => {
                let (at, until) = (now.plus(ahead), now.plus(keep));
                let asked = Admission { claim, owner, likeness, at, until };
                self.admit(asked, &sender, cap, now)
            }
            RecipientOperation::ForgetOrigin { claim } => {
                let forgets = self.last.as_ref().is_some_and(|last| last.claim == claim);
                if forgets {
                    self.last = None;
                }
                RecipientAnswer::Done { changed: forgets }
            }
            RecipientOperation::Hear { sid, opts, senders, keep } => {
                let place = self.heard.iter().position(|it| it.sid == sid);
                let later = self.heard.iter().skip(place.map_or(usize::MAX, |place| place + 1));
                let holds = !later.flat_map(|it| &it.about).any(|it| senders.contains(it));
                let news = place.is_none();
                // Said again, it is to the same message, whatever was sent since.
                let to = match place.and_then(|place| self.heard.get(place)) {
                    Some(heard) => heard.to.clone(),
                    None => self.last.as_ref().map(|last| last.claim.clone()),
                };
                if news {
                    if self.heard.len() >= MAX_HEARD {
                        self.heard.remove(0);
                    }
                    let about = if opts.is_some() { senders.clone() } else { Vec::new() };
                    let until = now.plus(keep);
                    self.heard.push(Heard { sid, about, to: to.clone(), until });
                    match opts {
                        Some(OptOperation::In) => {
                            self.lift(&senders);
                        }
                        Some(OptOperation::Out) => {
                            for sender in senders {
                                self.suppress(Some(sender), SuppressedAs::OptedOut, None);
                            }
                        }
                        None => {}
                    }
                }
                let last = self.last.as_ref().filter(|last| to.as_ref() == Some(&last.claim));
                let origin = last.map(|last| Box::new(last.origin.clone()));
                RecipientAnswer::Heard { news, holds, origin, to }
            }
            RecipientOperation::Lift { senders } => {
                RecipientAnswer::Done { changed: self.lift(&senders) }
            }
            RecipientOperation::NoteOrigin { claim, origin, at, remember } => {
                let known = self.last.as_ref().map(|last| (last.at, &last.claim));
                let is_last = known.is_none_or(|known| known <= (at, &claim));
                if is_last {
                    let (origin, until) = (*origin, now.plus(remember));
                    self.last = Some(LastOrigin { claim, origin, at, until });
                }
                RecipientAnswer::Done { changed: is_last }
            }
            RecipientOperation::Siblings { claim, likeness } => {
                let alike = |it: &&Admission| it.likeness == likeness && it.claim != claim;
                let claims = self.admitted.iter().filter(alike).map(|it| it.claim.clone());
                RecipientAnswer::Siblings { claims: claims.collect() }
            }
            RecipientOperation::Suppress { senders, suppressed_as, lasts } => {
                let until = lasts.map(|lasts| now.plus(lasts));
                let changed = if senders.is_empty() {
                    self.suppress(None, suppressed_as, until)
                } else {
                    let mut changed = false;
                    for sender in senders {
                        changed |= self.suppress(Some(sender), suppressed_as, until);
                    }
                    changed
                };
                RecipientAnswer::Done { changed }
            }
            RecipientOperation::Withdraw { claim, owner } => {
                let before = self.admitted.len();
                self.admitted.retain(|it| it.claim != claim || it.owner != owner);
                self.let_go(owner, now);
                RecipientAnswer::Done { changed: self.admitted.len() != before }
            }
        }
    }

    fn admit(
        &mut self,
        mut asked: Admission,
        sender: &str,
        cap: Option<Cap>,
        now: Timestamp,
    ) -> RecipientAnswer {
        let concerns = |it: &&SuppressedFor| it.sender.as_deref().is_none_or(|it| it == sender);
        if let Some(found) = self.suppressed.iter().find(concerns) {
            return RecipientAnswer::Suppressed { suppressed_as: found.suppressed_as };
        }
        if self.gone.iter().any(|it| it.owner == asked.owner) {
            return RecipientAnswer::Late;
        }
        let cap = cap.unwrap_or(Cap { max: u32::MAX, window: 0 });
        asked.until = asked.until.max(asked.at.plus(cap.window));
        let max = usize::try_from(cap.max).unwrap_or(usize::MAX).min(MAX_ADMITTED);
        let recent = || self.admitted.iter().filter(|it| now < it.at.plus(cap.window));
        // Whoever was let through so long ago that others may have had the place since asks anew.
        let has_place = recent().any(|it| it.claim == asked.claim);
        if cap.window > 0 && !has_place && recent().count() >= max {
            // Once enough of the oldest have left the window, there is room for one.
            let leaves = recent().count() - max;
            let frees = recent().nth(leaves).map_or(now, |it| it.at.plus(cap.window));
            return RecipientAnswer::Capped { for_ms: frees.millis() - now.millis() };
        }
        // Counted from the last request, which may have come long after the first was allowed.
        if let Some(place) = self.admitted.iter().position(|it| it.claim == asked.claim) {
            let known = self.admitted.remove(place);
            asked.until = asked.until.max(known.until);
            if cap.window > 0 && known.owner != asked.owner {
                self.let_go(known.owner, now);
            }
        } else if self.admitted.len() >= MAX_ADMITTED {
            self.admitted.remove(0);
        }
        let place = self.admitted.partition_point(|it| it.at <= asked.at);
        self.admitted.insert(place, asked);
        RecipientAnswer::Admitted
    }

    fn let_go(&mut self, owner: String, now: Timestamp) {
        if self.gone.iter().any(|it| it.owner == owner) {
            return;
        }
        if self.gone.len() >= MAX_GONE {
            self.gone.remove(0);
        }
        self.gone.push(Gone { owner, until: now.plus(GONE_KEPT) });
    }

    fn lift(&mut self, senders: &[String]) -> bool {
        let before = self.suppressed.len();
        self.suppressed.retain(|it| {
            let named = it.sender.as_ref().is_none_or(|sender| senders.contains(sender));
            it.suppressed_as != SuppressedAs::OptedOut || !named
        });
        self.suppressed.len() != before
    }

    fn suppress(
        &mut self,
        sender: Option<String>,
        suppressed_as: SuppressedAs,
        until: Option<Timestamp>,
    ) -> bool {
        let same =
            |it: &&mut SuppressedFor| it.sender == sender && it.suppressed_as == suppressed_as;
        if let Some(known) = self.suppressed.iter_mut().find(same) {
            // The longer one stays: for ever is the longest.
            let longer = match (known.until, until) {
                (None, _) => false,
                (Some(_), None) => true,
                (Some(known), Some(until)) => until > known,
            };
            if longer {
                known.until = until;
            }
            return longer;
        }
        if self.suppressed.len() >= MAX_SUPPRESSED {
            self.suppressed.clear();
            self.suppressed.push(SuppressedFor { sender: None, suppressed_as, until: None });
            return true;
        }
        self.suppressed.push(SuppressedFor { sender, suppressed_as, until });
        true
    }

    pub(super) fn is_needed(&self) -> bool {
        !self.suppressed.is_empty()
            || !self.admitted.is_empty()
            || !self.gone.is_empty()
            || !self.heard.is_empty()
            || self.last.is_some()
    }

    pub(super) fn expires_at(&self) -> Option<Timestamp> {
        let suppressed = self.suppressed.iter().map(|it| it.until);
        let admitted = self.admitted.iter().map(|it| Some(it.until));
        let heard = self.heard.iter().map(|it| Some(it.until));
        let gone = self.gone.iter().map(|it| Some(it.until));
        let last = self.last.iter().map(|it| Some(it.until));
        suppressed
            .chain(admitted)
            .chain(heard)
            .chain(gone)
            .chain(last)
            .try_fold(Timestamp::default(), |last, until| until.map(|until| until.max(last)))
    }
}
