//! Deliveries on hosts with little time, or with stores that take theirs.

use std::collections::HashMap;
use std::rc::Rc;

use serde_json::json;
use twilio_destination::cells::{self, Cell};
use twilio_destination::delivery::{Action, Content, Dispatcher, Report, Terms, Why};
use twilio_destination::destination::{Destination, InputKind};
use twilio_destination::http::HttpReport;
use twilio_destination::json::{self, Limits};
use twilio_destination::outcome::{Deferral, Outcome};
use twilio_destination::time::Timestamp;

const LIMITS: Limits = Limits { bytes: 1 << 20, depth: 64 };

/// Shorter than the pause before the first look into Twilio's list.
const LITTLE_TIME: i64 = 1_900;

/// A host that ends each delivery within [`LITTLE_TIME`].
struct Host {
    dispatcher: Dispatcher,
    cells: HashMap<String, Cell>,
    now: Timestamp,
    begun: u64,
    methods: Vec<&'static str>,
    answer: fn() -> HttpReport,
}

impl Host {
    fn new(more: &serde_json::Value, answer: fn() -> HttpReport) -> Self {
        let mut settings = json!({
            "account_sid": "AC0123456789abcdef0123456789abcdef",
            "auth_token": "0123456789abcdef0123456789abcdef",
            "from": "+14155551234",
        });
        settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let text = settings.to_string();
        let settings = json::parse(&text, LIMITS).unwrap();
        let dispatcher = Dispatcher::new(Rc::new(Destination::compile(&settings).unwrap()));
        let now = Timestamp::parse("2026-05-04T09:30:00Z").unwrap();
        Self { dispatcher, cells: HashMap::new(), now, begun: 0, methods: Vec::new(), answer }
    }

    /// Begins an event, again if it was begun before.
    fn begin(&mut self, number: usize) -> Outcome {
        let event = json!({
            "type": "track",
            "event": "Order Completed",
            "messageId": format!("m-{number}"),
            "context": { "traits": { "phone": format!("+4477009{:05}", 10_000 + number) } },
            // Two segments.
            "properties": { "sms_body": "Hello".repeat(40) },
        });
        self.begun += 1;
        let deadline = Some(self.now.plus(LITTLE_TIME));
        let terms = Terms { now: self.now, seed: self.begun, deadline, place: None, facts: None };
        let content = Content::Json(event.to_string().into_bytes());
        let (mut delivery, mut step) = self.dispatcher.begin(InputKind::Event, content, terms);
        loop {
            let report = match step.action {
                Action::Done { mut outcomes } => return outcomes.remove(0),
                Action::Store { key, operation, .. } => {
                    let applied = cells::apply(self.cells.remove(&key), *operation, self.now);
                    self.cells.extend(applied.cell.map(|cell| (key, cell)));
                    Report::Store(applied.answer)
                }
                Action::Fetch { request, .. } => {
                    self.methods.push(request.method);
                    Report::Http((self.answer)())
                }
                Action::Wait { until, .. } => {
                    self.now = self.now.max(until);
                    Report::Waited
                }
                Action::Handled { .. } => panic!("there is no webhook"),
            };
            step = delivery.resume(report, self.now);
        }
    }
}

fn lost() -> HttpReport {
    HttpReport::Failure { name: "Error".to_owned(), code: None, syscall: None }
}

fn accepted() -> HttpReport {
    HttpReport::Response {
        status: 201,
        headers: Vec::new(),
        body: r#"{"sid":"SM00000000000000000000000000000001","status":"queued"}"#.to_owned(),
        complete: true,
    }
}

#[test]
fn a_host_with_little_time_gets_to_look_into_the_list() {
    let mut host = Host::new(&json!({}), lost);
    for _ in 0..3 {
        let outcome = host.begin(1);
        let Outcome::Unknown(replied) = outcome else { panic!("{outcome:?}") };
        host.now = host.now.max(replied.again_at.unwrap());
    }
    let methods = host.methods;
    assert_eq!(methods.iter().filter(|method| **method == "POST").count(), 1, "{methods:?}");
    assert!(methods.contains(&"GET"), "nobody ever looked: {methods:?}");
}

