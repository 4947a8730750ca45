//! What may change while a message waits: somebody says STOP, quiet hours begin, Twilio asks to be
//! left alone.

use std::borrow::Cow;
use std::collections::HashMap;
use std::rc::Rc;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value as Json, json};
use twilio_destination::cells::{self, Cell, SenderOperation, Target};
use twilio_destination::decision::DropCode;
use twilio_destination::delivery::{
    Action, Content, Delivery, Dispatcher, Handled, Report, Step, Terms, Why,
};
use twilio_destination::destination::{Destination, InputKind};
use twilio_destination::http::{FetchRequest, HttpReport};
use twilio_destination::json::{self, Limits};
use twilio_destination::outcome::{Deferral, Outcome};
use twilio_destination::time::Timestamp;
use twilio_destination::twilio::webhook::Request;

const LIMITS: Limits = Limits { bytes: 1 << 20, depth: 64 };
const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const SERVICE: &str = "MG0123456789abcdef0123456789abcdef";
const ADA: &str = "+447700900123";
const BOB: &str = "+447700900124";
const NEW_YORKER: &str = "+12125550123";

/// A host with a store, whose Twilio is played by each test.
struct Host {
    dispatcher: Dispatcher,
    cells: HashMap<String, Cell>,
    now: Timestamp,
    seed: u64,
}

/// A delivery at a step.
struct Under {
    delivery: Delivery,
    step: Step,
}

impl Host {
    fn new(more: &Json, now: &str) -> Self {
        let mut settings = json!({
            "account_sid": "AC0123456789abcdef0123456789abcdef",
            "auth_token": TOKEN,
            "messaging_service_sid": SERVICE,
        });
        settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let settings = settings.to_string();
        let destination = Destination::compile(&json::parse(&settings, LIMITS).unwrap()).unwrap();
        let dispatcher = Dispatcher::new(Rc::new(destination));
        let now = Timestamp::parse(now).unwrap();
        Self { dispatcher, cells: HashMap::new(), now, seed: 0 }
    }

    fn terms(&mut self) -> Terms {
        self.seed += 1;
        Terms { now: self.now, seed: self.seed, deadline: None, place: None, facts: None }
    }

    fn begin(&mut self, message_id: &str, to: &str) -> Under {
        self.begin_saying("On its way.", message_id, to)
    }

    fn begin_saying(&mut self, body: &str, message_id: &str, to: &str) -> Under {
        let event = json!({
            "type": "track",
            "event": "Order Completed",
            "messageId": message_id,
            "context": { "traits": { "phone": to } },
            "properties": { "sms_body": body },
        });
        let content = Content::Json(event.to_string().into_bytes());
        let terms = self.terms();
        let (delivery, step) = self.dispatcher.begin(InputKind::Event, content, terms);
        Under { delivery, step }
    }

    /// Goes on, with the store answering and waits passing, until something else is asked for.
    fn go_on(&mut self, under: &mut Under) {
        self.go_on_until(under, |_| false);
    }

    fn go_on_until(&mut self, under: &mut Under, is_far_enough: impl Fn(&Step) -> bool) {
        loop {
            let report = match &under.step.action {
                _ if is_far_enough(&under.step) => return,
                Action::Store { key, operation, .. } => {
                    let cell = self.cells.remove(key);
                    let applied = cells::apply(cell, (**operation).clone(), self.now);
                    self.cells.extend(applied.cell.map(|cell| (key.clone(), cell)));
                    Report::Store(applied.answer)
                }
                Action::Wait { until, .. } => {
                    self.now = self.now.max(*until);
                    Report::Waited
                }
                _ => return,
            };
            self.report(under, report);
        }
    }

    fn report(&mut self, under: &mut Under, report: Report) {
        under.step = under.delivery.resume(report, self.now);
    }

