//! The JavaScript boundary. Only this file and `src/page.rs`, its part for pages, name wasm_bindgen,
//! serde_wasm_bindgen and js_sys.
//!
//! Settings come in and results go out as plain objects, by one serializer. What is called for
//! every event crosses as text instead, which costs a fraction of it: the values that the settings
//! read come in packed (see `src/event/fields.rs`), and decisions go out packed (see `src/destination/pack.rs`).
//!
//! Nothing here panics on input; an exception means that the caller misused the boundary.

use std::borrow::Cow;

use js_sys::Error;
use serde::Deserialize;
use wasm_bindgen::prelude::*;

use crate::about::About;
use crate::cells;
use crate::delivery::{self, Content, Place, Report, Terms};
use crate::destination::Input;
use crate::http::HttpReport;
use crate::live_check;
pub use crate::page::{Compiled, Destination, compile, parse_phone_number};
use crate::page::{kind, read_facts, time, to_js};
use crate::redact::Secret;
use crate::segment_api::{Origin, Tracking};
use crate::twilio::sid::MessageSid;
use crate::twilio::webhook::{self, Receipt};

#[wasm_bindgen]
impl Destination {
    /// What a host has to know to hand events over: `About`.
    pub fn about(&self) -> Result<JsValue, JsValue> {
        to_js(&About::of(self.it()))
    }

    /// Begins a check of the account and the senders.
    #[wasm_bindgen(js_name = liveCheck)]
    pub fn live_check(&self) -> LiveCheck {
        let (check, step) = self.it().live_check();
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
        self.decide(row, &self.it().read_fields(kind(row), fields), facts.as_deref(), now)
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
        self.preview(row, &self.it().read_fields(kind(row), fields), facts.as_deref(), now)
    }

    /// Begins to send an event or a row whose values the shim packed, by its [`DeliveryTerms`].
    #[wasm_bindgen(js_name = beginFields)]
    pub fn begin_fields(
        &self,
        row: bool,
        fields: String,
        terms: JsValue,
    ) -> Result<Delivery, JsValue> {
        self.begin(row, Content::Fields(fields), terms)
    }

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

    /// Begins to forget what is known of a user.
    #[wasm_bindgen(js_name = beginForget)]
    pub fn begin_forget(
        &self,
        user_id: Option<String>,
        anonymous_id: Option<String>,
        terms: JsValue,
    ) -> Result<Delivery, JsValue> {
        let terms = read_terms(terms)?;
        let (user_id, anonymous_id) = (user_id.as_deref(), anonymous_id.as_deref());
        let (delivery, step) = self.0.begin_forget(user_id, anonymous_id, &terms);
        Ok(Delivery { delivery, step: Some(step) })
    }

    /// Begins to handle a webhook, by its [`DeliveryTerms`]. The headers are pairs of texts.
    #[wasm_bindgen(js_name = beginWebhook)]
    pub fn begin_webhook(
        &self,
        method: &str,
        url: &str,
        headers: JsValue,
        body: &[u8],
        terms: JsValue,
    ) -> Result<Delivery, JsValue> {
        let headers = read_headers(headers)?;
        let terms = read_terms(terms)?;
        let request = webhook::Request { method, url, headers: &headers, body };
        let (delivery, step) = self.0.begin_webhook(&request, &terms);
        Ok(Delivery { delivery, step: Some(step) })
    }

    /// Takes a webhook in: `Receipt`. The headers are pairs of texts.
    pub fn receive(
        &self,
        method: &str,
        url: &str,
        headers: JsValue,
        body: &[u8],
    ) -> Result<JsValue, JsValue> {
        let headers = read_headers(headers)?;
        let request = webhook::Request { method, url, headers: &headers, body };
        to_js(&Receipt::from(self.it().receive(&request)))
    }

