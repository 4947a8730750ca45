//! Finding out whether a message exists that may: Twilio's list is asked until it must show it.

use super::attempt::{START_WITHIN, TWILIO_GOES_ON};
use super::look_up::{Candidate, Findings, MAX_PAGES, PAGE_SIZE, Sought, read_page};
use super::work::{Attempted, Or, Progress, Work, end, ended};
use super::{OPEN_LEASE, STORE_PAUSE, claim};
use crate::cells::{
    ClaimAnswer, ClaimOperation, Dispatched, RecipientAnswer, RecipientOperation, SettledAs,
};
use crate::delivery::retry::back_off;
use crate::delivery::{OnUnclear, Why};
use crate::outcome::{Outcome, Reply};
use crate::time::Timestamp;

/// When the list is asked after an unclear reply, in milliseconds, until it must show the message.
const LOOKS: [i64; 4] = [2_000, 8_000, 20_000, 60_000];

/// How often a look that failed is taken again.
const MAX_LOOKS: u32 = 12;

/// For how long messages that are alike are known, in milliseconds: a day. What is looked for later
/// cannot be told from them.
pub(super) const SIBLINGS_KEPT: i64 = 86_400_000;

/// What Twilio's list says.
enum Sure {
    CannotTell,
    Exists(Candidate),
    Nothing,
}

