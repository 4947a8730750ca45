//! A vector through the crate's own types.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::rc::Rc;

use serde_json::{Value as Json, json};
use twilio_destination::cells::{self, Cell};
use twilio_destination::delivery::{Action, Content, Delivery, Dispatcher, Report, Step, Terms};
use twilio_destination::destination::{Destination, Input, InputKind};
use twilio_destination::facts::Facts;
use twilio_destination::http::HttpReport;
use twilio_destination::json::{self, Limits};
use twilio_destination::outcome::Outcome;
use twilio_destination::time::Timestamp;

use super::check::{Actual, DEADLINE, Run, SENT};
use super::format::{Given, Reply, Vector};

const LIMITS: Limits = Limits { bytes: 1 << 20, depth: 64 };

/// Everything that comes of a vector, as JSON.
pub(crate) fn run(vector: &Vector) -> Actual {
    let settings = vector.settings.to_string();
    let destination = match Destination::compile(&json::parse(&settings, LIMITS).unwrap()) {
        Ok(destination) => destination,
        Err(error) => {
            let report = json!({ "problems": error.problems, "warnings": error.warnings });
            return Actual { report, run: None };
        }
    };
    let report = json!({ "problems": [], "warnings": destination.warnings() });
    let run = vector.given().map(|given| {
        with_input(vector, &destination, &given, |kind, input, facts, now| {
            let decisions = destination.decide(kind, input, facts, now);
            let preview = destination.preview(kind, input, facts, now);
            (to_json(&decisions), to_json(&preview), now)
        })
    });
    let run = run.map(|(decisions, preview, now)| {
        let (outcomes, requests) = deliver(vector, destination, now);
        Run { decisions, preview, outcomes: to_json(&outcomes), requests }
    });
    Actual { report, run }
}

/// Sends what a vector gives, with as much time as one request takes: what is to be waited for is
/// put off.
fn deliver(vector: &Vector, destination: Destination, now: Timestamp) -> (Vec<Outcome>, Vec<Json>) {
    let dispatcher = Dispatcher::new(Rc::new(destination));
    let mut cells = HashMap::new();
    for event in &vector.before {
        let content = Content::Json(event.to_string().into_bytes());
        let begun = dispatcher.begin(InputKind::Event, content, terms(vector, now));
        drive(begun, &mut cells, None, now);
    }
    drive(begin(vector, &dispatcher, now), &mut cells, vector.reply.as_ref(), now)
}

fn drive(
    (mut delivery, mut step): (Delivery, Step),
    cells: &mut HashMap<String, Cell>,
    reply: Option<&Reply>,
    now: Timestamp,
) -> (Vec<Outcome>, Vec<Json>) {
    let mut requests = Vec::new();
    loop {
        let report = match step.action {
            Action::Done { outcomes } => return (outcomes, requests),
            Action::Fetch { request, .. } => {
                requests.push(to_json(&request));
                reported(reply)
            }
            Action::Store { key, operation, .. } => {
                let applied = cells::apply(cells.remove(&key), *operation, now);
                cells.extend(applied.cell.map(|cell| (key, cell)));
                Report::Store(applied.answer)
            }
            Action::Handled { .. } => panic!("an event is no webhook"),
            Action::Wait { .. } => panic!("there is no time to wait: {:?}", step.why),
        };
        step = delivery.resume(report, now);
    }
}

fn begin(vector: &Vector, dispatcher: &Dispatcher, now: Timestamp) -> (Delivery, Step) {
    let given = vector.given().unwrap();
    let (kind, content) = match given {
        Given::Event(text) => (InputKind::Event, Content::Json(text.into_bytes())),
        Given::Row(text) => (InputKind::Row, Content::Json(text.into_bytes())),
        Given::Unreadable => (InputKind::Event, Content::Fields("!".to_owned())),
    };
    dispatcher.begin(kind, content, terms(vector, now))
}

fn terms(vector: &Vector, now: Timestamp) -> Terms {
    Terms {
        now,
        seed: 1,
        deadline: Some(now.plus(DEADLINE)),
        place: None,
        facts: vector.facts.as_ref().map(Json::to_string),
    }
}

/// Everything of a vector that can be printed, printed.
pub(crate) fn debug(vector: &Vector) -> String {
    let mut out = String::new();
    let settings = vector.settings.to_string();
    let compiled = Destination::compile(&json::parse(&settings, LIMITS).unwrap());
    // Paths and names in the settings are the user's own; what they hold is not.
    let Ok(destination) = compiled else { return format!("{compiled:?}") };
    let Some(given) = vector.given() else { return out };
    let now = with_input(vector, &destination, &given, |kind, input, facts, now| {
        let decisions = destination.decide(kind, input, facts, now);
        let preview = destination.preview(kind, input, facts, now);
        write!(out, "{input:?}{facts:?}{decisions:?}{preview:?}").unwrap();
        now
    });
    let report = reported(vector.reply.as_ref());
    let (mut delivery, mut step) = begin(vector, &Dispatcher::new(Rc::new(destination)), now);
    for _ in 0..20 {
        // The operations of a store are data that leaves the core, not something that is printed.
        let report = match step.action {
            Action::Store { ref key, ref operation, .. } => {
                let applied = cells::apply(None, (**operation).clone(), now);
                write!(out, "{key}{:?}", applied.answer).unwrap();
                Report::Store(applied.answer)
            }
            Action::Done { .. } => break,
            _ => report.clone(),
        };
        write!(out, "{delivery:?}{report:?}").unwrap();
        step = delivery.resume(report, now);
        write!(out, "{step:?}").unwrap();
    }
    out
}

fn with_input<T>(
    vector: &Vector,
    destination: &Destination,
    given: &Given,
    then: impl FnOnce(InputKind, &Input<'_>, &Facts<'_>, Timestamp) -> T,
) -> T {
    let (kind, input) = match given {
        Given::Event(text) => (InputKind::Event, destination.read_json(InputKind::Event, text)),
        Given::Row(text) => (InputKind::Row, destination.read_json(InputKind::Row, text)),
        Given::Unreadable => (InputKind::Event, destination.read_fields(InputKind::Event, "!")),
    };
    let facts = vector.facts.as_ref().map(Json::to_string);
    let facts = facts.as_deref().map_or_else(Facts::default, |facts| {
        Facts::read(json::parse(facts, LIMITS).unwrap()).unwrap()
    });
    let now = Timestamp::parse(vector.now.as_deref().unwrap()).unwrap();
    then(kind, &input, &facts, now)
}

fn reported(reply: Option<&Reply>) -> Report {
    Report::Http(match reply.cloned() {
        None => HttpReport::Response {
            status: 201,
            headers: Vec::new(),
            body: SENT.to_owned(),
            complete: true,
        },
        Some(Reply::NotStarted) => HttpReport::NotStarted,
        Some(Reply::Failure { name, code, syscall }) => HttpReport::Failure { name, code, syscall },
        Some(Reply::Response { status, headers, body, complete }) => {
            HttpReport::Response { status, headers, body, complete }
        }
    })
}

fn to_json(value: &impl serde::Serialize) -> Json {
    serde_json::to_value(value).unwrap()
}
