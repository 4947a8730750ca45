//! What must hold of quiet hours in every zone at any time, beside the cases that vectors show.

use serde_json::json;
use twilio_destination::decision::{Decision, DropCode};
use twilio_destination::destination::{Destination, InputKind};
use twilio_destination::facts::Facts;
use twilio_destination::json::{self, Limits};
use twilio_destination::time::Timestamp;
use twilio_destination::time_zone::{TimeOfDay, Zone};

const LIMITS: Limits = Limits { bytes: 1 << 20, depth: 64 };
const FROM: i64 = 1_790_812_800_000; // 2026-10-01T00:00:00Z
const FOUR_YEARS: u64 = 4 * 365 * 86_400_000;
const CASES: usize = 10_000;

/// One message that is held against quiet hours.
struct Case {
    destination: Destination,
    event: String,
    zone: Zone,
    from: TimeOfDay,
    to: TimeOfDay,
    now: Timestamp,
}

impl Case {
    fn random(random: &mut impl FnMut(u64) -> u64, zones: &[&str], then: &str) -> Self {
        let time = |minutes: u64| {
            let part = |number| u16::try_from(number).unwrap();
            TimeOfDay::new(part(minutes / 60), part(minutes % 60)).unwrap()
        };
        let from = random(1_440);
        let to = (from + 1 + random(1_439)) % 1_440;
        let (from, to) = (time(from), time(to));
        let zone = zones[usize::try_from(random(zones.len() as u64)).unwrap()];
        let settings = json!({
            "account_sid": "AC0123456789abcdef0123456789abcdef",
            "auth_token": "c0ffee5ec2e70000c0ffee5ec2e70001",
            "messaging_service_sid": "MG89abcdef0123456789abcdef01234567",
            "mappings": [{ "trigger": "Signed Up", "to": "+447700900123", "body": "Hi" }],
            "quiet_hours": { "from": from.to_string(), "to": to.to_string(), "then": then },
        });
        let event = json!({
            "type": "track", "event": "Signed Up", "context": { "timezone": zone },
        });
        let settings = settings.to_string();
        let now = FROM + i64::try_from(random(FOUR_YEARS)).unwrap();
        Self {
            destination: Destination::compile(&json::parse(&settings, LIMITS).unwrap()).unwrap(),
            event: event.to_string(),
            zone: Zone::find(zone).unwrap(),
            from,
            to,
            now: Timestamp::from_millis(now),
        }
    }

    fn decide(&self, now: Timestamp) -> Decision {
        let input = self.destination.read_json(InputKind::Event, &self.event);
        let decided = self.destination.decide(InputKind::Event, &input, &Facts::default(), now);
        decided.into_iter().next().unwrap()
    }

    /// Whether any clock of the recipient's zone shows a quiet hour, told by the clock alone.
    fn is_quiet(&self, at: Timestamp) -> bool {
        self.zone.clocks().iter().any(|clock| {
            let shown = clock.time_of_day(at);
            match self.from < self.to {
                true => shown >= self.from && shown < self.to,
                false => shown >= self.from || shown < self.to,
            }
        })
    }
}

/// Runs random cases and hands each decision to `check`. Only zones where somebody lives count.
fn each(then: &str, seed: u64, mut check: impl FnMut(&Case, Decision)) {
    let zones: Vec<&str> = Zone::names()
        .filter(|name| Zone::find(name).is_some_and(Zone::is_place))
        .filter(|name| name.contains('/'))
        .collect();
    let mut state = seed;
    let mut random = |below: u64| {
        // SplitMix64.
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % below
    };
    for _ in 0..CASES {
        let case = Case::random(&mut random, &zones, then);
        let decision = case.decide(case.now);
        check(&case, decision);
    }
}

fn value(decision: &Decision, parameter: &str) -> Option<String> {
    let Decision::Send(send) = decision else { return None };
    let form: Vec<(String, String)> = serde_urlencoded::from_str(&send.request.body).unwrap();
    form.into_iter().find(|(name, _)| name == parameter).map(|(_, value)| value)
}

