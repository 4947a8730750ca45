//! Webhooks and deliveries that share their cells, with Twilio, Segment and the store played here.

use std::borrow::Cow;
use std::collections::HashMap;
use std::rc::Rc;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value as Json, json};
use twilio_destination::cells::{self, Cell};
use twilio_destination::delivery::{
    Action, Content, Delivery, Dispatcher, Handled, HandledAs, OptedAs, Report, Step, Terms,
    Tracked,
};
use twilio_destination::destination::{Destination, InputKind};
use twilio_destination::http::{FetchRequest, HttpReport};
use twilio_destination::json::{self, Limits};
use twilio_destination::outcome::Outcome;
use twilio_destination::time::Timestamp;
use twilio_destination::twilio::webhook::Request;

const LIMITS: Limits = Limits { bytes: 1 << 20, depth: 64 };
const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const SID: &str = "SM0123456789abcdef0123456789abcdef";
const ADA: &str = "+447700900123";
const FROM: &str = "+14155551234";
const SERVICE: &str = "MG0123456789abcdef0123456789abcdef";
const FORM: &str = "application/x-www-form-urlencoded";

/// What a test has Twilio, Segment and the store do.
struct World {
    dispatcher: Dispatcher,
    cells: HashMap<String, Cell>,
    now: Timestamp,
    /// What create requests come to: a 201 where nothing is said.
    creates: Vec<HttpReport>,
    segment: u16,
    store_fails: bool,
    /// Every request that was made.
    requests: Vec<FetchRequest>,
    /// A webhook that comes while a create request is under way.
    meanwhile: Option<(String, String)>,
    seed: u64,
}

