//! What the reply to a create request means: one total table from status, Twilio code and failure
//! class to a verdict.
//!
//! The rules, in order:
//!
//! 1. The status line decides the class. 2xx: Twilio accepted the message, whatever became of the
//!    body. 3xx: halted, never followed. 5xx, 408, a proxy's own statuses (444, 460, 499) and
//!    anything outside 200–599: unknown, whatever the body says.
//! 2. A known Twilio code refines a refusal (4xx) only. Its own reading of the error decides whether
//!    the message failed, everything halts, or it may be sent again.
//! 3. Status 429 has three meanings, told apart by code (20429, 21611, 63038). With any other code
//!    or none, it may come from something in between and proves nothing: unknown.
//! 4. Status 401 always halts.
//! 5. A body that contradicts the status (a code of an error under 200, a code of a refusal under
//!    500) is reported but does not decide. There is one exception: a 2xx reply that shows the
//!    message as `failed`, `undelivered` or `canceled` is that message's final state. It was created
//!    and cannot be lost or sent twice, but calling it sent would hide that nobody received it.
//! 6. No reply: the message is certainly unsent only where the class shows that no connection came
//!    about. All else is unknown.

mod body;
mod failure;
pub(super) mod mask;
mod reply_code;
mod retry_after;
#[cfg(test)]
mod tests;

pub use reply_code::ReplyCode;

use crate::http::{HttpReport, HttpResponse, HttpResult};
use crate::time::Timestamp;
use crate::twilio::codes::{Advice, ErrorCode, Scope};
use body::Body;

/// What is to be done with the message.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Verdict {
    /// Not created, or ended undelivered; this message is over, and others may go on.
    Failed,
    /// Not created, and the same will happen to whatever the scope names: stop there.
    Halted,
    /// Certainly not created: it may be sent again.
    Retry,
    /// Created.
    Sent,
    /// It may have been created: find out before it is sent again.
    Unknown,
}

impl Verdict {
    /// A stable name in snake case.
    pub fn code(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Halted => "halted",
            Self::Retry => "retry",
            Self::Sent => "sent",
            Self::Unknown => "unknown",
        }
    }
}

/// What a reply means, and what it says.
///
/// It holds no phone number: Twilio's message is masked, and other texts are taken over only if
/// they have the form of what they should be.
#[derive(Clone, Debug, PartialEq)]
pub struct Meaning {
    /// Which case of the table it is; the verdict follows from it.
    pub reply: ReplyCode,
    /// Whom or what it concerns; nothing for a message that was sent.
    pub scope: Option<Scope>,
    /// The status of the answer, if there was one.
    pub http_status: Option<u16>,
    /// The error code that the reply gave, known or not.
    pub twilio_code: Option<u32>,
    /// Twilio's own words, with numbers of five digits or more and long tokens masked, cut to
    /// [`Meaning::MESSAGE_CHARS`].
    pub message: Option<String>,
    /// The message's SID, if it was accepted and the reply could be read.
    pub sid: Option<String>,
    /// The message's status as Twilio wrote it: `queued`, `accepted`, `scheduled`, …
    pub status: Option<String>,
    /// How many segments Twilio counted; nothing where it has not counted yet, as with a Messaging
    /// Service, whose sender is chosen later.
    pub segments: Option<u32>,
    /// How long to wait at least before another attempt, in milliseconds: what `Retry-After` asks
    /// for, or more where the reason calls for it.
    pub retry_after_ms: Option<u64>,
    /// Twilio's id for the request (`RQ…`), which its support asks for. Browsers cannot see it.
    pub request_id: Option<String>,
    /// How many requests the account had under way (`Twilio-Concurrent-Requests`). Browsers cannot
    /// see it.
    pub concurrent_requests: Option<u32>,
    explained_by: Option<&'static ErrorCode>,
}

impl Meaning {
    /// The most characters of Twilio's message that are kept.
    pub const MESSAGE_CHARS: usize = 300;

    /// What is to be done with the message.
    pub fn verdict(&self) -> Verdict {
        self.reply.verdict()
    }

    /// What happened: one sentence.
    pub fn cause(&self) -> &'static str {
        self.explained_by.map_or_else(|| self.reply.meaning(), ErrorCode::cause)
    }

    /// What to do about it: one sentence.
    pub fn remedy(&self) -> &'static str {
        self.explained_by.map_or_else(|| self.reply.remedy(), ErrorCode::remedy)
    }

    /// A request that was not made.
    pub(crate) fn not_started() -> Self {
        Self::of(ReplyCode::NotStarted)
    }

    /// A reply that nobody saw.
    pub(crate) fn never_seen() -> Self {
        Self::of(ReplyCode::NeverSeen)
    }

    /// Requests of which none created the message, until the time for them was over.
    pub(crate) fn retries_ended() -> Self {
        Self::of(ReplyCode::RetriesEnded)
    }

    /// A message that Twilio's list shows.
    pub(crate) fn found() -> Self {
        Self::of(ReplyCode::Found)
    }

    /// A message that a status callback told of.
    pub(crate) fn reported() -> Self {
        Self::of(ReplyCode::Reported)
    }

    /// Feedback that Twilio took.
    pub(crate) fn confirmed() -> Self {
        Self::of(ReplyCode::Confirmed)
    }

    fn of(reply: ReplyCode) -> Self {
        Self {
            reply,
            scope: reply.scope(),
            http_status: None,
            twilio_code: None,
            message: None,
            sid: None,
            status: None,
            segments: None,
            retry_after_ms: wait(reply, None),
            request_id: None,
            concurrent_requests: None,
            explained_by: None,
        }
    }
}

