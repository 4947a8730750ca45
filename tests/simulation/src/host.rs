//! A host: a process with a dispatcher, a clock of its own, and deliveries under way.

use std::collections::BTreeMap;
use std::rc::Rc;

use twilio_destination::cells::{
    Answer, ClaimAnswer, ClaimOperation, RecipientAnswer, SenderAnswer, SenderOperation, Target,
};
use twilio_destination::delivery::{Delivery, Dispatcher, Why};
use twilio_destination::destination::Destination;

use crate::witness::{Before, Intent, grant};

/// One process.
#[derive(Debug)]
pub(crate) struct Isolate {
    pub(crate) dispatcher: Dispatcher,
    /// How often it was started: what was begun in an earlier life is gone.
    pub(crate) life: u32,
    /// How far its clock is ahead.
    pub(crate) skew: i64,
    pub(crate) running: BTreeMap<usize, Running>,
    /// When it learned that a sender, as in the form, may not send.
    pub(crate) halts: BTreeMap<String, i64>,
    /// Whether its clock has jumped in this life.
    pub(crate) has_jumped: bool,
}

impl Isolate {
    pub(crate) fn new(destination: &Rc<Destination>, skew: i64) -> Self {
        let dispatcher = Dispatcher::new(Rc::clone(destination));
        let (running, halts) = (BTreeMap::new(), BTreeMap::new());
        Self { dispatcher, life: 0, skew, running, halts, has_jumped: false }
    }

    /// Whether it knows of a halt. It may forget what its clock says is long ago: the sender's cell
    /// knows.
    pub(crate) fn knows_halt(&self, sender: &str, now: i64) -> bool {
        !self.has_jumped && self.halts.get(sender).is_some_and(|at| now < at + 60_000)
    }

    /// Ends it with all that it remembers, and starts it again. Answers what it was at work on.
    pub(crate) fn restart(&mut self, destination: &Rc<Destination>) -> Vec<Work> {
        self.dispatcher = Dispatcher::new(Rc::clone(destination));
        self.life += 1;
        self.halts.clear();
        self.has_jumped = false;
        std::mem::take(&mut self.running).into_values().map(|running| running.work).collect()
    }
}

/// What a delivery is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Work {
    /// Something that Twilio calls with, by its number.
    Hook(usize),
    /// An event or a row, by its number.
    Job(usize),
}

/// A delivery under way.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) delivery: Delivery,
    pub(crate) work: Work,
    /// How many steps it has taken.
    pub(crate) step: u64,
    pub(crate) before: Before,
    /// The message that it has posted and had no reply for, and its sender.
    pub(crate) posted: Option<(Intent, String)>,
    /// When it began.
    pub(crate) begun: i64,
    /// Whom it has posted to last, and by which sender.
    pub(crate) whom: Option<(String, String)>,
    /// Whether its host's clock has jumped since.
    pub(crate) has_jumped: bool,
    /// When the store took in what a callback told of a message.
    pub(crate) told_at: Option<i64>,
    claim: String,
    asked: Option<(String, Target)>,
    wait: Option<(Why, i64)>,
}

impl Running {
    pub(crate) fn new(delivery: Delivery, work: Work, begun: i64) -> Self {
        let before = Before::default();
        let claim = String::new();
        Self {
            delivery,
            work,
            step: 0,
            before,
            posted: None,
            begun,
            whom: None,
            has_jumped: false,
            told_at: None,
            claim,
            asked: None,
            wait: None,
        }
    }

    /// It asks the store, while its host's clock shows `shown`.
    pub(crate) fn asks(&mut self, key: &str, target: &Target, shown: i64) {
        if matches!(target, Target::Claim(ClaimOperation::Dispatch { .. })) {
            self.before.dispatched_at.get_or_insert(shown);
        }
        if matches!(target, Target::Claim(ClaimOperation::Open { .. })) {
            if self.claim != key {
                // The next message of the same event.
                key.clone_into(&mut self.claim);
                self.before = Before::default();
            }
            self.before.opened = None;
        }
        self.asked = Some((key.to_owned(), target.clone()));
    }

    /// It waits.
    pub(crate) fn waits(&mut self, why: Why, now: i64) {
        if why != Why::WaitForStore {
            self.before.admitted_at = None;
            self.before.dispatched_at = None;
        }
        self.wait = Some((why, now));
    }

    /// The wait is over.
    pub(crate) fn waited(&mut self, now: i64) {
        if let Some((Why::WaitForRate | Why::WaitForTurn, from)) = self.wait.take() {
            self.before.waits.push((from, now));
        }
    }

    /// The store answered; `applied` is when it did what it was asked to. Answers the key of a
    /// claim that it found unsettled.
    pub(crate) fn answered(&mut self, answer: &Answer, applied: i64) -> Option<String> {
        let (key, target) = self.asked.take()?;
        if matches!(answer, Answer::Claim(ClaimAnswer::Free | ClaimAnswer::Opened { .. })) {
            if matches!(answer, Answer::Claim(ClaimAnswer::Opened { .. })) {
                self.before.opened = Some(key.clone());
            }
            return Some(key);
        }
        match (&target, answer) {
            (Target::Claim(ClaimOperation::Report { .. }), Answer::Claim(_)) => {
                self.told_at = Some(applied);
            }
            (Target::Claim(ClaimOperation::Dispatch { .. }), answer) => {
                self.before.won = grant(answer).map(|(attempt, form)| (key, attempt, form));
                self.before.won_at = Some(applied);
            }
            (
                Target::Sender(SenderOperation::Reserve { .. }),
                Answer::Sender(SenderAnswer::Reserved { in_ms, probe, .. }),
            ) => {
                self.before.reserved.retain(|(known, ..)| *known != key);
                self.before.reserved.push((key, applied, *in_ms));
                self.before.is_probe |= probe;
            }
            (_, Answer::Recipient(RecipientAnswer::Admitted)) => {
                self.before.admitted_at = Some(applied);
                self.before.dispatched_at = None;
            }
            _ => {}
        }
        None
    }

    /// It posts: all that was granted is used up.
    pub(crate) fn posts(&mut self) -> Before {
        std::mem::take(&mut self.before)
    }
}
