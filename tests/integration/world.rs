//! Webhooks and deliveries that share their cells, with Twilio, Segment and the store played here.

use std::borrow::Cow;
use std::collections::HashMap;
use std::rc::Rc;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value as Json, json};
use twilio_destination::cells::{self, Cell};
use twilio_destination::delivery::{
    Action, Content, Delivery, Dispatcher, Handled, Place, Report, Step, Terms, Why,
};
use twilio_destination::destination::{Destination, InputKind};
use twilio_destination::http::{FetchRequest, HttpReport};
use twilio_destination::json::{self, Limits};
use twilio_destination::outcome::Outcome;
use twilio_destination::time::Timestamp;
use twilio_destination::twilio::webhook::Request;

pub(crate) const LIMITS: Limits = Limits { bytes: 1 << 20, depth: 64 };
pub(crate) const TOKEN: &str = "0123456789abcdef0123456789abcdef";
pub(crate) const SID: &str = "SM0123456789abcdef0123456789abcdef";
pub(crate) const ADA: &str = "+447700900123";
pub(crate) const FROM: &str = "+14155551234";
pub(crate) const SERVICE: &str = "MG0123456789abcdef0123456789abcdef";
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// What a test has Twilio, Segment and the store do.
pub(crate) struct World {
    pub(crate) dispatcher: Dispatcher,
    pub(crate) cells: HashMap<String, Cell>,
    pub(crate) now: Timestamp,
    /// What create requests come to: a 201 where nothing is said.
    pub(crate) creates: Vec<HttpReport>,
    /// What Twilio's list shows: nothing where nothing is said.
    pub(crate) listed: Option<HttpReport>,
    /// What feedback comes to: a 201 where nothing is said.
    pub(crate) feedback: Vec<HttpReport>,
    pub(crate) segment: u16,
    /// What is reported of the store where it does not answer.
    pub(crate) store_fails: Option<Report>,
    /// Every request that was made.
    pub(crate) requests: Vec<FetchRequest>,
    /// A webhook that comes while a create request is under way.
    pub(crate) meanwhile: Option<(String, String)>,
    /// What happens before the first step that is taken for this reason.
    pub(crate) before: Option<(Why, Happening)>,
    pub(crate) seed: u64,
}

pub(crate) type Happening = Box<dyn FnOnce(&mut World)>;

impl World {
    pub(crate) fn new(more: &Json) -> Self {
        let mut settings = json!({
            "account_sid": "AC0123456789abcdef0123456789abcdef",
            "auth_token": TOKEN,
            "from": FROM,
            "status_callback": "https://hooks.example.com/twilio?a=%26b#rc=5",
            "delivery": { "callback_parameter": "claim" },
            "segment": { "write_key": "abcdefgh" },
        });
        settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let settings = settings.to_string();
        let destination = Destination::compile(&json::parse(&settings, LIMITS).unwrap()).unwrap();
        Self {
            dispatcher: Dispatcher::new(Rc::new(destination)),
            cells: HashMap::new(),
            now: Timestamp::parse("2026-05-04T09:30:00Z").unwrap(),
            creates: Vec::new(),
            listed: None,
            feedback: Vec::new(),
            segment: 200,
            store_fails: None,
            requests: Vec::new(),
            meanwhile: None,
            before: None,
            seed: 0,
        }
    }

    pub(crate) fn terms(&mut self) -> Terms {
        self.seed += 1;
        Terms { now: self.now, seed: self.seed, deadline: None, place: None, facts: None }
    }

    pub(crate) fn send(&mut self, message_id: &str) -> Outcome {
        let event = json!({
            "type": "track",
            "event": "Order Completed",
            "messageId": message_id,
            "userId": "u-1",
            "context": { "traits": { "phone": ADA }, "campaign": { "name": "May" } },
            "properties": { "sms_body": "On its way." },
        });
        self.send_event(&event).remove(0)
    }

    pub(crate) fn send_event(&mut self, event: &Json) -> Vec<Outcome> {
        let terms = self.terms();
        let content = Content::Json(event.to_string().into_bytes());
        let begun = self.dispatcher.begin(InputKind::Event, content, terms);
        self.outcomes(begun)
    }

