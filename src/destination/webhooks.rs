//! What a destination makes of Twilio's webhooks.

use super::Destination;
use crate::segment_api::{Origin, Untracked};
use crate::time::Timestamp;
use crate::twilio::request::HttpRequest;
use crate::twilio::sid::MessageSid;
use crate::twilio::webhook::{self, Received, Refusal};

impl Destination {
    /// Takes a webhook in, if it is signed with one of `webhook_auth_tokens`, or without those with
    /// `auth_token`. The same webhook may come again.
    ///
    /// # Errors
    ///
    /// [`Refusal`] says why it is not taken. Nothing may come of such a webhook.
    pub fn receive(&self, request: &webhook::Request<'_>) -> Result<Received, Refusal> {
        webhook::receive(&self.webhook_tokens, request)
    }

    /// The request that reports a webhook to Segment, as a track event of the user whose message it
    /// is about. `now` is when the webhook came.
    ///
    /// # Errors
    ///
    /// [`Untracked`] says why nothing is reported.
    pub fn track(
        &self,
        received: &Received,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<HttpRequest, Untracked> {
        let source = self.segment.as_ref().ok_or(Untracked::SegmentNotSet)?;
        source.track(received, origin, now)
    }

    /// Whether the settings ask for numbers in what is reported.
    pub(crate) fn reports_numbers(&self) -> bool {
        self.segment.as_ref().is_some_and(|source| source.reports_numbers())
    }

    /// The request that tells Twilio that a message led to what it was sent for. It counts for
    /// messages that were sent with `provide_feedback`.
    pub fn feedback(&self, message: &MessageSid) -> HttpRequest {
        self.endpoint.feedback(message)
    }
}