#[test]
fn a_drop_holds_until_the_time_that_it_names() {
    let (mut sent, mut dropped) = (0, 0);
    each("drop", 1, |case, decision| match decision {
        Decision::Send(_) => {
            assert!(!case.is_quiet(case.now), "{:?} at {}", case.zone, case.now);
            sent += 1;
        }
        Decision::Drop(drop) => {
            assert_eq!(drop.reason.code, DropCode::QuietHours);
            assert!(case.is_quiet(case.now), "{:?} at {}", case.zone, case.now);
            if let Some(until) = drop.reason.until {
                assert!(matches!(case.decide(until), Decision::Send(_)), "{:?} {until}", case.zone);
                let before = Timestamp::from_millis(until.millis() - 1);
                assert!(case.is_quiet(before), "{:?} {until}", case.zone);
                dropped += 1;
            }
        }
    });
    assert!(sent > CASES / 4 && dropped > CASES / 4, "{sent} sent, {dropped} dropped");
}

#[test]
fn what_is_scheduled_arrives_outside_quiet_hours() {
    let mut scheduled = 0;
    each("schedule", 2, |case, decision| match value(&decision, "SendAt") {
        Some(at) => {
            let at = Timestamp::parse(&at).unwrap();
            let lead = at.millis() - case.now.millis();
            assert!(case.is_quiet(case.now) && !case.is_quiet(at), "{:?} {at}", case.zone);
            assert!((900_000..=35 * 86_400_000).contains(&lead), "{lead} ms ahead");
            assert_eq!(value(&decision, "ScheduleType").as_deref(), Some("fixed"));
            scheduled += 1;
        }
        None => assert_eq!(case.is_quiet(case.now), matches!(decision, Decision::Drop(_))),
    });
    assert!(scheduled > CASES / 4, "{scheduled} scheduled");
}

#[test]
fn what_expires_does_so_before_quiet_hours() {
    let mut shortened = 0;
    each("shorten", 3, |case, decision| {
        if matches!(decision, Decision::Drop(_)) {
            return;
        }
        let seconds = value(&decision, "ValidityPeriod").map_or(36_000, |v| v.parse().unwrap());
        assert!((5..=36_000).contains(&seconds));
        shortened += usize::from(seconds < 36_000);
        let end = case.now.millis() + seconds * 1_000;
        // Every minute in between, and the last moment.
        for at in (case.now.millis()..end).step_by(60_000).chain([end - 1]) {
            let at = Timestamp::from_millis(at);
            assert!(!case.is_quiet(at), "{:?} at {at}, {seconds} s from {}", case.zone, case.now);
        }
    });
    assert!(shortened > CASES / 8, "{shortened} shortened");
}

/// A message that waited is decided again right before it is sent: that is all it takes.
#[test]
fn deciding_again_later_gives_the_drop() {
    let settings = json!({
        "account_sid": "AC0123456789abcdef0123456789abcdef",
        "auth_token": "c0ffee5ec2e70000c0ffee5ec2e70001",
        "from": "+14155551234",
        "quiet_hours": {},
    });
    let event = json!({
        "type": "track", "event": "Order Completed",
        "context": { "traits": { "phone": "+447700900123" } },
        "properties": { "sms_body": "Hi" },
    });
    let (settings, event) = (settings.to_string(), event.to_string());
    let destination = Destination::compile(&json::parse(&settings, LIMITS).unwrap()).unwrap();
    let input = destination.read_json(InputKind::Event, &event);
    let decide = |now: &str| {
        let now = Timestamp::parse(now).unwrap();
        destination.decide(InputKind::Event, &input, &Facts::default(), now)
    };
    for _ in 0..2 {
        assert!(matches!(&decide("2026-12-01T20:59:59Z")[..], [Decision::Send(_)]));
        let late = decide("2026-12-01T21:00:00Z");
        let [Decision::Drop(drop)] = &late[..] else { panic!("{late:?}") };
        assert_eq!(drop.reason.until, Timestamp::parse("2026-12-02T08:00:00Z"));
    }
}
