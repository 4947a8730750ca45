//! What came of a webhook: what the host answers Twilio with, and what it can hand on.

use std::fmt;

use serde::Serialize;

use crate::outcome::Outcome;
use crate::segment_api::Untracked;
use crate::twilio::webhook::{DeliveryError, Refusal};

/// What came of a webhook. It holds no phone number, unless the settings ask for it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Handled {
    /// The HTTP status to answer Twilio with: 204, or 503 if the store or Segment failed or a message
    /// to be sent again was put off, so that the webhook shows in Twilio's debugger and may come again; 4xx if it was refused.
    pub http_status: u16,
    /// What the webhook is.
    pub what: HandledAs,
    /// Why it was refused, if so.
    pub refusal: Option<Refusal>,
    /// The message that it is about.
    pub message_sid: Option<String>,
    /// The status that the message has by now, in Twilio's word. An earlier webhook may have told of a
    /// later one.
    pub status: Option<String>,
    /// Why the message was not delivered, if that is how it stands by now.
    pub error: Option<DeliveryError>,
    /// Whether the store knows the message, or the recipient's answer is written down.
    pub recorded: bool,
    /// Whether it says what was not known before.
    pub news: bool,
    /// Whether the store failed. Nothing is lost if the webhook comes again.
    pub store_failed: bool,
    /// Whom it opted out or in.
    pub opted: Option<Opted>,
    /// The new message that was sent because this one was not delivered; none if the settings do not
    /// want that, if the status is no reason for it, or if it has been done as often as they say.
    pub resent: Option<Resent>,
    /// What Segment was told; none if it was never asked, because the webhook was refused or the store
    /// failed.
    pub tracked: Option<Tracked>,
}

/// What a webhook is.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum HandledAs {
    /// Somebody clicked on a link.
    Click,
    /// Somebody wrote.
    Inbound,
    /// Twilio did not sign it, or it cannot be read: nothing came of it.
    Refused,
    /// A message that was sent has a new status.
    Status,
}

/// A message that is sent in place of one that was not delivered.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Resent {
    /// Which of the messages that are sent for the first one it is: 1 for the first of them.
    pub number: u32,
    /// How it ended. If it is put off, the same webhook is to be handed in again when it says: the
    /// message is sent once all the same.
    pub outcome: Outcome,
}

/// Who wants no more messages, or wants them again: for whoever keeps such lists.
///
/// `Debug` shows the type only.
#[derive(Clone, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Opted {
    /// Which of the two.
    #[serde(rename = "type")]
    pub kind: OptedAs,
    /// The recipient's key in the store: the same for each message of theirs.
    pub recipient: String,
    /// The user to whom the last message to them was sent, if the settings name a Segment source.
    pub user_id: Option<String>,
    /// The same for an anonymous visitor.
    pub anonymous_id: Option<String>,
    /// The Messaging Service that received the answer.
    pub messaging_service_sid: Option<String>,
    /// The recipient's address; only with `segment.include_numbers`.
    pub number: Option<String>,
}

impl fmt::Debug for Opted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opted").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// What a recipient wants.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum OptedAs {
    /// Messages again.
    OptedIn,
    /// No more messages.
    OptedOut,
}

/// What Segment was told.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Tracked {
    /// Segment did not take the track event.
    Failed {
        /// What it answered; none if no answer came.
        http_status: Option<u16>,
    },
    /// Segment took the track event.
    Tracked,
    /// There is no track event.
    Untracked {
        /// Why: stable, for programs.
        code: Untracked,
        /// Why, in one sentence.
        cause: &'static str,
        /// What to do about it, in one sentence.
        fix: &'static str,
    },
}

impl From<Untracked> for Tracked {
    fn from(code: Untracked) -> Self {
        Self::Untracked { code, cause: code.cause(), fix: code.fix() }
    }
}

impl Handled {
    /// What came of a webhook so far: nothing.
    pub(super) fn new(http_status: u16, what: HandledAs) -> Self {
        Self {
            http_status,
            what,
            refusal: None,
            message_sid: None,
            status: None,
            error: None,
            recorded: false,
            news: false,
            store_failed: false,
            opted: None,
            resent: None,
            tracked: None,
        }
    }

    /// What came of a webhook that is not taken.
    pub(super) fn refused(refusal: Refusal) -> Self {
        Self { refusal: Some(refusal), ..Self::new(refusal.http_status, HandledAs::Refused) }
    }
}
