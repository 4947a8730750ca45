//! The JavaScript boundary of the package. Only this, `src/boundary.rs` and `src/page.rs` name
//! wasm_bindgen, serde_wasm_bindgen and js_sys.
//!
//! Settings come in and results go out as plain objects. What is called for every event crosses as
//! text instead, which costs a fraction of it: the values that the settings read come in packed (see
//! `src/event/fields.rs`), and decisions go out packed (see `src/destination/pack.rs`).
//!
//! Nothing here panics on input; an exception means that the caller misused the boundary.

mod sending;

use std::borrow::Cow;

use js_sys::Error;
use wasm_bindgen::prelude::*;

use crate::about::About;
pub use crate::boundary::{Compiled, Destination, parse_phone_number};
use crate::boundary::{kind, read_facts, time, to_js};
use crate::delivery::{Content, Report};
use crate::destination::Input;
use crate::live_check;
use crate::redact::Secret;
use crate::segment_api::{Origin, Tracking};
use crate::twilio::sid::MessageSid;
use crate::twilio::webhook::{self, Receipt};
use crate::value::{Loose, Value};
pub use sending::{Delivery, apply};
use sending::{read_report, read_terms};

/// Compiles settings: any value, as JavaScript has it.
#[wasm_bindgen]
pub fn compile(settings: JsValue) -> Compiled {
    let loose = serde_wasm_bindgen::from_value(settings);
    let Loose { value, unreadable } =
        loose.unwrap_or(Loose { value: Value::Null, unreadable: Vec::new() });
    Compiled::of(&value, &unreadable)
}

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
}

/// Verifies a signature that is given as the bytes of JSON: `SignatureVerdict`.
#[wasm_bindgen(js_name = verifySignature)]
pub fn verify_signature(json: &[u8], token: Option<String>) -> Result<JsValue, JsValue> {
    to_js(&webhook::verify_line(json, token.map(Secret::new).as_ref()))
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

type Headers = Vec<(Cow<'static, str>, Cow<'static, str>)>;

fn read_headers(headers: JsValue) -> Result<Headers, JsValue> {
    let pairs: Vec<(String, String)> = serde_wasm_bindgen::from_value(headers)?;
    Ok(pairs.into_iter().map(|(name, value)| (Cow::Owned(name), Cow::Owned(value))).collect())
}
