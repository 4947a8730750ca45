//! Conversions: what Twilio is told of messages that did what they were sent for.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use twilio_destination::cells::{
    Answer, ClaimAnswer, ProfileAnswer, ProfileOperation, SettledAs, Target,
};
use twilio_destination::decision::DropCode;
use twilio_destination::outcome::Outcome;
use twilio_destination::time::Timestamp;

use super::{Before, Intent, Witness};
use crate::conversions::Conversion;
use crate::scenario::{MAPPINGS, Scenario};
use crate::twilio::value_of;

/// How much later than the event a message may have been noted that led to it, in milliseconds.
const SKEW: i64 = 5_000;

/// So many of a user's messages are looked at before those before them are passed over.
const LOOKED_AT: usize = 10;

/// What is known of messages and of those who were told of them.
#[derive(Debug)]
pub(super) struct Conversions {
    named: Vec<Conversion>,
    store_skew: i64,
    /// When it was first noted with its user that a message is sent, by its claim and the store's
    /// clock.
    noted: BTreeMap<String, i64>,
    /// Since when the store knows of a claim that its message was sent, and since when it knows the
    /// SID.
    sent: BTreeMap<String, i64>,
    with_sid: BTreeMap<String, i64>,
    /// The key of the claim under which Twilio is told of a message, by its SID.
    keys: BTreeMap<String, String>,
    /// What Twilio took, and what it was asked to take.
    taken: BTreeSet<String>,
    asked: BTreeSet<String>,
    /// Since when an outcome says that Twilio was told, and that this is written down.
    over: BTreeMap<String, i64>,
}

/// An event that may be a conversion, and the delivery of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Converting<'c> {
    pub(crate) job: usize,
    pub(crate) content: &'c Value,
    /// When the delivery began.
    pub(crate) begun: i64,
}

impl Converting<'_> {
    fn user(&self) -> Option<&str> {
        self.content["userId"].as_str()
    }

    fn happened(&self) -> i64 {
        let text = self.content["timestamp"].as_str().expect("a time");
        Timestamp::parse(text).expect("a time").millis()
    }
}

/// A message that an event may be credited to.
struct Candidate<'w> {
    noted: i64,
    key: &'w str,
    intent: Intent,
}

impl Conversions {
    pub(super) fn new(scenario: &Scenario) -> Self {
        Self {
            named: scenario.conversions.clone(),
            store_skew: scenario.store_skew,
            noted: BTreeMap::new(),
            sent: BTreeMap::new(),
            with_sid: BTreeMap::new(),
            keys: BTreeMap::new(),
            taken: BTreeSet::new(),
            asked: BTreeSet::new(),
            over: BTreeMap::new(),
        }
    }

    /// The store has applied an operation, at its own time `at`.
    pub(super) fn applied(
        &mut self,
        (key, target): (&str, &Target),
        answer: &Answer,
        at: i64,
        now: i64,
    ) {
        match (target, answer) {
            (
                Target::Profile(ProfileOperation::Tell { claim, .. }),
                Answer::Profile(ProfileAnswer::Told { joined: None, .. }),
            ) => {
                self.noted.entry(claim.clone()).or_insert(at);
            }
            (
                _,
                Answer::Claim(
                    ClaimAnswer::Settled { settled, .. } | ClaimAnswer::Reported { settled, .. },
                ),
            ) if settled.settled_as == SettledAs::Sent => {
                self.sent.entry(key.to_owned()).or_insert(now);
                if settled.sid.is_some() {
                    self.with_sid.entry(key.to_owned()).or_insert(now);
                }
            }
            _ => {}
        }
    }
}

impl Witness {
    /// A host tells Twilio that the message with this SID did what it was sent for.
    pub(crate) fn confirms(&mut self, sid: &str, converting: Converting<'_>, before: &Before) {
        let Some(key) = before.opened.clone() else {
            return self.object(format!("Twilio is told of {sid} without a claim"));
        };
        if *self.conversions.keys.entry(sid.to_owned()).or_insert_with(|| key.clone()) != key {
            self.object(format!("Twilio is told of {sid} under two claims"));
        }
        if self.conversions.over.get(sid).is_some_and(|since| *since < converting.begun) {
            self.object(format!("Twilio is told of {sid} again"));
        }
        let Some(sent) = self.sent.get(sid) else {
            return self.object(format!("Twilio is told of {sid}, which does not exist"));
        };
        let mut wrong = Vec::new();
        if sent.user.as_deref() != converting.user() {
            wrong.push(format!("Twilio is told of {sid} by somebody else's event"));
        }
        let begun = converting.begun + self.conversions.store_skew;
        let is_credited = |named: &Conversion| {
            let candidates = self.candidates(named, &converting);
            candidates.iter().any(|it| it.intent == sent.intent && begun < it.noted + named.within)
        };
        if !self.conversions.named.iter().any(is_credited) {
            wrong.push(format!("Twilio is told of {sid}, which did not lead to the event"));
        }
        self.violations.extend(wrong);
    }

