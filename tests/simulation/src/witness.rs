//! What must never happen, checked by a model of its own beside the cells.

use std::collections::{BTreeMap, BTreeSet};

use twilio_destination::cells::{
    Answer, ClaimAnswer, RecipientAnswer, RecipientOperation, SenderAnswer, SenderOperation,
    SettledAs, Target,
};
use twilio_destination::decision::DropCode;
use twilio_destination::outcome::Outcome;

use crate::scenario::{OnUnclear, Scenario, TOKENS};
use crate::twilio::authorization;

/// One message that one event or row wants: the number of its job and that of its mapping.
pub(crate) type Intent = (usize, usize);

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
    numbers: Vec<String>,
    secrets: Vec<String>,
}

/// What really became of a message.
#[derive(Debug, Default)]
pub(crate) struct Truth {
    pub(crate) accepted: u32,
    pub(crate) posted: u32,
    /// Requests that the host learned of that they created nothing.
    pub(crate) refused: u32,
    /// The key of its claim, and when the first request that created it was made.
    key: Option<String>,
    first_accepted: Option<i64>,
}

#[derive(Debug, Default)]
struct SenderModel {
    reserved: BTreeMap<String, Reserved>,
    halt: Option<HaltModel>,
}

#[derive(Clone, Copy, Debug)]
struct Reserved {
    at: i64,
    segments: i64,
    rate: i64,
    burst: i64,
}

#[derive(Clone, Debug)]
struct HaltModel {
    since: i64,
    credentials: Option<String>,
    probe_from: i64,
}

#[derive(Debug, Default)]
struct RecipientModel {
    /// Senders by their hashes, none for all of them, and until when.
    suppressed: Vec<(Option<String>, Option<i64>)>,
    admitted: BTreeMap<String, i64>,
}

/// What a host is about to post, and what went before.
#[derive(Debug)]
pub(crate) struct Posting<'p> {
    pub(crate) intent: Intent,
    pub(crate) form: &'p str,
    pub(crate) to: &'p str,
    pub(crate) sender: &'p str,
    /// When the delivery began.
    pub(crate) begun: i64,
    /// Whether the person whom the event is about consents.
    pub(crate) consents: bool,
    pub(crate) before: &'p Before,
    pub(crate) now: i64,
}

