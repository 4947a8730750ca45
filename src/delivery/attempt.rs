//! One attempt: what stands before a create request, the request, and what follows from the reply.

use std::cell::RefCell;

use super::dispatcher::Run;
use super::gather::{Draft, Ready};
use super::isolate::Turn;
use super::look_up::{Candidate, Findings, MAX_PAGES, PAGE_SIZE, Sought, read_page};
use super::message::{OPEN_LEASE, STORE_PAUSE, claim, defer, dropped};
use super::port::{Port, StoreFailed};
use super::retry::back_off;
use super::{OnUnclear, Policy, Why, callback};
use crate::cells::{
    self, Answer, ClaimAnswer, ClaimOperation, Dispatched, Halt, RecipientAnswer,
    RecipientOperation, SenderAnswer, SenderOperation, SenderTurn, Settled, SettledAs,
    SuppressedAs, Target,
};
use crate::decision::{DropCode, DropReason, Warning};
use crate::facts::Suppression;
use crate::http::FetchRequest;
use crate::outcome::{Deferral, Deferred, Outcome, Replied, Reply};
use crate::time::Timestamp;
use crate::twilio::response::{Meaning, ReplyCode, Verdict, interpret_report};

/// How long after a dispatch the host may still start the request, in milliseconds.
const START_WITHIN: i64 = 10_000;

/// How long Twilio may go on with a request after the host gave it up, in milliseconds.
const TWILIO_GOES_ON: i64 = 30_000;

/// How often a store that failed is asked again before the delivery gives up.
pub(super) const STORE_TRIES: u32 = 3;

/// When the list is asked after an unclear reply, in milliseconds, until it must show the message.
const LOOKS: [i64; 4] = [2_000, 8_000, 20_000, 60_000];

/// How often a look that failed is taken again.
const MAX_LOOKS: u32 = 12;

/// How long a halted sender rests before one message is tried, in milliseconds, and at most.
const HALT_PAUSE: i64 = 300_000;
const MAX_HALT_PAUSE: i64 = 3_600_000;

/// How many seconds' worth a sender may send at once after a rest. Twilio queues what comes faster
/// than it sends, for hours: the rate keeps the queue short.
const BURST_SECONDS: u32 = 10;

/// How long a sender's turn is waited for at most, in milliseconds: a year. The deadline ends it sooner.
const PATIENCE: i64 = 31_536_000_000;

/// How much time must be left after a wait, in milliseconds, so that another attempt makes sense.
const WORTH_WAITING: i64 = 2_000;

/// How long to wait at most before looking whether fewer requests are under way, in milliseconds.
const MAX_TURN_PAUSE: u64 = 1_000;

/// For how long messages that are alike are known, in milliseconds: a day. What is looked for later
/// cannot be told from them.
const SIBLINGS_KEPT: i64 = 86_400_000;

/// The shortest time that a request is worth starting with, in milliseconds.
const LEAST_TIMEOUT: i64 = 1_000;

/// One message, and who works on it.
pub(super) struct Work<'r> {
    pub(super) run: &'r Run,
    pub(super) key: &'r str,
    pub(super) owner: &'r str,
    /// Its place among the event's decisions.
    pub(super) index: usize,
    pub(super) mapping: &'r str,
    /// How the claim ended while it was worked on: a callback told that Twilio accepted the message.
    pub(super) accepted: RefCell<Option<Settled>>,
}

/// What this process knows of a message beside its claim.
#[derive(Default)]
pub(super) struct Progress {
    /// Whether earlier requests were found to have created nothing.
    ruled_out: bool,
    /// How long had been waited in all when the last request was dispatched: less than nothing if
    /// another process did it.
    dispatched_at: Option<i64>,
    /// What came back last.
    last_reply: Option<Reply>,
    /// The recipient's cell that counts the message.
    admitted: Option<String>,
    /// Whether it has to, since an earlier request may have created the message.
    in_doubt: bool,
    /// The turns that were given for the next request.
    turns: Vec<SenderTurn>,
    /// Whether what it takes to send it again is kept.
    pub(super) is_kept: bool,
    warnings: Vec<Warning>,
}

impl Progress {
    /// What is known of a message whose last request was dispatched so many milliseconds ago, and
    /// whose next one has these turns.
    pub(super) fn opened(ago: Option<i64>, turns: Vec<SenderTurn>, port: &Port) -> Self {
        let dispatched_at = ago.map(|ago| port.waited() - ago);
        Self { dispatched_at, turns, ..Self::default() }
    }

    fn turn_at(&self, sender: &str) -> Option<cells::Turn> {
        self.turns.iter().find(|known| known.sender == sender).map(|known| known.turn)
    }

    fn note_turn(&mut self, turn: SenderTurn) {
        self.turns.retain(|known| known.sender != turn.sender);
        self.turns.push(turn);
    }

    /// What came back of a request that this process made and that may have created the message.
    pub(super) fn unclear_reply(&self) -> Option<Reply> {
        self.last_reply.clone().filter(|_| !self.ruled_out)
    }

