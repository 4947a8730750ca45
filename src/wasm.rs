//! The JavaScript boundary: the only file that names wasm_bindgen, serde_wasm_bindgen and js_sys.
//!
//! Settings come in and results go out as plain objects, by one serializer. What is called for
//! every event crosses as text instead, which costs a fraction of it: the values that the settings
//! read come in packed (see `src/event/fields.rs`), and decisions go out packed (see `src/destination/pack.rs`).
//!
//! Nothing here panics on input; an exception means that the caller misused the boundary.

use std::borrow::Cow;

use js_sys::Error;
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;

use crate::about::{About, Report};
use crate::delivery;
use crate::destination::{self, Input, InputKind};
use crate::event::{EventFault, MAX_DEPTH};
use crate::facts::Facts;
use crate::http::{HttpFailure, HttpResponse, HttpResult};
use crate::json;
use crate::live_check;
use crate::phone;
use crate::problem::Problem;
use crate::time::Timestamp;
use crate::value::{Loose, Value};

/// How much JSON facts may be.
const FACTS_LIMITS: json::Limits = json::Limits { bytes: 1 << 20, depth: MAX_DEPTH };

/// The last moment that JavaScript knows, in milliseconds (ECMA-262, "Time Values").
const MAX_TIME: f64 = 8.64e15;

/// A destination, compiled.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Destination(destination::Destination);

/// What compiling settings gave: problems and warnings, and a destination if there are no problems.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Compiled {
    destination: Option<destination::Destination>,
    report: Report,
}

/// Compiles settings: any value, as JavaScript has it.
#[wasm_bindgen]
pub fn compile(settings: JsValue) -> Compiled {
    let loose = serde_wasm_bindgen::from_value(settings);
    let Loose { value, unreadable } =
        loose.unwrap_or(Loose { value: Value::Null, unreadable: Vec::new() });
    let (destination, mut report) = match destination::Destination::compile(&value) {
        Ok(destination) => {
            let warnings = destination.warnings().to_vec();
            (Some(destination), Report { problems: Vec::new(), warnings })
        }
        Err(error) => (None, Report { problems: error.problems, warnings: error.warnings }),
    };
    report.problems.splice(0..0, unreadable.iter().map(Problem::unreadable));
    Compiled { destination: destination.filter(|_| unreadable.is_empty()), report }
}

#[wasm_bindgen]
impl Compiled {
    /// Every problem and warning: `Report`.
    pub fn report(&self) -> Result<JsValue, JsValue> {
        to_js(&self.report)
    }

    /// The destination, once; nothing if there are problems.
    pub fn destination(&mut self) -> Option<Destination> {
        self.destination.take().map(Destination)
    }
}

#[wasm_bindgen]
impl Destination {
    /// What a host has to know to hand events over: `About`.
    pub fn about(&self) -> Result<JsValue, JsValue> {
        to_js(&About::of(&self.0))
    }

    /// Begins a check of the account and the senders.
    #[wasm_bindgen(js_name = liveCheck)]
    pub fn live_check(&self) -> LiveCheck {
        let (check, step) = self.0.live_check();
        LiveCheck { check, step: Some(step) }
    }

    /// Decides for an event or a row whose values the shim packed. The answer is packed too.
    #[wasm_bindgen(js_name = decideFields)]
    pub fn decide_fields(
        &self,
        row: bool,
        fields: &str,
        facts: Option<String>,
        now: f64,
    ) -> Result<String, JsValue> {
        self.decide(row, &self.0.read_fields(kind(row), fields), facts.as_deref(), now)
    }

    /// Decides for an event or a row in the bytes of its JSON text. The answer is packed.
    #[wasm_bindgen(js_name = decideJson)]
    pub fn decide_json(
        &self,
        row: bool,
        json: &[u8],
        facts: Option<String>,
        now: f64,
    ) -> Result<String, JsValue> {
        self.decide(row, &self.read_bytes(row, json), facts.as_deref(), now)
    }

    /// Previews an event or a row whose values the shim packed: `Preview`.
    #[wasm_bindgen(js_name = previewFields)]
    pub fn preview_fields(
        &self,
        row: bool,
        fields: &str,
        facts: Option<String>,
        now: f64,
    ) -> Result<JsValue, JsValue> {
        self.preview(row, &self.0.read_fields(kind(row), fields), facts.as_deref(), now)
    }

    /// Previews an event or a row in the bytes of its JSON text: `Preview`.
    #[wasm_bindgen(js_name = previewJson)]
    pub fn preview_json(
        &self,
        row: bool,
        json: &[u8],
        facts: Option<String>,
        now: f64,
    ) -> Result<JsValue, JsValue> {
        self.preview(row, &self.read_bytes(row, json), facts.as_deref(), now)
    }

    /// Begins to send an event or a row whose values the shim packed.
    #[wasm_bindgen(js_name = beginFields)]
    pub fn begin_fields(
        &self,
        row: bool,
        fields: &str,
        facts: Option<String>,
        now: f64,
    ) -> Result<Delivery, JsValue> {
        self.begin(row, &self.0.read_fields(kind(row), fields), facts.as_deref(), now)
    }

    /// Begins to send an event or a row in the bytes of its JSON text.
    #[wasm_bindgen(js_name = beginJson)]
    pub fn begin_json(
        &self,
        row: bool,
        json: &[u8],
        facts: Option<String>,
        now: f64,
    ) -> Result<Delivery, JsValue> {
        self.begin(row, &self.read_bytes(row, json), facts.as_deref(), now)
    }
}

