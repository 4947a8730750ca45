//! The claim: why nothing is billed twice.
//!
//! One claim stands for one message that one event sends. Nobody makes a create request without
//! having won its number by [`ClaimOperation::Dispatch`]; from then on the message may exist, until
//! a reply or Twilio's list says otherwise. A lease says who is at work. When it runs out before
//! anything was dispatched, the claim is free; after that, whoever takes over has to find out first.

use serde::{Deserialize, Serialize};
use std::fmt;

use super::sender::{TURN_KEPT, Turn};
use crate::segment_api::Origin;
use crate::time::Timestamp;
use crate::twilio::response::ReplyCode;
use crate::twilio::timing::retimed;
use crate::twilio::webhook::Status;

/// A claim.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Claim {
    /// Who is at work on it; none if nobody is. It stays where a callback settles the claim, so that
    /// its owner learns of it.
    pub owner: Option<String>,
    /// Until when the owner is believed to be alive.
    pub leased: Timestamp,
    /// What was dispatched; none if no request was ever allowed.
    pub dispatched: Option<Dispatched>,
    /// The turns that its owner has for the next request: whoever opens the claim next goes on with
    /// them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub turns: Vec<SenderTurn>,
    /// How it ended.
    pub settled: Option<Settled>,
    /// Which event sent it, where callbacks are reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// From when on it may be forgotten.
    pub kept_until: Timestamp,
}

/// A turn at a sender, which the sender's cell gave.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct SenderTurn {
    /// The sender's key.
    pub sender: String,
    /// When, and for what.
    pub turn: Turn,
}

/// What was dispatched, and how much is known of it.
#[derive(Clone, Deserialize, PartialEq, Serialize)]
pub struct Dispatched {
    /// The number of the last request that was allowed, from 1.
    pub attempt: u32,
    /// To whom it was.
    pub by: String,
    /// When the first one was.
    pub first: Timestamp,
    /// When the last one was.
    pub last: Timestamp,
    /// Whether the message may exist.
    pub unclear: bool,
    /// Whether the last request was certainly refused.
    pub refused: bool,
    /// Before when there is to be no other, since Twilio asked for that.
    #[serde(default)]
    pub not_before: Timestamp,
    /// How many requests were allowed and not certainly refused.
    pub unclears: u32,
    /// Whether a request was allowed while an earlier one was still unclear.
    pub doubled: bool,
    /// How often Twilio's list was asked since the last one.
    pub looks: u32,
    /// The form, byte for byte. It holds no credentials. Every attempt sends the same bytes, except
    /// for when the message is to arrive.
    pub form: String,
    /// The name of the mapping that sends it.
    pub mapping: String,
}

/// The form is a phone number and a text: it is not printed.
impl fmt::Debug for Dispatched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dispatched")
            .field("attempt", &self.attempt)
            .field("unclear", &self.unclear)
            .finish_non_exhaustive()
    }
}

/// How a claim ended.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Settled {
    /// How.
    #[serde(rename = "as")]
    pub settled_as: SettledAs,
    /// What the reply or the callback was that decided it, by its stable name.
    pub code: String,
    /// The message's SID, where it is known.
    pub sid: Option<String>,
    /// The message's status: the furthest that Twilio told of.
    pub status: Option<String>,
    /// Why it was not delivered: Twilio's error code.
    #[serde(default)]
    pub error: Option<u32>,
    /// When it was settled.
    pub at: Timestamp,
    /// The SIDs of further messages that turned out to belong to it: somebody was texted twice.
    pub also: Vec<String>,
    /// Whether it was sent again while an earlier request was unclear: there may be further messages
    /// whose SIDs nobody knows.
    pub doubled: bool,
}

/// How a claim can end.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum SettledAs {
    /// Twilio refused the message, or it failed.
    Failed,
    /// Twilio accepted the message.
    Sent,
    /// It could not be found out.
    Unknown,
}

