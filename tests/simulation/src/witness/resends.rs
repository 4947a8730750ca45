//! Messages that are sent again: those that were not delivered, for a reason that may pass, and only
//! as often as the settings say.

use std::collections::{BTreeMap, BTreeSet};

use super::{Intent, Posting, Witness};
use crate::hooks::Told;
use crate::twilio::{sender_of, value_of};

/// Reasons that may pass, by Twilio's codes.
pub(crate) const MAY_PASS: [u32; 4] = [30_003, 30_008, 30_017, 30_410];

/// What was told of a message: its SID, its status, and why it was not delivered.
type Word = (String, &'static str, Option<u32>);

/// What callbacks told of messages, and what was to follow.
#[derive(Debug)]
pub(crate) struct Resends {
    /// How many messages may be sent in the place of one.
    most: u32,
    /// What the store was told of each message, and under which SID.
    told: BTreeMap<Intent, BTreeSet<Word>>,
    /// Since when the store knows of a message that it arrived.
    arrived: BTreeMap<Intent, i64>,
    /// Whether a message was to be sent again by all that was told, when a delivery told the store
    /// of it at some time.
    decided: BTreeMap<(usize, i64), bool>,
    /// What was to be sent again, and nothing was said of that; and what was said to have come of
    /// messages that were to be.
    passed_over: BTreeSet<Intent>,
    answered: BTreeSet<Intent>,
}

impl Resends {
    pub(super) fn new(most: u32) -> Self {
        Self {
            most,
            told: BTreeMap::new(),
            arrived: BTreeMap::new(),
            decided: BTreeMap::new(),
            passed_over: BTreeSet::new(),
            answered: BTreeSet::new(),
        }
    }

    /// A delivery has dealt with a callback on a message; `is_answered` says whether it told what
    /// came of sending it again.
    pub(crate) fn handled(&mut self, by: (usize, i64), intent: Intent, is_answered: bool) {
        if is_answered {
            self.answered.insert(intent);
        } else if intent.again < self.most && self.decided.get(&by) == Some(&true) {
            self.passed_over.insert(intent);
        }
    }

    /// The store has taken a status in that a delivery told it of.
    pub(crate) fn told(&mut self, delivery: usize, told: &Told, now: i64) {
        let all = self.told.entry(told.intent).or_default();
        all.insert((told.sid.clone(), told.status, told.error));
        if has_arrived(told.status) {
            self.arrived.entry(told.intent).or_insert(now);
        }
        let is_due = self.is_due(told.intent);
        self.decided.entry((delivery, now)).or_insert(is_due);
    }

    /// Whether a message is to be sent again by all that was told.
    fn is_due(&self, intent: Intent) -> bool {
        let Some(all) = self.told.get(&intent) else { return false };
        let may_pass = |(_, status, error): &Word| {
            matches!(*status, "failed" | "undelivered")
                && error.is_some_and(|code| MAY_PASS.contains(&code))
        };
        let arrived = |(_, status, _): &Word| has_arrived(status);
        // Of two messages, the other one may have arrived.
        let is_one = all.iter().all(|(sid, ..)| all.iter().all(|(other, ..)| sid == other));
        is_one && all.iter().any(may_pass) && !all.iter().any(arrived)
    }
}

fn has_arrived(status: &str) -> bool {
    matches!(status, "delivered" | "read")
}

impl Witness {
    /// A host posts a message in the place of another.
    pub(super) fn check_again(&mut self, posting: &Posting<'_>) {
        let Posting { intent, delivery, form, in_place_of, .. } = posting;
        let Some((sid, told_at)) = in_place_of else { return };
        let due = told_at.and_then(|at| self.resends.decided.get(&(*delivery, at)));
        if due != Some(&true) {
            self.object(format!("{intent} is posted, and nothing that was told asks for it"));
        }
        if intent.again > self.resends.most {
            self.object(format!("{intent} is posted more often than the settings say"));
        }
        let earlier = (0..intent.again).map(|again| Intent { again, ..*intent });
        let is_known = |since: &i64| posting.before.won_at.is_some_and(|won| *since < won);
        let arrived = |it: &Intent| self.resends.arrived.get(it).is_some_and(is_known);
        if let Some(earlier) = earlier.clone().find(arrived) {
            self.object(format!("{intent} is dispatched, and {earlier} was known to have arrived"));
        }
        let before = &self.sent[*sid].form;
        let is_same = |name| value_of(form, name) == value_of(before, name);
        if !is_same("To") || !is_same("Body") || sender_of(form) != sender_of(before) {
            self.object(format!("{intent} is not the same message"));
        }
    }

    /// No message that was to be sent again was passed over; where the store failed or a process
    /// ended, some may be.
    pub(crate) fn check_passed_over(&mut self) {
        let is_excused = !self.is_store_sound || self.is_lag_beyond;
        for intent in std::mem::take(&mut self.resends.passed_over) {
            let is_answered = self.resends.answered.contains(&intent);
            let is_done = is_answered || self.truth(intent.once_more()).posted > 0;
            let is_alone = self.truth(intent).posted == 1;
            // Another callback may have told meanwhile that it arrived.
            if !is_excused && !is_done && is_alone && self.resends.is_due(intent) {
                self.object(format!("{intent} was to be sent again, and nobody tried"));
            }
        }
    }
}