    pub(crate) fn send_row(&mut self, row: &Json, place: Place) -> Outcome {
        let terms = Terms { place: Some(place), ..self.terms() };
        let content = Content::Json(row.to_string().into_bytes());
        let begun = self.dispatcher.begin(InputKind::Row, content, terms);
        self.outcomes(begun).remove(0)
    }

    pub(crate) fn forget(&mut self, user_id: &str) -> Vec<Outcome> {
        let terms = self.terms();
        let begun = self.dispatcher.begin_forget(Some(user_id), None, &terms);
        self.outcomes(begun)
    }

    fn outcomes(&mut self, begun: (Delivery, Step)) -> Vec<Outcome> {
        match self.drive(begun) {
            Action::Done { outcomes } => outcomes,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn call(&mut self, url: &str, form: &str) -> Handled {
        self.call_signed(url, form, &sign(url, form))
    }

    /// Handles a webhook with a deadline.
    pub(crate) fn call_by(&mut self, url: &str, form: &str, by: Option<Timestamp>) -> Handled {
        let terms = Terms { deadline: by, ..self.terms() };
        self.handle(url, form, &sign(url, form), &terms)
    }

    pub(crate) fn call_signed(&mut self, url: &str, form: &str, signature: &str) -> Handled {
        let terms = self.terms();
        self.handle(url, form, signature, &terms)
    }

    fn handle(&mut self, url: &str, form: &str, signature: &str, terms: &Terms) -> Handled {
        let headers = [
            (Cow::from("content-type"), Cow::from(FORM)),
            (Cow::from("x-twilio-signature"), Cow::from(signature)),
        ];
        let request = Request { method: "POST", url, headers: &headers, body: form.as_bytes() };
        let begun = self.dispatcher.begin_webhook(&request, terms);
        match self.drive(begun) {
            Action::Handled { handled } => *handled,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn drive(&mut self, (mut delivery, mut step): (Delivery, Step)) -> Action {
        loop {
            self.now = self.now.plus(1);
            if let Some((_, happens)) = self.before.take_if(|(why, _)| *why == step.why) {
                happens(self);
            }
            let report = match step.action {
                Action::Done { .. } | Action::Handled { .. } => return step.action,
                Action::Fetch { request, .. } => self.fetch(request),
                Action::Store { key, operation, .. } => match &self.store_fails {
                    Some(report) => report.clone(),
                    None => {
                        let applied = cells::apply(self.cells.remove(&key), *operation, self.now);
                        self.cells.extend(applied.cell.map(|cell| (key, cell)));
                        Report::Store(applied.answer)
                    }
                },
                Action::Wait { until, .. } => {
                    self.now = self.now.max(until);
                    Report::Waited
                }
            };
            step = delivery.resume(report, self.now);
        }
    }

    pub(crate) fn fetch(&mut self, request: FetchRequest) -> Report {
        let is_segment = request.url.contains("segment");
        let is_feedback = request.url.ends_with("/Feedback.json");
        let is_create = request.method == "POST" && !is_segment && !is_feedback;
        self.requests.push(request);
        if is_segment {
            return Report::Http(response(self.segment, ""));
        }
        if is_feedback {
            let taken = response(201, r#"{"outcome":"confirmed"}"#);
            return Report::Http(self.feedback.pop().unwrap_or(taken));
        }
        if !is_create {
            let nothing = response(200, r#"{"messages":[]}"#);
            return Report::Http(self.listed.clone().unwrap_or(nothing));
        }
        if let Some((suffix, form)) = self.meanwhile.take() {
            let url = self.callback_url() + &suffix;
            self.call(&url, &form);
        }
        let created = response(201, &json!({ "sid": SID, "status": "queued" }).to_string());
        Report::Http(if self.creates.is_empty() { created } else { self.creates.remove(0) })
    }

    /// The URL that Twilio would call for the last message.
    pub(crate) fn callback_url(&self) -> String {
        let creates = self.requests.iter().filter(|it| it.url.ends_with("/Messages.json"));
        let form = creates.filter_map(|it| it.body.as_deref()).next_back().unwrap();
        let url = form_urlencoded::parse(form.as_bytes())
            .find_map(|(name, value)| (name == "StatusCallback").then(|| value.into_owned()));
        url.unwrap().split('#').next().unwrap().to_owned()
    }

    pub(crate) fn creates(&self) -> usize {
        self.requests.iter().filter(|it| it.url.ends_with("/Messages.json")).count()
    }

    /// The paths of the feedback that Twilio was given, from the SID on.
    pub(crate) fn confirmed(&self) -> Vec<&str> {
        let urls = self.requests.iter().map(|it| it.url.as_str());
        urls.filter_map(|url| url.split_once("/Messages/").map(|(_, rest)| rest)).collect()
    }

    pub(crate) fn lists(&self) -> usize {
        self.requests.iter().filter(|it| it.method == "GET").count()
    }

    pub(crate) fn tracked(&self) -> Vec<Json> {
        let tracked = self.requests.iter().filter(|it| it.url.contains("segment"));
        tracked.map(|it| serde_json::from_str(it.body.as_deref().unwrap()).unwrap()).collect()
    }
}

pub(crate) fn response(status: u16, body: &str) -> HttpReport {
    HttpReport::Response { status, headers: Vec::new(), body: body.to_owned(), complete: true }
}

pub(crate) fn reset() -> HttpReport {
    HttpReport::Failure {
        name: "TypeError".to_owned(),
        code: Some("ECONNRESET".to_owned()),
        syscall: Some("read".to_owned()),
    }
}

pub(crate) fn sign(url: &str, form: &str) -> String {
    let mut pairs: Vec<(String, String)> =
        form_urlencoded::parse(form.as_bytes()).into_owned().collect();
    pairs.sort();
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(TOKEN.as_bytes()).unwrap();
    mac.update(url.as_bytes());
    for (name, value) in pairs {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    base64(&mac.finalize().into_bytes())
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let octets: Vec<u32> =
            (0..3).map(|at| u32::from(chunk.get(at).copied().unwrap_or(0))).collect();
        let triple = octets[0] << 16 | octets[1] << 8 | octets[2];
        for place in 0..4 {
            let index = (triple >> (18 - 6 * place)) & 63;
            out.push(if place > chunk.len() { '=' } else { char::from(alphabet[index as usize]) });
        }
    }
    out
}

pub(crate) fn form(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

pub(crate) fn status(word: &str) -> String {
    status_of(SID, word, None)
}

pub(crate) fn status_of(sid: &str, word: &str, error: Option<&str>) -> String {
    let mut pairs = vec![("MessageSid", sid), ("MessageStatus", word), ("To", ADA), ("From", FROM)];
    pairs.extend(error.map(|code| ("ErrorCode", code)));
    form(&pairs)
}

pub(crate) const INBOUND: &str = "https://hooks.example.com/inbound";

pub(crate) fn inbound(sid: &str, text: &str, service: Option<&str>) -> String {
    let mut pairs = vec![
        ("MessageSid", sid),
        ("SmsStatus", "received"),
        ("From", ADA),
        ("To", FROM),
        ("Body", text),
        ("NumMedia", "0"),
    ];
    pairs.extend(service.map(|service| ("MessagingServiceSid", service)));
    form(&pairs)
}

pub(crate) fn inbound_sid(digit: char) -> String {
    format!("SM{}", digit.to_string().repeat(32))
}

#[track_caller]
pub(crate) fn assert_sent(outcome: &Outcome, code: &str) {
    let Outcome::Sent(replied) = outcome else { panic!("{outcome:?}") };
    assert_eq!((replied.reply.code.as_str(), replied.reply.sid.as_deref()), (code, Some(SID)));
    assert!(replied.recorded);
}

#[track_caller]
pub(crate) fn assert_dropped(outcome: &Outcome, code: &str) {
    let Outcome::Dropped(dropped) = outcome else { panic!("{outcome:?}") };
    assert_eq!(dropped.reason.code.code(), code);
}
