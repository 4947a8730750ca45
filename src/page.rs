//! The JavaScript boundary of the page: settings as text, and a stage on which events are sent.
//!
//! A page is fetched by everyone who opens it, so it carries no more than it can need: cells stay in
//! the core and are never written as text, and what no stage calls, webhooks above all, is left out
//! by the linker.

use js_sys::Error;
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::boundary::{Compiled, Destination, kind, read_facts, time, to_js};
use crate::cells::{self, Answer, Cell, Operation, Trait};
use crate::delivery::{Action, Content, Delivery, Dispatcher, Place, Report, Step, Terms, Why};
use crate::http::{FetchRequest, HttpReport};
use crate::json;
use crate::outcome::Outcome;
use crate::path::Path;
use crate::preview::Preview;
use crate::time::Timestamp;
use crate::value::Value;

/// How much JSON settings may be, and how deep: no setting lies deeper.
const SETTINGS_LIMITS: json::Limits = json::Limits { bytes: 1 << 24, depth: 16 };

/// How much JSON a result may be. The deepest in it are the pairs of its headers.
const RESULT_LIMITS: json::Limits = json::Limits { bytes: 1 << 20, depth: 3 };

/// Compiles settings, given as JSON.
#[wasm_bindgen(js_name = compileJson)]
pub fn compile_json(settings: &str) -> Compiled {
    match json::parse(settings, SETTINGS_LIMITS) {
        Ok(value) => Compiled::of(&value, &[]),
        Err(_) => Compiled::of(&Value::Null, &[Path::default()]),
    }
}

/// Where events are sent one after the other, and nothing leaves: cells lie in memory, and the time
/// is moved by waits and requests alone.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Stage {
    dispatcher: Dispatcher,
    cells: Vec<Kept>,
    now: Timestamp,
    begun: u32,
    delivery: Option<Delivery>,
}

/// A cell under its key.
#[derive(Debug)]
struct Kept {
    key: String,
    cell: Cell,
    expires_at: Option<Timestamp>,
}

/// How far a delivery got.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Scene {
    /// What was done, in its order.
    steps: Vec<Taken>,
    /// When it got there, in milliseconds since 1970.
    at: Timestamp,
    /// The request that is to be answered, if it has not ended.
    asks: Option<Asked>,
    /// How each message ended, one for each decision.
    outcomes: Vec<Outcome>,
}

/// A step that the stage took by itself.
#[derive(Serialize)]
struct Taken {
    r#type: &'static str,
    why: Why,
    at: Timestamp,
    until: Timestamp,
}

/// A request that somebody is to answer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    why: Why,
    request: FetchRequest,
    timeout_ms: u32,
}

/// What is known of an event in the end.
#[derive(Serialize)]
struct Known {
    /// What would be done with it, by all that its delivery knew.
    preview: Option<Preview>,
    /// What is remembered of its user.
    remembered: Vec<Trait>,
}

#[wasm_bindgen]
impl Destination {
    /// An empty stage, on which it is `now`.
    pub fn stage(&self, now: f64) -> Result<Stage, JsValue> {
        let now = time(now)?;
        let dispatcher = self.0.elsewhere();
        Ok(Stage { dispatcher, cells: Vec::new(), now, begun: 0, delivery: None })
    }
}

#[wasm_bindgen]
impl Stage {
    /// Begins to send an event or a row in the bytes of its JSON text, up to its first request:
    /// `Scene`.
    pub fn begin(
        &mut self,
        row: bool,
        json: Vec<u8>,
        facts: Option<String>,
    ) -> Result<JsValue, JsValue> {
        read_facts(facts.as_deref())?;
        self.begun += 1;
        let terms = Terms {
            now: self.now,
            seed: self.begun.into(),
            deadline: None,
            place: Some(Place { run: "stage".to_owned(), row: self.begun.into() }),
            facts,
        };
        let (delivery, step) = self.dispatcher.begin(kind(row), Content::Json(json), terms);
        self.play(delivery, step)
    }