impl World {
    fn new(more: &Json) -> Self {
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
            segment: 200,
            store_fails: false,
            requests: Vec::new(),
            meanwhile: None,
            seed: 0,
        }
    }

    fn terms(&mut self) -> Terms {
        self.seed += 1;
        Terms { now: self.now, seed: self.seed, deadline: None, place: None, facts: None }
    }

    fn send(&mut self, message_id: &str) -> Outcome {
        let event = json!({
            "type": "track",
            "event": "Order Completed",
            "messageId": message_id,
            "userId": "u-1",
            "context": { "traits": { "phone": ADA }, "campaign": { "name": "May" } },
            "properties": { "sms_body": "On its way." },
        });
        let terms = self.terms();
        let content = Content::Json(event.to_string().into_bytes());
        let begun = self.dispatcher.begin(InputKind::Event, content, terms);
        match self.drive(begun) {
            Action::Done { mut outcomes } => outcomes.remove(0),
            other => panic!("{other:?}"),
        }
    }

    fn call(&mut self, url: &str, form: &str) -> Handled {
        self.call_signed(url, form, &sign(url, form))
    }

    fn call_signed(&mut self, url: &str, form: &str, signature: &str) -> Handled {
        let headers = [
            (Cow::from("content-type"), Cow::from(FORM)),
            (Cow::from("x-twilio-signature"), Cow::from(signature)),
        ];
        let request = Request { method: "POST", url, headers: &headers, body: form.as_bytes() };
        let terms = self.terms();
        let begun = self.dispatcher.begin_webhook(&request, &terms);
        match self.drive(begun) {
            Action::Handled { handled } => *handled,
            other => panic!("{other:?}"),
        }
    }

    fn drive(&mut self, (mut delivery, mut step): (Delivery, Step)) -> Action {
        loop {
            self.now = self.now.plus(1);
            let report = match step.action {
                Action::Done { .. } | Action::Handled { .. } => return step.action,
                Action::Fetch { request, .. } => self.fetch(request),
                Action::Store { .. } if self.store_fails => Report::StoreFailed,
                Action::Store { key, operation } => {
                    let applied = cells::apply(self.cells.remove(&key), *operation, self.now);
                    self.cells.extend(applied.cell.map(|cell| (key, cell)));
                    Report::Store(applied.answer)
                }
                Action::Wait { until, .. } => {
                    self.now = self.now.max(until);
                    Report::Waited
                }
            };
            step = delivery.resume(report, self.now);
        }
    }

    fn fetch(&mut self, request: FetchRequest) -> Report {
        let is_segment = request.url.contains("segment");
        let is_create = request.method == "POST" && !is_segment;
        self.requests.push(request);
        if is_segment {
            return Report::Http(response(self.segment, ""));
        }
        if !is_create {
            return Report::Http(response(200, r#"{"messages":[]}"#));
        }
        if let Some((suffix, form)) = self.meanwhile.take() {
            let url = self.callback_url() + &suffix;
            self.call(&url, &form);
        }
        let created = response(201, &json!({ "sid": SID, "status": "queued" }).to_string());
        Report::Http(if self.creates.is_empty() { created } else { self.creates.remove(0) })
    }

    /// The URL that Twilio would call for the last message.
    fn callback_url(&self) -> String {
        let creates = self.requests.iter().filter(|it| it.url.ends_with("/Messages.json"));
        let form = creates.filter_map(|it| it.body.as_deref()).next_back().unwrap();
        let url = form_urlencoded::parse(form.as_bytes())
            .find_map(|(name, value)| (name == "StatusCallback").then(|| value.into_owned()));
        url.unwrap().split('#').next().unwrap().to_owned()
    }

    fn creates(&self) -> usize {
        self.requests.iter().filter(|it| it.url.ends_with("/Messages.json")).count()
    }

    fn lists(&self) -> usize {
        self.requests.iter().filter(|it| it.method == "GET").count()
    }

    fn tracked(&self) -> Vec<Json> {
        let tracked = self.requests.iter().filter(|it| it.url.contains("segment"));
        tracked.map(|it| serde_json::from_str(it.body.as_deref().unwrap()).unwrap()).collect()
    }
}

fn response(status: u16, body: &str) -> HttpReport {
    HttpReport::Response { status, headers: Vec::new(), body: body.to_owned(), complete: true }
}

fn reset() -> HttpReport {
    HttpReport::Failure {
        name: "TypeError".to_owned(),
        code: Some("ECONNRESET".to_owned()),
        syscall: Some("read".to_owned()),
    }
}

fn sign(url: &str, form: &str) -> String {
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

fn base64(bytes: &[u8]) -> String {
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

fn form(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

fn status(word: &str) -> String {
    status_of(SID, word, None)
}

fn status_of(sid: &str, word: &str, error: Option<&str>) -> String {
    let mut pairs = vec![("MessageSid", sid), ("MessageStatus", word), ("To", ADA), ("From", FROM)];
    pairs.extend(error.map(|code| ("ErrorCode", code)));
    form(&pairs)
}

const INBOUND: &str = "https://hooks.example.com/inbound";

fn inbound(sid: &str, text: &str, service: Option<&str>) -> String {
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

fn inbound_sid(digit: char) -> String {
    format!("SM{}", digit.to_string().repeat(32))
}

#[track_caller]
fn assert_sent(outcome: &Outcome, code: &str) {
    let Outcome::Sent(replied) = outcome else { panic!("{outcome:?}") };
    assert_eq!((replied.reply.code.as_str(), replied.reply.sid.as_deref()), (code, Some(SID)));
    assert!(replied.recorded);
}

#[track_caller]
fn assert_dropped(outcome: &Outcome, code: &str) {
    let Outcome::Dropped(dropped) = outcome else { panic!("{outcome:?}") };
    assert_eq!(dropped.reason.code.code(), code);
}

#[test]
fn a_status_finds_its_claim_and_its_user() {
    let mut world = World::new(&json!({}));
    assert_sent(&world.send("m-1"), "sent");
    let url = world.callback_url();
    assert!(url.starts_with("https://hooks.example.com/twilio?a=%26b&claim="), "{url}");
    let handled = world.call(&url, &status_of(SID, "undelivered", Some("30003")));
    assert_eq!((handled.http_status, handled.what), (204, HandledAs::Status));
    assert!(handled.recorded && handled.news);
    assert_eq!(handled.status.as_deref(), Some("undelivered"));
    assert_eq!(handled.error.unwrap().code, 30003);
    assert_eq!(handled.tracked, Some(Tracked::Tracked));
    let [event] = &world.tracked()[..] else { panic!() };
    assert_eq!(event["event"], "SMS Undelivered");
    assert_eq!(
        (&event["userId"], &event["context"]["campaign"]["name"]),
        (&json!("u-1"), &json!("May"))
    );
    assert_eq!(event["properties"]["original_message_id"], "m-1", "{event}");
    assert!(!event.to_string().contains("7700"));
    // An earlier status that comes later is reported, and changes nothing.
    let handled = world.call(&url, &status("sent"));
    assert!(handled.recorded && !handled.news);
    assert_eq!(handled.status.as_deref(), Some("undelivered"));
    // As is a repetition, by the same id.
    world.call(&url, &status_of(SID, "undelivered", Some("30003")));
    let ids: Vec<_> = world.tracked().iter().map(|event| event["messageId"].clone()).collect();
    assert_eq!((ids.len(), &ids[0]), (3, &ids[2]));
}

#[test]
fn a_callback_before_the_reply_that_is_lost_stands_in_for_it() {
    let mut world = World::new(&json!({}));
    world.creates = vec![reset()];
    world.meanwhile = Some((String::new(), status("queued")));
    assert_sent(&world.send("m-1"), "reported");
    assert_eq!((world.creates(), world.lists()), (1, 0));
    assert_dropped(&world.send("m-1"), "duplicate");
    assert_eq!(world.creates(), 1);
}

#[test]
fn a_callback_outweighs_whatever_the_reply_says() {
    for reply in [
        response(500, ""),
        response(400, r#"{"code":21211,"message":"no","status":400}"#),
        response(429, r#"{"code":20429,"message":"busy","status":429}"#),
        response(401, r#"{"code":20003,"message":"no","status":401}"#),
        response(201, &json!({ "sid": SID, "status": "queued" }).to_string()),
    ] {
        for on_unclear in ["hold", "reconcile", "resend"] {
            let delivery = json!({ "callback_parameter": "claim", "on_unclear": on_unclear });
            let mut world = World::new(&json!({ "delivery": delivery }));
            world.creates = vec![reply.clone()];
            world.meanwhile = Some((String::new(), status("sent")));
            let outcome = world.send("m-1");
            let Outcome::Sent(replied) = &outcome else { panic!("{reply:?} {outcome:?}") };
            assert_eq!(replied.reply.sid.as_deref(), Some(SID));
            assert_eq!((world.creates(), world.lists()), (1, 0), "{reply:?} {on_unclear}");
        }
    }
}

#[test]
fn a_callback_after_everything_was_given_up_settles_what_was_unknown() {
    let hold = json!({ "callback_parameter": "claim", "on_unclear": "hold" });
    let mut world = World::new(&json!({ "delivery": hold }));
    world.creates = vec![reset()];
    assert!(matches!(world.send("m-1"), Outcome::Unknown(_)));
    let url = world.callback_url();
    assert!(world.call(&url, &status("delivered")).news);
    let Outcome::Dropped(dropped) = world.send("m-1") else { panic!() };
    let first = dropped.first.unwrap();
    assert_eq!((first.sid.as_deref(), first.status.as_deref()), (Some(SID), Some("delivered")));
}

#[test]
fn without_the_parameter_nothing_is_found_and_nothing_is_added() {
    let mut world = World::new(&json!({ "delivery": {} }));
    world.send("m-1");
    let url = world.callback_url();
    assert_eq!(url, "https://hooks.example.com/twilio?a=%26b");
    let handled = world.call(&url, &status("sent"));
    assert_eq!((handled.http_status, handled.recorded), (204, false));
    assert!(matches!(handled.tracked, Some(Tracked::Untracked { .. })));
}

#[test]
fn another_claims_key_from_an_event_does_not_count() {
    let mut world = World::new(&json!({}));
    world.send("m-1");
    let victim = world.callback_url();
    let key = victim.rsplit_once("claim=").unwrap().1;
    let forged = format!("https://hooks.example.com/twilio?claim={key}");
    let mut other = World::new(&json!({ "status_callback": forged }));
    other.send("m-2");
    let url = other.callback_url();
    assert!(other.call(&url, &status("sent")).recorded, "its own claim is found: {url}");
}

#[test]
fn stop_and_start_hold_for_the_number_and_for_its_service() {
    for sender in [json!({ "from": FROM }), json!({ "from": SERVICE })] {
        let mut world = World::new(&sender);
        assert_sent(&world.send("m-1"), "sent");
        let stop = world.call(INBOUND, &inbound(&inbound_sid('1'), "STOP", Some(SERVICE)));
        assert_eq!((stop.http_status, stop.what, stop.news), (204, HandledAs::Inbound, true));
        let opted = stop.opted.unwrap();
        assert_eq!((opted.kind, opted.user_id.as_deref()), (OptedAs::OptedOut, Some("u-1")));
        assert_eq!(opted.number, None);
        assert_eq!(world.tracked().last().unwrap()["event"], "SMS Opted Out");
        assert_dropped(&world.send("m-2"), "recipient_suppressed");
        let start = world.call(INBOUND, &inbound(&inbound_sid('2'), "Start", Some(SERVICE)));
        assert_eq!(start.opted.unwrap().kind, OptedAs::OptedIn);
        assert_sent(&world.send("m-3"), "sent");
        // A STOP that somebody recorded does not count again.
        let again = world.call(INBOUND, &inbound(&inbound_sid('1'), "STOP", Some(SERVICE)));
        assert!(!again.news);
        assert_sent(&world.send("m-4"), "sent");
    }
}

#[test]
fn a_refusal_for_an_opt_out_ends_with_a_start() {
    let mut world = World::new(&json!({ "from": SERVICE }));
    world.creates = vec![response(400, r#"{"code":21610,"message":"stopped","status":400}"#)];
    assert!(matches!(world.send("m-1"), Outcome::Failed(_)));
    assert_dropped(&world.send("m-2"), "recipient_suppressed");
    world.call(INBOUND, &inbound(&inbound_sid('1'), "START", Some(SERVICE)));
    assert_sent(&world.send("m-3"), "sent");
    // A service learns of it later, and tells by a callback.
    let url = world.callback_url();
    let failed =
        status_of(SID, "failed", Some("21610")) + &format!("&MessagingServiceSid={SERVICE}");
    assert!(world.call(&url, &failed).news);
    assert_dropped(&world.send("m-4"), "recipient_suppressed");
}

#[test]
fn what_twilio_did_not_sign_changes_nothing() {
    let mut world = World::new(&json!({}));
    world.creates = vec![reset()];
    world.send("m-1");
    let (before, url) = (world.cells.clone(), world.callback_url());
    for (url, form) in [(url.as_str(), status("sent")), (INBOUND, inbound(SID, "STOP", None))] {
        let handled = world.call_signed(url, &form, "AAAAAAAAAAAAAAAAAAAAAAAAAAA=");
        assert_eq!((handled.http_status, handled.what), (403, HandledAs::Refused));
        assert_eq!(handled.refusal.unwrap().code.code(), "signature_wrong");
    }
    assert!(world.cells == before && world.tracked().is_empty());
}

#[test]
fn a_store_that_fails_is_told_to_twilio() {
    let mut world = World::new(&json!({}));
    world.send("m-1");
    let url = world.callback_url();
    world.store_fails = true;
    for (url, form) in [(url.as_str(), status("sent")), (INBOUND, inbound(SID, "STOP", None))] {
        let handled = world.call(url, &form);
        assert_eq!((handled.http_status, handled.store_failed), (503, true));
        assert_eq!(handled.tracked, None);
    }
    world.store_fails = false;
    assert!(world.call(&url, &status("sent")).news, "it may come again");
}

#[test]
fn a_segment_that_fails_is_told_to_twilio() {
    let mut world = World::new(&json!({}));
    world.send("m-1");
    let url = world.callback_url();
    world.segment = 500;
    let handled = world.call(&url, &status("sent"));
    assert_eq!(handled.tracked, Some(Tracked::Failed { http_status: Some(500) }));
    assert_eq!((handled.http_status, handled.news), (503, true));
    world.segment = 200;
    assert_eq!(world.call(&url, &status("sent")).http_status, 204);
    assert_eq!(world.tracked()[0]["messageId"], world.tracked()[1]["messageId"]);
}

#[test]
fn nothing_of_the_user_is_kept_unless_it_is_reported() {
    let kept = |more: &Json| {
        let mut world = World::new(more);
        world.send("m-1");
        serde_json::to_string(&world.cells).unwrap()
    };
    let reported = kept(&json!({}));
    assert!(reported.contains("u-1"));
    for secret in ["7700", "On its way"] {
        assert!(!reported.contains(secret), "{reported}");
    }
    assert!(!kept(&json!({ "segment": null })).contains("u-1"));
}

#[test]
fn numbers_are_handed_on_where_the_settings_ask_for_them() {
    let segment = json!({ "write_key": "abcdefgh", "include_numbers": true });
    let mut world = World::new(&json!({ "segment": segment }));
    let stop = world.call(INBOUND, &inbound(SID, "STOP", None)).opted.unwrap();
    assert_eq!((stop.number.as_deref(), stop.user_id.as_deref()), (Some(ADA), None));
    assert!(!format!("{stop:?}").contains("7700"));
}
