//! What a schedule is set up with: settings, events, clocks, and which faults there are.

use serde_json::{Value, json};

use crate::conversions::{Conversion, conversions};
use crate::draw::Draw;
use crate::faults::Faults;
use crate::hooks::Word;
use crate::jobs::{BOUGHT, ORDER_PLACED, Planned, Wanted, jobs};
use crate::night::{DAY, Night, PLACES, Place};

/// Noon of a day in winter: the time at which most schedules start.
pub(crate) const START: i64 = 1_768_478_400_000;

/// The account, and the senders.
pub(crate) const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";
pub(crate) const TOKENS: [&str; 2] =
    ["c0ffee5ec2e70000c0ffee5ec2e70001", "c0ffee5ec2e70000c0ffee5ec2e70002"];
pub(crate) const SENDERS: [&str; 2] = ["+14155551234", "+14155555678"];
pub(crate) const SERVICE: &str = "MG0123456789abcdef0123456789abcdef";

/// The mappings, and what their texts begin with. A row counts as the first.
pub(crate) const MAPPINGS: [&str; 3] = ["order", "note", "vip"];
pub(crate) const MARKERS: [&str; 3] = ["Order: ", "Note: ", "Welcome: "];

/// Segment's key for the source that statuses are reported to.
pub(crate) const WRITE_KEY: &str = "5e97e75ec2e7000a";

/// A day, in milliseconds.
pub(crate) const DAY_MS: i64 = 86_400_000;

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

/// How many segments a second the settings allow.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rates {
    /// A sender; none if it is what Twilio gives its kind.
    pub(crate) of_sender: Option<i64>,
    /// All senders.
    pub(crate) total: i64,
}

/// Somebody writes to a sender.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Writes {
    pub(crate) person: usize,
    /// Which sender, by its place in [`SENDERS`]; the first stands for the service too.
    pub(crate) sender: usize,
    pub(crate) word: Word,
    pub(crate) at: i64,
}

