//! One message at work: what it is, what is known of it, and how its cells are asked.

use std::cell::RefCell;

use super::look_up::Sought;
use super::{STORE_PAUSE, claim, defer};
use crate::cells::{
    self, Answer, ClaimAnswer, ClaimOperation, Dispatched, RecipientAnswer, RecipientOperation,
    SenderAnswer, SenderOperation, SenderTurn, Settled, SettledAs, Target,
};
use crate::decision::Warning;
use crate::delivery::dispatcher::Run;
use crate::delivery::port::{Port, StoreFailed};
use crate::delivery::{Policy, Why};
use crate::outcome::{Deferral, Outcome, Replied, Reply};
use crate::time::Timestamp;

/// One message, and who works on it.
pub(in crate::delivery) struct Work<'r> {
    pub(in crate::delivery) run: &'r Run,
    pub(in crate::delivery) key: &'r str,
    pub(super) owner: &'r str,
    /// Its place among the event's decisions.
    pub(super) index: usize,
    pub(in crate::delivery) mapping: &'r str,
    /// How the claim ended while it was worked on: a callback told that Twilio accepted the message.
    pub(super) accepted: RefCell<Option<Settled>>,
}

/// What this process knows of a message beside its claim.
#[derive(Default)]
pub(in crate::delivery) struct Progress {
    /// Whether earlier requests were found to have created nothing.
    pub(super) ruled_out: bool,
    /// How long had been waited in all when the last request was dispatched: less than nothing if
    /// another process did it.
    pub(super) dispatched_at: Option<i64>,
    /// What came back last.
    pub(super) last_reply: Option<Reply>,
    /// The recipient's cell that counts the message.
    pub(super) admitted: Option<String>,
    /// Whether it has to, since an earlier request may have created the message.
    pub(super) in_doubt: bool,
    /// Until when the message has a place within the recipient's limit; none if there is no limit.
    pub(super) placed_until: Option<Timestamp>,
    /// The turns that were given for the next request.
    pub(super) turns: Vec<SenderTurn>,
    /// Whether what it takes to send it again is kept.
    pub(in crate::delivery) is_kept: bool,
    pub(super) warnings: Vec<Warning>,
}

impl Progress {
    /// What is known of a message whose last request was dispatched so many milliseconds ago, and
    /// whose next one has these turns.
    pub(super) fn opened(ago: Option<i64>, turns: Vec<SenderTurn>, port: &Port) -> Self {
        let dispatched_at = ago.map(|ago| port.waited() - ago);
        Self { dispatched_at, turns, ..Self::default() }
    }

    pub(super) fn turn_at(&self, sender: &str) -> Option<cells::Turn> {
        self.turns.iter().find(|known| known.sender == sender).map(|known| known.turn)
    }

    pub(super) fn note_turn(&mut self, turn: SenderTurn) {
        self.turns.retain(|known| known.sender != turn.sender);
        self.turns.push(turn);
    }

    /// What came back of a request that this process made and that may have created the message.
    pub(super) fn unclear_reply(&self) -> Option<Reply> {
        self.last_reply.clone().filter(|_| !self.ruled_out)
    }

    /// Whether an earlier request may have created the message, and nobody has found out.
    pub(super) fn is_in_doubt(&self, before: &Dispatched) -> bool {
        !self.ruled_out && before.unclear
    }
}

/// What came of an attempt.
pub(super) enum Attempted {
    /// Another one is due; what the claim holds by now.
    Again(Option<Box<Dispatched>>),
    /// It is over.
    Ended(Box<Outcome>),
    /// Somebody else has taken the claim over.
    Lost,
}

/// The way to an end is a value like any other, so that `?` can take it.
pub(super) type Or<T> = Result<T, Attempted>;

pub(super) fn end<T>(outcome: Outcome) -> Or<T> {
    Err(ended(outcome))
}

pub(super) fn ended(outcome: Outcome) -> Attempted {
    Attempted::Ended(Box::new(outcome))
}

