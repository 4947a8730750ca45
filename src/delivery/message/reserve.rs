//! The gates before a request: the recipient, the sender's turn, room among the requests under way.

use super::attempt::{START_WITHIN, TWILIO_GOES_ON};
use super::conclude::HALT_PAUSE;
use super::find_out::SIBLINGS_KEPT;
use super::look_up::Sought;
use super::work::{Attempted, Or, Progress, Work, end};
use super::{OPEN_LEASE, dropped};
use crate::cells::{
    Cap, ClaimOperation, Halt, RecipientAnswer, RecipientOperation, SenderAnswer, SenderOperation,
    SenderTurn, SuppressedAs,
};
use crate::decision::{DropCode, DropReason};
use crate::delivery::Why;
use crate::delivery::port::StoreFailed;
use crate::facts::Suppression;
use crate::outcome::{Deferral, Outcome};

/// How many seconds' worth a sender may send at once after a rest. Twilio queues what comes faster
/// than it sends, for hours: the rate keeps the queue short.
const BURST_SECONDS: u32 = 10;

/// How long a sender's turn is waited for at most, in milliseconds: a year. The deadline ends it sooner.
const PATIENCE: i64 = 31_536_000_000;

/// How long to wait at most before looking whether fewer requests are under way, in milliseconds.
const MAX_TURN_PAUSE: u64 = 1_000;