/// Everything that is settled before the first event.
#[derive(Debug)]
pub(crate) struct Scenario {
    /// The settings, once with each token.
    pub(crate) settings: [Value; 2],
    pub(crate) start: i64,
    pub(crate) on_unclear: OnUnclear,
    pub(crate) attempts: u32,
    /// How many requests a process may have under way at once.
    pub(crate) at_once: usize,
    pub(crate) rates: Rates,
    /// How many messages in how many milliseconds a recipient gets.
    pub(crate) cap: Option<(usize, i64)>,
    /// How long a refusal for an opt-out counts.
    pub(crate) opted_out_lasts: i64,
    /// How long users are remembered.
    pub(crate) profiles_last: i64,
    pub(crate) night: Option<Night>,
    /// How many messages are sent in the place of one that was not delivered.
    pub(crate) resends: u32,
    /// The conversions, and the event that is all of them.
    pub(crate) conversions: Vec<Conversion>,
    pub(crate) converts: Option<&'static str>,
    /// Whether messages are sent by a Messaging Service.
    pub(crate) by_service: bool,
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
    /// Who texts STOP or START, and when.
    pub(crate) writes: Vec<Writes>,
    /// When there are no more faults.
    pub(crate) calm: i64,
    /// Whether the only process has the store to itself, as one with a journal does: whoever comes
    /// after it knows that it is gone.
    pub(crate) has_journal: bool,
    /// Numbers that Twilio refuses.
    pub(crate) bad_numbers: Vec<String>,
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
            .then(|| (draw.between(1, 2) as usize, *draw.pick(&[60_000, 3_600_000, DAY_MS])));
        let window = *draw.pick(&[14_400, 14_400, 300, 0]);
        let profile_wait = *draw.pick(&[0, 0, 2_000, 30_000]);
        let limits = draw.in_1000(400).then(|| (*draw.pick(&[1, 1, 2]), *draw.pick(&[1, 5, 100])));
        let total = *draw.pick(&[10, 10, 10, 1, 3]);
        let both = draw.in_1000(200);
        let by_service = draw.in_1000(300);
        let has_callbacks = draw.in_1000(500);
        let tracks = draw.in_1000(600);
        let opted_out_days = *draw.pick(&[7, 1]);
        let remember_days = *draw.pick(&[365, 1]);
        let (night, start) = match draw.in_1000(200) {
            true => an_evening(draw),
            false => (None, START),
        };
        // Nobody else can schedule.
        let by_service = by_service || night.is_some_and(|night| night.then == "schedule");
        let has_audience = draw.in_1000(150);
        let resends = match has_callbacks && draw.in_1000(400) {
            true => *draw.pick(&[1, 1, 2, 3]),
            false => 0,
        };
        let converts = draw.in_1000(250).then(|| *draw.pick(&[BOUGHT, BOUGHT, ORDER_PLACED]));
        let conversions = converts.map_or_else(Vec::new, |_| conversions(draw));
        let waits = [true, draw.in_1000(500), draw.in_1000(500)]
            .map(|waits| waits && !conversions.is_empty());
        let settings = TOKENS.map(|token| {
            let sender = match by_service {
                true => ("messaging_service_sid", SERVICE),
                false => ("from", SENDERS[0]),
            };
            let mut mappings = vec![mapping(0, None)];
            if both {
                mappings.push(mapping(1, Some(SENDERS[1])));
            }
            if has_audience {
                mappings.push(audience());
            }
            for mapping in &mut mappings {
                let place = MAPPINGS.iter().position(|name| mapping["name"] == *name);
                if place.is_some_and(|place| waits[place]) {
                    mapping["provide_feedback"] = json!(true);
                }
            }
            let mut settings = json!({
                "account_sid": ACCOUNT,
                "auth_token": token,
                "webhook_auth_tokens": TOKENS,
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
                "opted_out_days": opted_out_days,
                "profiles": { "wait_for_profile_ms": profile_wait, "remember_days": remember_days },
                "rate": { "total_per_second": total },
            });
            if let Some((at_once, per_second)) = limits {
                settings["rate"]["requests_at_once"] = json!(at_once);
                settings["rate"]["segments_per_second"] = json!(per_second);
            }
            settings[sender.0] = json!(sender.1);
            if let Some((messages, window)) = cap {
                settings["recipient_limit"] =
                    json!({ "messages": messages, "seconds": window / 1_000 });
            }
            if has_callbacks {
                settings["status_callback"] = json!("https://hooks.example.com/status?x=%26#rc=5");
                settings["delivery"]["callback_parameter"] = json!("claim");
                settings["delivery"]["resend_undelivered"] = json!(resends);
            }
            if let Some(event) = converts {
                settings["conversions"] = conversions.iter().map(|it| it.setting(event)).collect();
            }
            if tracks {
                settings["segment"] = json!({ "write_key": WRITE_KEY });
            }
            if let Some(night) = night {
                let [from, to] = night.edges();
                settings["quiet_hours"] = json!({ "from": from, "to": to, "then": night.then });
            }
            settings
        });
        let isolates = draw.between(1, 3) as usize;
        let people: &[usize] = match night.is_some() || draw.in_1000(200) {
            true => &[0, BRITISH, 1],
            false => &[0, 1, 2],
        };
        let people = &people[..draw.between(1, 3) as usize];
        let places = night.is_some();
        let wanted = Wanted { is_small, has_places: places, has_audience, converts };
        let jobs = jobs(draw, start, wanted, people);
        let mut faults = Faults::draw(draw);
        if is_small {
            faults = Faults { killed: 0, trapped: 0, ..faults };
        }
        let later = |draw: &mut Draw| start + draw.between(0, 120_000);
        Self {
            settings,
            start,
            on_unclear,
            attempts,
            at_once: limits.map_or(10, |(at_once, _)| at_once),
            rates: Rates { of_sender: limits.map(|(_, per_second)| per_second), total },
            cap,
            opted_out_lasts: opted_out_days * DAY_MS,
            profiles_last: remember_days * DAY_MS,
            night,
            resends,
            conversions,
            converts,
            by_service,
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
            writes: if draw.in_1000(350) { writes(draw, start, people) } else { Vec::new() },
            calm: start + draw.between(60_000, 1_800_000),
            faults,
            has_journal: isolates == 1 && draw.in_1000(400),
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
                "mappings": [mapping(0, None)],
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
            Planned::of_event(content, at)
        });
        Self {
            settings,
            start: START,
            on_unclear,
            attempts: 3,
            at_once: 10,
            rates: Rates { of_sender: None, total: 10 },
            cap: None,
            opted_out_lasts: 7 * DAY_MS,
            profiles_last: 365 * DAY_MS,
            night: None,
            resends: 0,
            conversions: Vec::new(),
            converts: None,
            by_service: false,
            jobs: jobs.collect(),
            skews: vec![0],
            store_skew: 0,
            twilio_skew: 0,
            lag: (0, 60_000),
            is_lag_beyond: false,
            rewriting: Rewriting::Plain,
            visibility: DAY_MS,
            deadline: None,
            renewal: None,
            outage: None,
            writes: Vec::new(),
            calm: START + DAY_MS,
            faults,
            has_journal: false,
            bad_numbers,
        }
    }

    /// What decides whose numbers are bad in such a run.
    pub(crate) fn numbers(seed: u64) -> Draw {
        Draw::new(seed, 4)
    }

    /// The number of the first sender, or of the service.
    pub(crate) fn own_number(&self) -> &'static str {
        SENDERS[0]
    }

    /// A person's number: in the United States, or from [`BRITISH`] on in the United Kingdom.
    pub(crate) fn number(person: usize) -> String {
        match person.checked_sub(BRITISH) {
            None => format!("+1201555{:04}", 123 + person),
            Some(person) => format!("+44770090{:04}", 123 + person),
        }
    }
}