impl Work<'_> {
    pub(super) fn policy(&self) -> &Policy {
        self.run.destination.policy()
    }

    pub(super) fn now(&self) -> Timestamp {
        self.run.port.now()
    }

    /// Asks the claim. What a callback told it meanwhile is noted.
    pub(super) async fn ask_claim(
        &self,
        why: Why,
        operation: ClaimOperation,
    ) -> Result<ClaimAnswer, StoreFailed> {
        let settles = matches!(operation, ClaimOperation::Settle { .. });
        let answer = claim(self.run, why, self.key, operation).await?;
        if let ClaimAnswer::Settled { settled, yours } = &answer
            && (*yours || settles)
            && settled.settled_as == SettledAs::Sent
        {
            *self.accepted.borrow_mut() = Some(settled.clone());
        }
        Ok(answer)
    }

    /// Asks again if the store fails: the operation may be applied twice.
    pub(super) async fn ask_claim_firmly(
        &self,
        why: Why,
        operation: ClaimOperation,
    ) -> Result<ClaimAnswer, StoreFailed> {
        self.run.port.firmly(async || self.ask_claim(why, operation.clone()).await).await
    }

    pub(super) async fn update_claim(&self, why: Why, operation: ClaimOperation) -> Or<()> {
        match self.ask_claim(why, operation).await {
            Ok(ClaimAnswer::Busy { .. } | ClaimAnswer::Lost | ClaimAnswer::Settled { .. }) => {
                Err(Attempted::Lost)
            }
            // A store that fails for a moment costs the lease at worst, which dispatch checks.
            Ok(_) | Err(StoreFailed) => Ok(()),
        }
    }

    pub(super) async fn ask_sender(
        &self,
        why: Why,
        key: &str,
        operation: SenderOperation,
    ) -> Result<SenderAnswer, StoreFailed> {
        match self.run.port.update(why, key, Target::Sender(operation)).await? {
            Answer::Sender(answer) => Ok(answer),
            _ => Err(StoreFailed),
        }
    }

    pub(super) async fn ask_recipient(
        &self,
        why: Why,
        sought: &Sought,
        operation: RecipientOperation,
    ) -> Result<RecipientAnswer, StoreFailed> {
        let key = self.run.keys().recipient(&sought.to);
        match self.run.port.update(why, &key, Target::Recipient(operation)).await? {
            Answer::Recipient(answer) => Ok(answer),
            _ => Err(StoreFailed),
        }
    }

    pub(super) fn replied(&self, reply: Reply, progress: &Progress) -> Replied {
        Replied {
            mapping: self.mapping.to_owned(),
            reply,
            warnings: progress.warnings.clone(),
            recorded: false,
            again_at: None,
        }
    }

    /// How the message ended: as a callback told, whatever this process made of it.
    pub(super) fn corrected(&self, outcome: Outcome, progress: &Progress) -> Outcome {
        match outcome {
            Outcome::Sent(_) => outcome,
            _ => self.reported(progress).unwrap_or(outcome),
        }
    }

    /// The outcome that a callback told of, if one did.
    pub(super) fn reported(&self, progress: &Progress) -> Option<Outcome> {
        let settled = self.accepted.take()?;
        let reply = progress.last_reply.clone().unwrap_or_else(Reply::never_came);
        let reply = reply.with_reported(settled.sid, settled.status);
        let mut replied = self.replied(reply, progress);
        replied.recorded = true;
        Some(Outcome::Sent(replied))
    }

    /// Writes down how it ended. Says whether that worked.
    pub(super) async fn settle(&self, attempt: u32, settled_as: SettledAs, reply: &Reply) -> bool {
        let operation = ClaimOperation::Settle {
            owner: self.owner.to_owned(),
            attempt,
            settled_as,
            code: reply.code.clone(),
            sid: reply.sid.clone(),
            status: reply.status.clone(),
            keep: self.policy().keep_claims,
        };
        let answer = self.ask_claim_firmly(Why::SettleClaim, operation).await;
        matches!(answer, Ok(ClaimAnswer::Settled { .. }))
    }

    /// Writes down that there is no message and is to be none.
    pub(super) async fn settle_failed(
        &self,
        attempt: u32,
        reply: Reply,
        progress: &mut Progress,
    ) -> Outcome {
        let mut replied = self.replied(reply, progress);
        replied.recorded = self.settle(attempt, SettledAs::Failed, &replied.reply).await;
        // A limit is on what the recipient gets.
        self.withdraw(progress).await;
        Outcome::Failed(replied)
    }

    pub(super) async fn settle_unknown(
        &self,
        attempt: u32,
        reply: Reply,
        progress: &Progress,
    ) -> Outcome {
        let mut replied = self.replied(reply, progress);
        replied.recorded = self.settle(attempt, SettledAs::Unknown, &replied.reply).await;
        Outcome::Unknown(replied)
    }

    pub(super) async fn note_refusal(&self, attempt: u32, wait: i64, lease: i64) -> bool {
        let owner = self.owner.to_owned();
        let operation = ClaimOperation::Refused { owner, attempt, wait, lease };
        let answer = self.ask_claim_firmly(Why::RecordRefusal, operation).await;
        matches!(answer, Ok(ClaimAnswer::Done))
    }

    /// Gives the event back to the host, for another time: it has its turns then.
    pub(super) async fn give_back(
        &self,
        progress: &mut Progress,
        why: Deferral,
        wait: i64,
    ) -> Outcome {
        let turns = std::mem::take(&mut progress.turns);
        self.release_with(turns, progress).await;
        defer(self.run, self.mapping.to_owned(), why, wait)
    }

    /// Gives the event back because the store did not do what it was asked to.
    pub(super) async fn store_failed(&self, progress: &mut Progress) -> Outcome {
        self.give_back(progress, self.run.port.store_deferral(), STORE_PAUSE).await
    }

    /// Gives the claim back: nothing is under way.
    pub(super) async fn release(&self, progress: &mut Progress) {
        self.release_with(Vec::new(), progress).await;
    }

    async fn release_with(&self, turns: Vec<SenderTurn>, progress: &mut Progress) {
        self.withdraw(progress).await;
        let release = ClaimOperation::Release { owner: self.owner.to_owned(), turns };
        let _ = self.ask_claim(Why::ReleaseClaim, release).await;
    }

    pub(super) async fn withdraw(&self, progress: &mut Progress) {
        let Some(recipient) = progress.admitted.take().filter(|_| !progress.in_doubt) else {
            return;
        };
        if self.policy().cap.is_none() {
            return;
        }
        let (claim, owner) = (self.key.to_owned(), self.owner.to_owned());
        let target = Target::Recipient(RecipientOperation::Withdraw { claim, owner });
        let _ = self.run.port.update(Why::Withdraw, &recipient, target).await;
    }
}