impl Work<'_> {
    /// Reserves a time at the sender, and waits for it. Says whether this is the probe of a halt.
    pub(super) async fn reserve(
        &self,
        sought: &Sought,
        sender: &str,
        (number, segments): (u32, u32),
        progress: &mut Progress,
    ) -> Or<bool> {
        let policy = self.policy();
        let rate = policy.rate_of(sought.sender(), &sought.to);
        let alone = self.run.destination.has_one_sender();
        let all = self.run.keys().all_senders();
        // The sender comes last: nothing that is waited for hides a halt.
        let mut gates = Vec::new();
        if !alone {
            gates.push((all.as_str(), policy.ceiling));
        }
        gates.push((sender, if alone { rate.min(policy.ceiling) } else { rate }));
        let mut probe = false;
        for (key, rate) in gates {
            loop {
                let operation = SenderOperation::Reserve {
                    for_what: format!("{}/{number}", self.key),
                    owner: self.owner.to_owned(),
                    turn: progress.turn_at(key),
                    segments,
                    millirate: rate.saturating_mul(1_000),
                    burst: rate.saturating_mul(BURST_SECONDS),
                    patience: PATIENCE,
                    credentials: self.run.destination.credentials().to_owned(),
                    probe: START_WITHIN + TWILIO_GOES_ON * 2,
                };
                let answer = self.ask_sender(Why::Reserve, key, operation).await;
                let for_ms = match answer {
                    Ok(SenderAnswer::Reserved { in_ms, turn, probe: is_probe }) => {
                        progress.note_turn(SenderTurn { sender: key.to_owned(), turn });
                        if in_ms <= 0 {
                            probe |= is_probe;
                            break;
                        }
                        // Asked again when the time has come: the sender may have been halted by then.
                        in_ms
                    }
                    Ok(SenderAnswer::Halted { halt, for_ms }) => {
                        return end(self.halted(sender, *halt, for_ms, progress).await);
                    }
                    Ok(SenderAnswer::Full { for_ms }) => for_ms.max(1),
                    Ok(SenderAnswer::Done) | Err(StoreFailed) => {
                        return end(self.store_failed(progress).await);
                    }
                };
                self.keep_turns(for_ms, progress).await?;
                self.keep_place(sought, for_ms, progress).await?;
                self.wait_in_line(for_ms, Why::WaitForRate, progress).await?;
            }
        }
        Ok(probe)
    }

    async fn halted(
        &self,
        sender: &str,
        halt: Halt,
        for_ms: i64,
        progress: &mut Progress,
    ) -> Outcome {
        // The cell is asked again once it would let a probe through, and now and then before that,
        // since other credentials may have lifted the halt.
        let until = self.now().plus(for_ms.min(HALT_PAUSE));
        self.run.isolate.borrow_mut().remember_halt(sender, &halt.reply, until);
        self.release(progress).await;
        Outcome::Halted(self.replied(halt.reply, progress))
    }

    /// Keeps the claim over a long wait, and its turns for whoever has to go on after a crash.
    async fn keep_turns(&self, wait: i64, progress: &Progress) -> Or<()> {
        if wait <= OPEN_LEASE / 4 || self.run.port.is_past_deadline(self.now().plus(wait)) {
            return Ok(());
        }
        let (owner, turns) = (self.owner.to_owned(), progress.turns.clone());
        let lease = wait.saturating_add(OPEN_LEASE);
        self.update_claim(Why::KeepTurn, ClaimOperation::Wait { owner, turns, lease }).await
    }

    /// Keeps the place within the recipient's limit over a wait that outlasts it: whoever comes
    /// meanwhile would have it otherwise, and lose it in the same way, so that nothing got through.
    async fn keep_place(&self, sought: &Sought, wait: i64, progress: &mut Progress) -> Or<()> {
        let until = self.now().plus(wait);
        let outlasts = progress.placed_until.is_some_and(|placed| until >= placed);
        if outlasts && !self.run.port.is_past_deadline(until) {
            // Whether they are to be left alone is asked after the wait.
            self.admit(sought, wait, progress).await?;
        }
        Ok(())
    }

    /// Waits while nobody behind may go first.
    pub(super) async fn wait_in_line(
        &self,
        wait: i64,
        why: Why,
        progress: &mut Progress,
    ) -> Or<()> {
        let until = self.now().plus(wait);
        let port = &self.run.port;
        if port.wait(why, until, false).await {
            return Ok(());
        }
        let left = until.millis() - self.now().millis();
        end(self.give_back(progress, Deferral::Rate, left).await)
    }

    /// Waits until fewer requests are under way.
    pub(super) async fn wait_for_turn(&self, progress: &mut Progress) -> Or<()> {
        let mut most = 20;
        while !self.run.isolate.borrow().has_room() {
            let wait = 10 + i64::try_from(self.run.port.random_up_to(most)).unwrap_or(0);
            self.wait_in_line(wait, Why::WaitForTurn, progress).await?;
            most = (most * 2).min(MAX_TURN_PAUSE);
        }
        Ok(())
    }

    /// Asks at the recipient for a message that is to be sent in so many milliseconds. A suppression is handed to the decision, which has words for it.
    pub(super) async fn admit(
        &self,
        sought: &Sought,
        ahead: i64,
        progress: &mut Progress,
    ) -> Or<Option<Suppression>> {
        let policy = self.policy();
        let keys = self.run.keys();
        let operation = RecipientOperation::Admit {
            claim: self.key.to_owned(),
            owner: self.owner.to_owned(),
            likeness: keys.hash(&sought.likeness()),
            sender: keys.hash(&["sender", sought.sender()]),
            cap: policy.cap,
            keep: SIBLINGS_KEPT.saturating_add(self.list_bound()),
            ahead,
        };
        let asked = self.now();
        let answer = self.ask_recipient(Why::Admit, sought, operation).await;
        match answer {
            Ok(RecipientAnswer::Admitted) => {
                progress.admitted = Some(keys.recipient(&sought.to));
                let until = |cap: Cap| asked.plus(ahead).plus(cap.window);
                progress.placed_until = policy.cap.map(until);
                Ok(None)
            }
            Ok(RecipientAnswer::Suppressed { suppressed_as: SuppressedAs::OptedOut }) => {
                Ok(Some(Suppression::OptedOut))
            }
            Ok(RecipientAnswer::Suppressed { suppressed_as: SuppressedAs::BadNumber }) => {
                Ok(Some(Suppression::BadNumber))
            }
            Ok(RecipientAnswer::Capped { .. }) => {
                self.release(progress).await;
                let reason = DropReason::new(DropCode::RecipientLimit).at("$.recipient_limit");
                let warnings = std::mem::take(&mut progress.warnings);
                end(dropped(Some(self.mapping.to_owned()), reason, warnings))
            }
            Ok(RecipientAnswer::Late) => Err(Attempted::Lost),
            Ok(_) | Err(StoreFailed) => end(self.store_failed(progress).await),
        }
    }
}
