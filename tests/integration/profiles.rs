//! What is remembered of users, step by step: what is asked of the store, and in every order.

use std::collections::HashMap;
use std::rc::Rc;

use serde_json::{Value as Json, json};
use twilio_destination::cells::{self, Cell};
use twilio_destination::delivery::{
    Action, Content, Delivery, Dispatcher, Report, Step, Terms, Why,
};
use twilio_destination::destination::{Destination, InputKind};
use twilio_destination::http::HttpReport;
use twilio_destination::json::{self, Limits};
use twilio_destination::outcome::Outcome;
use twilio_destination::time::Timestamp;

use crate::vectors::check::SENT;

const LIMITS: Limits = Limits { bytes: 1 << 20, depth: 64 };
const NOW: &str = "2026-01-15T12:00:00Z";

/// A host with a store, in virtual time.
struct Host {
    dispatcher: Dispatcher,
    cells: HashMap<String, Cell>,
    now: Timestamp,
    seed: u64,
    /// Why each step was taken, and what the store was asked.
    steps: Vec<Why>,
    asked: String,
    /// The bodies of the requests.
    sent: Vec<String>,
    /// After how many steps the process ends.
    ends_after: usize,
    /// Which step of the store fails.
    fails: Option<Why>,
}

impl Host {
    fn new(more: Json) -> Self {
        let mut settings = json!({
            "account_sid": "AC0123456789abcdef0123456789abcdef",
            "auth_token": "c0ffee5ec2e70000c0ffee5ec2e70001",
            "from": "+14155551234",
        });
        settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let settings = settings.to_string();
        let destination = Destination::compile(&json::parse(&settings, LIMITS).unwrap()).unwrap();
        Self {
            dispatcher: Dispatcher::new(Rc::new(destination)),
            cells: HashMap::new(),
            now: Timestamp::parse(NOW).unwrap(),
            seed: 0,
            steps: Vec::new(),
            asked: String::new(),
            sent: Vec::new(),
            ends_after: usize::MAX,
            fails: None,
        }
    }

    fn terms(&mut self) -> Terms {
        self.seed += 1;
        Terms { now: self.now, seed: self.seed, deadline: None, place: None, facts: None }
    }

    fn begin(&mut self, event: &Json) -> (Delivery, Step) {
        let content = Content::Json(event.to_string().into_bytes());
        let terms = self.terms();
        self.steps.clear();
        self.dispatcher.begin(InputKind::Event, content, terms)
    }

    /// Sends an event; nothing if the process ends first.
    fn send(&mut self, event: &Json) -> Vec<Outcome> {
        let begun = self.begin(event);
        self.drive(begun)
    }

    fn drive(&mut self, (mut delivery, mut step): (Delivery, Step)) -> Vec<Outcome> {
        loop {
            if self.steps.len() >= self.ends_after {
                return Vec::new();
            }
            match self.perform(&mut delivery, step) {
                Ok(next) => step = next,
                Err(outcomes) => return outcomes,
            }
        }
    }

    fn perform(&mut self, delivery: &mut Delivery, step: Step) -> Result<Step, Vec<Outcome>> {
        self.steps.push(step.why);
        let report = match step.action {
            Action::Done { outcomes } => return Err(outcomes),
            Action::Handled { .. } => panic!("no webhook was begun"),
            Action::Fetch { request, .. } => {
                self.sent.push(request.body.clone().unwrap_or_default());
                Report::Http(HttpReport::Response {
                    status: 201,
                    headers: Vec::new(),
                    body: SENT.into(),
                    complete: true,
                })
            }
            Action::Store { .. } if self.fails == Some(step.why) => Report::StoreFailed,
            Action::Store { key, operation, .. } => {
                self.asked.push_str(&serde_json::to_string(&operation).unwrap());
                let applied = cells::apply(self.cells.remove(&key), *operation, self.now);
                self.cells.extend(applied.cell.map(|cell| (key, cell)));
                Report::Store(applied.answer)
            }
            Action::Wait { until, .. } => {
                self.now = self.now.max(until);
                Report::Waited
            }
        };
        Ok(delivery.resume(report, self.now))
    }

    fn forget(&mut self, user: &str) -> Vec<&'static str> {
        let terms = self.terms();
        let begun = self.dispatcher.begin_forget(Some(user), None, &terms);
        endings(&self.drive(begun))
    }
}

