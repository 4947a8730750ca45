//! Rules for sending, side by side: what published retry rules do where this core does otherwise.
//!
//! Every rule meets the same odds at each request. Segment publishes that, at a destination of its
//! example, 93.36 % succeed at the first try and 99.28 % in the end. So 0.72 % of the messages can
//! never succeed (a number that Twilio refuses); of the requests, 1 % create the message and lose the
//! reply, half of them to a lost connection and half to a gateway that answers 5xx in Twilio's place;
//! and what is left to 6.64 % fails without creating anything and may succeed later: a third each
//! 429, 500 and 503.

use std::ops::Range;

use twilio_destination::outcome::Outcome;

use crate::draw::Draw;
use crate::faults::Faults;
use crate::scenario::{OnUnclear, Scenario};
use crate::world::{Options, World};

/// Of a hundred thousand.
const BAD_NUMBERS: u64 = 720;
const REPLIES_LOST: u64 = 1_000;
const FAILS_FOR_NOW: u64 = 4_920;

/// What a rule came to.
#[derive(Clone, Debug, Default)]
pub struct Compared {
    /// Whose rule it is.
    pub rule: &'static str,
    /// How many messages were to be sent.
    pub messages: u64,
    /// How many were created at least once.
    pub delivered: u64,
    /// How many were created over and above that: texts that somebody got twice, and that are billed.
    pub duplicates: u64,
    /// How many could have been created and were not.
    pub lost: u64,
    /// How many were created and reported as failed, or as unknown.
    pub misreported: u64,
    /// How often Twilio was asked for anything.
    pub calls: u64,
}

/// Sends `messages` by each rule.
#[must_use]
pub fn compare(messages: u64, seed: u64) -> Vec<Compared> {
    let parts = seed..seed + messages.div_ceil(EACH);
    let mut all: Vec<Compared> = RULES.iter().map(|rule| send_by(rule, parts.clone())).collect();
    all.push(send_by_core("this core, `reconcile`", OnUnclear::Reconcile, parts.clone()));
    all.push(send_by_core("this core, `hold`", OnUnclear::Hold, parts));
    all
}

/// A published rule: what is sent again.
struct Rule {
    name: &'static str,
    /// How often at most after the first time.
    retries: u32,
    /// Whether a lost connection is.
    lost_connection: bool,
}

/// All three send 429 and 5xx again.
const RULES: [Rule; 3] = [
    // 408, 423, 429 and 5xx but 501, and whatever times out, with growing pauses for four hours. It
    // does not say how often that is; of ten in a row, practically none fails ten times.
    Rule { name: "Segment", retries: 10, lost_connection: true },
    // 408, 429, 500, 502, 503, 504 and any network error, on its Twilio template.
    Rule { name: "PostHog", retries: 3, lost_connection: true },
    // 429 and 5xx, up to three times. Of lost connections it says nothing.
    Rule { name: "Zeotap", retries: 3, lost_connection: false },
];

enum Met {
    Created,
    /// Created, and the connection was lost.
    Unseen,
    /// Created, and something in between answered 5xx.
    Hidden,
    FailedForNow,
}

fn meet(draw: &mut Draw) -> Met {
    if draw.in_100_000(FAILS_FOR_NOW) {
        Met::FailedForNow
    } else if draw.in_100_000(REPLIES_LOST / 2) {
        Met::Unseen
    } else if draw.in_100_000(REPLIES_LOST / 2) {
        Met::Hidden
    } else {
        Met::Created
    }
}

fn send_by(rule: &Rule, parts: Range<u64>) -> Compared {
    let messages = EACH * (parts.end - parts.start);
    let mut all = Compared { rule: rule.name, messages, ..Compared::default() };
    for seed in parts {
        let (mut numbers, mut draw) = (Scenario::numbers(seed), Draw::new(seed, 5));
        for _ in 0..EACH {
            let is_bad = numbers.in_100_000(BAD_NUMBERS);
            all.send(rule, is_bad, &mut draw);
        }
    }
    all
}

/// How many messages a schedule has.
const EACH: u64 = 500;

fn send_by_core(rule: &'static str, on_unclear: OnUnclear, parts: Range<u64>) -> Compared {
    let faults = Faults {
        bad_number: BAD_NUMBERS,
        reply_lost: REPLIES_LOST / 2,
        server_error_created: REPLIES_LOST / 2,
        rate_limited: FAILS_FOR_NOW / 3,
        server_error: FAILS_FOR_NOW / 3,
        unavailable: FAILS_FOR_NOW / 3,
        ..Faults::default()
    };
    let mut all = Compared { rule, ..Compared::default() };
    for seed in parts {
        let scenario = Scenario::comparison(seed, EACH, on_unclear, faults);
        let bad = scenario.bad_numbers.len() as u64;
        let mut world = World::new(seed, scenario, Options::default());
        world.run();
        let (calls, ends) = world.ends();
        let ended = world.finish();
        assert!(ended.violations.is_empty(), "{:?}", ended.violations);
        all.messages += EACH;
        all.calls += calls;
        for (outcomes, created) in &ends {
            let is_reported = matches!(outcomes.as_slice(), [Outcome::Sent(_)]);
            let is_told = matches!(outcomes.as_slice(), [Outcome::Failed(_) | Outcome::Unknown(_)]);
            assert!(*created > 0 || is_told, "{outcomes:?}");
            all.count(u64::from(*created), is_reported);
        }
        // What cannot be created is not lost.
        all.lost -= bad;
    }
    all
}

impl Compared {
    /// Sends one message by a rule.
    fn send(&mut self, rule: &Rule, is_bad: bool, draw: &mut Draw) {
        if is_bad {
            self.calls += 1;
            return;
        }
        let mut created = 0;
        let mut is_reported = false;
        for _ in 0..=rule.retries {
            self.calls += 1;
            match meet(draw) {
                Met::Created => {
                    created += 1;
                    is_reported = true;
                    break;
                }
                Met::Unseen => {
                    created += 1;
                    if !rule.lost_connection {
                        break;
                    }
                }
                Met::Hidden => created += 1,
                Met::FailedForNow => {}
            }
        }
        self.count(created, is_reported);
    }

    fn count(&mut self, created: u64, is_reported: bool) {
        self.delivered += created.min(1);
        self.duplicates += created.saturating_sub(1);
        self.lost += u64::from(created == 0);
        self.misreported += u64::from(created > 0 && !is_reported);
    }
}