    /// What reports a webhook that came at `now` to Segment: `Tracking`. `origin` is an `Origin`.
    pub fn track(
        &self,
        method: &str,
        url: &str,
        headers: JsValue,
        body: &[u8],
        origin: JsValue,
        now: f64,
    ) -> Result<JsValue, JsValue> {
        let headers = read_headers(headers)?;
        let origin: Origin = serde_wasm_bindgen::from_value(origin)?;
        let now = time(now)?;
        let request = webhook::Request { method, url, headers: &headers, body };
        let tracking = match self.it().receive(&request) {
            Ok(received) => self.it().track(&received, &origin, now).into(),
            Err(refusal) => Tracking::Refused(refusal),
        };
        to_js(&tracking)
    }

    /// The request that reports a conversion of a message: `HttpRequest`, null if there is no such
    /// SID.
    pub fn feedback(&self, message_sid: &str) -> Result<JsValue, JsValue> {
        let request = MessageSid::parse(message_sid).map(|sid| self.it().feedback(&sid));
        to_js(&request)
    }
}

impl Destination {
    fn decide(
        &self,
        row: bool,
        input: &Input<'_>,
        facts: Option<&str>,
        now: f64,
    ) -> Result<String, JsValue> {
        let facts = read_facts(facts)?;
        Ok(self.it().decide_packed(kind(row), input, &facts, time(now)?))
    }

    fn begin(&self, row: bool, content: Content, terms: JsValue) -> Result<Delivery, JsValue> {
        let (delivery, step) = self.0.begin(kind(row), content, read_terms(terms)?);
        Ok(Delivery { delivery, step: Some(step) })
    }
}

/// Applies an operation to the cell that a store has under its key: `Applied`.
///
/// What is no cell of ours is left alone, and the answer says so.
#[wasm_bindgen]
pub fn apply(cell: JsValue, operation: JsValue, now: f64) -> Result<JsValue, JsValue> {
    let now = time(now)?;
    let operation: cells::Operation = serde_wasm_bindgen::from_value(operation)?;
    let given: Option<JsValue> = (!cell.is_null() && !cell.is_undefined()).then_some(cell);
    let Some(given) = given else { return to_js(&cells::apply(None, operation, now)) };
    match serde_wasm_bindgen::from_value(given.clone()) {
        Ok(cell) => to_js(&cells::apply(Some(cell), operation, now)),
        Err(_) => {
            let answer = to_js(&cells::refuse_unreadable(version_of(given.clone())))?;
            let applied = js_sys::Object::new();
            let members = [("cell", given), ("answer", answer), ("expiresAt", JsValue::NULL)];
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

/// Verifies a signature that is given as the bytes of JSON: `SignatureVerdict`.
#[wasm_bindgen(js_name = verifySignature)]
pub fn verify_signature(json: &[u8], token: Option<String>) -> Result<JsValue, JsValue> {
    to_js(&webhook::verify_line(json, token.map(Secret::new).as_ref()))
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
        match read_report(result)? {
            Report::Http(report) => to_js(&report.lend(|result| self.check.resume(result))),
            _ => Err(Error::new("a result is a response, a failure or notStarted").into()),
        }
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

fn read_terms(terms: JsValue) -> Result<Terms, JsValue> {
    let DeliveryTerms { now, seed, deadline, run, row, facts } =
        serde_wasm_bindgen::from_value(terms)?;
    read_facts(facts.as_deref())?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a cast from a float saturates, and any number will do"
    )]
    let whole = |number: f64| number as u64;
    Ok(Terms {
        now: time(now)?,
        seed: whole(seed),
        deadline: deadline.map(time).transpose()?,
        place: run.zip(row).map(|(run, row)| Place { run, row: whole(row) }),
        facts,
    })
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

fn read_report(report: JsValue) -> Result<Report, JsValue> {
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
        "stopped" => Report::Stopped,
        "waited" => Report::Waited,
        _ => return Err(Error::new("there is no such report").into()),
    })
}

type Headers = Vec<(Cow<'static, str>, Cow<'static, str>)>;

fn read_headers(headers: JsValue) -> Result<Headers, JsValue> {
    let pairs: Vec<(String, String)> = serde_wasm_bindgen::from_value(headers)?;
    Ok(pairs.into_iter().map(|(name, value)| (Cow::Owned(name), Cow::Owned(value))).collect())
}