    /// Whether an earlier request may have created the message, and nobody has found out.
    fn is_in_doubt(&self, before: &Dispatched) -> bool {
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
type Or<T> = Result<T, Attempted>;

fn end<T>(outcome: Outcome) -> Or<T> {
    Err(Attempted::Ended(Box::new(outcome)))
}

impl Work<'_> {
    fn policy(&self) -> &Policy {
        self.run.destination.policy()
    }

    fn now(&self) -> Timestamp {
        self.run.port.now()
    }

    /// Asks the claim. What a callback told it meanwhile is noted.
    async fn ask_claim(
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
        let what = (number, ready.segments);
        let mut probe = self.reserve(&sought, &sender, what, progress).await?;
        #[cfg(not(feature = "page"))]
        if self.tell_profile(&sought.to, &ready.form).await.is_err() {
            return end(self.give_back(progress, Deferral::StoreFailed, STORE_PAUSE).await);
        }
        let turn = loop {
            if let Some(turn) = Turn::take(&self.run.isolate) {
                break turn;
            }
            self.wait_for_turn(progress).await?;
            // The sender may have been halted meanwhile.
            probe |= self.reserve(&sought, &sender, what, progress).await?;
        };
        // Last of all, and after every wait: somebody may have said stop.
        let suppression = self.admit(&sought, progress).await?;
        let ready = self.decide(suppression, before.as_ref(), progress).await?;
        self.check_known_halts(&sender, progress).await?;
        let timeout = self.timeout(progress).await?;
        #[cfg(not(feature = "page"))]
        self.keep_message(&ready, progress).await;
        let asked = self.now();
        let form = self.marked(ready.form, before.is_some());
        let dispatched = self.dispatch(number, form, timeout, progress).await?;
        progress.dispatched_at = Some(self.run.port.waited());
        progress.ruled_out = false;
        progress.turns.clear();
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
            self.create(request, timeout, not_after).await
        };
        drop(turn);
        let conclusion = Concluding { number, sender, probe, sought, dispatched };
        Ok(self.conclude(conclusion, &meaning, progress).await)
    }

    /// Whether there may be another attempt at all.
    async fn check_limits(&self, before: &Dispatched, progress: &Progress) -> Or<()> {
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
            let mut replied = self.replied(reply, progress);
            replied.recorded = self.settle(before.attempt, SettledAs::Failed, &replied.reply).await;
            return end(Outcome::Failed(replied));
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

    /// Reserves a time at the sender, and waits for it. Says whether this is the probe of a halt.
    async fn reserve(
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
                        return end(self
                            .give_back(progress, Deferral::StoreFailed, STORE_PAUSE)
                            .await);
                    }
                };
                self.keep_turns(for_ms, progress).await?;
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

    /// Waits while nobody behind may go first.
    async fn wait_in_line(&self, wait: i64, why: Why, progress: &mut Progress) -> Or<()> {
        let until = self.now().plus(wait);
        let port = &self.run.port;
        if port.wait(why, until, false).await {
            return Ok(());
        }
        let left = until.millis() - self.now().millis();
        end(self.give_back(progress, Deferral::Rate, left).await)
    }