impl Work<'_> {
    /// Finds out whether a message exists that may. `Again` says that it does not, or that the
    /// settings want it sent again all the same.
    pub(super) async fn find_out(
        &self,
        unclear: &Dispatched,
        progress: &mut Progress,
    ) -> Attempted {
        let reply = progress.last_reply.clone().unwrap_or_else(Reply::never_came);
        if self.policy().on_unclear == OnUnclear::Resend
            && unclear.unclears < self.policy().attempts
        {
            let wait = back_off(&self.run.port, unclear.attempt.saturating_sub(1), None);
            return match self.wait_for_list(self.now().plus(wait), unclear, &reply, progress).await
            {
                Ok(()) => Attempted::Again(None),
                Err(attempted) => attempted,
            };
        }
        match self.look_until_sure(unclear, &reply, progress).await {
            Ok(Sure::Exists(candidate)) => {
                let found = reply.with_found(&candidate.sid, candidate.status, candidate.segments);
                #[cfg(not(feature = "page"))]
                self.note_sid(found.sid.as_deref(), &unclear.form).await;
                let mut replied = self.replied(found, progress);
                replied.recorded =
                    self.settle(unclear.attempt, SettledAs::Sent, &replied.reply).await;
                ended(Outcome::Sent(replied))
            }
            Ok(Sure::Nothing)
                if self.policy().on_unclear == OnUnclear::Reconcile
                    && unclear.unclears < self.policy().attempts
                    && self.run.isolate.borrow_mut().pay_for_retry(true) =>
            {
                progress.ruled_out = true;
                Attempted::Again(None)
            }
            Ok(Sure::Nothing | Sure::CannotTell) => {
                ended(self.settle_unknown(unclear.attempt, reply, progress).await)
            }
            Err(attempted) => attempted,
        }
    }

    /// How long after its dispatch Twilio's list must show a message.
    pub(super) fn list_bound(&self) -> i64 {
        let timeout = i64::from(self.run.destination.request_timeout_ms());
        START_WITHIN + timeout + TWILIO_GOES_ON + self.policy().list_lag
    }

    /// How much time has certainly passed since the last dispatch. Only waits count: a clock that
    /// jumps ahead would have the list looked at too early for the last time.
    pub(super) fn passed(&self, progress: &Progress) -> i64 {
        let waited = self.run.port.waited();
        waited - progress.dispatched_at.unwrap_or(waited)
    }

    /// The same for the first dispatch.
    pub(super) fn since_first(&self, dispatched: &Dispatched, progress: &Progress) -> i64 {
        dispatched.last.millis() - dispatched.first.millis() + self.passed(progress)
    }

    async fn look_until_sure(
        &self,
        unclear: &Dispatched,
        reply: &Reply,
        progress: &mut Progress,
    ) -> Or<Sure> {
        let sought = Sought::read(&unclear.form);
        let bound = self.list_bound();
        let mut pause = None;
        for look in unclear.looks..MAX_LOOKS {
            let passed = self.passed(progress);
            let wait = match pause {
                // A look that failed is taken again.
                Some(pause) => pause,
                // One that is overdue is taken at once: a host with little time would never get
                // to it otherwise, however often it begins.
                None if look == unclear.looks => {
                    let planned = LOOKS.get(look as usize).copied().unwrap_or(bound);
                    (planned.min(bound) - passed).max(0)
                }
                None => {
                    let next = LOOKS.into_iter().find(|planned| *planned > passed);
                    next.unwrap_or(bound).min(bound) - passed
                }
            };
            self.renew(unclear, look, wait).await?;
            // Only waits count as time that has passed: what the store took is waited for as well.
            let until = self.now().plus(wait);
            self.wait_for_list(until, unclear, reply, progress).await?;
            if self.policy().callback_parameter.is_some() {
                // A callback that came meanwhile knows more than the list.
                self.renew(unclear, look, 0).await?;
            }
            let is_late = self.passed(progress) >= self.list_bound();
            let Some(findings) = self.read_list(&sought, unclear).await else {
                pause = Some(pause.map_or(STORE_PAUSE, |pause| pause * 2));
                continue;
            };
            pause = None;
            match self.judge(&sought, findings, self.since_first(unclear, progress)).await {
                Sure::Nothing if !is_late => {}
                sure => return Ok(sure),
            }
        }
        Ok(Sure::CannotTell)
    }

    /// Keeps the claim while the list is waited for.
    async fn renew(&self, unclear: &Dispatched, look: u32, wait: i64) -> Or<()> {
        let lease = wait.max(0) + TWILIO_GOES_ON + OPEN_LEASE;
        let operation = ClaimOperation::Unclear {
            owner: self.owner.to_owned(),
            attempt: unclear.attempt,
            looks: look,
            lease,
        };
        self.update_claim(Why::RecordUnclear, operation).await
    }

    async fn wait_for_list(
        &self,
        until: Timestamp,
        unclear: &Dispatched,
        reply: &Reply,
        progress: &mut Progress,
    ) -> Or<()> {
        if self.run.port.wait(Why::WaitForList, until, true).await {
            return Ok(());
        }
        // The claim stays unclear: whoever begins the event again goes on finding out.
        let (owner, turns) = (self.owner.to_owned(), Vec::new());
        let release = ClaimOperation::Release { owner, turns };
        let _ = self.ask_claim(Why::ReleaseClaim, release).await;
        debug_assert!(unclear.unclear, "only what is unclear is looked for");
        let mut replied = self.replied(reply.clone(), progress);
        replied.again_at = Some(until);
        end(Outcome::Unknown(replied))
    }

    async fn read_list(&self, sought: &Sought, unclear: &Dispatched) -> Option<Findings> {
        // Twilio's clock and the store's are compared, with some allowance in the reading.
        let since = unclear.first;
        let mut findings = Findings::default();
        let endpoint = self.run.destination.endpoint();
        let mut request = endpoint.list(&[("To", &sought.to), ("PageSize", PAGE_SIZE)]);
        for _ in 0..MAX_PAGES {
            let timeout = self.run.destination.request_timeout_ms();
            let not_after = self.now().plus(START_WITHIN);
            let report = self.run.port.fetch(Why::LookUp, request, timeout, not_after).await;
            match findings.add(read_page(&report, sought, since)?) {
                None => return Some(findings),
                Some(next) => request = endpoint.next_page(&next)?,
            }
        }
        // There is more than can be read.
        findings.doubtful = true;
        Some(findings)
    }

    /// `age` is how long ago the first request was dispatched, in milliseconds.
    async fn judge(&self, sought: &Sought, findings: Findings, age: i64) -> Sure {
        let Findings { mut found, doubtful } = findings;
        if found.is_empty() {
            return if doubtful { Sure::CannotTell } else { Sure::Nothing };
        }
        if age > SIBLINGS_KEPT {
            return Sure::CannotTell;
        }
        let operation = RecipientOperation::Siblings {
            claim: self.key.to_owned(),
            likeness: self.run.keys().hash(&sought.likeness()),
        };
        let answer = self.ask_recipient(Why::LookAtSiblings, sought, operation).await;
        let Ok(RecipientAnswer::Siblings { claims }) = answer else { return Sure::CannotTell };
        for sibling in claims {
            match claim(self.run, Why::LookAtSiblings, &sibling, ClaimOperation::Look).await {
                Ok(ClaimAnswer::Settled { settled, .. }) => {
                    let has_sid = settled.settled_as == SettledAs::Failed || settled.sid.is_some();
                    if !has_sid || settled.doubled {
                        return Sure::CannotTell;
                    }
                    found.retain(|it| {
                        settled.sid.as_deref() != Some(it.sid.as_str())
                            && !settled.also.contains(&it.sid)
                    });
                }
                Ok(ClaimAnswer::Free | ClaimAnswer::Unsettled { unclear: false }) => {}
                _ => return Sure::CannotTell,
            }
        }
        match (found.len(), doubtful, found.into_iter().next()) {
            (1, _, Some(candidate)) => Sure::Exists(candidate),
            (0, false, _) => Sure::Nothing,
            _ => Sure::CannotTell,
        }
    }
}
