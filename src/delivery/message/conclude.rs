//! What follows from the reply to a create request.

use super::OPEN_LEASE;
use super::look_up::Sought;
use super::work::{Attempted, Progress, Work, ended};
use crate::cells::{
    ClaimAnswer, ClaimOperation, Dispatched, RecipientOperation, SenderOperation, SettledAs,
    SuppressedAs,
};
use crate::delivery::retry::back_off;
use crate::delivery::{Policy, Why};
use crate::outcome::{Deferral, Deferred, Outcome, Reply};
use crate::twilio::response::{Meaning, ReplyCode, Verdict};

/// How long a halted sender rests before one message is tried, in milliseconds, and at most.
pub(super) const HALT_PAUSE: i64 = 300_000;
const MAX_HALT_PAUSE: i64 = 3_600_000;

/// How much time must be left after a wait, in milliseconds, so that another attempt makes sense.
const WORTH_WAITING: i64 = 2_000;

/// What an attempt is concluded from.
pub(super) struct Concluding {
    pub(super) number: u32,
    pub(super) sender: String,
    pub(super) probe: bool,
    pub(super) sought: Sought,
    pub(super) dispatched: Dispatched,
}

impl Work<'_> {
    pub(super) async fn conclude(
        &self,
        at: Concluding,
        meaning: &Meaning,
        progress: &mut Progress,
    ) -> Attempted {
        let reply = Reply::from(meaning);
        progress.last_reply = Some(reply.clone());
        let works = matches!(meaning.verdict(), Verdict::Sent | Verdict::Failed);
        if at.probe && works {
            self.note_recovery(&at.sender).await;
        }
        match meaning.verdict() {
            Verdict::Sent => {
                // Before the claim is settled: nobody comes back to it afterwards.
                #[cfg(not(feature = "page"))]
                self.note_sid(reply.sid.as_deref(), &at.dispatched.form).await;
                let mut replied = self.replied(reply, progress);
                replied.recorded = self.settle(at.number, SettledAs::Sent, &replied.reply).await;
                ended(Outcome::Sent(replied))
            }
            Verdict::Failed => {
                self.note_suppression(&at.sought, meaning).await;
                ended(self.settle_refused(&at, reply, progress).await)
            }
            Verdict::Halted => {
                self.note_halt(&at.sender, meaning, &reply).await;
                self.note_refusal(at.number, 0, OPEN_LEASE).await;
                self.release(progress).await;
                let mut replied = self.replied(reply, progress);
                replied.recorded = true;
                ended(Outcome::Halted(replied))
            }
            Verdict::Retry => self.put_off(at, meaning, reply, progress).await,
            Verdict::Unknown => {
                let (owner, attempt) = (self.owner.to_owned(), at.number);
                let lease = self.list_bound() + OPEN_LEASE;
                let operation = ClaimOperation::Unclear { owner, attempt, looks: 0, lease };
                match self.ask_claim(Why::RecordUnclear, operation).await {
                    Ok(ClaimAnswer::Lost | ClaimAnswer::Settled { .. }) => Attempted::Lost,
                    _ => Attempted::Again(Some(Box::new(at.dispatched))),
                }
            }
        }
    }

    /// The request certainly created nothing, and there is to be no other.
    async fn settle_refused(
        &self,
        at: &Concluding,
        reply: Reply,
        progress: &mut Progress,
    ) -> Outcome {
        if at.dispatched.doubled {
            // This one failed, and an earlier one may still have been accepted.
            return self.settle_unknown(at.number, reply, progress).await;
        }
        self.settle_failed(at.number, reply, progress).await
    }

    /// The request certainly created nothing, and another may be made later.
    async fn put_off(
        &self,
        at: Concluding,
        meaning: &Meaning,
        reply: Reply,
        progress: &mut Progress,
    ) -> Attempted {
        // By the claim's own count: however many deliveries there are, the waits grow.
        let tries = at.number.saturating_sub(at.dispatched.unclears).saturating_add(1);
        let wait = back_off(&self.run.port, tries, meaning.retry_after_ms);
        let too_late = self.since_first(&at.dispatched, progress).saturating_add(wait)
            > self.policy().retry_window;
        if meaning.reply == ReplyCode::SenderQueueFull {
            let _ = self
                .ask_sender(Why::RecordRest, &at.sender, SenderOperation::Rest { lasts: wait })
                .await;
        }
        if too_late {
            // Nothing would come of the wait.
            return ended(self.settle_refused(&at, reply, progress).await);
        }
        let lease = wait.saturating_add(OPEN_LEASE);
        let recorded = self.note_refusal(at.number, wait, lease).await;
        let until = self.now().plus(wait);
        let paid = self.run.isolate.borrow_mut().pay_for_retry(false);
        let port = &self.run.port;
        let waited = recorded
            && paid
            && !port.is_past_deadline(until.plus(WORTH_WAITING))
            && port.wait(Why::BackOff, until, true).await;
        if !waited {
            // Nobody else who gets the event is to try before: the claim stays taken until then.
            self.withdraw(progress).await;
            let left = (until.millis() - self.now().millis()).max(0);
            self.note_refusal(at.number, left, left).await;
            let mut deferred = Deferred::new(self.mapping.to_owned(), Deferral::Retry, until);
            deferred.reply = Some(reply);
            deferred.warnings = std::mem::take(&mut progress.warnings);
            return ended(Outcome::Deferred(deferred));
        }
        let mut dispatched = at.dispatched;
        if !dispatched.refused {
            dispatched.unclears = dispatched.unclears.saturating_sub(1);
        }
        dispatched.refused = true;
        dispatched.unclear = dispatched.doubled;
        Attempted::Again(Some(Box::new(dispatched)))
    }

    /// A halt that cannot be recorded is remembered by this process at least.
    async fn note_halt(&self, sender: &str, meaning: &Meaning, reply: &Reply) {
        let until = self.now().plus(HALT_PAUSE);
        self.run.isolate.borrow_mut().remember_halt(sender, reply, until);
        let is_credentials = meaning.reply == ReplyCode::CredentialsWrong;
        let operation = SenderOperation::Halt {
            owner: self.owner.to_owned(),
            reply: Box::new(reply.clone()),
            credentials: is_credentials.then(|| self.run.destination.credentials().to_owned()),
            pause: HALT_PAUSE,
            max_pause: MAX_HALT_PAUSE,
        };
        let _ = self.ask_sender(Why::RecordHalt, sender, operation).await;
    }

    async fn note_recovery(&self, sender: &str) {
        self.run.isolate.borrow_mut().forget_halt(sender);
        let lift = SenderOperation::Lift { owner: self.owner.to_owned() };
        let _ = self.ask_sender(Why::RecordRecovery, sender, lift).await;
    }

    /// Some refusals say something of the recipient that holds for every message.
    async fn note_suppression(&self, sought: &Sought, meaning: &Meaning) {
        let sender = self.run.keys().hash(&["sender", sought.sender()]);
        let Some(operation) = suppression(self.policy(), meaning.twilio_code, sender) else {
            return;
        };
        let _ = self.ask_recipient(Why::RecordSuppression, sought, operation).await;
    }
}

/// What Twilio's code says of the recipient, for every message or for those of this sender.
pub(in crate::delivery) fn suppression(
    policy: &Policy,
    twilio_code: Option<u32>,
    sender: String,
) -> Option<RecipientOperation> {
    let (senders, suppressed_as, lasts) = match twilio_code? {
        // A START that follows may go unseen, so it does not count for ever.
        21610 => (vec![sender], SuppressedAs::OptedOut, Some(policy.opt_out_lasts)),
        21211 | 21614 => (Vec::new(), SuppressedAs::BadNumber, None),
        _ => return None,
    };
    Some(RecipientOperation::Suppress { senders, suppressed_as, lasts })
}
