//! A vector through the crate's own types.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde_json::{Value as Json, json};
use twilio_destination::destination::{Destination, Input, InputKind};
use twilio_destination::facts::Facts;
use twilio_destination::http::{HttpFailure, HttpResponse, HttpResult};
use twilio_destination::json::{self, Limits};
use twilio_destination::time::Timestamp;

use super::check::{Actual, Run, SENT};
use super::format::{Given, Reply, Vector};
use twilio_destination::delivery::Step;

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
            let mut requests = Vec::new();
            let (mut delivery, mut step) = destination.begin(kind, input, facts, now);
            let outcomes = loop {
                match step {
                    Step::Done { outcomes } => break outcomes,
                    Step::Fetch { request, .. } => {
                        requests.push(to_json(&request));
                        step =
                            reported(vector.reply.as_ref(), |result| delivery.resume(result, now));
                    }
                }
            };
            Run {
                decisions: to_json(&decisions),
                preview: to_json(&preview),
                outcomes: to_json(&outcomes),
                requests,
            }
        })
    });
    Actual { report, run }
}

/// Everything of a vector that can be printed, printed.
pub(crate) fn debug(vector: &Vector) -> String {
    let mut out = String::new();
    let settings = vector.settings.to_string();
    let compiled = Destination::compile(&json::parse(&settings, LIMITS).unwrap());
    // Paths and names in the settings are the user's own; what they hold is not.
    let Ok(destination) = &compiled else { return format!("{compiled:?}") };
    let Some(given) = vector.given() else { return out };
    with_input(vector, destination, &given, |kind, input, facts, now| {
        let decisions = destination.decide(kind, input, facts, now);
        let preview = destination.preview(kind, input, facts, now);
        let (mut delivery, step) = destination.begin(kind, input, facts, now);
        write!(out, "{input:?}{facts:?}{decisions:?}{preview:?}{delivery:?}{step:?}").unwrap();
        let step = reported(vector.reply.as_ref(), |result| {
            write!(out, "{result:?}").unwrap();
            delivery.resume(result, now)
        });
        write!(out, "{delivery:?}{step:?}").unwrap();
    });
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

fn reported<T>(reply: Option<&Reply>, then: impl FnOnce(&HttpResult<'_>) -> T) -> T {
    match reply {
        None => then(&response(201, &[], SENT, true)),
        Some(Reply::NotStarted) => then(&HttpResult::NotStarted),
        Some(Reply::Failure { name, code, syscall }) => then(&HttpResult::Failure(HttpFailure {
            name,
            code: code.as_deref(),
            syscall: syscall.as_deref(),
        })),
        Some(Reply::Response { status, headers, body, complete }) => {
            let borrow = |(name, value): &'_ (String, String)| {
                (Cow::Owned(name.clone()), Cow::Owned(value.clone()))
            };
            let headers: Vec<_> = headers.iter().map(borrow).collect();
            then(&response(*status, &headers, body, *complete))
        }
    }
}

fn response<'a>(
    status: u16,
    headers: &'a [(Cow<'a, str>, Cow<'a, str>)],
    body: &'a str,
    complete: bool,
) -> HttpResult<'a> {
    HttpResult::Response(HttpResponse { status, headers, body, complete })
}

fn to_json(value: &impl serde::Serialize) -> Json {
    serde_json::to_value(value).unwrap()
}
