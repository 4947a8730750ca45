//! A vector through the boundary: settings and results as objects, events as JSON bytes.

use js_sys::JSON;
use serde_json::{Value as Json, json};
use twilio_destination::time::Timestamp;
use twilio_destination::wasm::{self, Delivery, Destination};
use wasm_bindgen::JsValue;

use super::check::{Actual, Run, SENT};
use super::format::{Given, Reply, Vector};
use super::packed;

/// Everything that comes of a vector, as JSON.
pub(crate) fn run(vector: &Vector) -> Actual {
    let mut compiled = wasm::compile(to_js(&vector.settings));
    let report = to_json(&compiled.report().unwrap());
    let destination = compiled.destination();
    let run = destination.and_then(|destination| {
        let given = vector.given()?;
        Some(run_given(vector, &destination, &given))
    });
    Actual { report, run }
}

fn run_given(vector: &Vector, destination: &Destination, given: &Given) -> Run {
    let now = Timestamp::parse(vector.now.as_deref().unwrap()).unwrap().millis() as f64;
    let facts = || vector.facts.as_ref().map(Json::to_string);
    let envelope = to_json(&destination.about().unwrap())["envelope"].clone();
    let (decisions, preview, delivery) = match given {
        Given::Unreadable => (
            destination.decide_fields(false, "!", facts(), now),
            destination.preview_fields(false, "!", facts(), now),
            destination.begin_fields(false, "!", facts(), now),
        ),
        Given::Event(text) | Given::Row(text) => {
            let row = matches!(given, Given::Row(_));
            let bytes = text.as_bytes();
            (
                destination.decide_json(row, bytes, facts(), now),
                destination.preview_json(row, bytes, facts(), now),
                destination.begin_json(row, bytes, facts(), now),
            )
        }
    };
    let (outcomes, requests) = deliver(delivery.unwrap(), vector.reply.as_ref(), now);
    Run {
        decisions: packed::decisions(&decisions.unwrap(), &envelope),
        preview: to_json(&preview.unwrap()),
        outcomes,
        requests,
    }
}

fn deliver(mut delivery: Delivery, reply: Option<&Reply>, now: f64) -> (Json, Vec<Json>) {
    let mut requests = Vec::new();
    let mut step = to_json(&delivery.step().unwrap());
    while step["type"] == "fetch" {
        requests.push(step["request"].clone());
        step = to_json(&delivery.resume(to_js(&result(reply)), now).unwrap());
    }
    assert_eq!(step["type"], "done");
    (step["outcomes"].clone(), requests)
}

fn result(reply: Option<&Reply>) -> Json {
    match reply {
        None => json!({
            "type": "response", "status": 201, "headers": [], "body": SENT, "complete": true,
        }),
        Some(Reply::NotStarted) => json!({ "type": "notStarted" }),
        Some(Reply::Failure { name, code, syscall }) => {
            json!({ "type": "failure", "name": name, "code": code, "syscall": syscall })
        }
        Some(Reply::Response { status, headers, body, complete }) => json!({
            "type": "response", "status": status, "headers": headers, "body": body,
            "complete": complete,
        }),
    }
}

fn to_js(value: &Json) -> JsValue {
    JSON::parse(&value.to_string()).unwrap()
}

fn to_json(value: &JsValue) -> Json {
    let text = String::from(JSON::stringify(value).unwrap());
    serde_json::from_str(&text).unwrap()
}