/// What is done to a claim. Spans are in milliseconds.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum ClaimOperation {
    /// Takes the claim, or renews the lease.
    Open {
        /// Who asks.
        owner: String,
        /// How long the lease is to last.
        lease: i64,
    },
    /// Keeps the claim while its owner waits for a sender's turn.
    Wait {
        /// Who asks.
        owner: String,
        /// The turns that it has.
        turns: Vec<SenderTurn>,
        /// How long the lease is to last.
        lease: i64,
    },
    /// Forgets which event sent it: its user is to be forgotten.
    ForgetOrigin,
    /// Asks how the claim stands and changes nothing.
    Look,
    /// Asks which event sent it and changes nothing.
    LookAtOrigin,
    /// Allows one create request.
    Dispatch {
        /// Who asks.
        owner: String,
        /// The number of the request, one more than the last.
        attempt: u32,
        /// How long the owner needs at most, and Twilio after it.
        lease: i64,
        /// The form. Of later attempts, only when the message is to arrive is taken from it.
        form: String,
        /// The mapping.
        mapping: String,
        /// Whether earlier requests were found to have created nothing.
        ruled_out: bool,
        /// Which event sends it, if that is to be remembered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        origin: Option<Box<Origin>>,
        /// How long the claim is remembered.
        keep: i64,
    },
    /// The request certainly created nothing.
    Refused {
        /// Who asks.
        owner: String,
        /// Its number.
        attempt: u32,
        /// How long to wait before another is made.
        wait: i64,
        /// How long the lease is to last.
        lease: i64,
    },
    /// The request may have created the message; the owner is finding out.
    Unclear {
        /// Who asks.
        owner: String,
        /// Its number.
        attempt: u32,
        /// How often Twilio's list was asked since.
        looks: u32,
        /// How long the lease is to last.
        lease: i64,
    },
    /// It is over.
    Settle {
        /// Who asks.
        owner: String,
        /// The number of the request that decided.
        attempt: u32,
        /// How it ended.
        #[serde(rename = "as")]
        settled_as: SettledAs,
        /// By which reply.
        code: String,
        /// The message's SID.
        sid: Option<String>,
        /// The message's status.
        status: Option<String>,
        /// How long the claim is remembered.
        keep: i64,
    },
    /// Twilio told of a message that was sent with this claim's key: it was created, whatever else is
    /// known.
    Report {
        /// The message.
        sid: String,
        /// Its status.
        status: String,
        /// Why it was not delivered.
        error: Option<u32>,
        /// How long the claim is remembered, if it was not over before.
        keep: i64,
    },
    /// Gives the claim back. Whoever opens it next goes on from where it stands.
    Release {
        /// Who asks.
        owner: String,
        /// The turns that it has, for whoever comes next.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        turns: Vec<SenderTurn>,
    },
}

/// What a claim answers.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum ClaimAnswer {
    /// Somebody else is at work, or Twilio asked for a pause.
    Busy {
        /// For how long at most, in milliseconds from the answer on.
        for_ms: i64,
    },
    /// Done.
    Done,
    /// Nobody has claimed it.
    Free,
    /// The owner has lost the claim: nothing was changed.
    Lost,
    /// Which event sent it, if that is remembered.
    Origin {
        /// The event.
        origin: Option<Box<Origin>>,
    },
    /// The claim is the owner's.
    Opened {
        /// What was dispatched before.
        dispatched: Option<Dispatched>,
        /// The turns that whoever had the claim before had.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        turns: Vec<SenderTurn>,
        /// The store's time, by which the times in `dispatched` are to be read.
        now: Timestamp,
    },
    /// What was reported is written down.
    Reported {
        /// How it ended.
        settled: Settled,
        /// Which event sent it, if that was remembered.
        origin: Option<Box<Origin>>,
        /// Whether the report said anything new.
        news: bool,
    },
    /// It was over before.
    Settled {
        /// How it ended.
        settled: Settled,
        /// Whether a callback ended it while the asker was at work.
        #[serde(default)]
        yours: bool,
    },
    /// Somebody dispatched before, and it is not over.
    Unsettled {
        /// Whether the message may exist.
        unclear: bool,
    },
    /// The request may be made, once.
    Won {
        /// What was dispatched, with the form to send.
        dispatched: Dispatched,
        /// The store's time.
        now: Timestamp,
    },
}

impl Claim {
    /// From when on the claim may be forgotten.
    pub(super) fn expires_at(&self) -> Option<Timestamp> {
        if self.dispatched.is_some() || self.settled.is_some() {
            return Some(self.kept_until);
        }
        let turns = self.turns.iter().map(|it| it.turn.at.plus(TURN_KEPT));
        turns.chain([self.leased]).max()
    }

