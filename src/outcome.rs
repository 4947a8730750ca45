//! How a message ended: what the host is told, and what it tells its own users.

use serde::{Deserialize, Serialize};

use crate::codes::codes;
use crate::decision::{Dropped, Warning};
use crate::problem::sentence;
use crate::time::Timestamp;
use crate::twilio::codes;
use crate::twilio::response::Meaning;

/// How a message ended.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Outcome {
    /// Twilio knows that a message led to what it was sent for. Nothing is billed.
    Confirmed(Replied),
    /// Certainly nothing was sent, and it may be later: the same event is to be begun again.
    Deferred(Deferred),
    /// Nothing was sent, for a reason in the event or the settings.
    Dropped(Dropped),
    /// Twilio refused this message; others may go on.
    Failed(Replied),
    /// Nothing more can be sent until somebody mends the account, the sender or the settings.
    Halted(Replied),
    /// Twilio accepted the message.
    Sent(Replied),
    /// It cannot be told whether the message was created: sending again may text somebody twice.
    Unknown(Replied),
}

impl Outcome {
    /// When the event is to be begun again, if it is.
    pub(crate) fn again_at(&mut self) -> Option<&mut Timestamp> {
        match self {
            Self::Deferred(deferred) => Some(&mut deferred.until),
            Self::Unknown(replied) => replied.again_at.as_mut(),
            Self::Confirmed(_)
            | Self::Dropped(_)
            | Self::Failed(_)
            | Self::Halted(_)
            | Self::Sent(_) => None,
        }
    }
}

/// A message that was certainly not sent, and may be sent later.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Deferred {
    /// The name of the mapping that sends it; empty if none does, and what the event says of its user
    /// could not be noted.
    pub mapping: String,
    /// Why it was not sent: stable, for programs.
    pub code: Deferral,
    /// What happened, in one sentence.
    pub cause: String,
    /// What to do about it, in one sentence.
    pub fix: String,
    /// When to begin the event again, in milliseconds since 1970.
    pub until: Timestamp,
    /// What Twilio replied, if it was asked.
    pub reply: Option<Reply>,
    /// What would have been left out of the message, and why.
    pub warnings: Vec<Warning>,
}

impl Deferred {
    pub(crate) fn new(mapping: String, code: Deferral, until: Timestamp) -> Self {
        let (cause, fix) = (code.meaning().to_owned(), code.fix().to_owned());
        Self { mapping, code, cause, fix, until, reply: None, warnings: Vec::new() }
    }
}

codes! {
    /// Why a message was put off.
    pub enum Deferral(&'static str);
    /// Somebody else is at work on the same event.
    ClaimBusy = "claim_busy", "Begin the event again at the time given.";
    /// The host's time ran out before the request could be made.
    Deadline = "deadline", "Begin the event again, and give it more time.";
    /// Twilio did not take the feedback on a message for now.
    Feedback = "feedback", "Begin the event again at the time given.";
    /// The sender has as much to send as it can at its rate.
    Rate = "rate", "Begin the event again at the time given, or raise the sender's rate.";
    /// Twilio did not take the message for now.
    Retry = "retry", "Begin the event again at the time given.";
    /// The store failed, and nothing is sent without its claim.
    StoreFailed = "store_failed", "See why the store fails, and begin the event again.";
    /// The store did not answer in time, and nothing is sent without its claim.
    StoreLate = "store_late", "See why the store does not answer, and begin the event again.";
}

impl Deferral {
    /// What to do about it, in one sentence.
    pub fn fix(self) -> &'static str {
        self.row().0
    }
}

/// A message that was handed to Twilio, or feedback on one.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Replied {
    /// The name of the mapping that sends it, or of the conversion.
    pub mapping: String,
    /// What came back, and what it means.
    pub reply: Reply,
    /// What was left out of the message, and why.
    pub warnings: Vec<Warning>,
    /// Whether the store knows how it ended. If not, the event is to be begun again: that sends
    /// nothing twice.
    pub recorded: bool,
    /// When more can be found out by beginning the event again, in milliseconds since 1970; only for
    /// what is unknown.
    pub again_at: Option<Timestamp>,
}