/// What `result`, reported at `now`, means for the message.
#[must_use]
pub fn interpret(result: &HttpResult<'_>, now: Timestamp) -> Meaning {
    match result {
        HttpResult::Failure(failure) => Meaning::of(failure::reply_code(failure)),
        HttpResult::NotStarted => Meaning::of(ReplyCode::NotStarted),
        HttpResult::Response(response) => interpret_response(response, now),
    }
}

/// What `report`, which came at `now`, means for the message.
#[must_use]
pub fn interpret_report(report: &HttpReport, now: Timestamp) -> Meaning {
    report.lend(|result| interpret(result, now))
}

fn interpret_response(response: &HttpResponse<'_>, now: Timestamp) -> Meaning {
    let body = Body::read(response.body);
    let known = body.code.and_then(ErrorCode::find);
    let reply = reply_code(response, &body, known);
    let explained_by = known.filter(|entry| explains(entry, reply));
    let asked_for = response.header("retry-after").and_then(|text| retry_after::parse(text, now));
    Meaning {
        reply,
        scope: explained_by.map(|entry| entry.scope).or(reply.scope()),
        http_status: Some(response.status),
        twilio_code: body.code,
        message: body.message,
        sid: body.sid,
        status: body.status,
        segments: body.segments,
        retry_after_ms: wait(reply, asked_for),
        request_id: response.header("twilio-request-id").and_then(body::token),
        concurrent_requests: response
            .header("twilio-concurrent-requests")
            .and_then(|text| text.parse().ok()),
        explained_by,
    }
}

/// The table. Every status has its row: the compiler would say if one were left out.
fn reply_code(response: &HttpResponse<'_>, body: &Body, known: Option<&ErrorCode>) -> ReplyCode {
    let by_code = known.map(refusal);
    match response.status {
        0..=199 | 600.. => ReplyCode::UnexpectedStatus,
        200..=299 if body.ended_undelivered() => ReplyCode::AcceptedThenFailed,
        200..=299 if body.sid.is_some() => ReplyCode::Sent,
        200..=299 if response.complete => ReplyCode::SentBodyUnreadable,
        200..=299 => ReplyCode::SentBodyCutOff,
        300..=399 => ReplyCode::Redirected,
        401 => by_code
            .filter(|code| {
                code.scope() == Some(Scope::Account) && code.verdict() == Verdict::Halted
            })
            .unwrap_or(ReplyCode::CredentialsWrong),
        402 | 403 => by_code.unwrap_or(ReplyCode::AccountRefused),
        404..=407 | 410 | 411 | 414 | 415 | 426 | 431 => {
            by_code.unwrap_or(ReplyCode::EndpointWrong)
        }
        408 => ReplyCode::RequestTimedOut,
        429 => match known.map(|entry| entry.code) {
            Some(20429) => ReplyCode::RateLimited,
            Some(21611) => ReplyCode::SenderQueueFull,
            Some(63038) => ReplyCode::DailyLimitReached,
            Some(_) | None => ReplyCode::UnclearRateLimit,
        },
        444 | 460 | 499 => ReplyCode::ProxyGaveUp,
        400 | 409 | 412 | 413 | 416..=425 | 427 | 428 | 430 | 432..=443 | 445..=459 | 461..=498 => {
            by_code.unwrap_or(ReplyCode::RequestRefused)
        }
        500..=599 => ReplyCode::ServerError,
    }
}

/// What a known code means when the request was refused with it.
fn refusal(entry: &ErrorCode) -> ReplyCode {
    match (entry.code, entry.advice) {
        (20003 | 20006 | 20008 | 70051, _) => ReplyCode::CredentialsWrong,
        (63038, _) => ReplyCode::DailyLimitReached,
        (_, Advice::Retry) => ReplyCode::RateLimited,
        (_, Advice::RetryLong) if entry.scope == Scope::Sender => ReplyCode::SenderQueueFull,
        (_, Advice::RetryLong) => ReplyCode::UnderMaintenance,
        (_, Advice::Transient) => ReplyCode::RefusedForNow,
        (_, Advice::Unknown) => ReplyCode::UnclearError,
        (_, Advice::Halted) => match entry.scope {
            Scope::Account => ReplyCode::AccountRefused,
            Scope::Sender => ReplyCode::SenderRefused,
            Scope::Configuration
            | Scope::Inbound
            | Scope::Message
            | Scope::Pair
            | Scope::Platform
            | Scope::Recipient
            | Scope::Region => ReplyCode::SettingsRefused,
        },
        // A delivery code's "later" and "info" are about a message that exists; this one does not.
        (_, Advice::Failed | Advice::Info | Advice::Later) => match entry.scope {
            Scope::Account | Scope::Inbound | Scope::Platform => ReplyCode::RequestRefused,
            Scope::Configuration => ReplyCode::ParameterRefused,
            Scope::Message => ReplyCode::MessageRefused,
            Scope::Pair => ReplyCode::PairRefused,
            Scope::Recipient => ReplyCode::RecipientRefused,
            Scope::Region => ReplyCode::RegionRefused,
            Scope::Sender => ReplyCode::SenderUnfit,
        },
    }
}

/// Whether the code tells of the same thing as the reply, so that its words fit.
fn explains(entry: &ErrorCode, reply: ReplyCode) -> bool {
    match reply {
        ReplyCode::AcceptedThenFailed => true,
        ReplyCode::ServerError => entry.advice == Advice::Unknown,
        _ => refusal(entry) == reply,
    }
}

fn wait(reply: ReplyCode, asked_for: Option<u64>) -> Option<u64> {
    match reply.least_wait_ms() {
        0 => asked_for,
        least => Some(asked_for.unwrap_or(0).max(least)),
    }
}