    /// Whether it holds something that whoever opens it next has to know.
    fn is_needed(&self, now: Timestamp) -> bool {
        let is_ahead = |it: &SenderTurn| it.turn.is_kept(now);
        self.dispatched.is_some() || self.settled.is_some() || self.turns.iter().any(is_ahead)
    }

    /// Its owner is gone for good.
    pub(super) fn take_over(mut self, now: Timestamp) -> Option<Self> {
        // What is over can still tell its owner how it ended, should it ask.
        if self.settled.is_none() {
            self.leased = self.leased.min(now);
        }
        self.is_needed(now).then_some(self)
    }

    /// From when on somebody may work on it: not while another does, nor before Twilio wants to be
    /// asked again. A lease may end sooner than that, since operations come late and twice.
    fn free_at(&self, owner: &str) -> Timestamp {
        let is_anothers = self.owner.as_deref().is_some_and(|holder| holder != owner);
        let leased = if is_anothers { self.leased } else { Timestamp::default() };
        self.dispatched.as_ref().map_or(leased, |dispatched| leased.max(dispatched.not_before))
    }

    fn is_held_by(&self, owner: &str) -> bool {
        self.owner.as_deref() == Some(owner)
    }

    fn settle(&mut self, settled: Settled, keep: i64, now: Timestamp) {
        self.dispatched = None;
        self.kept_until = now.plus(keep);
        self.settled = Some(settled);
    }

    fn settled_answer(&self, asker: Option<&str>) -> ClaimAnswer {
        match &self.settled {
            Some(settled) => {
                let yours = asker.is_some_and(|asker| self.is_held_by(asker));
                ClaimAnswer::Settled { settled: settled.clone(), yours }
            }
            None => ClaimAnswer::Lost,
        }
    }

    /// Takes a callback in once it is over.
    fn take_report(&mut self, sid: String, (status, error): (String, Option<u32>)) -> ClaimAnswer {
        let origin = self.origin.clone().map(Box::new);
        let Some(settled) = &mut self.settled else { return ClaimAnswer::Free };
        let before = settled.clone();
        settled.take_in(ReplyCode::Reported.code(), Some(sid), (Some(status), error));
        ClaimAnswer::Reported { news: *settled != before, settled: settled.clone(), origin }
    }

    fn forget_origin(&mut self) -> ClaimAnswer {
        self.origin = None;
        ClaimAnswer::Done
    }

    fn origin_answer(&self) -> ClaimAnswer {
        ClaimAnswer::Origin { origin: self.origin.clone().map(Box::new) }
    }

    fn lease(&mut self, owner: String, lease: i64, now: Timestamp) {
        self.owner = Some(owner);
        self.leased = now.plus(lease);
    }

    /// What stands for the request, if the owner holds the claim and it is the last one allowed.
    fn attempt_of(&mut self, owner: &str, attempt: u32) -> Option<&mut Dispatched> {
        if !self.is_held_by(owner) {
            return None;
        }
        self.dispatched.as_mut().filter(|dispatched| dispatched.attempt == attempt)
    }
}