    /// Takes in what came of the request `after` so many milliseconds, given as the JSON of an
    /// `HttpResult`, and goes on to the next request or to the end: `Scene`.
    pub fn answer(&mut self, result: &str, after: f64) -> Result<JsValue, JsValue> {
        let mut delivery = self.delivery.take().ok_or_else(nothing_begun)?;
        #[expect(clippy::cast_possible_truncation, reason = "a cast from a float saturates")]
        let after = after as i64;
        self.now = self.now.plus(after);
        let step = delivery.resume(Report::Http(read_result(result)), self.now);
        self.play(delivery, step)
    }

    /// What is known of the event, which was begun at `begun`: `Known`.
    pub fn known(&self, begun: f64) -> Result<JsValue, JsValue> {
        let delivery = self.delivery.as_ref().ok_or_else(nothing_begun)?;
        to_js(&Known { preview: delivery.preview(time(begun)?), remembered: delivery.remembered() })
    }
}

impl Stage {
    fn play(&mut self, mut delivery: Delivery, first: Step) -> Result<JsValue, JsValue> {
        let mut steps = Vec::new();
        let mut next = first;
        let (asks, outcomes) = loop {
            let Step { why, action } = next;
            let at = self.now;
            let (r#type, report) = match action {
                Action::Done { outcomes } => break (None, outcomes),
                Action::Handled { .. } => break (None, Vec::new()),
                Action::Fetch { request, timeout_ms, .. } => {
                    break (Some(Asked { why, request, timeout_ms }), Vec::new());
                }
                Action::Store { key, operation } => {
                    ("store", Report::Store(self.update(key, *operation)))
                }
                Action::Wait { until, .. } => {
                    self.now = self.now.max(until);
                    ("wait", Report::Waited)
                }
            };
            steps.push(Taken { r#type, why, at, until: self.now });
            next = delivery.resume(report, self.now);
        };
        self.delivery = Some(delivery);
        to_js(&Scene { steps, at: self.now, asks, outcomes })
    }

    fn update(&mut self, key: String, operation: Operation) -> Answer {
        let known = self.cells.iter().position(|kept| kept.key == key);
        let kept = known.map(|at| self.cells.swap_remove(at));
        let now = self.now;
        let living = kept.filter(|kept| kept.expires_at.is_none_or(|end| end > now));
        let applied = cells::apply(living.map(|kept| kept.cell), operation, now);
        let cells::Applied { cell, answer, expires_at } = applied;
        self.cells.extend(cell.map(|cell| Kept { key, cell, expires_at }));
        answer
    }
}

fn nothing_begun() -> JsValue {
    Error::new("nothing was begun").into()
}

/// Reads an `HttpResult`. What cannot be read does not prove that nothing was sent.
fn read_result(text: &str) -> HttpReport {
    json::parse(text, RESULT_LIMITS)
        .ok()
        .as_ref()
        .and_then(result_of)
        .unwrap_or_else(HttpReport::misreported)
}

fn result_of(value: &Value<'_>) -> Option<HttpReport> {
    let text = |name| value.member(name).and_then(Value::as_text).map(str::to_owned);
    match value.member("type")?.as_text()? {
        "failure" => Some(HttpReport::Failure {
            name: text("name")?,
            code: text("code"),
            syscall: text("syscall"),
        }),
        "notStarted" => Some(HttpReport::NotStarted),
        "response" => {
            let Some(&Value::Number(status)) = value.member("status") else { return None };
            let Some(Value::List(headers)) = value.member("headers") else { return None };
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a cast from a float saturates, and there is no such status"
            )]
            let status = status as u16;
            Some(HttpReport::Response {
                status,
                headers: headers.iter().map(header_of).collect::<Option<_>>()?,
                body: text("body")?,
                complete: value.member("complete") == Some(&Value::Bool(true)),
            })
        }
        _ => None,
    }
}

fn header_of(pair: &Value<'_>) -> Option<(String, String)> {
    let text = |index| pair.item(index).and_then(Value::as_text).map(str::to_owned);
    Some((text(0)?, text(1)?))
}