    /// Twilio was told of a message; `is_taken` says whether it took that.
    pub(crate) fn confirmed(&mut self, sid: &str, is_taken: bool) {
        self.conversions.asked.insert(sid.to_owned());
        if is_taken {
            self.conversions.taken.insert(sid.to_owned());
        }
    }

    /// A delivery of an event is done, with these outcomes of conversions: one for each that it is.
    pub(crate) fn converted(
        &mut self,
        converting: Converting<'_>,
        outcomes: &[&Outcome],
        is_conversion: bool,
        now: i64,
    ) {
        let named = self.conversions.named.clone();
        let expected = if is_conversion { named.len() } else { 0 };
        if outcomes.len() != expected {
            let count = outcomes.len();
            self.object(format!("{expected} conversions have {count} outcomes"));
        }
        for (named, outcome) in named.iter().zip(outcomes) {
            self.check_converted(named, converting, outcome, now);
        }
    }

    fn check_converted(
        &mut self,
        named: &Conversion,
        converting: Converting<'_>,
        outcome: &Outcome,
        now: i64,
    ) {
        let mut wrong = Vec::new();
        let known = &self.conversions;
        let candidates = self.candidates(named, &converting);
        let is_before = |since: Option<&i64>| since.is_some_and(|at| *at < converting.begun);
        let was_sent = |it: &Candidate<'_>| is_before(known.sent.get(it.key));
        let was_known = |it: &Candidate<'_>| is_before(known.with_sid.get(it.key));
        match outcome {
            Outcome::Confirmed(replied) => {
                let sid = replied.reply.sid.clone().unwrap_or_default();
                let place = self
                    .sent
                    .get(&sid)
                    .and_then(|sent| candidates.iter().position(|it| it.intent == sent.intent));
                match place {
                    None => wrong.push(format!("{} is confirmed by {sid}", named.name)),
                    Some(place) if candidates[..place].iter().any(was_sent) => {
                        wrong.push(format!("{} is confirmed by {sid}, not the last", named.name));
                    }
                    Some(_) => {}
                }
                if !known.taken.contains(&sid) {
                    wrong.push(format!("{sid} is confirmed, and Twilio does not know"));
                }
                if replied.recorded {
                    self.conversions.over.entry(sid).or_insert(now);
                }
            }
            Outcome::Dropped(dropped) if dropped.reason.code == DropCode::MessageNotFound => {
                let until = now + known.store_skew;
                // One that was sent, and whose SID nobody knew, was the last.
                let last = candidates
                    .iter()
                    .find(|it| known.sent.contains_key(it.key))
                    .filter(|it| was_known(it) && until < it.noted + named.within);
                if last.is_some() && known.noted.len() <= LOOKED_AT {
                    wrong.push(format!("{} finds no message, and there is one", named.name));
                }
            }
            Outcome::Dropped(dropped) if dropped.reason.code == DropCode::Duplicate => {
                let first = dropped.first.as_ref();
                let sid = first.and_then(|first| first.sid.clone()).unwrap_or_default();
                let told = match first.map(|first| first.settled_as) {
                    Some(SettledAs::Sent) => &known.taken,
                    _ => &known.asked,
                };
                if !told.contains(&sid) {
                    wrong.push(format!("{sid} counts as confirmed, and Twilio does not know"));
                }
            }
            Outcome::Deferred(_) | Outcome::Failed(_) | Outcome::Halted(_) => {}
            Outcome::Dropped(_) | Outcome::Sent(_) | Outcome::Unknown(_) => {
                wrong.push(format!("{} ends as {outcome:?}", named.name));
            }
        }
        self.violations.extend(wrong);
    }

    /// The messages that were created for the event's user, that Twilio waits for feedback on and
    /// that were under way when it happened, the last one first.
    fn candidates(&self, named: &Conversion, converting: &Converting<'_>) -> Vec<Candidate<'_>> {
        let happened = converting.happened();
        let mut all: Vec<Candidate<'_>> = self
            .sent
            .values()
            .filter(|sent| {
                sent.user.as_deref() == converting.user()
                    && sent.intent.job != converting.job
                    && value_of(&sent.form, "ProvideFeedback") == "true"
                    && named.mapping.is_none_or(|name| name == MAPPINGS[sent.intent.mapping])
            })
            .filter_map(|sent| {
                let key = self.truths.get(&sent.intent)?.key.as_deref()?;
                let noted = *self.conversions.noted.get(key)?;
                Some(Candidate { noted, key, intent: sent.intent })
            })
            .filter(|it| it.noted <= happened + SKEW)
            .collect();
        all.sort_by(|a, b| (b.noted, b.key).cmp(&(a.noted, a.key)));
        all.dedup_by_key(|it| it.intent);
        all
    }
}
