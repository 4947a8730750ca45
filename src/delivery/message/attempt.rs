//! One attempt: what stands before a create request, and the request.

use super::conclude::Concluding;
use super::look_up::Sought;
use super::work::{Attempted, Or, Progress, Work, end, ended};
use super::{OPEN_LEASE, STORE_PAUSE, defer, dropped};
use crate::cells::{ClaimAnswer, ClaimOperation, Dispatched};
use crate::delivery::draft::{Draft, Ready};
use crate::delivery::isolate::Turn;
use crate::delivery::port::StoreFailed;
use crate::delivery::{Why, callback};
use crate::facts::Suppression;
use crate::http::FetchRequest;
use crate::outcome::{Deferral, Outcome, Reply};
use crate::time::Timestamp;
use crate::twilio::response::{Meaning, interpret_report};

/// How long after a dispatch the host may still start the request, in milliseconds.
pub(super) const START_WITHIN: i64 = 10_000;

/// How long Twilio may go on with a request after the host gave it up, in milliseconds.
pub(super) const TWILIO_GOES_ON: i64 = 30_000;

/// How long a recipient need not be asked again if nothing was waited for, in milliseconds.
const ADMISSION_IS_FRESH: i64 = 1_000;

/// The shortest time that a request is worth starting with, in milliseconds.
const LEAST_TIMEOUT: i64 = 1_000;

