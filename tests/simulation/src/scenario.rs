//! What a schedule is set up with: settings, events, clocks, and which faults there are.

use serde_json::{Value, json};

use crate::draw::Draw;

/// Noon of a day in winter: the time at which every schedule starts.
pub(crate) const START: i64 = 1_768_478_400_000;

/// The account, and the senders.
pub(crate) const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";
pub(crate) const TOKENS: [&str; 2] =
    ["c0ffee5ec2e70000c0ffee5ec2e70001", "c0ffee5ec2e70000c0ffee5ec2e70002"];
const SENDERS: [&str; 2] = ["+14155551234", "+14155555678"];
const SERVICE: &str = "MG0123456789abcdef0123456789abcdef";

/// What is texted, before what tells the mappings apart.
pub(crate) const MARKERS: [&str; 2] = ["Order: ", "Note: "];

/// The end of a process in mid-work.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Kill {
    /// At which step of the schedule, counted from 0.
    pub step: u64,
    /// Whether what the step asks for is still done.
    pub is_done: bool,
}

/// What the settings say of replies that are unclear.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum OnUnclear {
    Hold,
    Reconcile,
    Resend,
}

impl OnUnclear {
    fn setting(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::Reconcile => "reconcile",
            Self::Resend => "resend",
        }
    }
}

/// How a list shows the text of a message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Rewriting {
    Plain,
    Redacted,
    Smart,
    Trial,
}

/// Everything that is settled before the first event.
#[derive(Debug)]
pub(crate) struct Scenario {
    /// The settings, once with each token.
    pub(crate) settings: [Value; 2],
    pub(crate) on_unclear: OnUnclear,
    pub(crate) attempts: u32,
    /// How many requests a process may have under way at once.
    pub(crate) at_once: usize,
    /// How many messages in how many milliseconds a recipient gets.
    pub(crate) cap: Option<(usize, i64)>,
    pub(crate) jobs: Vec<Planned>,
    /// How far each isolate's clock is ahead.
    pub(crate) skews: Vec<i64>,
    pub(crate) store_skew: i64,
    pub(crate) twilio_skew: i64,
    /// How long a message may take to appear in the list, in milliseconds.
    pub(crate) lag: (i64, i64),
    /// Whether that is longer than the settings allow for.
    pub(crate) is_lag_beyond: bool,
    pub(crate) rewriting: Rewriting,
    /// How long the queue waits for an acknowledgement.
    pub(crate) visibility: i64,
    /// How long a delivery may take, if its host limits that.
    pub(crate) deadline: Option<i64>,
    pub(crate) faults: Faults,
    /// When the token stops working, and when the hosts get the new one.
    pub(crate) renewal: Option<(i64, i64)>,
    /// When the sender is switched off, and when it works again.
    pub(crate) outage: Option<(i64, i64)>,
    /// Who texts STOP, and when.
    pub(crate) stops: Vec<(usize, i64)>,
    /// When there are no more faults.
    pub(crate) calm: i64,
    /// Numbers that Twilio refuses.
    pub(crate) bad_numbers: Vec<String>,
}

/// What is to be delivered.
#[derive(Clone, Debug)]
pub(crate) struct Planned {
    pub(crate) content: Value,
    /// The number of the row, if it is one.
    pub(crate) row: Option<u64>,
    /// Whether the recipient consents.
    pub(crate) consents: bool,
    /// When it is delivered: more than once, if somebody sent it twice.
    pub(crate) at: Vec<i64>,
}