    /// Somebody writes to the service.
    fn hear(&mut self, from: &str, text: &str) -> Handled {
        let url = "https://hooks.example.com/inbound";
        let sid = format!("SM{:032x}", self.seed);
        let form = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("Body", text),
                ("From", from),
                ("MessageSid", sid.as_str()),
                ("MessagingServiceSid", SERVICE),
                ("NumMedia", "0"),
                ("To", "+14155551234"),
            ])
            .finish();
        let signed = form_urlencoded::parse(form.as_bytes())
            .fold(url.to_owned(), |signed, (name, value)| signed + &name + &value);
        let mac = Hmac::<sha1::Sha1>::new_from_slice(TOKEN.as_bytes()).unwrap();
        let signature = base64(&mac.chain_update(signed).finalize().into_bytes());
        let headers = [
            (Cow::from("content-type"), Cow::from("application/x-www-form-urlencoded")),
            (Cow::from("x-twilio-signature"), Cow::from(signature)),
        ];
        let request = Request { method: "POST", url, headers: &headers, body: form.as_bytes() };
        let terms = self.terms();
        let (delivery, step) = self.dispatcher.begin_webhook(&request, &terms);
        let mut under = Under { delivery, step };
        self.go_on(&mut under);
        match under.step.action {
            Action::Handled { handled } => *handled,
            other => panic!("{other:?}"),
        }
    }
}

impl Under {
    #[track_caller]
    fn request(&self) -> &FetchRequest {
        match &self.step.action {
            Action::Fetch { request, .. } => request,
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    fn outcome(&self) -> &Outcome {
        match &self.step.action {
            Action::Done { outcomes } => &outcomes[0],
            other => panic!("{other:?}"),
        }
    }
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte));
        let bits = bits << (8 * (3 - chunk.len()));
        let letter = |place: usize| char::from(LETTERS[bits >> (18 - 6 * place) & 63]);
        out.extend((0..4).map(|place| if place <= chunk.len() { letter(place) } else { '=' }));
    }
    out
}