/// How messages ended: `sent`, or the code of the reason why not.
fn endings(outcomes: &[Outcome]) -> Vec<&'static str> {
    let ending = |outcome: &Outcome| match outcome {
        Outcome::Deferred(deferred) => deferred.code.code(),
        Outcome::Dropped(dropped) => dropped.reason.code.code(),
        Outcome::Sent(_) => "sent",
        Outcome::Confirmed(_) | Outcome::Failed(_) | Outcome::Halted(_) | Outcome::Unknown(_) => {
            "other"
        }
    };
    outcomes.iter().map(ending).collect()
}

fn order_settings() -> Json {
    json!({ "mappings": [{ "trigger": "Order Completed", "body": "Thanks {{ traits.name }}" }] })
}

fn vip_settings() -> Json {
    json!({ "mappings": [
        { "trigger": "type = \"identify\"", "turns_true": "traits.vip", "body": "Welcome" },
    ]})
}

fn order(id: &str, ids: Json) -> Json {
    with(json!({ "type": "track", "event": "Order Completed", "messageId": id }), ids)
}

fn identify(minute: u32, ids: Json, traits: Json) -> Json {
    let event = json!({
        "type": "identify",
        "messageId": format!("i-{minute}"),
        "timestamp": format!("2026-01-15T11:{minute:02}:00Z"),
        "traits": traits,
    });
    with(event, ids)
}

fn alias(minute: u32, previous: &str, user: &str) -> Json {
    json!({
        "type": "alias",
        "messageId": format!("a-{minute}"),
        "timestamp": format!("2026-01-15T11:{minute:02}:00Z"),
        "previousId": previous,
        "userId": user,
    })
}

fn with(mut event: Json, more: Json) -> Json {
    event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    event
}

fn user(id: &str) -> Json {
    json!({ "userId": id })
}

fn vip(minute: u32, on: bool) -> Json {
    identify(minute, user("u"), json!({ "vip": on, "phone": "+447700900123" }))
}

/// Runs `check` with every order of `events`, and with the first of them twice.
fn in_every_order(events: &[Json], check: &mut dyn FnMut(&[Json])) {
    fn permute(chosen: &mut Vec<Json>, rest: &[Json], check: &mut dyn FnMut(&[Json])) {
        if rest.is_empty() {
            check(chosen);
            let again: Vec<Json> = chosen.iter().chain(chosen.first()).cloned().collect();
            return check(&again);
        }
        for at in 0..rest.len() {
            let others: Vec<Json> = [&rest[..at], &rest[at + 1..]].concat();
            chosen.push(rest[at].clone());
            permute(chosen, &others, check);
            chosen.pop();
        }
    }
    permute(&mut Vec::new(), events, check);
}

#[test]
fn every_order_of_events_ends_in_the_same_traits() {
    // Each id is joined to one other: where two claim the same, the first gets what was said before.
    let events = [
        identify(1, json!({ "anonymousId": "a" }), json!({ "name": "Old", "phone": "x" })),
        identify(2, json!({ "anonymousId": "a", "userId": "u1" }), json!({ "name": "Ada" })),
        identify(3, user("u1"), json!({ "phone": "+447700900123" })),
        alias(4, "u1", "u2"),
        identify(5, user("u2"), json!({ "name": null, "other": 1 })),
        identify(6, json!({ "anonymousId": "a" }), json!({ "name": "Eve" })),
    ];
    in_every_order(&events, &mut |events| {
        let mut host = Host::new(order_settings());
        for event in events {
            host.send(event);
        }
        for ids in [user("u2"), user("u1"), json!({ "anonymousId": "a" })] {
            let outcomes = host.send(&order(&ids.to_string(), ids.clone()));
            assert_eq!(endings(&outcomes), ["sent"], "{ids} after {events:?}");
            let body = host.sent.last().unwrap();
            assert!(body.contains("7700900123") && body.ends_with("Eve"), "{body}, {events:?}");
        }
    });
}

#[test]
fn however_often_and_in_whichever_order_it_is_true_it_sends_once() {
    let events: Vec<Json> = (1..=4).map(|minute| vip(minute, true)).collect();
    in_every_order(&events, &mut |events| {
        let mut host = Host::new(vip_settings());
        events.iter().for_each(|event| drop(host.send(event)));
        assert_eq!(host.sent.len(), 1, "{events:?}");
    });
}