/// How often what goes wrong, in a hundred thousand.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Faults {
    pub(crate) connection_refused: u64,
    pub(crate) request_lost: u64,
    pub(crate) reply_lost: u64,
    pub(crate) reply_cut: u64,
    pub(crate) late: u64,
    pub(crate) server_error: u64,
    pub(crate) server_error_created: u64,
    pub(crate) unavailable: u64,
    pub(crate) rate_limited: u64,
    pub(crate) queue_full: u64,
    pub(crate) unclear_limit: u64,
    pub(crate) daily_limit: u64,
    pub(crate) redirected: u64,
    pub(crate) refused: u64,
    pub(crate) bad_number: u64,
    pub(crate) list_failed: u64,
    pub(crate) store_failed_before: u64,
    pub(crate) store_failed_after: u64,
    pub(crate) store_slow: u64,
    pub(crate) store_late: u64,
    pub(crate) forgets: u64,
    pub(crate) killed: u64,
    pub(crate) trapped: u64,
    pub(crate) oversleeps: u64,
    pub(crate) stops: u64,
    pub(crate) stalls: u64,
    pub(crate) jumps: u64,
}

impl Faults {
    /// Whether the store always does what it is asked to.
    pub(crate) fn spare_the_store(&self) -> bool {
        self.store_failed_before + self.store_failed_after + self.store_late == 0
    }

    fn draw(draw: &mut Draw) -> Self {
        // A schedule in which everything fails at once hides what a few faults do.
        let scale = *draw.pick(&[0, 20, 60, 150, 300]);
        let mut some = |most: i64| {
            let is_on = draw.in_1000(450);
            if is_on { draw.between(0, scale * most).unsigned_abs() } else { 0 }
        };
        Self {
            connection_refused: some(100),
            request_lost: some(100),
            reply_lost: some(150),
            reply_cut: some(80),
            late: some(80),
            server_error: some(100),
            server_error_created: some(100),
            unavailable: some(80),
            rate_limited: some(100),
            queue_full: some(30),
            unclear_limit: some(40),
            daily_limit: some(10),
            redirected: some(10),
            refused: some(30),
            bad_number: 0,
            list_failed: some(150),
            store_failed_before: some(50),
            store_failed_after: some(50),
            store_slow: some(50),
            store_late: some(30),
            forgets: some(150),
            killed: some(30),
            trapped: some(20),
            oversleeps: some(80),
            stops: some(60),
            stalls: some(50),
            jumps: some(20),
        }
    }
}

