//! What must never happen, checked by a model of its own beside the cells.

mod answers;
mod conversions;
mod night;
mod posting;
mod recipient;
mod resends;
mod sender;
mod truth;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use twilio_destination::cells::{Answer, ClaimAnswer, ClaimOperation, Target};

use self::answers::Answers;
use self::conversions::Conversions;
use self::recipient::RecipientModel;
use self::resends::Resends;
use self::sender::SenderModel;
use self::truth::{Asked, Sent, Truth};
use crate::feedback::Feedback;
use crate::night::Night;
use crate::scenario::{BRITISH, OnUnclear, Rates, Scenario, TOKENS, WRITE_KEY};
use crate::store::Updated;
use crate::twilio::authorization;

pub(crate) use self::answers::Named;
pub(crate) use self::conversions::Converting;
pub(crate) use self::posting::{Before, Posting, grant};
pub(crate) use self::resends::MAY_PASS;

/// One message that one event or row wants.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Intent {
    /// The number of its job, and that of its mapping.
    pub(crate) job: usize,
    pub(crate) mapping: usize,
    /// How many messages were sent in its place before, and not delivered.
    pub(crate) again: u32,
}

impl Intent {
    /// What a job wants.
    pub(crate) fn first(job: usize, mapping: usize) -> Self {
        Self { job, mapping, again: 0 }
    }

    /// The same message once more.
    pub(crate) fn once_more(self) -> Self {
        Self { again: self.again + 1, ..self }
    }
}

impl fmt::Display for Intent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { job, mapping, again } = self;
        write!(f, "message {job}/{mapping}")?;
        if *again > 0 { write!(f, ", again {again}") } else { Ok(()) }
    }
}

/// Collects what happened and what must not have.
#[derive(Debug)]
pub(crate) struct Witness {
    /// What went wrong, in words.
    pub(crate) violations: Vec<String>,
    /// Whether something went wrong because the list was slower than the settings allow for.
    pub(crate) is_harmed_by_lag: bool,
    on_unclear: OnUnclear,
    attempts: u32,
    cap: Option<(usize, i64)>,
    is_lag_beyond: bool,
    truths: BTreeMap<Intent, Truth>,
    /// Which deliveries have had a message created.
    created_by: BTreeSet<(usize, Intent)>,
    /// When which delivery saw which claim open.
    seen: BTreeMap<(usize, String), i64>,
    ends: BTreeMap<Intent, BTreeSet<String>>,
    /// Attempts that a request was made for.
    made: BTreeSet<(String, u32)>,
    senders: BTreeMap<String, SenderModel>,
    recipients: BTreeMap<String, RecipientModel>,
    /// Who, by number and sender, is known to have opted out, and since when.
    opted_out: BTreeMap<(String, String), i64>,
    /// When messages to which number were created.
    created_to: BTreeMap<String, Vec<i64>>,
    pub(crate) numbers: Vec<String>,
    secrets: Vec<String>,
    /// Whether the store does what it is asked to, once.
    is_store_sound: bool,
    /// For which message Twilio asked to be left alone for a while.
    asked: BTreeMap<Intent, Asked>,
    night: Option<Night>,
    rates: Rates,
    opted_out_lasts: i64,
    pub(crate) feedback: Feedback,
    /// The messages that exist, by their SIDs.
    sent: BTreeMap<String, Sent>,
    pub(crate) resends: Resends,
    conversions: Conversions,
    pub(crate) answers: Answers,
}

impl Witness {
    pub(crate) fn new(scenario: &Scenario) -> Self {
        Self {
            violations: Vec::new(),
            is_harmed_by_lag: false,
            on_unclear: scenario.on_unclear,
            attempts: scenario.attempts,
            cap: scenario.cap,
            is_lag_beyond: scenario.is_lag_beyond,
            truths: BTreeMap::new(),
            created_by: BTreeSet::new(),
            seen: BTreeMap::new(),
            ends: BTreeMap::new(),
            made: BTreeSet::new(),
            senders: BTreeMap::new(),
            recipients: BTreeMap::new(),
            opted_out: BTreeMap::new(),
            created_to: BTreeMap::new(),
            is_store_sound: scenario.faults.spare_the_store(),
            asked: BTreeMap::new(),
            night: scenario.night,
            rates: scenario.rates,
            opted_out_lasts: scenario.opted_out_lasts,
            feedback: Feedback::default(),
            sent: BTreeMap::new(),
            resends: Resends::new(scenario.resends),
            conversions: Conversions::new(scenario),
            answers: Answers::new(scenario.faults.spare_the_store()),
            numbers: (0..3)
                .chain(BRITISH..BRITISH + 3)
                .map(|person| Scenario::number(person).replace('+', ""))
                .collect(),
            secrets: TOKENS
                .iter()
                .flat_map(|token| [(*token).to_owned(), authorization(token).replace("Basic ", "")])
                .chain([WRITE_KEY.to_owned()])
                .collect(),
        }
    }

    pub(crate) fn object(&mut self, what: impl Into<String>) {
        self.violations.push(what.into());
    }

    /// Nothing secret and nobody's number where they do not belong.
    pub(crate) fn check_store_step(&mut self, key: &str, operation: &str) {
        if self.numbers.iter().any(|number| key.contains(number)) {
            self.object(format!("a phone number stands in the key {key}"));
        }
        if self.secrets.iter().any(|secret| operation.contains(secret)) {
            self.object(format!("a secret stands in an operation on {key}"));
        }
    }

    /// The store has applied an operation, at its own time `at`.
    pub(crate) fn applied(
        &mut self,
        (key, target): (&str, &Target),
        updated: &Updated,
        at: i64,
        now: i64,
    ) {
        let answer = &updated.answer;
        let is_refused = matches!(answer, Answer::Refused(_));
        if is_refused != updated.is_damaged || (is_refused && updated.is_changed) {
            self.object(format!("{key} answered {answer:?}, damaged: {}", updated.is_damaged));
        }
        if is_refused {
            return;
        }
        let wrong = self.feedback.applied((key, target), answer, updated.is_changed);
        self.violations.extend(wrong);
        self.conversions.applied((key, target), answer, at, now);
        self.answers.applied((key, target), answer, now);
        match (target, answer) {
            (
                Target::Claim(ClaimOperation::Refused { attempt, .. }),
                Answer::Claim(ClaimAnswer::Done),
            ) => {
                let whose = self.truths.iter().find(|(_, it)| it.key.as_deref() == Some(key));
                if let Some(asked) = whose.and_then(|(intent, _)| self.asked.get_mut(intent)) {
                    asked.is_recorded |= asked.attempt == *attempt;
                }
            }
            (Target::Sender(operation), Answer::Sender(answer)) => {
                self.applied_to_sender(key, operation, answer, at, now);
            }
            (Target::Recipient(operation), Answer::Recipient(answer)) => {
                self.applied_to_recipient(key, operation, answer, at);
            }
            (Target::Claim(_), Answer::Claim(_))
            | (Target::Note(_), Answer::Note(_))
            | (Target::Profile(_), Answer::Profile(_)) => {}
            (_, answer) => self.object(format!("{key} answered {answer:?}")),
        }
    }

    /// What can only be said at the end.
    pub(crate) fn finish(&mut self) {
        self.check_rates();
        self.check_limits();
    }
}
