//! What is kept of a message so that what Twilio reports of it later finds its user, and so that it
//! can be sent again; and how all of it is forgotten.

use super::Why;
use super::draft::Ready;
use super::keys::Keys;
use super::message::work::{Progress, Work};
use super::port::{Port, StoreFailed};
use super::profiles::MAX_JOINS;
use crate::cells::{
    Answer, ClaimOperation, NoteAnswer, NoteOperation, Noted, ProfileAnswer, ProfileOperation,
    RecipientOperation, Resendable, SentMessage, Target,
};
use crate::outcome::Outcome;
use crate::time::Timestamp;

/// How long a message that may have to be sent again is kept, in milliseconds: three days. Carriers
/// give up before.
const RESEND_WITHIN: i64 = 259_200_000;

/// How long before a message is settled it may be told of, in milliseconds: a day.
const EARLY: i64 = 86_400_000;

impl Work<'_> {
    /// Tells the user's profile of the message, before anything of the user is kept with it: what
    /// the profile does not know of could not be forgotten.
    pub(super) async fn tell_profile(&self, to: &str, form: &str) -> Result<(), StoreFailed> {
        if !self.run.destination.keeps_messages() {
            return Ok(());
        }
        let keys = self.run.keys();
        // A callback may settle a claim that was about to go, and it is kept anew from then on.
        let keep = self.run.destination.policy().keep_claims.saturating_mul(2);
        let mut next = self.run.profile_of_recipient();
        for _ in 0..MAX_JOINS {
            let Some(key) = next.take() else { break };
            let operation = ProfileOperation::Tell {
                claim: self.key.to_owned(),
                recipient: keys.recipient(to),
                mapping: self.mapping.to_owned(),
                feedback: asks_for(form, "ProvideFeedback"),
                keep: keep.saturating_add(EARLY),
            };
            let target = Target::Profile(operation);
            match self.run.port.update(Why::RecordMessage, &key, target).await? {
                Answer::Profile(ProfileAnswer::Told { dropped, joined }) => {
                    forget(&keys, &self.run.port, &dropped).await?;
                    next = joined;
                }
                _ => return Err(StoreFailed),
            }
        }
        Ok(())
    }

    /// Keeps what it takes to send the message again, if the settings want that and a callback can
    /// tell of it. It stands before the request: a callback may come before the reply.
    pub(super) async fn keep_message(&self, ready: &Ready, progress: &mut Progress) {
        let policy = self.run.destination.policy();
        let before = self.run.message();
        let resends = before.map_or(0, |message| message.resends);
        let is_told = policy.callback_parameter.is_some() && has(&ready.form, "StatusCallback");
        if resends >= policy.resends || !is_told {
            return;
        }
        let message = Resendable {
            form: ready.form.clone(),
            mapping: self.mapping.to_owned(),
            zones: ready.zones.clone(),
            origin: self.run.origin(self.mapping),
            profile: self.run.profile_of_recipient(),
            resends,
            in_place_of: before.map(|message| message.in_place_of.clone()).unwrap_or_default(),
        };
        let noted = Noted::Message(Box::new(message));
        let operation = NoteOperation::Write { noted, keep: RESEND_WITHIN };
        progress.is_kept = true;
        // If that fails it is not sent again, which is better than not at all.
        let key = self.run.keys().resendable(self.key);
        let _ = self.run.port.update(Why::KeepMessage, &key, Target::Note(operation)).await;
    }

    /// Notes at the recipient which event texts them, where their answers are reported, by a message
    /// that was dispatched `at` that time. It stands between the dispatch and the request: nobody has
    /// answered a message yet that waits.
    pub(super) async fn note_origin(&self, to: &str, at: Timestamp) {
        let Some(origin) = self.run.origin(self.mapping) else { return };
        let operation = RecipientOperation::NoteOrigin {
            claim: self.key.to_owned(),
            origin: Box::new(origin),
            at,
            remember: self.run.destination.policy().keep_claims,
        };
        // If that fails, their answer is taken for one to the message before: they are texted for
        // all that.
        let key = self.run.keys().recipient(to);
        let target = Target::Recipient(operation);
        let _ = self.run.port.update(Why::RecordOrigin, &key, target).await;
    }

    /// Lets go of it, if nothing can come of the message.
    pub(super) async fn let_go(&self, outcome: &Outcome, progress: &Progress) {
        if progress.is_kept && !matches!(outcome, Outcome::Sent(_) | Outcome::Unknown(_)) {
            let key = self.run.keys().resendable(self.key);
            let erase = Target::Note(NoteOperation::Erase);
            let _ = self.run.port.update(Why::EraseMessage, &key, erase).await;
        }
    }

    /// Notes whose message this SID is, where a click may have to be told as its user's: all that a
    /// click names is the SID.
    pub(super) async fn note_sid(&self, sid: Option<&str>, form: &str) {
        let Some(sid) = sid.filter(|_| asks_for(form, "ShortenUrls")) else { return };
        if self.run.destination.follows_clicks() {
            let keep = self.run.destination.policy().keep_claims;
            let operation = sid_note(self.key, keep);
            let key = self.run.keys().sid(sid);
            let _ = self.run.port.update(Why::RecordSid, &key, operation).await;
        }
    }
}

/// What notes the claim of a message under its SID.
pub(super) fn sid_note(claim: &str, keep: i64) -> Target {
    Target::Note(NoteOperation::Write { noted: Noted::Claim(claim.to_owned()), keep })
}

/// What an answer says was noted.
pub(super) fn noted(answer: Answer) -> Result<Option<Noted>, StoreFailed> {
    match answer {
        Answer::Note(NoteAnswer::Noted { noted }) => Ok(noted),
        _ => Err(StoreFailed),
    }
}

/// Whether a form switches something on.
pub(super) fn asks_for(form: &str, parameter: &str) -> bool {
    form_urlencoded::parse(form.as_bytes())
        .any(|(name, value)| name == parameter && value == "true")
}

fn has(form: &str, parameter: &str) -> bool {
    form_urlencoded::parse(form.as_bytes()).any(|(name, _)| name == parameter)
}

/// Forgets what is kept with messages of their user.
///
/// # Errors
///
/// If the store failed: something may be left, and asking again loses nothing.
pub(super) async fn forget(
    keys: &Keys<'_>,
    port: &Port,
    messages: &[SentMessage],
) -> Result<(), StoreFailed> {
    for SentMessage { claim, recipient, .. } in messages {
        let in_claim = Target::Claim(ClaimOperation::ForgetOrigin);
        port.update(Why::Forget, claim, in_claim).await?;
        let erase = Target::Note(NoteOperation::Erase);
        port.update(Why::Forget, &keys.resendable(claim), erase).await?;
        let in_recipient = RecipientOperation::ForgetOrigin { claim: claim.clone() };
        port.update(Why::Forget, recipient, Target::Recipient(in_recipient)).await?;
    }
    Ok(())
}