impl Scenario {
    pub(crate) fn new(seed: u64, is_small: bool) -> Self {
        let mut draw = Draw::new(seed, 1);
        let draw = &mut draw;
        let on_unclear = *draw.pick(&[
            OnUnclear::Reconcile,
            OnUnclear::Reconcile,
            OnUnclear::Reconcile,
            OnUnclear::Hold,
            OnUnclear::Resend,
        ]);
        let attempts = *draw.pick(&[1, 2, 3, 3, 5]);
        let timeout = *draw.pick(&[2_000, 10_000, 30_000]);
        let list_lag = *draw.pick(&[10, 30, 120]);
        let is_lag_beyond = draw.in_1000(100);
        let bound = list_lag * 1_000;
        let lag = if is_lag_beyond { (bound + 60_000, bound * 6 + 120_000) } else { (0, bound) };
        let cap = draw
            .in_1000(250)
            .then(|| (draw.between(1, 2) as usize, *draw.pick(&[60_000, 3_600_000, 86_400_000])));
        let window = *draw.pick(&[14_400, 14_400, 300, 0]);
        let profile_wait = *draw.pick(&[0, 0, 2_000, 30_000]);
        let rate = draw.in_1000(400).then(|| (*draw.pick(&[1, 1, 2]), *draw.pick(&[1, 5, 100])));
        let both = draw.in_1000(200);
        let service = draw.in_1000(300);
        let settings = TOKENS.map(|token| {
            let sender =
                if service { ("messaging_service_sid", SERVICE) } else { ("from", SENDERS[0]) };
            let mut mappings = vec![mapping("order", MARKERS[0], None)];
            if both {
                mappings.push(mapping("note", MARKERS[1], Some(SENDERS[1])));
            }
            let mut settings = json!({
                "account_sid": ACCOUNT,
                "auth_token": token,
                "match": if both { "all" } else { "first" },
                "mappings": mappings,
                "row": { "to": "{{ to }}", "body": "Order: {{ text }}" },
                "consent": { "categories": ["orders"] },
                "request_timeout_ms": timeout,
                "delivery": {
                    "on_unclear": on_unclear.setting(),
                    "list_lag_seconds": list_lag,
                    "attempts": attempts,
                    "retry_seconds": window,
                },
                "profiles": { "wait_for_profile_ms": profile_wait },
            });
            if let Some(rate) = rate {
                settings["rate"] =
                    json!({ "requests_at_once": rate.0, "segments_per_second": rate.1 });
            }
            settings[sender.0] = json!(sender.1);
            if let Some((messages, window)) = cap {
                settings["recipient_limit"] =
                    json!({ "messages": messages, "seconds": window / 1_000 });
            }
            settings
        });
        let isolates = draw.between(1, 3) as usize;
        let people = draw.between(1, 3) as usize;
        let jobs = jobs(draw, is_small, people);
        let mut faults = Faults::draw(draw);
        if is_small {
            faults = Faults { killed: 0, trapped: 0, ..faults };
        }
        let later = |draw: &mut Draw| START + draw.between(0, 120_000);
        Self {
            settings,
            on_unclear,
            attempts,
            at_once: rate.map_or(10, |(at_once, _)| at_once),
            cap,
            jobs,
            skews: (0..isolates).map(|_| draw.between(-300_000, 300_000)).collect(),
            store_skew: draw.between(-15_000, 15_000),
            twilio_skew: draw.between(-15_000, 15_000),
            lag,
            is_lag_beyond,
            rewriting: *draw.pick(&[
                Rewriting::Plain,
                Rewriting::Plain,
                Rewriting::Smart,
                Rewriting::Trial,
                Rewriting::Redacted,
            ]),
            visibility: *draw.pick(&[20_000, 90_000, 600_000]),
            deadline: draw.in_1000(300).then(|| draw.between(3_000, 60_000)),
            renewal: draw.in_1000(100).then(|| {
                let at = later(draw);
                (at, at + draw.between(1_000, 900_000))
            }),
            outage: draw.in_1000(100).then(|| {
                let at = later(draw);
                (at, at + draw.between(1_000, 3_600_000))
            }),
            stops: if draw.in_1000(300) { vec![(0, later(draw))] } else { Vec::new() },
            calm: START + draw.between(60_000, 1_800_000),
            faults,
            bad_numbers: Vec::new(),
        }
    }

    /// A run of messages that have nothing to do with each other, for comparing rules: every one to
    /// somebody else, one a second, with these faults all the time.
    pub(crate) fn comparison(
        seed: u64,
        messages: u64,
        on_unclear: OnUnclear,
        faults: Faults,
    ) -> Self {
        let mut draw = Self::numbers(seed);
        let settings = TOKENS.map(|token| {
            json!({
                "account_sid": ACCOUNT,
                "auth_token": token,
                "from": SENDERS[0],
                "mappings": [mapping("order", MARKERS[0], None)],
                "consent": { "require": false },
                "delivery": { "on_unclear": on_unclear.setting() },
            })
        });
        let mut bad_numbers = Vec::new();
        let jobs = (0..messages).map(|number| {
            let phone = format!("+1202{number:07}");
            if draw.in_100_000(faults.bad_number) {
                bad_numbers.push(phone.clone());
            }
            let content = json!({
                "type": "track",
                "event": "Order Placed",
                "messageId": format!("event-{number}"),
                "context": { "traits": { "phone": phone } },
                "properties": { "text": "ready" },
            });
            let at = vec![START + i64::try_from(number).unwrap_or_default() * 1_000];
            Planned { content, row: None, consents: true, at }
        });
        Self {
            settings,
            on_unclear,
            attempts: 3,
            at_once: 10,
            cap: None,
            jobs: jobs.collect(),
            skews: vec![0],
            store_skew: 0,
            twilio_skew: 0,
            lag: (0, 60_000),
            is_lag_beyond: false,
            rewriting: Rewriting::Plain,
            visibility: 86_400_000,
            deadline: None,
            renewal: None,
            outage: None,
            stops: Vec::new(),
            calm: START + 86_400_000,
            faults,
            bad_numbers,
        }
    }

