//! What sends, one step at a time, of the JavaScript boundary: the delivery, and what a store does
//! with its cells.

use js_sys::Error;
use serde::Deserialize;
use wasm_bindgen::prelude::*;

use crate::boundary::{Destination, kind, read_facts, time, to_js};
use crate::cells;
use crate::delivery::{self, Content, Place, Report, Terms};
use crate::http::HttpReport;
use crate::time::Timestamp;

#[wasm_bindgen]
impl Destination {
    /// Begins to send an event or a row in the bytes of its JSON text.
    #[wasm_bindgen(js_name = beginJson)]
    pub fn begin_json(
        &self,
        row: bool,
        json: Vec<u8>,
        terms: JsValue,
    ) -> Result<Delivery, JsValue> {
        self.begin(row, Content::Json(json), terms)
    }
}

impl Destination {
    pub(super) fn begin(
        &self,
        row: bool,
        content: Content,
        terms: JsValue,
    ) -> Result<Delivery, JsValue> {
        let (delivery, step) = self.0.begin(kind(row), content, read_terms(terms)?);
        Ok(Delivery { delivery, step: Some(step) })
    }
}

/// Applies an operation to the cell that a store has under its key: `Applied`.
///
/// What is no cell of ours is left alone, and the answer says so.
#[wasm_bindgen]
pub fn apply(cell: JsValue, operation: JsValue, now: f64) -> Result<JsValue, JsValue> {
    update(cell, serde_wasm_bindgen::from_value(operation)?, time(now)?)
}

/// Frees the cell of everybody who was at work on it before: `Applied`. For stores that know that
/// nobody of them is there any more.
#[wasm_bindgen(js_name = takeOver)]
pub fn take_over(cell: JsValue, now: f64) -> Result<JsValue, JsValue> {
    let operation = cells::Operation { v: cells::VERSION, to: cells::Target::TakeOver };
    update(cell, operation, time(now)?)
}

fn update(cell: JsValue, operation: cells::Operation, now: Timestamp) -> Result<JsValue, JsValue> {
    let given: Option<JsValue> = (!cell.is_null() && !cell.is_undefined()).then_some(cell);
    let Some(given) = given else { return to_js(&cells::apply(None, operation, now)) };
    match serde_wasm_bindgen::from_value(given.clone()) {
        Ok(cell) => to_js(&cells::apply(Some(cell), operation, now)),
        Err(_) => {
            let answer = to_js(&cells::refuse_unreadable(version_of(given.clone())))?;
            let applied = js_sys::Object::new();
            let members = [
                ("cell", given),
                ("answer", answer),
                ("expiresAt", JsValue::NULL),
                ("durable", JsValue::TRUE),
            ];
            for (name, value) in members {
                js_sys::Reflect::set(&applied, &JsValue::from_str(name), &value)?;
            }
            Ok(applied.into())
        }
    }
}

/// The version that an unreadable cell claims to have.
fn version_of(cell: JsValue) -> Option<u32> {
    #[derive(Deserialize)]
    struct Versioned {
        v: u32,
    }
    serde_wasm_bindgen::from_value::<Versioned>(cell).ok().map(|cell| cell.v)
}

/// One event being sent.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Delivery {
    pub(super) delivery: delivery::Delivery,
    pub(super) step: Option<delivery::Step>,
}

#[wasm_bindgen]
impl Delivery {
    /// The first step: `Step`.
    pub fn step(&mut self) -> Result<JsValue, JsValue> {
        let step = self.step.take();
        to_js(&step.ok_or_else(|| Error::new("the first step was taken before"))?)
    }

    /// Takes a `Report` in and answers with the next `Step`.
    pub fn resume(&mut self, report: JsValue, now: f64) -> Result<JsValue, JsValue> {
        let report = read_report(report)?;
        to_js(&self.delivery.resume(report, time(now)?))
    }

    /// What would be done with the event, by all that this delivery knows by now: `Preview`.
    pub fn preview(&self, now: f64) -> Result<JsValue, JsValue> {
        to_js(&self.delivery.preview(time(now)?))
    }

    /// What is remembered of the event's user: an array of `Trait`.
    pub fn remembered(&self) -> Result<JsValue, JsValue> {
        to_js(&self.delivery.remembered())
    }
}

/// The terms of a delivery, as the shim writes them.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DeliveryTerms {
    now: f64,
    /// A number of at most 53 bits.
    seed: f64,
    deadline: Option<f64>,
    run: Option<String>,
    row: Option<f64>,
    facts: Option<String>,
}

pub(super) fn read_terms(terms: JsValue) -> Result<Terms, JsValue> {
    let DeliveryTerms { now, seed, deadline, run, row, facts } =
        serde_wasm_bindgen::from_value(terms)?;
    read_facts(facts.as_deref())?;
    Ok(Terms {
        now: time(now)?,
        seed: whole(seed),
        deadline: deadline.map(time).transpose()?,
        place: place(run, row)?,
        facts,
    })
}

/// A row without a place can be sent again, so that none is taken only where none is meant.
fn place(run: Option<String>, row: Option<f64>) -> Result<Option<Place>, JsValue> {
    const LAST: f64 = 9_007_199_254_740_991.0;
    match (run, row) {
        (None, None) => Ok(None),
        (Some(run), Some(row)) if row.fract() == 0.0 && (1.0..=LAST).contains(&row) => {
            Ok(Some(Place { run, row: whole(row) }))
        }
        _ => Err(Error::new("a row's place is its run's name and its number, from 1").into()),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast from a float saturates, and any number will do"
)]
const fn whole(number: f64) -> u64 {
    number as u64
}

/// What came of a step, with the members of all of them in one.
#[derive(Deserialize)]
struct Seen {
    r#type: String,
    #[serde(default)]
    status: u16,
    #[serde(default)]
    headers: Vec<(String, String)>,
    #[serde(default)]
    body: String,
    #[serde(default)]
    complete: bool,
    #[serde(default)]
    name: String,
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    syscall: Option<String>,
}

pub(super) fn read_report(report: JsValue) -> Result<Report, JsValue> {
    let answer = js_sys::Reflect::get(&report, &JsValue::from_str("answer"))?;
    let seen: Seen = serde_wasm_bindgen::from_value(report)?;
    let Seen { status, headers, body, complete, name, code, syscall, .. } = seen;
    Ok(match seen.r#type.as_str() {
        // A store that answers what is no answer has failed.
        "answer" => {
            serde_wasm_bindgen::from_value(answer).map_or(Report::StoreFailed, Report::Store)
        }
        "failure" => Report::Http(HttpReport::Failure { name, code, syscall }),
        "notStarted" => Report::Http(HttpReport::NotStarted),
        "response" => Report::Http(HttpReport::Response { status, headers, body, complete }),
        "storeFailed" => Report::StoreFailed,
        "storeLate" => Report::StoreLate,
        "stopped" => Report::Stopped,
        "waited" => Report::Waited,
        _ => return Err(Error::new("there is no such report").into()),
    })
}