/// A reply and what it means. It holds no phone number.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Reply {
    /// What it means: stable, for programs.
    pub code: String,
    /// Whom or what it concerns: `account`, `sender`, `recipient`, `message`, ….
    pub scope: Option<String>,
    /// What happened, in one sentence.
    pub cause: String,
    /// What to do about it, in one sentence.
    pub fix: String,
    /// The HTTP status, if there was one.
    pub http_status: Option<u16>,
    /// Twilio's error code, if it gave one.
    pub twilio_code: Option<u32>,
    /// Twilio's own words, with numbers masked.
    pub twilio_message: Option<String>,
    /// Twilio's page on the error code.
    pub docs: Option<String>,
    /// The message's SID, where the reply tells it.
    pub sid: Option<String>,
    /// The message's status as Twilio wrote it.
    pub status: Option<String>,
    /// How many segments Twilio counted.
    pub segments: Option<u32>,
    /// How many milliseconds to wait at least before the message is sent again.
    pub retry_after_ms: Option<f64>,
    /// Twilio's id of the request, which its support asks for.
    pub request_id: Option<String>,
    /// How many requests the account had under way.
    pub concurrent_requests: Option<u32>,
}

impl Reply {
    /// What stands in for a reply that nobody saw: its process ended first.
    pub(crate) fn never_came() -> Self {
        Self::from(&Meaning::never_seen())
    }

    /// What stands in for the refusals that other deliveries saw, or for a reply that turned out to
    /// be of no message.
    pub(crate) fn retries_ended() -> Self {
        Self::from(&Meaning::retries_ended())
    }

    /// The same, with the message that Twilio's list showed.
    pub(crate) fn with_found(
        self,
        sid: &str,
        status: Option<String>,
        segments: Option<u32>,
    ) -> Self {
        let found = Self::from(&Meaning::found());
        Self { sid: Some(sid.to_owned()), status, segments, retry_after_ms: None, ..self }
            .worded_as(&found)
    }

    /// The same, with the message that a status callback told of.
    pub(crate) fn with_reported(self, sid: Option<String>, status: Option<String>) -> Self {
        let reported = Self::from(&Meaning::reported());
        Self { sid, status, segments: None, retry_after_ms: None, ..self }.worded_as(&reported)
    }

    /// The same, of feedback on a message that Twilio took.
    pub(crate) fn with_confirmed(self, sid: &str) -> Self {
        let confirmed = Self::from(&Meaning::confirmed());
        Self { sid: Some(sid.to_owned()), status: None, segments: None, ..self }
            .worded_as(&confirmed)
    }

    fn worded_as(mut self, other: &Self) -> Self {
        self.code.clone_from(&other.code);
        self.scope.clone_from(&other.scope);
        self.cause.clone_from(&other.cause);
        self.fix.clone_from(&other.fix);
        self
    }
}

impl From<&Meaning> for Reply {
    fn from(meaning: &Meaning) -> Self {
        Self {
            code: meaning.reply.code().to_owned(),
            scope: meaning.scope.map(|scope| scope.code().to_owned()),
            cause: sentence(meaning.cause()),
            fix: sentence(meaning.remedy()),
            http_status: meaning.http_status,
            twilio_code: meaning.twilio_code,
            twilio_message: meaning.message.clone(),
            docs: meaning.twilio_code.map(codes::twilio_docs_url),
            sid: meaning.sid.clone(),
            status: meaning.status.clone(),
            segments: meaning.segments,
            #[expect(
                clippy::cast_precision_loss,
                reason = "waits are far below 2^53 milliseconds"
            )]
            retry_after_ms: meaning.retry_after_ms.map(|wait| wait as f64),
            request_id: meaning.request_id.clone(),
            concurrent_requests: meaning.concurrent_requests,
        }
    }
}