    /// What decides whose numbers are bad in such a run.
    pub(crate) fn numbers(seed: u64) -> Draw {
        Draw::new(seed, 4)
    }

    /// A person's number.
    pub(crate) fn number(person: usize) -> String {
        format!("+1201555{:04}", 123 + person)
    }
}

fn mapping(name: &str, marker: &str, from: Option<&str>) -> Value {
    let mut mapping = json!({
        "name": name,
        "trigger": "Order Placed",
        "body": format!("{marker}{{{{ properties.text }}}}"),
    });
    if let Some(from) = from {
        mapping["from"] = json!(from);
    }
    mapping
}

/// Events and rows. Texts are few, so that some messages cannot be told apart.
fn jobs(draw: &mut Draw, is_small: bool, people: usize) -> Vec<Planned> {
    let count = if is_small { draw.between(1, 2) } else { draw.between(1, 7) };
    let spread = *draw.pick(&[0, 5_000, 200_000]);
    let moves = draw.in_1000(100);
    let mut jobs: Vec<Planned> = (0..count)
        .map(|number| {
            let person = draw.between(0, people as i64 - 1) as usize;
            let phone = Scenario::number(person);
            let text = *draw.pick(&["it\u{2019}s on its way", "ready", "ready"]);
            let mut at = vec![START + draw.between(0, spread)];
            while draw.in_1000(300) && at.len() < 4 {
                at.push(at[0] + *draw.pick(&[0, 0, 40, 3_000, 70_000, 400_000]));
            }
            let kind = draw.between(0, 9);
            let consents = kind == 0 || !draw.in_1000(50);
            if kind == 0 {
                let content = json!({ "to": phone, "text": text });
                return Planned { content, row: Some(number.unsigned_abs()), consents, at };
            }
            let mut event = json!({
                "type": "track",
                "event": "Order Placed",
                "messageId": format!("event-{number}"),
                "userId": format!("user-{person}"),
                "context": { "consent": { "categoryPreferences": { "orders": consents } } },
                "properties": { "text": text },
            });
            match kind {
                // Who it goes to, only the profile knows, and that changes.
                1 | 2 => {
                    let other = Scenario::number(draw.between(0, people as i64 - 1) as usize);
                    event = json!({
                        "type": "identify",
                        "messageId": format!("event-{number}"),
                        "userId": format!("user-{person}"),
                        "traits": { "phone": other },
                    });
                }
                3..=5 => {}
                _ => event["context"]["traits"] = json!({ "phone": phone }),
            }
            Planned { content: event, row: None, consents, at }
        })
        .collect();
    if moves {
        jobs.extend(moving());
    }
    jobs
}

/// Somebody gets a new number, and the event that texts them is delivered before and after.
fn moving() -> [Planned; 3] {
    let identify = |number: usize| {
        json!({
            "type": "identify",
            "messageId": format!("moving-{number}"),
            "timestamp": format!("2026-01-15T11:59:{number:02}Z"),
            "userId": "moving",
            "traits": { "phone": Scenario::number(number) },
        })
    };
    let event = json!({
        "type": "track",
        "event": "Order Placed",
        "messageId": "moving",
        "userId": "moving",
        "context": { "consent": { "categoryPreferences": { "orders": true } } },
        "properties": { "text": "ready" },
    });
    let planned = |content, at: &[i64]| {
        let at = at.iter().map(|at| START + at).collect();
        Planned { content, row: None, consents: true, at }
    };
    [
        planned(identify(0), &[0]),
        planned(identify(1), &[60_000]),
        planned(event, &[20_000, 100_000]),
    ]
}
