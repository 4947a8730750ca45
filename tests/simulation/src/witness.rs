//! What must never happen, checked by a model of its own beside the cells.

use std::collections::{BTreeMap, BTreeSet};

use twilio_destination::cells::{
    Answer, ClaimAnswer, ClaimOperation, OptOperation, RecipientAnswer, RecipientOperation,
    SenderAnswer, SenderOperation, SettledAs, SuppressedAs, Target,
};
use twilio_destination::decision::DropCode;
use twilio_destination::outcome::Outcome;
use twilio_destination::time::Timestamp;

use crate::feedback::Feedback;
use crate::hooks::{Said, Word};
use crate::jobs::Planned;
use crate::night::Night;
use crate::scenario::{BRITISH, OnUnclear, Rates, Scenario, TOKENS, WRITE_KEY};
use crate::store::Updated;
use crate::twilio::{authorization, value_of};

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
    /// The turn that was given, and the time that it was then said to be at.
    turn: i64,
    at: i64,
    /// How long the sender needs for the message, in milliseconds, once it is posted.
    takes: Option<i64>,
}

/// Until when Twilio asked to be left alone, and whom.
#[derive(Clone, Copy, Debug)]
struct Asked {
    until: i64,
    by: usize,
    /// Whether the claim knows that the request was refused: others do not.
    is_recorded: bool,
}

#[derive(Clone, Debug)]
struct HaltModel {
    since: i64,
    credentials: Option<String>,
    probe_from: i64,
}

#[derive(Debug, Default)]
struct RecipientModel {
    suppressed: Vec<SuppressedModel>,
    admitted: BTreeMap<String, i64>,
}

#[derive(Clone, Debug)]
struct SuppressedModel {
    /// The sender's hash; none for all senders.
    sender: Option<String>,
    by: SuppressedAs,
    until: Option<i64>,
}

impl RecipientModel {
    fn is_suppressed(&self, sender: &str, at: i64) -> bool {
        let concerns = |it: &SuppressedModel| {
            it.sender.as_ref().is_none_or(|known| known == sender)
                && it.until.is_none_or(|until| at < until)
        };
        self.suppressed.iter().any(concerns)
    }
}

/// What a host is about to post, and what went before.
#[derive(Debug)]
pub(crate) struct Posting<'p> {
    pub(crate) intent: Intent,
    pub(crate) delivery: usize,
    pub(crate) form: &'p str,
    pub(crate) to: &'p str,
    pub(crate) sender: &'p str,
    /// When the delivery began.
    pub(crate) begun: i64,
    pub(crate) planned: &'p Planned,
    pub(crate) before: &'p Before,
    pub(crate) now: i64,
}

