//! How a message ended: what the host is told, and what it tells its own users.

use serde::Serialize;

use crate::decision::{Dropped, Warning};
use crate::problem::sentence;
use crate::twilio::codes;
use crate::twilio::response::{Meaning, Verdict};

/// How a message ended.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Outcome {
    /// Nothing was sent, for a reason in the event or the settings.
    Dropped(Dropped),
    /// Twilio refused this message; others may go on.
    Failed(Replied),
    /// Nothing more can be sent until somebody mends the account, the sender or the settings.
    Halted(Replied),
    /// The message was certainly not created: it may be sent again.
    Retry(Replied),
    /// Twilio accepted the message.
    Sent(Replied),
    /// It cannot be told whether the message was created: sending again may text somebody twice.
    Unknown(Replied),
}

impl Outcome {
    pub(crate) fn of(mapping: String, meaning: &Meaning, warnings: Vec<Warning>) -> Self {
        let replied = Replied { mapping, reply: Reply::from(meaning), warnings };
        match meaning.verdict() {
            Verdict::Failed => Self::Failed(replied),
            Verdict::Halted => Self::Halted(replied),
            Verdict::Retry => Self::Retry(replied),
            Verdict::Sent => Self::Sent(replied),
            Verdict::Unknown => Self::Unknown(replied),
        }
    }
}

/// A message that was handed to Twilio.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Replied {
    /// The name of the mapping that sends it.
    pub mapping: String,
    /// What came back, and what it means.
    pub reply: Reply,
    /// What was left out of the message, and why.
    pub warnings: Vec<Warning>,
}

/// A reply and what it means. It holds no phone number.
#[derive(Clone, Debug, PartialEq, Serialize)]
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
