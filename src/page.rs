//! The JavaScript boundary of the page: settings as text, and a stage on which events are sent.
//!
//! A page is fetched by everyone who opens it, so it carries no more than it can need: cells stay in
//! the core and are never written as text, and what no stage calls, webhooks above all, is left out
//! by the linker.

use js_sys::Error;
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::boundary::{Compiled, Destination, kind, read_facts, time, to_js};
use crate::cells::{self, Answer, Cell, ClaimOperation, Operation, Target, Trait};
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
    deliveries: Vec<(u32, Delivery)>,
}

/// A cell under its key.
#[derive(Debug)]
struct Kept {
    key: String,
    cell: Cell,
    expires_at: Option<Timestamp>,
}

/// How far a delivery got: to a request, to a wait or to its end.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Scene {
    /// What was noted on the way, in its order.
    steps: Vec<Taken>,
    /// The request that is to be answered.
    asks: Option<Asked>,
    /// What is waited for.
    waits: Option<Waiting>,
    /// How each message ended, one for each decision.
    outcomes: Vec<Outcome>,
}

/// A step that the stage took by itself: it takes no time.
#[derive(Serialize)]
struct Taken {
    why: Why,
}

/// A wait. Others may go on meanwhile.
#[derive(Serialize)]
struct Waiting {
    why: Why,
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
        Ok(Stage { dispatcher, cells: Vec::new(), now, begun: 0, deliveries: Vec::new() })
    }
}

#[wasm_bindgen]
impl Stage {
    /// Begins to send an event or a row in the bytes of its JSON text, up to its first request or
    /// wait: `Scene`. An event that is begun again at its place takes the place of the former one.
    pub fn begin(
        &mut self,
        place: u32,
        row: bool,
        json: Vec<u8>,
        facts: Option<String>,
        now: f64,
    ) -> Result<JsValue, JsValue> {
        read_facts(facts.as_deref())?;
        self.pass_to(now)?;
        self.begun += 1;
        let terms = Terms {
            now: self.now,
            seed: self.begun.into(),
            deadline: None,
            place: Some(Place { run: "stage".to_owned(), row: u64::from(place) + 1 }),
            facts,
        };
        let (delivery, step) = self.dispatcher.begin(kind(row), Content::Json(json), terms);
        self.play(place, delivery, step)
    }

    /// Takes in what came of a request, given as the JSON of an `HttpResult`, and goes on to the
    /// next request, wait or end: `Scene`.
    pub fn answer(&mut self, place: u32, result: &str, now: f64) -> Result<JsValue, JsValue> {
        self.go_on(place, Report::Http(read_result(result)), now)
    }

    /// Goes on after a wait: `Scene`.
    pub fn waited(&mut self, place: u32, now: f64) -> Result<JsValue, JsValue> {
        self.go_on(place, Report::Waited, now)
    }

    /// Notes in a claim, named by the hash in its key, what a status callback says: that the message
    /// was sent. Tells whether there is such a claim.
    pub fn report(&mut self, claim: &str, sid: String, now: f64) -> Result<bool, JsValue> {
        self.pass_to(now)?;
        let found = self.cells.iter().find(|kept| kept.key.ends_with(claim));
        let Some(key) = found.map(|kept| kept.key.clone()) else { return Ok(false) };
        let report = ClaimOperation::Report {
            sid,
            status: "sent".to_owned(),
            error: None,
            keep: CLAIMS_KEPT,
        };
        self.update(key, Operation { v: cells::VERSION, to: Target::Claim(report) });
        Ok(true)
    }

    /// Takes an event off the stage, ended or not: `Known`. It was begun at `begun`.
    pub fn leave(&mut self, place: u32, begun: f64) -> Result<JsValue, JsValue> {
        let delivery = self.take(place)?;
        to_js(&Known { preview: delivery.preview(time(begun)?), remembered: delivery.remembered() })
    }
}

/// How long a callback keeps a claim at least, in milliseconds: longer than anything is played.
const CLAIMS_KEPT: i64 = 31_536_000_000;

impl Stage {
    fn pass_to(&mut self, now: f64) -> Result<(), JsValue> {
        self.now = self.now.max(time(now)?);
        Ok(())
    }

    fn take(&mut self, place: u32) -> Result<Delivery, JsValue> {
        let found = self.deliveries.iter().position(|(at, _)| *at == place);
        let (_, delivery) = self.deliveries.swap_remove(found.ok_or_else(nothing_begun)?);
        Ok(delivery)
    }

    fn go_on(&mut self, place: u32, report: Report, now: f64) -> Result<JsValue, JsValue> {
        self.pass_to(now)?;
        let mut delivery = self.take(place)?;
        let step = delivery.resume(report, self.now);
        self.play(place, delivery, step)
    }

    fn play(
        &mut self,
        place: u32,
        mut delivery: Delivery,
        first: Step,
    ) -> Result<JsValue, JsValue> {
        let mut scene = Scene { steps: Vec::new(), asks: None, waits: None, outcomes: Vec::new() };
        let mut next = first;
        loop {
            let Step { why, action } = next;
            match action {
                Action::Done { outcomes } => {
                    scene.outcomes = outcomes;
                    break;
                }
                Action::Handled { .. } => break,
                Action::Fetch { request, timeout_ms, .. } => {
                    scene.asks = Some(Asked { why, request, timeout_ms });
                    break;
                }
                Action::Wait { until, .. } => {
                    scene.waits = Some(Waiting { why, until });
                    break;
                }
                Action::Store { key, operation, .. } => {
                    scene.steps.push(Taken { why });
                    let answer = self.update(key, *operation);
                    next = delivery.resume(Report::Store(answer), self.now);
                }
            }
        }
        self.deliveries.push((place, delivery));
        to_js(&scene)
    }

    fn update(&mut self, key: String, operation: Operation) -> Answer {
        let known = self.cells.iter().position(|kept| kept.key == key);
        let kept = known.map(|at| self.cells.swap_remove(at));
        let now = self.now;
        let living = kept.filter(|kept| kept.expires_at.is_none_or(|end| end > now));
        let applied = cells::apply(living.map(|kept| kept.cell), operation, now);
        let cells::Applied { cell, answer, expires_at, .. } = applied;
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
