//! A vector through the boundary: settings and results as objects, events as JSON bytes.

use std::collections::HashMap;

use js_sys::{JSON, Reflect};
use serde_json::{Value as Json, json};
use twilio_destination::time::Timestamp;
use twilio_destination::wasm::{self, Delivery, Destination};
use wasm_bindgen::JsValue;

use super::check::{Actual, DEADLINE, Run, SENT};
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
    let terms = || {
        let deadline = now + DEADLINE as f64;
        to_js(&json!({ "now": now, "seed": 1, "deadline": deadline, "facts": facts() }))
    };
    let envelope = to_json(&destination.about().unwrap())["envelope"].clone();
    let (decisions, preview, delivery) = match given {
        Given::Unreadable => (
            destination.decide_fields(false, "!", facts(), now),
            destination.preview_fields(false, "!", facts(), now),
            destination.begin_fields(false, "!".to_owned(), terms()),
        ),
        Given::Event(text) | Given::Row(text) => {
            let row = matches!(given, Given::Row(_));
            let bytes = text.as_bytes();
            (
                destination.decide_json(row, bytes, facts(), now),
                destination.preview_json(row, bytes, facts(), now),
                destination.begin_json(row, bytes.to_vec(), terms()),
            )
        }
    };
    let mut cells = HashMap::new();
    for event in &vector.before {
        let bytes = event.to_string().into_bytes();
        deliver(destination.begin_json(false, bytes, terms()).unwrap(), &mut cells, None, now);
    }
    let reply = vector.reply.as_ref();
    let (outcomes, requests) = deliver(delivery.unwrap(), &mut cells, reply, now);
    Run {
        decisions: packed::decisions(&decisions.unwrap(), &envelope),
        preview: to_json(&preview.unwrap()),
        outcomes,
        requests,
    }
}

fn deliver(
    mut delivery: Delivery,
    cells: &mut HashMap<String, JsValue>,
    reply: Option<&Reply>,
    now: f64,
) -> (Json, Vec<Json>) {
    let mut requests = Vec::new();
    let mut step = to_json(&delivery.step().unwrap());
    while step["type"] != "done" {
        let report = if step["type"] == "fetch" {
            requests.push(step["request"].clone());
            to_js(&result(reply))
        } else {
            assert_eq!(step["type"], "store", "there is no time to wait");
            let key = step["key"].as_str().unwrap().to_owned();
            let cell = cells.remove(&key).unwrap_or(JsValue::NULL);
            let applied = wasm::apply(cell, to_js(&step["operation"]), now).unwrap();
            let member = |name: &str| Reflect::get(&applied, &name.into()).unwrap();
            cells.insert(key, member("cell"));
            let report = to_js(&json!({ "type": "answer" }));
            Reflect::set(&report, &"answer".into(), &member("answer")).unwrap();
            report
        };
        step = to_json(&delivery.resume(report, now).unwrap());
    }
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