impl Destination {
    fn read_bytes<'e>(&'e self, row: bool, json: &'e [u8]) -> Input<'e> {
        // Its length is checked first: what is too long is not even looked at.
        if json.len() > self.0.max_event_bytes() {
            return Err(EventFault::TooLarge);
        }
        match std::str::from_utf8(json) {
            Ok(text) => self.0.read_json(kind(row), text),
            Err(error) => Err(EventFault::NotJson("UTF-8", error.valid_up_to())),
        }
    }

    fn decide(
        &self,
        row: bool,
        input: &Input<'_>,
        facts: Option<&str>,
        now: f64,
    ) -> Result<String, JsValue> {
        let facts = read_facts(facts)?;
        Ok(self.0.decide_packed(kind(row), input, &facts, time(now)?))
    }

    fn preview(
        &self,
        row: bool,
        input: &Input<'_>,
        facts: Option<&str>,
        now: f64,
    ) -> Result<JsValue, JsValue> {
        let facts = read_facts(facts)?;
        to_js(&self.0.preview(kind(row), input, &facts, time(now)?))
    }

    fn begin(
        &self,
        row: bool,
        input: &Input<'_>,
        facts: Option<&str>,
        now: f64,
    ) -> Result<Delivery, JsValue> {
        let facts = read_facts(facts)?;
        let (delivery, step) = self.0.begin(kind(row), input, &facts, time(now)?);
        Ok(Delivery { delivery, step: Some(step) })
    }
}

/// Reads a phone number. Region, policy and answer are packed: see `src/phone/packed.rs`.
#[wasm_bindgen(js_name = parsePhoneNumber)]
pub fn parse_phone_number(is_text: bool, text: &str, region: u16, accept: u8) -> String {
    phone::answer_packed(is_text.then_some(text), region, accept)
}

/// One event being sent.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Delivery {
    delivery: delivery::Delivery,
    step: Option<delivery::Step>,
}

#[wasm_bindgen]
impl Delivery {
    /// The first step: `Step`.
    pub fn step(&mut self) -> Result<JsValue, JsValue> {
        let step = self.step.take();
        to_js(&step.ok_or_else(|| Error::new("the first step was taken before"))?)
    }

    /// Takes an `HttpResult` in and answers with the next `Step`.
    pub fn resume(&mut self, result: JsValue, now: f64) -> Result<JsValue, JsValue> {
        let now = time(now)?;
        let seen: Seen = serde_wasm_bindgen::from_value(result)?;
        to_js(&seen.read(|result| self.delivery.resume(result, now))?)
    }
}

/// A check of the account under way.
#[wasm_bindgen]
#[derive(Debug)]
pub struct LiveCheck {
    check: live_check::LiveCheck,
    step: Option<live_check::CheckStep>,
}

#[wasm_bindgen]
impl LiveCheck {
    /// The first step: `CheckStep`.
    pub fn step(&mut self) -> Result<JsValue, JsValue> {
        let step = self.step.take();
        to_js(&step.ok_or_else(|| Error::new("the first step was taken before"))?)
    }

    /// Takes an `HttpResult` in and answers with the next `CheckStep`.
    pub fn resume(&mut self, result: JsValue) -> Result<JsValue, JsValue> {
        let seen: Seen = serde_wasm_bindgen::from_value(result)?;
        to_js(&seen.read(|result| self.check.resume(result))?)
    }
}

/// What the host saw: an `HttpResult` with all its members in one.
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

impl Seen {
    fn read<T>(&self, take: impl FnOnce(&HttpResult<'_>) -> T) -> Result<T, JsValue> {
        let headers: Vec<(Cow<'_, str>, Cow<'_, str>)> = self
            .headers
            .iter()
            .map(|(name, value)| (Cow::Borrowed(name.as_str()), Cow::Borrowed(value.as_str())))
            .collect();
        Ok(take(&match self.r#type.as_str() {
            "response" => HttpResult::Response(HttpResponse {
                status: self.status,
                headers: &headers,
                body: &self.body,
                complete: self.complete,
            }),
            "notStarted" => HttpResult::NotStarted,
            "failure" => HttpResult::Failure(HttpFailure {
                name: &self.name,
                code: self.code.as_deref(),
                syscall: self.syscall.as_deref(),
            }),
            _ => return Err(Error::new("a result is a response, a failure or notStarted").into()),
        }))
    }
}

fn kind(row: bool) -> InputKind {
    if row { InputKind::Row } else { InputKind::Event }
}

fn time(now: f64) -> Result<Timestamp, JsValue> {
    #[expect(clippy::cast_possible_truncation, reason = "checked to be a time of JavaScript's")]
    if now.abs() <= MAX_TIME {
        return Ok(Timestamp::from_millis(now as i64));
    }
    Err(Error::new("`now` is a time in milliseconds since 1970").into())
}

fn read_facts(facts: Option<&str>) -> Result<Facts<'_>, JsValue> {
    let Some(text) = facts else { return Ok(Facts::default()) };
    let value = json::parse(text, FACTS_LIMITS).map_err(|_| Error::new("facts are JSON"))?;
    Facts::read(value).map_err(|cause| Error::new(cause).into())
}

fn to_js(value: &impl Serialize) -> Result<JsValue, JsValue> {
    Ok(value.serialize(&serde_wasm_bindgen::Serializer::json_compatible())?)
}