/// Applies an operation. The claim that comes back is none if there is nothing to remember.
pub(super) fn apply(
    claim: Option<Claim>,
    operation: ClaimOperation,
    now: Timestamp,
) -> (Option<Claim>, ClaimAnswer) {
    let Some(mut claim) = claim else {
        return match operation {
            ClaimOperation::Open { owner, lease } => {
                let mut claim = Claim::default();
                claim.lease(owner, lease, now);
                (Some(claim), ClaimAnswer::Opened { dispatched: None, turns: Vec::new(), now })
            }
            ClaimOperation::Look | ClaimOperation::LookAtOrigin | ClaimOperation::Report { .. } => {
                (None, ClaimAnswer::Free)
            }
            ClaimOperation::ForgetOrigin | ClaimOperation::Release { .. } => {
                (None, ClaimAnswer::Done)
            }
            _ => (None, ClaimAnswer::Lost),
        };
    };
    if claim.settled.is_some() {
        let answer = after_settling(&mut claim, operation);
        return (Some(claim), answer);
    }
    let answer = match operation {
        ClaimOperation::Open { owner, lease } => {
            let free_at = claim.free_at(&owner);
            if now < free_at {
                ClaimAnswer::Busy { for_ms: free_at.millis() - now.millis() }
            } else {
                claim.lease(owner, lease, now);
                let (dispatched, turns) = (claim.dispatched.clone(), claim.turns.clone());
                ClaimAnswer::Opened { dispatched, turns, now }
            }
        }
        ClaimOperation::Wait { owner, turns, lease } => {
            if claim.is_held_by(&owner) {
                claim.turns = turns;
                claim.lease(owner, lease, now);
                ClaimAnswer::Done
            } else {
                ClaimAnswer::Lost
            }
        }
        ClaimOperation::ForgetOrigin => claim.forget_origin(),
        ClaimOperation::Look => match &claim.dispatched {
            Some(dispatched) => ClaimAnswer::Unsettled { unclear: dispatched.unclear },
            None => ClaimAnswer::Free,
        },
        ClaimOperation::LookAtOrigin => claim.origin_answer(),
        ClaimOperation::Dispatch {
            owner,
            attempt,
            lease,
            form,
            mapping,
            ruled_out,
            origin,
            keep,
        } => {
            let message = (form, mapping, origin);
            dispatch(&mut claim, (owner, lease, keep), (attempt, ruled_out), message, now)
        }
        ClaimOperation::Refused { owner, attempt, wait, lease } => {
            match claim.attempt_of(&owner, attempt) {
                Some(dispatched) => {
                    // What is left of a wait is told by a clock that may have jumped.
                    dispatched.not_before = dispatched.not_before.max(now.plus(wait));
                    if !dispatched.refused {
                        dispatched.unclears = dispatched.unclears.saturating_sub(1);
                    }
                    dispatched.refused = true;
                    dispatched.unclear = dispatched.doubled;
                    claim.lease(owner, lease, now);
                    ClaimAnswer::Done
                }
                None => ClaimAnswer::Lost,
            }
        }
        ClaimOperation::Unclear { owner, attempt, looks, lease } => {
            match claim.attempt_of(&owner, attempt) {
                Some(dispatched) => {
                    dispatched.looks = looks;
                    claim.lease(owner, lease, now);
                    ClaimAnswer::Done
                }
                None => ClaimAnswer::Lost,
            }
        }
        ClaimOperation::Settle { owner, attempt, settled_as, code, sid, status, keep } => {
            // Also by somebody whose lease ran out meanwhile: what Twilio said, it said. But only of
            // the request that it was said of: what another owner has since begun stays open.
            let mine = claim.is_held_by(&owner)
                || (settled_as == SettledAs::Sent
                    && claim.dispatched.as_ref().is_some_and(|it| it.attempt >= attempt));
            if mine {
                let doubled = claim.dispatched.as_ref().is_some_and(|it| it.doubled);
                let also = Vec::new();
                let error = None;
                let settled =
                    Settled { settled_as, code, sid, status, error, at: now, also, doubled };
                claim.owner = None;
                claim.settle(settled, keep, now);
                claim.settled_answer(None)
            } else {
                ClaimAnswer::Lost
            }
        }
        ClaimOperation::Report { sid, status, error, keep } => {
            if claim.dispatched.is_none() {
                return (Some(claim), ClaimAnswer::Free);
            }
            let settled = Settled {
                settled_as: SettledAs::Sent,
                code: ReplyCode::Reported.code().to_owned(),
                sid: Some(sid),
                status: Some(status),
                error,
                at: now,
                also: Vec::new(),
                doubled: claim.dispatched.as_ref().is_some_and(|it| it.doubled),
            };
            claim.settle(settled.clone(), keep, now);
            let origin = claim.origin.clone().map(Box::new);
            ClaimAnswer::Reported { settled, origin, news: true }
        }
        ClaimOperation::Release { owner, turns } => {
            if claim.is_held_by(&owner) {
                claim.turns = turns;
                if !claim.is_needed(now) {
                    return (None, ClaimAnswer::Done);
                }
                claim.owner = None;
                claim.leased = now;
            }
            ClaimAnswer::Done
        }
    };
    (Some(claim), answer)
}

