//! What is done to a claim, and what it answers.

use serde::{Deserialize, Serialize};

use super::{Dispatched, SenderTurn, Settled, SettledAs};
use crate::segment_api::Origin;
use crate::time::Timestamp;

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
