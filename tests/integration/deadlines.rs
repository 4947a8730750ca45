//! Deliveries on hosts with little time, or with stores that take theirs.

use std::collections::HashMap;
use std::rc::Rc;

use serde_json::json;
use twilio_destination::cells;
use twilio_destination::delivery::{Action, Content, Dispatcher, Report, Terms};
use twilio_destination::destination::{Destination, InputKind};
use twilio_destination::http::HttpReport;
use twilio_destination::json::{self, Limits};
use twilio_destination::outcome::Outcome;
use twilio_destination::time::Timestamp;

const LIMITS: Limits = Limits { bytes: 1 << 20, depth: 64 };

/// Shorter than the pause before the first look into Twilio's list.
const LITTLE_TIME: i64 = 1_900;

#[test]
fn a_host_with_little_time_gets_to_look_into_the_list() {
    let settings = json!({
        "account_sid": "AC0123456789abcdef0123456789abcdef",
        "auth_token": "0123456789abcdef0123456789abcdef",
        "from": "+14155551234",
    });
    let settings = settings.to_string();
    let destination = Destination::compile(&json::parse(&settings, LIMITS).unwrap()).unwrap();
    let dispatcher = Dispatcher::new(Rc::new(destination));
    let event = json!({
        "type": "track",
        "event": "Order Completed",
        "messageId": "m-1",
        "context": { "traits": { "phone": "+447700900123" } },
        "properties": { "sms_body": "Hello" },
    });
    let mut cells = HashMap::new();
    let mut methods = Vec::new();
    let mut now = Timestamp::parse("2026-05-04T09:30:00Z").unwrap();
    for seed in 0..3 {
        let terms =
            Terms { now, seed, deadline: Some(now.plus(LITTLE_TIME)), place: None, facts: None };
        let content = Content::Json(event.to_string().into_bytes());
        let (mut delivery, mut step) = dispatcher.begin(InputKind::Event, content, terms);
        let outcomes = loop {
            let report = match step.action {
                Action::Done { outcomes } => break outcomes,
                Action::Store { key, operation } => {
                    let applied = cells::apply(cells.remove(&key), *operation, now);
                    cells.extend(applied.cell.map(|cell| (key, cell)));
                    Report::Store(applied.answer)
                }
                Action::Fetch { request, .. } => {
                    methods.push(request.method);
                    Report::Http(HttpReport::Failure {
                        name: "Error".to_owned(),
                        code: None,
                        syscall: None,
                    })
                }
                Action::Wait { until, .. } => {
                    now = now.max(until);
                    Report::Waited
                }
                Action::Handled { .. } => panic!("there is no webhook"),
            };
            step = delivery.resume(report, now);
        };
        let [Outcome::Unknown(replied)] = outcomes.as_slice() else { panic!("{outcomes:?}") };
        now = now.max(replied.again_at.unwrap());
    }
    assert_eq!(methods.iter().filter(|method| **method == "POST").count(), 1, "{methods:?}");
    assert!(methods.contains(&"GET"), "nobody ever looked: {methods:?}");
}

#[test]
fn a_store_that_takes_its_time_does_not_use_up_the_looks_into_the_list() {
    let settings = json!({
        "account_sid": "AC0123456789abcdef0123456789abcdef",
        "auth_token": "0123456789abcdef0123456789abcdef",
        "from": "+14155551234",
    });
    let settings = settings.to_string();
    let destination = Destination::compile(&json::parse(&settings, LIMITS).unwrap()).unwrap();
    let dispatcher = Dispatcher::new(Rc::new(destination));
    let event = json!({
        "type": "track",
        "event": "Order Completed",
        "messageId": "m-1",
        "context": { "traits": { "phone": "+447700900123" } },
        "properties": { "sms_body": "Hello" },
    });
    let mut cells = HashMap::new();
    let mut creates = 0;
    let mut now = Timestamp::parse("2026-05-04T09:30:00Z").unwrap();
    let terms = Terms { now, seed: 1, deadline: None, place: None, facts: None };
    let content = Content::Json(event.to_string().into_bytes());
    let (mut delivery, mut step) = dispatcher.begin(InputKind::Event, content, terms);
    let outcomes = loop {
        let report = match step.action {
            Action::Done { outcomes } => break outcomes,
            Action::Store { key, operation } => {
                now = now.plus(5);
                let applied = cells::apply(cells.remove(&key), *operation, now);
                cells.extend(applied.cell.map(|cell| (key, cell)));
                Report::Store(applied.answer)
            }
            Action::Fetch { request, .. } if request.method == "POST" => {
                creates += 1;
                Report::Http(HttpReport::Response {
                    status: if creates == 1 { 500 } else { 201 },
                    headers: Vec::new(),
                    body: r#"{"sid":"SM0123456789abcdef0123456789abcdef","status":"queued"}"#
                        .to_owned(),
                    complete: true,
                })
            }
            Action::Fetch { .. } => Report::Http(HttpReport::Response {
                status: 200,
                headers: Vec::new(),
                body: r#"{"messages":[]}"#.to_owned(),
                complete: true,
            }),
            Action::Wait { until, .. } => {
                now = now.max(until);
                Report::Waited
            }
            Action::Handled { .. } => panic!("there is no webhook"),
        };
        step = delivery.resume(report, now);
    };
    assert!(matches!(outcomes.as_slice(), [Outcome::Sent(_)]), "{outcomes:?}");
    assert_eq!(creates, 2);
}