/// What a delivery was granted since its last request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Before {
    /// The claim, the attempt and the form.
    pub(crate) won: Option<(String, u32, String)>,
    /// When the recipient's cell let it through, if nothing was waited for since.
    pub(crate) admitted_at: Option<i64>,
    /// What the host's clock showed when the claim was asked first.
    pub(crate) dispatched_at: Option<i64>,
    /// The keys where times were reserved, when that was, and for how long they said to wait.
    pub(crate) reserved: Vec<(String, i64, i64)>,
    /// Whether the reservation was that of a probe.
    pub(crate) is_probe: bool,
    /// When it waited for its turn, from and to.
    pub(crate) waits: Vec<(i64, i64)>,
    /// Whether this process has learned of a halt.
    pub(crate) knew_halt: bool,
    /// Whether its host's clock has jumped since it began.
    pub(crate) has_jumped: bool,
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
        match (target, answer) {
            (Target::Claim(ClaimOperation::Refused { .. }), Answer::Claim(ClaimAnswer::Done)) => {
                let whose = self.truths.iter().find(|(_, it)| it.key.as_deref() == Some(key));
                if let Some(asked) = whose.and_then(|(intent, _)| self.asked.get_mut(intent)) {
                    asked.is_recorded = true;
                }
            }
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
                SenderOperation::Reserve { for_what, credentials, .. },
                SenderAnswer::Reserved { in_ms, turn, probe },
            ) => {
                // Who has its turn already gets the same one; it may be for other bytes by now.
                let reserved = Reserved { turn: turn.at.millis(), at: at + in_ms, takes: None };
                let known = model.reserved.entry(for_what.clone()).or_insert(reserved);
                if known.turn != reserved.turn {
                    *known = reserved;
                }
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
            (RecipientOperation::Suppress { senders, lasts, suppressed_as: by }, _) => {
                let until = lasts.map(|lasts| at + lasts);
                let all = senders.is_empty().then_some(None);
                let each = senders.iter().cloned().map(Some).chain(all);
                model.suppressed.extend(each.map(|sender| SuppressedModel {
                    sender,
                    by: *by,
                    until,
                }));
                let is_right = match by {
                    SuppressedAs::BadNumber => lasts.is_none() && senders.is_empty(),
                    SuppressedAs::OptedOut => *lasts == Some(self.opted_out_lasts),
                };
                if !is_right {
                    self.object(format!("{key} is suppressed as {by:?} for {lasts:?} ms"));
                }
            }
            (
                RecipientOperation::Hear { opts: Some(OptOperation::In), senders, .. },
                RecipientAnswer::Heard { news: true, .. },
            ) => model.suppressed.retain(|it| {
                let is_named = it.sender.as_ref().is_some_and(|sender| senders.contains(sender));
                it.by != SuppressedAs::OptedOut || !is_named
            }),
            (
                RecipientOperation::Hear { opts: Some(OptOperation::Out), senders, .. },
                RecipientAnswer::Heard { news: true, .. },
            ) => model.suppressed.extend(senders.iter().map(|sender| SuppressedModel {
                sender: Some(sender.clone()),
                by: SuppressedAs::OptedOut,
                until: None,
            })),
            (
                RecipientOperation::Withdraw { claim, .. },
                RecipientAnswer::Done { changed: true },
            ) => {
                model.admitted.remove(claim);
            }
            (RecipientOperation::Admit { sender, .. }, RecipientAnswer::Suppressed { .. })
                if !model.is_suppressed(sender, at) =>
            {
                self.object(format!("{key} is not suppressed, and was not admitted"));
            }
            (RecipientOperation::Admit { claim, sender, .. }, RecipientAnswer::Admitted) => {
                model.admitted.entry(claim.clone()).or_insert(at);
                let is_suppressed = model.is_suppressed(sender, at);
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
        let Posting { intent, delivery, form, to, sender, begun, planned, before, now } = posting;
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
        if !planned.consents {
            self.object(format!("{who} is posted without consent"));
        }
        match before.admitted_at {
            None => self.object(format!("{who} is posted without asking at its recipient")),
            Some(admitted) => {
                let since = self.feedback.opted_out_since(to, sender);
                if since.is_some_and(|since| since < admitted) {
                    self.object(format!("{who} is posted to somebody who said STOP"));
                }
            }
        }
        if let Some(night) = self.night.filter(|_| !before.has_jumped) {
            self.check_night(night, posting);
        }
        let whom = (to.to_string(), sender.to_string());
        let until = *now - self.opted_out_lasts + SLACK;
        if self.opted_out.get(&whom).is_some_and(|since| until < *since && since < begun) {
            self.object(format!("{who} is posted to somebody who is known to have opted out"));
        }
        let asked = self.asked.remove(intent);
        if asked.is_some_and(|it| (it.is_recorded || it.by == *delivery) && *now < it.until) {
            self.object(format!("{who} is posted before the time that Retry-After gave"));
        }
        if before.knew_halt && !before.is_probe {
            self.object(format!("{who} is posted though this process knows of a halt"));
        }
        if before.reserved.is_empty() {
            self.object(format!("{who} is posted without a reservation"));
        }
        self.charge(posting);
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

    /// Notes what a message takes of the rates, by what the settings say and Twilio gives: of its
    /// sender's, and of that of all senders.
    fn charge(&mut self, posting: &Posting<'_>) {
        let Posting { form, to, sender, before, .. } = posting;
        let Some((claim, attempt, _)) = &before.won else { return };
        let Rates { of_sender, total } = self.rates;
        // Senders are long codes and a service, which may have a single one.
        let is_abroad = sender.starts_with('+') && !to.starts_with("+1");
        let rate = of_sender.unwrap_or(if is_abroad { 10 } else { 1 });
        let segments = segments_of(&value_of(form, "Body"));
        let has_one = before.reserved.len() == 1;
        for (place, (key, ..)) in before.reserved.iter().enumerate() {
            let rate = match (has_one, place) {
                (true, _) => rate.min(total),
                (false, 0) => total,
                (false, _) => rate,
            };
            let reserved = self.senders.get_mut(key).map(|sender| &mut sender.reserved);
            let found = reserved.and_then(|all| all.get_mut(&format!("{claim}/{attempt}")));
            match found {
                Some(reserved) => reserved.takes = Some(segments * 1_000 / rate),
                None => self.object(format!("{claim} has no time of its own at {key}")),
            }
        }
    }

    /// Nobody is texted at night: by the clock of its host, which decides, a message is dispatched
    /// outside quiet hours, or scheduled for then, and may give up before they begin.
    fn check_night(&mut self, night: Night, posting: &Posting<'_>) {
        let Posting { intent, form, to, planned, before, .. } = posting;
        let Some(now) = before.dispatched_at else { return };
        let is_quiet = |at| night.is_quiet(planned.place, to, at);
        let time = value_of(form, "SendAt");
        if !time.is_empty() {
            let at = Timestamp::parse(&time).expect("a time").millis();
            if is_quiet(at) {
                self.object(format!("message {intent:?} is scheduled for {time}, in quiet hours"));
            }
        } else if is_quiet(now) {
            self.object(format!("message {intent:?} is dispatched in quiet hours"));
        } else if night.then == "shorten" {
            let seconds: i64 = value_of(form, "ValidityPeriod").parse().unwrap_or(36_000);
            if (0..seconds / 60).any(|minute| is_quiet(now + minute * 60_000)) {
                self.object(format!("message {intent:?} may be sent in quiet hours"));
            }
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

    /// Twilio asked a host not to be asked again before then.
    pub(crate) fn wait(&mut self, by: usize, intent: Intent, until: i64) {
        self.asked.insert(intent, Asked { until, by, is_recorded: false });
    }

    /// Notes that a delivery saw a claim that was not settled.
    pub(crate) fn saw_open(&mut self, delivery: usize, key: &str, now: i64) {
        self.seen.insert((delivery, key.to_owned()), now);
    }

    /// A delivery has learned that somebody opted out of a sender's messages, and written it down.
    pub(crate) fn opted_out(&mut self, to: &str, sender: &str, now: i64) {
        if self.is_store_sound {
            self.opted_out.insert((to.to_owned(), sender.to_owned()), now);
        }
    }

    /// The store has applied what somebody wrote for the first time.
    pub(crate) fn hears(&mut self, said: &Said, own: &str, now: i64) {
        self.feedback.opts(said, own, now);
        if said.word == Word::Start {
            self.opted_out.retain(|(number, _), _| *number != said.number);
        }
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
            let posted = sender.reserved.values();
            let mut all: Vec<(i64, i64)> =
                posted.filter_map(|it| Some((it.at, it.takes?))).collect();
            all.sort_unstable();
            for (first, (start, _)) in all.iter().enumerate() {
                let (mut sum, mut longest) = (0, BURST);
                for (at, takes) in &all[first..] {
                    sum += takes;
                    longest = longest.max(*takes);
                    // A millisecond for what was rounded.
                    if sum > at - start + longest + 1 {
                        too_fast.push(format!("{key} sends more than its rate allows"));
                    }
                }
            }
        }
        too_fast.dedup();
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

/// How much a sender may send at once after a rest: what it sends in ten seconds.
const BURST: i64 = 10_000;

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

/// How many segments a text takes: all that is sent here is ASCII, or has a letter that forces UCS-2.
fn segments_of(text: &str) -> i64 {
    let (one, each) = if text.is_ascii() { (160, 153) } else { (70, 67) };
    let length = text.chars().count();
    if length <= one { 1 } else { length.div_ceil(each) as i64 }
}