/// However many wait, none of them is overtaken for ever by those who come later.
#[test]
fn an_event_that_was_put_off_for_its_turn_has_it_when_it_is_begun_again() {
    let mut host = Host::new(&json!({ "rate": { "segments_per_second": 1 } }), accepted);
    let start = host.now;
    let mut waiting = Vec::new();
    for number in 0..80 {
        match host.begin(number) {
            Outcome::Sent(_) => {}
            Outcome::Deferred(deferred) => waiting.push((deferred.until, number)),
            outcome => panic!("{outcome:?}"),
        }
    }
    assert!(waiting.len() > 60, "only {} wait", waiting.len());
    for (place, (until, number)) in waiting.into_iter().enumerate() {
        host.now = host.now.max(until);
        let new = host.begin(1_000 + place);
        assert!(matches!(new, Outcome::Deferred(_)), "{new:?}");
        let outcome = host.begin(number);
        assert!(matches!(outcome, Outcome::Sent(_)), "event {number}: {outcome:?}");
    }
    // What the burst lets through at first, and one in two seconds.
    let seconds = usize::try_from((host.now.millis() - start.millis()) / 1_000).unwrap();
    assert!(host.methods.len() <= 5 + seconds / 2 + 1, "{} in {seconds} s", host.methods.len());
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
            Action::Store { key, operation, .. } => {
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

/// What a delivery makes of a store that does what it is asked to and, from one operation on, never
/// says so: how long it waited for it in all, in milliseconds, and what it asked Twilio for.
fn with_a_silent_store(silent: Why, deadline: Option<i64>) -> (Outcome, i64, usize) {
    let mut host = Host::new(&json!({}), accepted);
    let deadline = deadline.map(|lasts| host.now.plus(lasts));
    let terms = Terms { now: host.now, seed: 1, deadline, place: None, facts: None };
    let row = json!({ "to": "+447700900123", "body": "Hello" });
    let content = Content::Json(row.to_string().into_bytes());
    let (mut delivery, mut step) = host.dispatcher.begin(InputKind::Row, content, terms);
    let (mut is_silent, mut waited) = (false, 0);
    loop {
        is_silent |= step.why == silent;
        let report = match step.action {
            Action::Done { mut outcomes } => {
                return (outcomes.remove(0), waited, host.methods.len());
            }
            Action::Store { timeout_ms, .. } if is_silent => {
                waited += i64::from(timeout_ms);
                host.now = host.now.plus(i64::from(timeout_ms));
                Report::StoreLate
            }
            Action::Store { key, operation, .. } => {
                let applied = cells::apply(host.cells.remove(&key), *operation, host.now);
                host.cells.extend(applied.cell.map(|cell| (key, cell)));
                Report::Store(applied.answer)
            }
            Action::Fetch { request, .. } => {
                host.methods.push(request.method);
                Report::Http((host.answer)())
            }
            Action::Wait { until, .. } => {
                host.now = host.now.max(until);
                Report::Waited
            }
            Action::Handled { .. } => panic!("there is no webhook"),
        };
        step = delivery.resume(report, host.now);
    }
}

#[test]
fn nothing_is_sent_by_a_store_that_does_not_answer() {
    for silent in [Why::OpenClaim, Why::Admit, Why::Reserve, Why::Dispatch] {
        let (outcome, waited, requests) = with_a_silent_store(silent, None);
        let Outcome::Deferred(deferred) = outcome else { panic!("{silent:?}: {outcome:?}") };
        assert_eq!(deferred.code, Deferral::StoreLate, "{silent:?}");
        assert_eq!(requests, 0, "{silent:?}");
        // Long enough for a slow disk, and once.
        assert!((30_000..=33_000).contains(&waited), "{silent:?}: {waited} ms");
    }
}

#[test]
fn what_was_sent_is_told_though_the_store_does_not_take_it_in() {
    let (outcome, waited, requests) = with_a_silent_store(Why::SettleClaim, None);
    let Outcome::Sent(replied) = outcome else { panic!("{outcome:?}") };
    assert!(!replied.recorded);
    assert_eq!(requests, 1);
    assert!((30_000..=33_000).contains(&waited), "{waited} ms");
}

#[test]
fn a_store_has_no_longer_than_the_host() {
    let (outcome, waited, _) = with_a_silent_store(Why::Admit, Some(5_000));
    assert!(matches!(outcome, Outcome::Deferred(_)), "{outcome:?}");
    assert!((5_000..=7_000).contains(&waited), "{waited} ms");
}

/// How long the request may take of a host with so many milliseconds, by a store that takes two
/// seconds over the dispatch.
fn time_for_the_request(lasts: i64) -> u32 {
    let mut host = Host::new(&json!({}), accepted);
    let deadline = Some(host.now.plus(lasts));
    let terms = Terms { now: host.now, seed: 1, deadline, place: None, facts: None };
    let row = json!({ "to": "+447700900123", "body": "Hello" });
    let content = Content::Json(row.to_string().into_bytes());
    let (mut delivery, mut step) = host.dispatcher.begin(InputKind::Row, content, terms);
    while let Action::Store { key, operation, .. } = step.action {
        if step.why == Why::Dispatch {
            host.now = host.now.plus(2_000);
        }
        let applied = cells::apply(host.cells.remove(&key), *operation, host.now);
        host.cells.extend(applied.cell.map(|cell| (key, cell)));
        step = delivery.resume(Report::Store(applied.answer), host.now);
    }
    let Action::Fetch { timeout_ms, .. } = step.action else { panic!("{:?}", step.why) };
    timeout_ms
}

#[test]
fn what_a_slow_store_took_the_request_does_not_have() {
    assert_eq!(time_for_the_request(5_000), 3_000);
    // What was dispatched is tried, if only for a moment.
    assert_eq!(time_for_the_request(2_500), 1_000);
    assert_eq!(time_for_the_request(60_000), 30_000);
}