/// The first person whose number is British.
pub(crate) const BRITISH: usize = 10;

fn mapping(number: usize, from: Option<&str>) -> Value {
    let mut mapping = json!({
        "name": MAPPINGS[number],
        "trigger": "Order Placed",
        "body": format!("{}{{{{ properties.text }}}}", MARKERS[number]),
    });
    if let Some(from) = from {
        mapping["from"] = json!(from);
    }
    mapping
}

/// Who turns out to be a VIP is welcomed.
fn audience() -> Value {
    json!({
        "name": MAPPINGS[2],
        "trigger": "type = \"identify\"",
        "turns_true": "traits.vip = true",
        "body": format!("{}you", MARKERS[2]),
    })
}

/// Quiet hours, and a time shortly before they begin or end somewhere; often in the night in which
/// clocks are set there.
fn an_evening(draw: &mut Draw) -> (Option<Night>, i64) {
    let (from, to) = *draw.pick(&[(21 * 60, 8 * 60), (12 * 60, 14 * 60), (23 * 60 + 30, 2 * 60)]);
    let night = Night { from, to, then: draw.pick::<&str>(&["drop", "schedule", "shorten"]) };
    let place: &Place = draw.pick(&PLACES);
    let day = *draw.pick(&[20_468, place.day_of_change(), place.day_of_change() - 1]);
    let shown = (day * DAY + *draw.pick(&[from, to])) * 60_000;
    let edge = shown - place.ahead(shown - place.ahead(shown) * 60_000) * 60_000;
    (Some(night), edge - draw.between(-60_000, 400_000))
}

/// People stop and start what they get, some of them long after.
fn writes(draw: &mut Draw, start: i64, people: &[usize]) -> Vec<Writes> {
    let mut writes = Vec::new();
    let mut at = start;
    for _ in 0..draw.between(1, 4) {
        at += *draw.pick(&[0, 20_000, 120_000, 600_000, DAY_MS]);
        let word = *draw.pick(&[Word::Stop, Word::Stop, Word::Start]);
        let (person, sender) = (*draw.pick(people), draw.between(0, 4) as usize / 4);
        writes.push(Writes { person, sender, word, at: at + draw.between(0, 20_000) });
    }
    writes
}