impl Work<'_> {
    /// Tries once to have the message created.
    pub(super) async fn attempt(
        &self,
        before: Option<Dispatched>,
        progress: &mut Progress,
    ) -> Attempted {
        let doubt = before.as_ref().filter(|it| progress.is_in_doubt(it)).map(|it| it.attempt);
        progress.in_doubt = doubt.is_some();
        let attempted = match self.try_once(before, progress).await {
            Ok(attempted) | Err(attempted) => attempted,
        };
        match (attempted, doubt) {
            (Attempted::Ended(outcome), Some(attempt)) => {
                ended(self.doubt(*outcome, attempt, progress).await)
            }
            (Attempted::Ended(outcome), None) => {
                #[cfg(not(feature = "page"))]
                self.let_go(&outcome, progress).await;
                Attempted::Ended(outcome)
            }
            (attempted, _) => attempted,
        }
    }

    async fn try_once(&self, before: Option<Dispatched>, progress: &mut Progress) -> Or<Attempted> {
        let number = before.as_ref().map_or(1, |dispatched| dispatched.attempt + 1);
        if let Some(dispatched) = &before {
            self.check_limits(dispatched, progress).await?;
        }
        let ready = self.decide(None, before.as_ref(), progress).await?;
        let sought = Sought::read(&ready.form);
        let sender = self.run.keys().sender(sought.sender());
        self.check_known_halts(&sender, progress).await?;
        let (since, waited) = (self.now(), self.run.port.waited());
        let suppression = self.admit(&sought, 0, progress).await?;
        if suppression.is_some() {
            // Whoever is left alone takes nobody's turn.
            self.decide(suppression, before.as_ref(), progress).await?;
        }
        let what = (number, ready.segments);
        let mut probe = self.reserve(&sought, &sender, what, progress).await?;
        let turn = loop {
            if let Some(turn) = Turn::take(&self.run.isolate) {
                break turn;
            }
            self.wait_for_turn(progress).await?;
            // The sender may have been halted meanwhile.
            probe |= self.reserve(&sought, &sender, what, progress).await?;
        };
        // After every wait: a user who is forgotten meanwhile loses whatever was told before.
        #[cfg(not(feature = "page"))]
        if self.tell_profile(&sought.to, &ready.form).await.is_err() {
            return end(self.store_failed(progress).await);
        }
        let is_fresh =
            self.run.port.waited() == waited && self.now() <= since.plus(ADMISSION_IS_FRESH);
        // After every wait: somebody may have said stop.
        let suppression = if is_fresh { None } else { self.admit(&sought, 0, progress).await? };
        let ready = self.decide(suppression, before.as_ref(), progress).await?;
        self.check_known_halts(&sender, progress).await?;
        let timeout = self.timeout(progress).await?;
        let asked = self.now();
        let form = self.marked(ready.form.clone(), before.is_some());
        let dispatched = self.dispatch(number, form, timeout, progress).await?;
        // Only by whoever may make the request: others may have decided on another recipient.
        #[cfg(not(feature = "page"))]
        self.keep_message(&ready, progress).await;
        #[cfg(not(feature = "page"))]
        self.check_is_due(number, progress).await?;
        progress.dispatched_at = Some(self.run.port.waited());
        progress.ruled_out = false;
        progress.turns.clear();
        #[cfg(not(feature = "page"))]
        self.note_origin(&sought.to, dispatched.last).await;
        if self.run.isolate.borrow_mut().halt(&sender, self.now()).is_some() {
            // Learned while the store was asked.
            self.note_refusal(number, 0, OPEN_LEASE).await;
            self.check_known_halts(&sender, progress).await?;
        }
        let not_after = asked.plus(START_WITHIN);
        let request = self.run.destination.endpoint().create(&dispatched.form);
        let meaning = if self.now() > not_after {
            Meaning::not_started()
        } else {
            // The store may have taken some of the time that the request was to have.
            let left = self.run.port.time_left().unwrap_or(timeout).max(LEAST_TIMEOUT);
            self.create(request, timeout.min(left), not_after).await
        };
        drop(turn);
        let conclusion = Concluding { number, sender, probe, sought, dispatched };
        Ok(self.conclude(conclusion, &meaning, progress).await)
    }

    /// Whether there may be another attempt at all.
    async fn check_limits(&self, before: &Dispatched, progress: &mut Progress) -> Or<()> {
        let policy = self.policy();
        let is_last = before.unclears >= policy.attempts;
        if is_last && !before.refused {
            let reply = progress.last_reply.clone().unwrap_or_else(Reply::never_came);
            return end(self.settle_unknown(before.attempt, reply, progress).await);
        }
        if self.since_first(before, progress) > policy.retry_window {
            let last_reply = progress.last_reply.clone();
            if progress.is_in_doubt(before) {
                let reply = last_reply.unwrap_or_else(Reply::never_came);
                return end(self.settle_unknown(before.attempt, reply, progress).await);
            }
            // A reply that left open what it did does not say how it ended.
            let refusal = last_reply.filter(|_| !progress.ruled_out);
            let reply = refusal.unwrap_or_else(Reply::retries_ended);
            return end(self.settle_failed(before.attempt, reply, progress).await);
        }
        Ok(())
    }

    /// The message by all that is known now; a drop ends the attempt, since nothing is under way.
    /// Of one that was dispatched before, only when it is to arrive may have changed.
    async fn decide(
        &self,
        suppression: Option<Suppression>,
        before: Option<&Dispatched>,
        progress: &mut Progress,
    ) -> Or<Ready> {
        let frozen = before.map(|dispatched| dispatched.form.as_str());
        let to = frozen.map(|form| Sought::read(form).to);
        let Some(draft) = self.run.drafts_for(to, suppression).into_iter().nth(self.index) else {
            return end(self.give_back(progress, Deferral::StoreFailed, STORE_PAUSE).await);
        };
        let Draft { message, warnings, .. } = draft;
        match message {
            Ok(ready) => {
                progress.warnings = warnings;
                Ok(match frozen {
                    Some(form) => ready.frozen_as(form),
                    None => ready,
                })
            }
            Err(reason) => {
                self.release(progress).await;
                end(dropped(Some(self.mapping.to_owned()), reason, warnings))
            }
        }
    }

    async fn check_known_halts(&self, sender: &str, progress: &mut Progress) -> Or<()> {
        let halt = self.run.isolate.borrow_mut().halt(sender, self.now());
        match halt {
            None => Ok(()),
            Some(reply) => {
                self.release(progress).await;
                end(Outcome::Halted(self.replied(reply, progress)))
            }
        }
    }

    /// How long the request may take: no longer than the host has.
    async fn timeout(&self, progress: &mut Progress) -> Or<i64> {
        let timeout = i64::from(self.run.destination.request_timeout_ms());
        let port = &self.run.port;
        if !port.is_past_deadline(self.now().plus(timeout)) {
            return Ok(timeout);
        }
        let left = port.time_left().unwrap_or(0);
        if left < LEAST_TIMEOUT {
            return end(self.give_back(progress, Deferral::Deadline, LEAST_TIMEOUT).await);
        }
        Ok(left.min(timeout))
    }

    /// The form as it is frozen: with the claim's key in it, for callbacks.
    fn marked(&self, form: String, is_frozen: bool) -> String {
        match &self.policy().callback_parameter {
            Some(parameter) if !is_frozen => callback::mark(form, parameter, self.key),
            _ => form,
        }
    }

    async fn dispatch(
        &self,
        number: u32,
        form: String,
        timeout: i64,
        progress: &mut Progress,
    ) -> Or<Dispatched> {
        let operation = ClaimOperation::Dispatch {
            owner: self.owner.to_owned(),
            attempt: number,
            lease: START_WITHIN + timeout + TWILIO_GOES_ON,
            form,
            mapping: self.mapping.to_owned(),
            ruled_out: progress.ruled_out,
            origin: self.run.origin(self.mapping).map(Box::new),
            keep: self.policy().keep_claims,
        };
        match self.ask_claim_firmly(Why::Dispatch, operation).await {
            Ok(ClaimAnswer::Won { dispatched, .. }) => Ok(dispatched),
            // Whoever has it now counts on the admission, which is the message's.
            Ok(ClaimAnswer::Settled { .. } | ClaimAnswer::Lost) => Err(Attempted::Lost),
            // Whether the claim says so or not, no request was made.
            Ok(_) | Err(StoreFailed) => {
                let why = self.run.port.store_deferral();
                end(defer(self.run, self.mapping.to_owned(), why, STORE_PAUSE))
            }
        }
    }

    async fn create(&self, request: FetchRequest, timeout: i64, not_after: Timestamp) -> Meaning {
        let policy = self.policy();
        let timeout = u32::try_from(timeout).unwrap_or(u32::MAX);
        let report = self.run.port.fetch(Why::Create, request, timeout, not_after).await;
        let meaning = interpret_report(&report, self.now());
        self.run.isolate.borrow_mut().learn(&meaning, policy.at_once, policy.busy_account);
        meaning
    }

    /// What an attempt that sent nothing ends as if an earlier one may have.
    async fn doubt(&self, outcome: Outcome, attempt: u32, progress: &Progress) -> Outcome {
        let last_reply = progress.last_reply.clone().unwrap_or_else(Reply::never_came);
        match outcome {
            Outcome::Deferred(deferred) => {
                let reply = deferred.reply.unwrap_or(last_reply);
                let mut replied = self.replied(reply, progress);
                replied.again_at = Some(deferred.until);
                Outcome::Unknown(replied)
            }
            Outcome::Dropped(_) | Outcome::Halted(_) => {
                let (owner, lease) = (self.owner.to_owned(), OPEN_LEASE);
                // The claim was given back.
                let open = ClaimOperation::Open { owner, lease };
                let _ = self.ask_claim(Why::OpenClaim, open).await;
                self.settle_unknown(attempt, last_reply, progress).await
            }
            Outcome::Confirmed(_) | Outcome::Failed(_) | Outcome::Sent(_) | Outcome::Unknown(_) => {
                outcome
            }
        }
    }
}