fn created() -> Report {
    reply(201, &[], r#"{"sid":"SM0123456789abcdef0123456789abcdef","status":"accepted"}"#)
}

fn rate_limited(seconds: &str) -> Report {
    reply(429, &[("retry-after", seconds)], r#"{"code":20429,"message":"Slower","status":429}"#)
}

fn reply(status: u16, headers: &[(&str, &str)], body: &str) -> Report {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let (headers, body) = (headers.collect(), body.to_owned());
    Report::Http(HttpReport::Response { status, headers, body, complete: true })
}

fn parameter(request: &FetchRequest, name: &str) -> Option<String> {
    let form = request.body.as_deref().unwrap();
    let mut pairs = form_urlencoded::parse(form.as_bytes());
    pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

#[test]
fn a_stop_that_comes_while_a_message_waits_for_its_turn_holds() {
    let rate =
        json!({ "requests_at_once": 1, "segments_per_second": 100, "total_per_second": 100 });
    let mut host = Host::new(&json!({ "rate": rate }), "2026-05-04T09:30:00Z");
    let mut first = host.begin("m-1", ADA);
    host.go_on(&mut first);
    assert!(parameter(first.request(), "To").is_some());
    let mut second = host.begin("m-2", BOB);
    host.go_on_until(&mut second, |step| step.why == Why::WaitForTurn);
    assert_eq!(second.step.why, Why::WaitForTurn);
    assert!(host.hear(BOB, "STOP").recorded);
    host.report(&mut first, created());
    host.go_on(&mut first);
    host.go_on(&mut second);
    match second.outcome() {
        Outcome::Dropped(dropped) => assert_eq!(dropped.reason.code, DropCode::RecipientSuppressed),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_message_that_is_put_off_into_quiet_hours_is_scheduled_like_any_other() {
    let quiet = json!({ "then": "schedule", "default_time_zone": "Europe/London" });
    let mut host = Host::new(&json!({ "quiet_hours": quiet }), "2026-12-01T20:59:30Z");
    let mut under = host.begin("m-1", ADA);
    host.go_on(&mut under);
    let first = under.request().clone();
    assert_eq!(parameter(&first, "SendAt"), None);
    host.report(&mut under, rate_limited("60"));
    host.go_on(&mut under);
    let second = under.request();
    assert_eq!(parameter(second, "SendAt").as_deref(), Some("2026-12-02T08:00:00Z"));
    for name in ["To", "MessagingServiceSid", "Body"] {
        assert_eq!(parameter(second, name), parameter(&first, name), "{name}");
    }
}

#[test]
fn a_message_that_is_put_off_still_expires_before_quiet_hours() {
    let quiet = json!({ "then": "shorten", "default_time_zone": "Europe/London" });
    let mut host = Host::new(&json!({ "quiet_hours": quiet }), "2026-12-01T20:50:00Z");
    let mut under = host.begin("m-1", ADA);
    host.go_on(&mut under);
    assert_eq!(parameter(under.request(), "ValidityPeriod").as_deref(), Some("600"));
    host.report(&mut under, rate_limited("300"));
    host.go_on(&mut under);
    let left: i64 = parameter(under.request(), "ValidityPeriod").unwrap().parse().unwrap();
    assert!((290..=300).contains(&left), "{left}");
}

/// Refuses the first request of a message, on a host that ends as soon as it is to wait.
fn refuse_once(host: &mut Host, mut under: Under) {
    host.go_on(&mut under);
    assert!(parameter(under.request(), "To").is_some());
    host.report(&mut under, rate_limited("60"));
    host.go_on_until(&mut under, |step| step.why == Why::BackOff);
    host.report(&mut under, Report::Stopped);
    host.go_on(&mut under);
    assert!(matches!(under.outcome(), Outcome::Deferred(_)), "{:?}", under.outcome());
    host.now = host.now.plus(60_000);
}

#[test]
fn a_later_attempt_keeps_the_hours_of_whom_the_first_was_for() {
    let quiet = json!({ "then": "shorten" });
    let mut host = Host::new(&json!({ "quiet_hours": quiet }), "2026-12-01T20:50:00Z");
    let first = host.begin("m-1", ADA);
    refuse_once(&mut host, first);
    // The user has another number by now, where it is afternoon.
    let mut again = host.begin("m-1", NEW_YORKER);
    host.go_on(&mut again);
    assert_eq!(parameter(again.request(), "To").as_deref(), Some(ADA));
    let left: i64 = parameter(again.request(), "ValidityPeriod").unwrap().parse().unwrap();
    assert!((530..=540).contains(&left), "{left}");
}

#[test]
fn a_later_attempt_takes_as_many_segments_as_the_first_said() {
    let rate = json!({ "segments_per_second": 1 });
    let mut host = Host::new(&json!({ "rate": rate }), "2026-05-04T09:30:00Z");
    let first = host.begin_saying(&"long ".repeat(100), "m-1", ADA);
    refuse_once(&mut host, first);
    let mut again = host.begin_saying("short", "m-1", ADA);
    host.go_on_until(&mut again, |step| step.why == Why::Reserve);
    let Action::Store { operation, .. } = &again.step.action else { panic!("{:?}", again.step) };
    match &operation.to {
        Target::Sender(SenderOperation::Reserve { segments, .. }) => assert_eq!(*segments, 4),
        other => panic!("{other:?}"),
    }
}

#[test]
fn who_gets_no_more_takes_nobodys_turn() {
    let settings = json!({
        "recipient_limit": { "messages": 1, "seconds": 3_600 },
        "rate": { "segments_per_second": 1 },
    });
    let mut host = Host::new(&settings, "2026-05-04T09:30:00Z");
    for number in 0..30 {
        let mut under = host.begin(&format!("m-{number}"), ADA);
        host.go_on(&mut under);
        if number == 0 {
            host.report(&mut under, created());
            host.go_on(&mut under);
            continue;
        }
        let Outcome::Dropped(dropped) = under.outcome() else { panic!("{:?}", under.outcome()) };
        assert_eq!(dropped.reason.code, DropCode::RecipientLimit);
    }
    let began = host.now;
    let mut other = host.begin("m-other", BOB);
    host.go_on(&mut other);
    assert_eq!(parameter(other.request(), "To").as_deref(), Some(BOB));
    assert_eq!(host.now, began, "the sender was busy with nothing");
}

#[test]
fn what_a_recipient_was_charged_for_a_message_is_given_back_to_them() {
    let limit = json!({ "messages": 1, "seconds": 3_600 });
    let mut host = Host::new(&json!({ "recipient_limit": limit }), "2026-05-04T09:30:00Z");
    let first = host.begin("m-1", ADA);
    refuse_once(&mut host, first);
    // The second attempt is admitted at the same recipient, and refused for good.
    let mut again = host.begin("m-1", BOB);
    host.go_on(&mut again);
    assert_eq!(parameter(again.request(), "To").as_deref(), Some(ADA));
    host.report(&mut again, reply(400, &[], r#"{"code":21617,"message":"Long","status":400}"#));
    host.go_on(&mut again);
    assert!(matches!(again.outcome(), Outcome::Failed(_)), "{:?}", again.outcome());
    for to in [ADA, BOB] {
        let mut other = host.begin(to, to);
        host.go_on(&mut other);
        assert_eq!(parameter(other.request(), "To").as_deref(), Some(to));
    }
}

#[test]
fn nobody_tries_before_twilio_wants_to_be_asked_again() {
    let mut host = Host::new(&json!({}), "2026-05-04T09:30:00Z");
    let mut under = host.begin("m-1", ADA);
    host.go_on(&mut under);
    host.report(&mut under, rate_limited("60"));
    host.go_on_until(&mut under, |step| step.why == Why::BackOff);
    // The host has to end, and the event comes again somewhere else.
    host.report(&mut under, Report::Stopped);
    host.go_on(&mut under);
    let Outcome::Deferred(deferred) = under.outcome() else { panic!("{:?}", under.outcome()) };
    assert_eq!(deferred.code, Deferral::Retry);
    let until = deferred.until;
    let mut again = host.begin("m-1", ADA);
    host.go_on_until(&mut again, |step| step.why == Why::WaitForClaim);
    let Action::Wait { until: waits, .. } = again.step.action else { panic!("{:?}", again.step) };
    assert_eq!(waits, until);
    host.go_on(&mut again);
    assert!(parameter(again.request(), "To").is_some() && host.now >= until);
}

#[test]
fn nobody_waits_for_what_comes_too_late() {
    let mut host = Host::new(&json!({}), "2026-05-04T09:30:00Z");
    let mut under = host.begin("m-1", ADA);
    host.go_on(&mut under);
    // Four hours is as long as is tried.
    host.report(&mut under, rate_limited("604800"));
    host.go_on(&mut under);
    let Outcome::Failed(replied) = under.outcome() else { panic!("{:?}", under.outcome()) };
    assert_eq!((replied.reply.http_status, replied.recorded), (Some(429), true));
    assert_eq!(host.now, Timestamp::parse("2026-05-04T09:30:00Z").unwrap());
}

/// A connection that does not come about.
fn refused_connection() -> Report {
    Report::Http(HttpReport::Failure {
        name: "TypeError".to_owned(),
        code: Some("ECONNREFUSED".to_owned()),
        syscall: Some("connect".to_owned()),
    })
}

/// Begins an event whose request fails, on a host that ends as soon as it is to wait for another.
/// Says how it ended, and how long it is put off.
fn fail_once(host: &mut Host) -> (Outcome, i64) {
    let mut under = host.begin("m-1", ADA);
    host.go_on(&mut under);
    if matches!(under.step.action, Action::Fetch { .. }) {
        host.report(&mut under, refused_connection());
        host.go_on_until(&mut under, |step| step.why == Why::BackOff);
        if under.step.why == Why::BackOff {
            host.report(&mut under, Report::Stopped);
        }
        host.go_on(&mut under);
    }
    let outcome = under.outcome().clone();
    let wait = match &outcome {
        Outcome::Deferred(deferred) => deferred.until.millis() - host.now.millis(),
        _ => 0,
    };
    (outcome, wait)
}

#[test]
fn waits_grow_over_deliveries_of_an_event_and_end() {
    let mut host = Host::new(&json!({}), "2026-05-04T09:30:00Z");
    let mut longest = Vec::new();
    for tries in 1..=10 {
        let (outcome, wait) = fail_once(&mut host);
        assert!(matches!(outcome, Outcome::Deferred(_)), "{outcome:?}");
        assert!(wait <= (250 << tries).min(30_000), "{wait} ms after {tries}");
        longest.push(wait);
        host.now = host.now.plus(wait);
    }
    // Jitter may give a short wait, and hardly five.
    assert!(longest.iter().skip(5).any(|wait| *wait > 5_000), "{longest:?}");
}

#[test]
fn a_message_that_every_delivery_was_refused_has_failed_once_its_time_is_over() {
    let mut host = Host::new(&json!({}), "2026-05-04T09:30:00Z");
    assert!(matches!(fail_once(&mut host).0, Outcome::Deferred(_)));
    host.now = host.now.plus(14_400_001);
    match fail_once(&mut host).0 {
        Outcome::Failed(replied) => {
            assert_eq!((replied.reply.code.as_str(), replied.recorded), ("retries_ended", true));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_was_found_never_to_have_been_sent_is_no_charge() {
    let settings = json!({
        "recipient_limit": { "messages": 1, "seconds": 86_400 },
        "delivery": { "retry_seconds": 10 },
    });
    let mut host = Host::new(&settings, "2026-05-04T09:30:00Z");
    let mut under = host.begin("m-1", ADA);
    host.go_on(&mut under);
    let name = "TimeoutError".to_owned();
    let lost = HttpReport::Failure { name, code: None, syscall: None };
    host.report(&mut under, Report::Http(lost));
    host.go_on(&mut under);
    while !matches!(under.step.action, Action::Done { .. }) {
        assert_eq!(under.request().method, "GET");
        host.report(&mut under, reply(200, &[], r#"{"messages":[]}"#));
        host.go_on(&mut under);
    }
    assert!(matches!(under.outcome(), Outcome::Failed(_)), "{:?}", under.outcome());
    let mut other = host.begin("m-2", ADA);
    host.go_on(&mut other);
    assert_eq!(parameter(other.request(), "To").as_deref(), Some(ADA));
}

#[test]
fn a_message_keeps_its_place_though_it_waits_for_longer_than_the_limit() {
    let settings = json!({
        "recipient_limit": { "messages": 1, "seconds": 60 },
        "rate": { "segments_per_second": 1 },
    });
    let mut host = Host::new(&settings, "2026-05-04T09:30:00Z");
    for number in 0..10 {
        // Others keep the sender busy.
        let to = format!("+4477009002{number:02}");
        let mut other = host.begin_saying(&"long ".repeat(300), &to, &to);
        host.go_on_until(&mut other, |step| step.why == Why::WaitForRate);
    }
    let mut waits = host.begin("m-1", ADA);
    host.go_on_until(&mut waits, |step| step.why == Why::WaitForRate);
    let Action::Wait { until, .. } = waits.step.action else { panic!("{:?}", waits.step) };
    host.now = host.now.plus(61_000);
    assert!(host.now < until);
    let mut later = host.begin("m-2", ADA);
    host.go_on_until(&mut later, |step| step.why == Why::WaitForRate);
    let Outcome::Dropped(dropped) = later.outcome() else { panic!("{:?}", later.outcome()) };
    assert_eq!(dropped.reason.code, DropCode::RecipientLimit);
    host.go_on(&mut waits);
    assert_eq!(parameter(waits.request(), "To").as_deref(), Some(ADA));
}
