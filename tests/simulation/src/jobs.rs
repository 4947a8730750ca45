//! What is to be delivered, and when.

use serde_json::{Value, json};
use twilio_destination::time::Timestamp;

use crate::draw::Draw;
use crate::night::{PLACES, Place};
use crate::scenario::{DAY_MS, Scenario};

/// What is to be delivered.
#[derive(Clone, Debug)]
pub(crate) struct Planned {
    pub(crate) content: Value,
    /// The number of the row, if it is one.
    pub(crate) row: Option<u64>,
    /// Whether the recipient consents.
    pub(crate) consents: bool,
    /// Where it says that the recipient is.
    pub(crate) place: Option<&'static Place>,
    /// When it happened and whether it says that its user is a VIP, if it says anything of that.
    pub(crate) vip: Option<(i64, bool)>,
    /// When it is delivered: more than once, if somebody sent it twice.
    pub(crate) at: Vec<i64>,
}

impl Planned {
    /// An event that nothing is to be said of.
    pub(crate) fn of_event(content: Value, at: Vec<i64>) -> Self {
        Self { content, row: None, consents: true, place: None, vip: None, at }
    }
}

/// What the jobs of a schedule are like.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    pub(crate) is_small: bool,
    /// Whether events say where their users are.
    pub(crate) has_places: bool,
    /// Whether somebody becomes a VIP.
    pub(crate) has_audience: bool,
    /// The event that is a conversion.
    pub(crate) converts: Option<&'static str>,
}

/// The event that most texts are sent for, and one that none is sent for.
pub(crate) const ORDER_PLACED: &str = "Order Placed";
pub(crate) const BOUGHT: &str = "Bought";

/// A text of two segments.
const LONG: &str = "A text that says so much about an order that it does not fit into one segment: \
    what was ordered, when it was, what it cost, who brings it, where it is now, when it comes, and \
    what to do if nobody is at home.";

