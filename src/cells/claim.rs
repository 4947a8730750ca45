//! The claim: why nothing is billed twice.
//!
//! One claim stands for one message that one event sends. Nobody makes a create request without
//! having won its number by [`ClaimOperation::Dispatch`]; from then on the message may exist, until
//! a reply or Twilio's list says otherwise. A lease says who is at work. When it runs out before
//! anything was dispatched, the claim is free; after that, whoever takes over has to find out first.

mod apply;
mod operation;

use serde::{Deserialize, Serialize};
use std::fmt;

pub(super) use apply::apply;
pub use operation::{ClaimAnswer, ClaimOperation};

use super::sender::{TURN_KEPT, Turn};
use crate::segment_api::Origin;
use crate::time::Timestamp;
use crate::twilio::response::ReplyCode;
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
    /// When, and for what. One that was written down before turns had a span is over.
    #[serde(default)]
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
    /// What the reply or the callback was that decided it, or why no request was made, by its stable
    /// name.
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