#[test]
fn a_process_that_ends_at_any_step_neither_loses_nor_repeats_the_text() {
    for ends_after in 0..12 {
        let mut host = Host::new(vip_settings());
        host.ends_after = ends_after;
        host.send(&vip(1, true));
        let dispatched = host.steps.contains(&Why::Dispatch);
        host.ends_after = usize::MAX;
        let before = host.sent.len();
        // Others come first: true again, and then false.
        host.now = host.now.plus(120_000);
        let again = endings(&host.send(&vip(2, true)));
        if host.sent.len() == before {
            host.send(&vip(3, false));
            host.send(&vip(1, true));
        } else {
            assert_eq!((again, ends_after), (vec!["sent"], ends_after.min(1)), "nothing was noted");
        }
        // What was dispatched is for its claim to find out about.
        let made = host.sent.iter().filter(|body| body.contains("Welcome")).count();
        assert!(made == 1 || dispatched && made == 0, "{made}, ended after {ends_after}");
    }
}

#[test]
fn a_store_that_fails_puts_the_event_off() {
    for (fails, event) in [
        (Why::Watch, vip(1, true)),
        (Why::Watch, vip(1, false)),
        (Why::WriteProfile, vip(1, false)),
    ] {
        let mut host = Host::new(vip_settings());
        host.fails = Some(fails);
        assert_eq!(endings(&host.send(&event)), ["store_failed"]);
        assert!(host.sent.is_empty());
    }
}

#[test]
fn an_identify_that_comes_just_after_is_waited_for() {
    let mut settings = order_settings();
    settings["profiles"] = json!({ "wait_for_profile_ms": 500 });
    let mut host = Host::new(settings);
    let (mut delivery, mut step) = host.begin(&order("m", user("u")));
    while step.why != Why::WaitForProfile {
        step = host.perform(&mut delivery, step).unwrap();
    }
    host.now = host.now.plus(200);
    let known = json!({ "phone": "+447700900123", "name": "Ada" });
    host.send(&identify(1, user("u"), known));
    let outcomes = host.drive((delivery, step));
    assert_eq!(endings(&outcomes), ["sent"]);
    assert!(host.sent[0].ends_with("Ada"));
}

#[test]
fn only_traits_that_the_settings_read_reach_the_store() {
    let mut host = Host::new(order_settings());
    let traits = json!({ "phone": "+447700900123", "email": "ada@example.com", "name": "Ada" });
    host.send(&identify(1, user("user-one"), traits));
    host.send(&order("m", user("user-one")));
    assert!(host.asked.contains("7700900123"));
    for other in ["email", "example.com", "user-one"] {
        assert!(!host.asked.contains(other), "{other} in {}", host.asked);
    }
}

#[test]
fn what_says_nothing_costs_no_step() {
    let mut host = Host::new(order_settings());
    for (event, steps) in [
        (identify(1, user("u"), json!({ "email": "x" })), vec![Why::Done]),
        (json!({ "type": "track", "event": "Other", "userId": "u" }), vec![Why::Done]),
        (
            identify(2, json!({ "userId": "u", "anonymousId": "a" }), json!({})),
            vec![Why::JoinProfile, Why::Done],
        ),
        (identify(3, user("u"), json!({ "name": "Ada" })), vec![Why::WriteProfile, Why::Done]),
    ] {
        host.send(&event);
        assert_eq!(host.steps, steps, "{event}");
    }
    let mut host = Host::new(vip_settings());
    host.send(&json!({ "type": "track", "event": "Other", "userId": "u" }));
    assert_eq!(host.steps, [Why::Done]);
}

#[test]
fn who_is_forgotten_is_forgotten_under_every_id() {
    let mut host = Host::new(order_settings());
    let visitor = json!({ "anonymousId": "a" });
    let both = json!({ "anonymousId": "a", "userId": "u" });
    host.send(&identify(1, visitor.clone(), json!({ "phone": "+447700900123", "name": "Ada" })));
    host.send(&identify(2, both.clone(), json!({})));
    for why in [Why::ReadProfile, Why::Forget] {
        host.fails = Some(why);
        assert_eq!(host.forget("u"), ["store_failed"], "it is told that something may be left");
    }
    host.fails = None;
    assert!(host.forget("u").is_empty());
    let left = serde_json::to_string(&host.cells).unwrap();
    assert!(!left.contains("7700900123") && !left.contains("Ada"), "{left}");
    host.send(&identify(3, both, json!({})));
    for ids in [user("u"), visitor] {
        assert_eq!(endings(&host.send(&order(&ids.to_string(), ids))), ["recipient_missing"]);
    }
}