/// Events and rows. Texts are few, so that some messages cannot be told apart.
pub(crate) fn jobs(draw: &mut Draw, start: i64, wanted: Wanted, people: &[usize]) -> Vec<Planned> {
    let Wanted { is_small, has_places, has_audience, converts } = wanted;
    // Enough at once that a sender has to wait for its rate.
    let is_crowd = !is_small && draw.in_1000(30);
    let (least, most) = match (is_small, is_crowd) {
        (true, _) => (1, 2),
        (false, true) => (20, 30),
        (false, false) => (1, 7),
    };
    let count = draw.between(least, most);
    let spread = *draw.pick(if is_crowd { &[0, 2_000, 5_000] } else { &[0, 5_000, 200_000] });
    let moves = draw.in_1000(100);
    // What counts for days ends some day.
    let is_long = draw.in_1000(150);
    let mut jobs: Vec<Planned> = (0..count)
        .map(|number| {
            let person = *draw.pick(people);
            let phone = Scenario::number(person);
            let text = *draw.pick(&["it\u{2019}s on its way", "ready", "ready", LONG]);
            let later = match is_long && draw.in_1000(300) {
                true => *draw.pick(&[DAY_MS, 8 * DAY_MS]),
                false => 0,
            };
            let mut at = vec![start + later + draw.between(0, spread)];
            while draw.in_1000(300) && at.len() < 4 {
                at.push(at[0] + *draw.pick(&[0, 0, 40, 3_000, 70_000, 400_000]));
            }
            let kind = draw.between(0, 9);
            let place: Option<&'static Place> =
                (has_places && draw.in_1000(700)).then(|| draw.pick(&PLACES));
            if kind == 0 {
                let mut content = json!({ "to": phone, "text": text });
                if let Some(place) = place {
                    content["time_zone"] = json!(place.name);
                }
                let row = Some(number.unsigned_abs());
                return Planned { row, place, ..Planned::of_event(content, at) };
            }
            let mut event = json!({
                "type": "track",
                "event": ORDER_PLACED,
                "messageId": format!("event-{number}"),
                "timestamp": iso(at[0]),
                "userId": format!("user-{person}"),
                "context": { "consent": consent(true) },
                "properties": { "text": text },
            });
            match kind {
                // Who it goes to, only the profile knows, and that changes.
                1 | 2 => {
                    let other = Scenario::number(*draw.pick(people));
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
            let consents = !draw.in_1000(80);
            if !consents {
                withhold_consent(draw, &mut event);
            }
            if let Some(place) = place {
                event["context"]["timezone"] = json!(place.name);
            }
            Planned { consents, place, ..Planned::of_event(event, at) }
        })
        .collect();
    if moves {
        jobs.extend(moving(start));
    }
    if has_audience {
        jobs.extend(fan(draw, start, is_small));
    }
    if converts == Some(BOUGHT) {
        jobs.extend(bought(draw, start, is_small, people));
    }
    jobs
}

/// People buy something, which no text is sent for.
fn bought(draw: &mut Draw, start: i64, is_small: bool, people: &[usize]) -> Vec<Planned> {
    let count = if is_small { 1 } else { draw.between(1, 4) };
    (0..count)
        .map(|number| {
            let happened = start + *draw.pick(&[0, 30_000, 70_000, 400_000, 4_000_000, DAY_MS]);
            let mut at = vec![happened + draw.between(0, 20_000)];
            while draw.in_1000(300) && at.len() < 4 {
                at.push(at[0] + *draw.pick(&[0, 0, 40, 3_000, 70_000, 400_000]));
            }
            let content = json!({
                "type": "track",
                "event": BOUGHT,
                "messageId": format!("bought-{number}"),
                "timestamp": iso(happened),
                "userId": format!("user-{}", draw.pick(people)),
            });
            Planned { consents: false, ..Planned::of_event(content, at) }
        })
        .collect()
}

fn consent(is_given: bool) -> Value {
    json!({ "categoryPreferences": { "orders": is_given } })
}

/// Everything that says, or fails to say, that somebody does not consent.
fn withhold_consent(draw: &mut Draw, event: &mut Value) {
    match draw.between(0, 4) {
        0 => event["context"]["consent"] = consent(false),
        1 => event["context"]["consent"] = json!({ "categoryPreferences": {} }),
        2 => event["context"]["consent"] = Value::Null,
        3 => event["integrations"] = json!({ "Twilio": false }),
        _ => event["integrations"] = json!({ "All": false }),
    }
}

/// Somebody gets a new number, and the event that texts them is delivered before and after.
fn moving(start: i64) -> [Planned; 3] {
    let identify = |number: usize| {
        json!({
            "type": "identify",
            "messageId": format!("moving-{number}"),
            "timestamp": iso(start - 60_000 + number as i64 * 1_000),
            "userId": "moving",
            "traits": { "phone": Scenario::number(number) },
        })
    };
    let event = json!({
        "type": "track",
        "event": ORDER_PLACED,
        "messageId": "moving",
        "timestamp": iso(start + 20_000),
        "userId": "moving",
        "context": { "consent": consent(true) },
        "properties": { "text": "ready" },
    });
    let planned =
        |content, at: &[i64]| Planned::of_event(content, at.iter().map(|at| start + at).collect());
    [
        planned(identify(0), &[0]),
        planned(identify(1), &[60_000]),
        planned(event, &[20_000, 100_000]),
    ]
}

/// Somebody becomes a VIP and stops being one, is identified again and again, and what says so comes
/// twice and in any order; some of it after all that was known of them was forgotten.
fn fan(draw: &mut Draw, start: i64, is_small: bool) -> Vec<Planned> {
    let count = if is_small { 2 } else { draw.between(2, 6) };
    let mut on = draw.in_1000(500);
    let mut day = 0;
    (0..count)
        .map(|number| {
            on ^= draw.in_1000(500);
            day += *draw.pick(&[0, 0, 0, 0, 2]);
            let happened = start - 600_000 + day * DAY_MS + number * 1_000;
            let first = start + day * DAY_MS + draw.between(0, 60_000);
            let mut at = vec![first];
            while draw.in_1000(300) && at.len() < 3 {
                at.push(first + *draw.pick(&[0, 40, 30_000, 90_000]));
            }
            let content = json!({
                "type": "identify",
                "messageId": format!("fan-{number}"),
                "timestamp": iso(happened),
                "userId": "fan",
                "context": { "consent": consent(true) },
                "traits": { "phone": Scenario::number(0), "vip": on },
            });
            Planned { vip: Some((happened, on)), ..Planned::of_event(content, at) }
        })
        .collect()
}

fn iso(at: i64) -> String {
    Timestamp::from_millis(at).to_string()
}
