//! What every JavaScript boundary has: to check, to preview, to read phone numbers. The package adds
//! `src/wasm.rs`, and the page `src/page.rs`.
//!
//! Nothing here panics on input; an exception means that the caller misused the boundary.

use std::rc::Rc;

use js_sys::Error;
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::about;
use crate::delivery;
use crate::destination::{self, Input, InputKind};
use crate::event::{EventFault, MAX_DEPTH};
use crate::facts::Facts;
use crate::json;
use crate::path::Path;
use crate::phone;
use crate::problem::Problem;
use crate::time::Timestamp;
use crate::value::Value;

/// How much JSON facts may be.
const FACTS_LIMITS: json::Limits = json::Limits { bytes: 1 << 20, depth: MAX_DEPTH };

/// The last moment that JavaScript knows, in milliseconds (ECMA-262, "Time Values").
const MAX_TIME: f64 = 8.64e15;

/// A destination, compiled.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Destination(pub(crate) delivery::Dispatcher);

/// What compiling settings gave: problems and warnings, and a destination if there are no problems.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Compiled {
    destination: Option<destination::Destination>,
    report: about::Report,
}

impl Compiled {
    /// Compiles what could be read, and reports what could not: nothing stands in its place.
    pub(crate) fn of(settings: &Value<'_>, unreadable: &[Path]) -> Self {
        let (destination, mut report) = match destination::Destination::compile(settings) {
            Ok(destination) => {
                let warnings = destination.warnings().to_vec();
                (Some(destination), about::Report { problems: Vec::new(), warnings })
            }
            Err(error) => {
                (None, about::Report { problems: error.problems, warnings: error.warnings })
            }
        };
        report.problems.splice(0..0, unreadable.iter().map(Problem::unreadable));
        Self { destination: destination.filter(|_| unreadable.is_empty()), report }
    }
}

#[wasm_bindgen]
impl Compiled {
    /// Every problem and warning: `Report`.
    pub fn report(&self) -> Result<JsValue, JsValue> {
        to_js(&self.report)
    }

    /// The destination, once; nothing if there are problems.
    pub fn destination(&mut self) -> Option<Destination> {
        let destination = self.destination.take()?;
        Some(Destination(delivery::Dispatcher::new(Rc::new(destination))))
    }
}

#[wasm_bindgen]
impl Destination {
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
}

impl Destination {
    pub(crate) fn read_bytes<'e>(&'e self, row: bool, json: &'e [u8]) -> Input<'e> {
        // Its length is checked first: what is too long is not even looked at.
        if json.len() > self.it().max_event_bytes() {
            return Err(EventFault::TooLarge);
        }
        match std::str::from_utf8(json) {
            Ok(text) => self.it().read_json(kind(row), text),
            Err(error) => Err(EventFault::NotJson("UTF-8", error.valid_up_to())),
        }
    }

    pub(crate) fn preview(
        &self,
        row: bool,
        input: &Input<'_>,
        facts: Option<&str>,
        now: f64,
    ) -> Result<JsValue, JsValue> {
        let facts = read_facts(facts)?;
        to_js(&self.it().preview(kind(row), input, &facts, time(now)?))
    }

    pub(crate) fn it(&self) -> &destination::Destination {
        self.0.destination()
    }
}

/// Reads a phone number. Region, policy and answer are packed: see `src/phone/packed.rs`.
#[wasm_bindgen(js_name = parsePhoneNumber)]
pub fn parse_phone_number(is_text: bool, text: &str, region: u16, accept: u8) -> String {
    phone::answer_packed(is_text.then_some(text), region, accept)
}

pub(crate) fn kind(row: bool) -> InputKind {
    if row { InputKind::Row } else { InputKind::Event }
}

pub(crate) fn time(now: f64) -> Result<Timestamp, JsValue> {
    #[expect(clippy::cast_possible_truncation, reason = "checked to be a time of JavaScript's")]
    if now.abs() <= MAX_TIME {
        return Ok(Timestamp::from_millis(now as i64));
    }
    Err(Error::new("`now` is a time in milliseconds since 1970").into())
}

pub(crate) fn read_facts(facts: Option<&str>) -> Result<Facts<'_>, JsValue> {
    let Some(text) = facts else { return Ok(Facts::default()) };
    let value = json::parse(text, FACTS_LIMITS).map_err(|_| Error::new("facts are JSON"))?;
    Facts::read(value).map_err(|cause| Error::new(cause).into())
}

/// What JavaScript makes of a value's JSON: to make an object member by member would cost more.
pub(crate) fn to_js(value: &impl Serialize) -> Result<JsValue, JsValue> {
    let text = json::to_text(value).map_err(|_| Error::new("this is no JSON"))?;
    js_sys::JSON::parse(&text)
}