    /// Asks at the recipient. A suppression is handed to the decision, which has words for it.
    async fn admit(&self, sought: &Sought, progress: &mut Progress) -> Or<Option<Suppression>> {
        let policy = self.policy();
        let keys = self.run.keys();
        let operation = RecipientOperation::Admit {
            claim: self.key.to_owned(),
            owner: self.owner.to_owned(),
            likeness: keys.hash(&sought.likeness()),
            sender: keys.hash(&["sender", sought.sender()]),
            cap: policy.cap,
            keep: SIBLINGS_KEPT.saturating_add(self.list_bound()),
            origin: self.run.origin(self.mapping).map(Box::new),
            remember: policy.keep_claims,
        };
        let answer = self.ask_recipient(Why::Admit, sought, operation).await;
        match answer {
            Ok(RecipientAnswer::Admitted) => {
                progress.admitted = Some(keys.recipient(&sought.to));
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
            Ok(_) | Err(StoreFailed) => {
                end(self.give_back(progress, Deferral::StoreFailed, STORE_PAUSE).await)
            }
        }
    }

    /// Waits until fewer requests are under way.
    async fn wait_for_turn(&self, progress: &mut Progress) -> Or<()> {
        let mut most = 20;
        while !self.run.isolate.borrow().has_room() {
            let wait = 10 + i64::try_from(self.run.port.random_up_to(most)).unwrap_or(0);
            self.wait_in_line(wait, Why::WaitForTurn, progress).await?;
            most = (most * 2).min(MAX_TURN_PAUSE);
        }
        Ok(())
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
                end(defer(self.run, self.mapping.to_owned(), Deferral::StoreFailed, STORE_PAUSE))
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

    async fn conclude(
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
                let mut replied = self.replied(reply, progress);
                if at.dispatched.doubled {
                    // This one failed, and an earlier one may still have been accepted.
                    replied.recorded =
                        self.settle(at.number, SettledAs::Unknown, &replied.reply).await;
                    return ended(Outcome::Unknown(replied));
                }
                replied.recorded = self.settle(at.number, SettledAs::Failed, &replied.reply).await;
                // A limit is on what the recipient gets.
                self.withdraw(progress).await;
                ended(Outcome::Failed(replied))
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
        if meaning.reply == ReplyCode::SenderQueueFull {
            let _ = self
                .ask_sender(Why::RecordRest, &at.sender, SenderOperation::Rest { lasts: wait })
                .await;
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
    fn list_bound(&self) -> i64 {
        let timeout = i64::from(self.run.destination.request_timeout_ms());
        START_WITHIN + timeout + TWILIO_GOES_ON + self.policy().list_lag
    }

    /// How much time has certainly passed since the last dispatch. Only waits count: a clock that
    /// jumps ahead would have the list looked at too early for the last time.
    fn passed(&self, progress: &Progress) -> i64 {
        let waited = self.run.port.waited();
        waited - progress.dispatched_at.unwrap_or(waited)
    }

    /// The same for the first dispatch.
    fn since_first(&self, dispatched: &Dispatched, progress: &Progress) -> i64 {
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

    async fn settle_unknown(&self, attempt: u32, reply: Reply, progress: &Progress) -> Outcome {
        let mut replied = self.replied(reply, progress);
        replied.recorded = self.settle(attempt, SettledAs::Unknown, &replied.reply).await;
        Outcome::Unknown(replied)
    }

    /// Writes down how it ended. Says whether that worked.
    async fn settle(&self, attempt: u32, settled_as: SettledAs, reply: &Reply) -> bool {
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

    async fn note_refusal(&self, attempt: u32, wait: i64, lease: i64) -> bool {
        let owner = self.owner.to_owned();
        let operation = ClaimOperation::Refused { owner, attempt, wait, lease };
        let answer = self.ask_claim_firmly(Why::RecordRefusal, operation).await;
        matches!(answer, Ok(ClaimAnswer::Done))
    }

    /// Gives the event back to the host, for another time: it has its turns then.
    async fn give_back(&self, progress: &mut Progress, why: Deferral, wait: i64) -> Outcome {
        let turns = std::mem::take(&mut progress.turns);
        self.release_with(turns, progress).await;
        defer(self.run, self.mapping.to_owned(), why, wait)
    }

    /// Gives the claim back: nothing is under way.
    async fn release(&self, progress: &mut Progress) {
        self.release_with(Vec::new(), progress).await;
    }

    async fn release_with(&self, turns: Vec<SenderTurn>, progress: &mut Progress) {
        self.withdraw(progress).await;
        let release = ClaimOperation::Release { owner: self.owner.to_owned(), turns };
        let _ = self.ask_claim(Why::ReleaseClaim, release).await;
    }

    async fn withdraw(&self, progress: &mut Progress) {
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

    async fn update_claim(&self, why: Why, operation: ClaimOperation) -> Or<()> {
        match self.ask_claim(why, operation).await {
            Ok(ClaimAnswer::Busy { .. } | ClaimAnswer::Lost | ClaimAnswer::Settled { .. }) => {
                Err(Attempted::Lost)
            }
            // A store that fails for a moment costs the lease at worst, which dispatch checks.
            Ok(_) | Err(StoreFailed) => Ok(()),
        }
    }

    /// Asks again if the store fails: the operation may be applied twice.
    async fn ask_claim_firmly(
        &self,
        why: Why,
        operation: ClaimOperation,
    ) -> Result<ClaimAnswer, StoreFailed> {
        for _ in 1..STORE_TRIES {
            if let Ok(answer) = self.ask_claim(why, operation.clone()).await {
                return Ok(answer);
            }
            let until = self.now().plus(STORE_PAUSE);
            if !self.run.port.wait(Why::WaitForStore, until, false).await {
                break;
            }
        }
        self.ask_claim(why, operation).await
    }

    async fn ask_sender(
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

    async fn ask_recipient(
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

    fn replied(&self, reply: Reply, progress: &Progress) -> Replied {
        Replied {
            mapping: self.mapping.to_owned(),
            reply,
            warnings: progress.warnings.clone(),
            recorded: false,
            again_at: None,
        }
    }
}

/// What Twilio's code says of the recipient, for every message or for those of this sender.
pub(super) fn suppression(
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

/// What an attempt is concluded from.
struct Concluding {
    number: u32,
    sender: String,
    probe: bool,
    sought: Sought,
    dispatched: Dispatched,
}

/// What Twilio's list says.
enum Sure {
    CannotTell,
    Exists(Candidate),
    Nothing,
}

fn ended(outcome: Outcome) -> Attempted {
    Attempted::Ended(Box::new(outcome))
}