/// A settled claim stays as it is, except that what was unknown may become known.
fn after_settling(claim: &mut Claim, operation: ClaimOperation) -> ClaimAnswer {
    let asker = match operation {
        ClaimOperation::Report { sid, status, error, .. } => {
            return claim.take_report(sid, (status, error));
        }
        ClaimOperation::Settle { owner, settled_as, code, sid, status, .. } => {
            let sent = SettledAs::Sent;
            // A message that failed was created all the same, if it has a SID.
            let created = |it: &&mut Settled| it.settled_as == sent && sid.is_some();
            let told = |it: &&mut Settled| settled_as == sent || created(it);
            if let Some(settled) = claim.settled.as_mut().filter(told) {
                settled.take_in(&code, sid, (status, None));
            }
            Some(owner)
        }
        ClaimOperation::Open { owner, .. }
        | ClaimOperation::Wait { owner, .. }
        | ClaimOperation::Dispatch { owner, .. }
        | ClaimOperation::Refused { owner, .. }
        | ClaimOperation::Unclear { owner, .. }
        | ClaimOperation::Release { owner, .. } => Some(owner),
        ClaimOperation::ForgetOrigin => return claim.forget_origin(),
        ClaimOperation::LookAtOrigin => return claim.origin_answer(),
        ClaimOperation::Look => None,
    };
    claim.settled_answer(asker.as_deref())
}

impl Settled {
    /// Takes in that Twilio accepted a message, and the latest word on it. Of two words the further
    /// one holds, so that it does not matter in which order they come.
    fn take_in(&mut self, code: &str, sid: Option<String>, word: (Option<String>, Option<u32>)) {
        let was_sent = self.settled_as == SettledAs::Sent;
        if !was_sent {
            self.settled_as = SettledAs::Sent;
            code.clone_into(&mut self.code);
        }
        match (self.sid.take(), sid) {
            (Some(known), Some(sid)) if known != sid => {
                // The one that was accepted stands for the claim.
                let (known, sid) = if was_sent { (known, sid) } else { (sid, known) };
                self.sid = Some(known);
                if !was_sent {
                    (self.status, self.error) = word;
                }
                if !self.also.contains(&sid) && self.also.len() < MAX_ALSO {
                    self.also.push(sid);
                }
            }
            (known, sid) => {
                self.sid = known.or(sid);
                let rank = |(status, error): &(Option<String>, Option<u32>)| {
                    (status.as_deref().and_then(Status::parse), *error)
                };
                if rank(&word) > rank(&(self.status.clone(), self.error)) {
                    (self.status, self.error) = word;
                }
            }
        }
    }
}

/// How many further SIDs are kept: more than the most attempts there can be.
const MAX_ALSO: usize = 16;

fn dispatch(
    claim: &mut Claim,
    (owner, lease, keep): (String, i64, i64),
    (attempt, ruled_out): (u32, bool),
    (form, mapping, origin): (String, String, Option<Box<Origin>>),
    now: Timestamp,
) -> ClaimAnswer {
    // A lease that ran out is as good as a live one, as long as nobody else took over.
    if !claim.is_held_by(&owner) {
        return ClaimAnswer::Lost;
    }
    let last = claim.dispatched.as_ref().map_or(0, |dispatched| dispatched.attempt);
    // Its answer may have been lost. Another owner's number is used up, though.
    let again = claim.dispatched.as_ref().is_some_and(|dispatched| dispatched.by == owner)
        && last == attempt;
    if !again && last.checked_add(1) != Some(attempt) {
        return ClaimAnswer::Lost;
    }
    let dispatched = match claim.dispatched.take() {
        Some(dispatched) if again => dispatched,
        Some(dispatched) => Dispatched {
            attempt,
            by: owner.clone(),
            last: now,
            doubled: !ruled_out && (dispatched.doubled || dispatched.unclear),
            unclears: dispatched.unclears.saturating_add(1),
            unclear: true,
            refused: false,
            not_before: Timestamp::default(),
            looks: 0,
            form: retimed(&dispatched.form, &form),
            ..dispatched
        },
        None => Dispatched {
            attempt,
            by: owner.clone(),
            first: now,
            last: now,
            unclear: true,
            refused: false,
            not_before: Timestamp::default(),
            unclears: 1,
            doubled: false,
            looks: 0,
            form,
            mapping,
        },
    };
    claim.dispatched = Some(dispatched.clone());
    claim.turns = Vec::new();
    claim.origin = claim.origin.take().or(origin.map(|origin| *origin));
    claim.kept_until = now.plus(keep);
    claim.lease(owner, lease, now);
    ClaimAnswer::Won { dispatched, now }
}