/// What a delivery was granted since its last request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Before {
    /// The claim, the attempt and the form.
    pub(crate) won: Option<(String, u32, String)>,
    pub(crate) is_admitted: bool,
    /// The keys where times were reserved, when that was, and for how long they said to wait.
    pub(crate) reserved: Vec<(String, i64, i64)>,
    /// Whether the reservation was that of a probe.
    pub(crate) is_probe: bool,
    /// When it waited for its turn, from and to.
    pub(crate) waits: Vec<(i64, i64)>,
    /// Before when Twilio asked not to be asked again, and for which message.
    pub(crate) not_before: Option<(Intent, i64)>,
    /// Whether this process has learned of a halt.
    pub(crate) knew_halt: bool,
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
            numbers: (0..3).map(|person| Scenario::number(person).replace('+', "")).collect(),
            secrets: TOKENS
                .iter()
                .flat_map(|token| [(*token).to_owned(), authorization(token).replace("Basic ", "")])
                .collect(),
        }
    }

    pub(crate) fn truth(&mut self, intent: Intent) -> &mut Truth {
        self.truths.entry(intent).or_default()
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
        key: &str,
        target: &Target,
        answer: &Answer,
        at: i64,
        now: i64,
    ) {
        match (target, answer) {
            (Target::Sender(operation), Answer::Sender(answer)) => {
                self.applied_to_sender(key, operation, answer, at, now);
            }
            (Target::Recipient(operation), Answer::Recipient(answer)) => {
                self.applied_to_recipient(key, operation, answer, at);
            }
            (Target::Claim(_), Answer::Claim(_)) | (Target::Profile(_), Answer::Profile(_)) => {}
            (_, answer) => self.object(format!("{key} answered {answer:?}")),
        }
    }

    fn applied_to_sender(
        &mut self,
        key: &str,
        operation: &SenderOperation,
        answer: &SenderAnswer,
        at: i64,
        now: i64,
    ) {
        let model = self.senders.entry(key.to_owned()).or_default();
        match (operation, answer) {
            (SenderOperation::Halt { credentials, pause, .. }, _) => {
                let probe_from = at + pause;
                let credentials = credentials.clone();
                if model.halt.as_ref().is_none_or(|halt| at >= halt.probe_from) {
                    model.halt = Some(HaltModel { since: now, credentials, probe_from });
                }
            }
            (SenderOperation::Lift { .. }, _) => model.halt = None,
            (
                SenderOperation::Reserve {
                    for_what, segments, millirate, burst, credentials, ..
                },
                SenderAnswer::Reserved { in_ms, probe, .. },
            ) => {
                let reserved = Reserved {
                    at: at + in_ms,
                    segments: i64::from(*segments),
                    rate: i64::from(*millirate),
                    burst: i64::from(*burst),
                };
                model.reserved.entry(for_what.clone()).or_insert(reserved);
                let others = |halt: &HaltModel| {
                    halt.credentials.as_ref().is_some_and(|refused| refused != credentials)
                };
                if model.halt.as_ref().is_some_and(others) {
                    model.halt = None;
                }
                let Some(halt) = model.halt.clone() else { return };
                if !probe {
                    self.object(format!("{key} is halted, and a time was reserved all the same"));
                } else if at < halt.probe_from {
                    self.object(format!("{key} is halted, and was tried again too soon"));
                }
            }
            _ => {}
        }
    }

    fn applied_to_recipient(
        &mut self,
        key: &str,
        operation: &RecipientOperation,
        answer: &RecipientAnswer,
        at: i64,
    ) {
        let cap = self.cap;
        let model = self.recipients.entry(key.to_owned()).or_default();
        match (operation, answer) {
            (RecipientOperation::Suppress { senders, lasts, .. }, _) => {
                let until = lasts.map(|lasts| at + lasts);
                if senders.is_empty() {
                    model.suppressed.push((None, until));
                }
                model.suppressed.extend(senders.iter().map(|sender| (Some(sender.clone()), until)));
            }
            (RecipientOperation::Withdraw { claim }, _) => drop(model.admitted.remove(claim)),
            (RecipientOperation::Admit { claim, sender, .. }, RecipientAnswer::Admitted) => {
                let concerns = |(whom, until): &(Option<String>, Option<i64>)| {
                    whom.as_ref().is_none_or(|whom| whom == sender)
                        && until.is_none_or(|until| at < until)
                };
                let is_suppressed = model.suppressed.iter().any(concerns);
                model.admitted.entry(claim.clone()).or_insert(at);
                let over = cap.is_some_and(|(max, window)| {
                    model.admitted.values().filter(|then| at < **then + window).count() > max
                });
                if is_suppressed {
                    self.object(format!("{key} is suppressed, and was admitted all the same"));
                }
                if over {
                    self.object(format!("{key} was admitted more often than the limit allows"));
                }
            }
            _ => {}
        }
    }

    /// A host posts a create request.
    pub(crate) fn posts(&mut self, posting: &Posting<'_>) {
        let Posting { intent, form, to, sender, begun, consents, before, now } = posting;
        self.truth(*intent).posted += 1;
        let who = format!("message {intent:?}");
        match &before.won {
            None => self.object(format!("{who} is posted without its claim")),
            Some((key, attempt, won)) => {
                let truth = self.truth(*intent);
                truth.key = Some(key.clone());
                if !self.made.insert((key.clone(), *attempt)) {
                    self.object(format!("{who} is posted twice for attempt {attempt}"));
                }
                if won != form {
                    self.object(format!("{who} is posted with other bytes than were dispatched"));
                }
            }
        }
        if !consents {
            self.object(format!("{who} is posted without consent"));
        }
        if !before.is_admitted {
            self.object(format!("{who} is posted without asking at its recipient"));
        }
        let whom = (to.to_string(), sender.to_string());
        if self.opted_out.get(&whom).is_some_and(|since| since < begun) {
            self.object(format!("{who} is posted to somebody who is known to have opted out"));
        }
        if before.not_before.is_some_and(|(whose, from)| whose == *intent && *now < from) {
            self.object(format!("{who} is posted before the time that Retry-After gave"));
        }
        if before.knew_halt && !before.is_probe {
            self.object(format!("{who} is posted though this process knows of a halt"));
        }
        if before.reserved.is_empty() {
            self.object(format!("{who} is posted without a reservation"));
        }
        for (key, at, in_ms) in &before.reserved {
            if *now < at + in_ms {
                self.object(format!("{who} is posted before its reserved time"));
            }
            let halt = self.senders.get(key).and_then(|sender| sender.halt.as_ref());
            let since = halt.map_or(i64::MIN, |halt| halt.since);
            let during = |(from, to): &(i64, i64)| at <= from && *from <= since && since < *to;
            if !before.is_probe && before.waits.iter().any(during) {
                self.object(format!("{who} is posted, and its sender was halted as it waited"));
            }
        }
        let truth = self.truth(*intent);
        let unclear = truth.posted - truth.refused;
        if unclear > self.attempts {
            self.object(format!("{who} is posted in {unclear} attempts that may have created it"));
        }
    }

    /// Twilio has created a message.
    pub(crate) fn accepted(&mut self, delivery: usize, intent: Intent, posted: i64) {
        self.created_by.insert((delivery, intent));
        let truth = self.truth(intent);
        truth.first_accepted = Some(truth.first_accepted.map_or(posted, |at| at.min(posted)));
        truth.accepted += 1;
        let accepted = truth.accepted;
        if accepted > 1 && self.on_unclear != OnUnclear::Resend {
            self.blame(format!("message {intent:?} was created {accepted} times"));
        }
    }

    /// Notes that a delivery saw a claim that was not settled.
    pub(crate) fn saw_open(&mut self, delivery: usize, key: &str, now: i64) {
        self.seen.insert((delivery, key.to_owned()), now);
    }

    /// A delivery has learned that somebody opted out of a sender's messages, and written it down.
    pub(crate) fn opted_out(&mut self, to: &str, sender: &str, now: i64) {
        self.opted_out.entry((to.to_owned(), sender.to_owned())).or_insert(now);
    }

    /// Twilio has created a message to that number.
    pub(crate) fn created_to(&mut self, to: String, now: i64) {
        self.created_to.entry(to).or_default().push(now);
    }

    /// A delivery is done.
    pub(crate) fn ended(&mut self, delivery: usize, intent: Intent, outcome: &Outcome) {
        match outcome {
            // The settings here name no conversions.
            Outcome::Confirmed(_) => self.object("a conversion is told of that nobody named"),
            Outcome::Deferred(_) => self.check_nothing_sent(delivery, intent, "deferred"),
            Outcome::Dropped(dropped) => match &dropped.first {
                Some(first) => self.settled(intent, first.settled_as),
                None if dropped.reason.code != DropCode::Duplicate => {
                    self.check_nothing_sent(delivery, intent, "dropped");
                }
                None => self.object("a duplicate is reported without its first outcome"),
            },
            Outcome::Failed(replied) => {
                self.check_nothing_sent(delivery, intent, "failed");
                if replied.recorded {
                    self.settled(intent, SettledAs::Failed);
                }
            }
            Outcome::Halted(_) => self.check_nothing_sent(delivery, intent, "halted"),
            Outcome::Sent(replied) => {
                if self.truth(intent).accepted == 0 {
                    self.blame(format!("message {intent:?} is reported as sent, and was not"));
                }
                if replied.recorded {
                    self.settled(intent, SettledAs::Sent);
                }
            }
            Outcome::Unknown(replied) if replied.recorded => {
                self.settled(intent, SettledAs::Unknown);
            }
            Outcome::Unknown(_) => {}
        }
    }

    /// An outcome says that nothing was sent. Somebody who works on the same event at the same time
    /// may send it still; what had been sent when this delivery looked, it had to know of.
    fn check_nothing_sent(&mut self, delivery: usize, intent: Intent, what: &str) {
        let truth = self.truth(intent);
        let (accepted, key, first) = (truth.accepted, truth.key.clone(), truth.first_accepted);
        let seen = key.and_then(|key| self.seen.get(&(delivery, key)).copied());
        let before = seen.zip(first).is_some_and(|(seen, first)| first < seen);
        if accepted > 0 && (before || self.created_by.contains(&(delivery, intent))) {
            self.blame(format!("message {intent:?} was created, and is {what}"));
        }
    }

    fn settled(&mut self, intent: Intent, end: SettledAs) {
        let accepted = self.truth(intent).accepted;
        match end {
            SettledAs::Sent if accepted == 0 => {
                self.blame(format!("message {intent:?} is settled as sent, and was not"));
            }
            SettledAs::Failed if accepted > 0 => {
                self.blame(format!("message {intent:?} is settled as failed, and was created"));
            }
            _ => {}
        }
        let ends = self.ends.entry(intent).or_default();
        ends.insert(format!("{end:?}"));
        if ends.contains("Sent") && ends.contains("Failed") {
            let ends = ends.clone();
            self.blame(format!("message {intent:?} ended in more than one way: {ends:?}"));
        }
    }

    /// Objects, unless the list was slower than the settings allow for: then it had to come so.
    fn blame(&mut self, what: String) {
        if self.is_lag_beyond && self.on_unclear == OnUnclear::Reconcile {
            self.is_harmed_by_lag = true;
        } else {
            self.object(what);
        }
    }

    /// How many requests were made, and how many messages created.
    pub(crate) fn totals(&self) -> (u64, u64) {
        let sum = |of: fn(&Truth) -> u32| self.truths.values().map(|it| u64::from(of(it))).sum();
        (sum(|it| it.posted), sum(|it| it.accepted))
    }

    /// What can only be said at the end.
    pub(crate) fn finish(&mut self) {
        let mut too_fast = Vec::new();
        for (key, sender) in &self.senders {
            let mut all: Vec<&Reserved> = sender.reserved.values().collect();
            all.sort_by_key(|reserved| reserved.at);
            for (first, start) in all.iter().enumerate() {
                let mut sum = 0;
                for reserved in &all[first..] {
                    sum += reserved.segments;
                    let burst = reserved.burst.max(reserved.segments);
                    // In thousandths of a segment; a millisecond for what was rounded.
                    let may = burst * 1_000 + (reserved.at - start.at + 1) * reserved.rate / 1_000;
                    if sum * 1_000 > may {
                        too_fast.push(format!("{key} reserved more than its rate allows"));
                    }
                }
            }
        }
        self.violations.extend(too_fast);
        // Those who want a message sent twice rather than not at all get it past the limit.
        let is_doubled = self.is_lag_beyond || self.on_unclear == OnUnclear::Resend;
        let Some((max, window)) = self.cap.filter(|_| !is_doubled) else { return };
        let mut too_often = Vec::new();
        for (to, times) in &mut self.created_to {
            times.sort_unstable();
            let crowd = |(first, last): (&i64, &i64)| last - first < window - SLACK;
            if times.iter().zip(times.iter().skip(max)).any(crowd) {
                too_often.push(format!("{to} got more than {max} messages in {window} ms"));
            }
        }
        self.violations.extend(too_often);
    }
}

/// How much later than its recipient was asked a message may be created, in milliseconds.
const SLACK: i64 = 200_000;

/// Whether an answer grants a request, and for which form.
pub(crate) fn grant(answer: &Answer) -> Option<(u32, String)> {
    match answer {
        Answer::Claim(ClaimAnswer::Won { dispatched, .. }) => {
            Some((dispatched.attempt, dispatched.form.clone()))
        }
        _ => None,
    }
}
