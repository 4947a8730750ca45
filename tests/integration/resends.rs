//! Messages that were not delivered, sent again.

use serde_json::{Value as Json, json};
use twilio_destination::cells;
use twilio_destination::delivery::{Action, Content, Handled, Place, Report, Tracked, Why};
use twilio_destination::destination::InputKind;
use twilio_destination::http::HttpReport;
use twilio_destination::outcome::Outcome;
use twilio_destination::segment_api::Untracked;

use crate::world::{
    ADA, FROM, INBOUND, SERVICE, SID, World, assert_sent, inbound, inbound_sid, reset, response,
    status_of,
};

const SECOND: &str = "SM22222222222222222222222222222222";
const THIRD: &str = "SM33333333333333333333333333333333";

fn world(more: &Json) -> World {
    resending(1, more)
}

fn resending(most: u32, more: &Json) -> World {
    let delivery = json!({ "callback_parameter": "claim", "resend_undelivered": most });
    let mut settings = json!({ "delivery": delivery });
    settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let mut world = World::new(&settings);
    world.creates = [SID, SECOND, THIRD].map(created).into();
    world
}

fn created(sid: &str) -> HttpReport {
    response(201, &json!({ "sid": sid, "status": "queued" }).to_string())
}

fn undelivered(world: &mut World, sid: &str, code: &str) -> Handled {
    let url = world.callback_url();
    world.call(&url, &status_of(sid, "undelivered", Some(code)))
}

#[track_caller]
fn assert_resent(handled: &Handled, number: u32, sid: &str) {
    let resent = handled.resent.as_ref().unwrap();
    assert_eq!((resent.number, handled.http_status), (number, 204));
    let Outcome::Sent(replied) = &resent.outcome else { panic!("{resent:?}") };
    assert_eq!(replied.reply.sid.as_deref(), Some(sid));
}

#[track_caller]
fn assert_kept_back(handled: &Handled, code: &str) {
    let Some(Outcome::Dropped(dropped)) = handled.resent.as_ref().map(|it| &it.outcome) else {
        panic!("{handled:?}")
    };
    assert_eq!(dropped.reason.code.code(), code);
}

fn forms(world: &World) -> Vec<Vec<(String, String)>> {
    let creates = world.requests.iter().filter(|it| it.url.ends_with("/Messages.json"));
    let bodies = creates.filter_map(|it| it.body.as_deref());
    bodies.map(|body| form_urlencoded::parse(body.as_bytes()).into_owned().collect()).collect()
}

/// Whether the cells still hold a number or a text.
fn holds_content(world: &World) -> bool {
    let text = serde_json::to_string(&world.cells).unwrap();
    text.contains("7700900123") || text.contains("On+its+way")
}

#[test]
fn a_message_that_was_not_delivered_is_sent_again_once() {
    for code in ["30003", "30008", "30017", "30410"] {
        let mut world = world(&json!({}));
        assert_sent(&world.send("m-1"), "sent");
        assert!(holds_content(&world));
        let first = world.callback_url();
        let handled = world.call(&first, &status_of(SID, "undelivered", Some(code)));
        assert_resent(&handled, 1, SECOND);
        assert_ne!(world.callback_url(), first, "it has a claim of its own");
        assert!(!holds_content(&world));
        // The same webhook again, and later ones in the wrong order.
        for word in ["undelivered", "sent", "failed", "delivered", "undelivered"] {
            let error = matches!(word, "undelivered" | "failed").then_some(code);
            assert_eq!(world.call(&first, &status_of(SID, word, error)).resent, None);
        }
        // And it is not sent a third time.
        assert_eq!(undelivered(&mut world, SECOND, code).resent, None);
        assert_eq!(world.creates(), 2);
        // The event is not sent again either.
        assert!(matches!(world.send("m-1"), Outcome::Dropped(_)));
    }
}

#[test]
fn what_is_sent_again_is_the_same_but_for_its_claim() {
    let mut world = world(&json!({}));
    world.send("m-1");
    undelivered(&mut world, SID, "30003");
    let forms = forms(&world);
    let rest = |form: &[(String, String)]| {
        form.iter().filter(|(name, _)| name != "StatusCallback").cloned().collect::<Vec<_>>()
    };
    assert_eq!(rest(&forms[0]), rest(&forms[1]));
    assert_ne!(forms[0], forms[1]);
}

#[test]
fn segment_is_told_which_message_it_was_sent_for() {
    let mut world = resending(2, &json!({}));
    world.send("m-1");
    assert_resent(&undelivered(&mut world, SID, "30003"), 1, SECOND);
    assert_resent(&undelivered(&mut world, SECOND, "30008"), 2, THIRD);
    assert_eq!(undelivered(&mut world, THIRD, "30008").resent, None);
    assert_eq!(world.creates(), 3);
    let events = world.tracked();
    let [first, second, third] = &events[..] else { panic!("{events:?}") };
    assert_eq!(first["properties"]["resend_of"], Json::Null);
    for (event, sid, number) in [(second, SECOND, 1), (third, THIRD, 2)] {
        let properties = &event["properties"];
        assert_eq!(
            (&properties["message_sid"], &properties["resend_of"], &properties["resend"]),
            (&json!(sid), &json!(SID), &json!(number))
        );
        assert_eq!(
            (&event["userId"], &properties["original_message_id"]),
            (&json!("u-1"), &json!("m-1"))
        );
    }
}

#[test]
fn nothing_is_sent_again_unless_the_settings_say_so() {
    let mut off = World::new(&json!({}));
    off.send("m-1");
    assert_eq!(undelivered(&mut off, SID, "30003").resent, None);
    let mut zero = resending(0, &json!({}));
    zero.send("m-1");
    assert_eq!(undelivered(&mut zero, SID, "30003").resent, None);
    for world in [off, zero] {
        assert!(world.creates() == 1 && !holds_content(&world));
    }
}

#[test]
fn only_a_final_status_for_a_reason_that_may_pass_sends_again() {
    for (word, code) in [
        ("undelivered", Some("30005")),
        ("failed", Some("30007")),
        ("failed", Some("21610")),
        ("undelivered", None),
        ("undelivered", Some("99999")),
        ("delivered", None),
        ("delivered", Some("30003")),
        ("read", None),
        ("canceled", None),
    ] {
        let mut world = world(&json!({}));
        world.send("m-1");
        let url = world.callback_url();
        assert_eq!(world.call(&url, &status_of(SID, word, code)).resent, None, "{word} {code:?}");
        assert!(!holds_content(&world), "{word} {code:?}");
        assert_eq!(undelivered(&mut world, SID, "30003").resent, None);
        assert_eq!(world.creates(), 1);
    }
    // What is not final changes nothing, and leaves it where it is.
    for (word, code) in [("sent", None), ("queued", Some("30003")), ("zapped", Some("30003"))] {
        let mut world = world(&json!({}));
        world.send("m-1");
        let url = world.callback_url();
        assert_eq!(world.call(&url, &status_of(SID, word, code)).resent, None, "{word} {code:?}");
        assert_resent(&undelivered(&mut world, SID, "30003"), 1, SECOND);
    }
}

#[test]
fn whoever_opted_out_meanwhile_gets_nothing() {
    let mut world = world(&json!({}));
    world.send("m-1");
    world.call(INBOUND, &inbound(&inbound_sid('1'), "STOP", None));
    assert_kept_back(&undelivered(&mut world, SID, "30003"), "recipient_suppressed");
    assert!(world.creates() == 1 && !holds_content(&world));
    // Also once they have opted in again: it was decided.
    world.call(INBOUND, &inbound(&inbound_sid('2'), "START", None));
    assert_eq!(undelivered(&mut world, SID, "30003").resent, None);
}

#[test]
fn the_recipients_limit_holds() {
    let limit = json!({ "recipient_limit": { "messages": 1, "seconds": 3_600 } });
    let mut world = world(&limit);
    world.send("m-1");
    assert_kept_back(&undelivered(&mut world, SID, "30003"), "recipient_limit");
    assert_eq!(world.creates(), 1);
}

#[test]
fn quiet_hours_hold_by_the_clock_that_counted_before() {
    let quiet = json!({ "quiet_hours": { "then": "drop" } });
    // 09:30 UTC is 10:30 in London; 20:00 UTC is 21:00.
    let mut world_at_night = world(&quiet);
    assert_sent(&world_at_night.send("m-1"), "sent");
    world_at_night.now = world_at_night.now.plus(37_800_000);
    assert_kept_back(&undelivered(&mut world_at_night, SID, "30003"), "quiet_hours");
    assert_eq!(world_at_night.creates(), 1);

    let mut by_day = world(&quiet);
    by_day.send("m-1");
    by_day.now = by_day.now.plus(37_700_000);
    assert_resent(&undelivered(&mut by_day, SID, "30003"), 1, SECOND);
}

#[test]
fn a_validity_period_ends_when_quiet_hours_begin() {
    let mut world = world(&json!({ "quiet_hours": { "then": "shorten" } }));
    world.send("m-1");
    // 20:50 in London: ten minutes are left.
    world.now = world.now.plus(37_200_000 - 4);
    undelivered(&mut world, SID, "30003");
    let forms = forms(&world);
    let period = |form: &[(String, String)]| {
        let found = form.iter().find(|(name, _)| name == "ValidityPeriod");
        found.map(|(_, text)| text.parse::<u32>().unwrap())
    };
    assert_eq!((period(&forms[0]), forms.len()), (None, 2));
    assert!((590..=600).contains(&period(&forms[1]).unwrap()), "{forms:?}");
}

#[test]
fn what_was_scheduled_is_sent_at_once() {
    let mapping = json!({
        "trigger": "Order Completed", "body": "Hi", "send_at": "2026-05-04T12:00:00Z",
    });
    let mut world = world(&json!({ "from": SERVICE, "mappings": [mapping] }));
    world.send("m-1");
    world.now = world.now.plus(4 * 3_600_000);
    assert_resent(&undelivered(&mut world, SID, "30003"), 1, SECOND);
    let [first, again] = &forms(&world)[..] else { panic!() };
    assert!(first.iter().any(|(name, _)| name == "SendAt"));
    assert!(!again.iter().any(|(name, _)| matches!(name.as_str(), "SendAt" | "ScheduleType")));
}

#[test]
fn a_halt_holds() {
    let mut world = world(&json!({}));
    world.send("m-1");
    world.creates = vec![response(401, r#"{"code":20003,"message":"no","status":401}"#)];
    world.send("m-2");
    let creates = world.creates();
    let url = world.callback_url();
    let first = world.requests[0].body.clone().unwrap();
    let callback = form_urlencoded::parse(first.as_bytes())
        .find_map(|(name, value)| (name == "StatusCallback").then(|| value.into_owned()))
        .unwrap();
    assert!(!url.is_empty());
    let callback = callback.split('#').next().unwrap();
    let handled = world.call(callback, &status_of(SID, "undelivered", Some("30003")));
    let resent = handled.resent.unwrap();
    assert!(matches!(resent.outcome, Outcome::Halted(_)), "{resent:?}");
    assert_eq!(world.creates(), creates);
}

#[test]
fn what_is_switched_off_since_sends_nothing() {
    for off in [
        json!({ "enabled": false }),
        json!({ "mappings": [{ "trigger": "Sale", "body": "Hi" }] }),
        json!({ "only_to": ["+447700900999"] }),
        json!({ "countries": { "deny": ["GB"] } }),
    ] {
        let mut world = world(&json!({}));
        world.send("m-1");
        let mut later = self::world(&off);
        later.cells = world.cells.clone();
        later.seed = 100;
        let url = world.callback_url();
        let handled = later.call(&url, &status_of(SID, "undelivered", Some("30003")));
        assert!(matches!(handled.resent.unwrap().outcome, Outcome::Dropped(_)), "{off}");
        assert_eq!(later.creates(), 0);
    }
}

#[test]
fn a_lost_reply_to_what_is_sent_again_is_found_out_and_not_doubled() {
    let mut world = world(&json!({}));
    world.creates = vec![created(SID), reset(), created(THIRD)];
    world.send("m-1");
    let handled = undelivered(&mut world, SID, "30003");
    assert_resent(&handled, 1, THIRD);
    assert!(world.lists() > 0 && world.creates() == 3);

    let hold = json!({
        "callback_parameter": "claim", "resend_undelivered": 1, "on_unclear": "hold",
    });
    let mut world = self::world(&json!({ "delivery": hold }));
    world.creates = vec![created(SID), reset()];
    world.send("m-1");
    let handled = undelivered(&mut world, SID, "30003");
    assert!(matches!(handled.resent.unwrap().outcome, Outcome::Unknown(_)));
    assert_eq!(world.creates(), 2);
}

#[test]
fn a_callback_that_is_faster_than_the_reply_sends_again_all_the_same() {
    let mut world = world(&json!({}));
    world.creates = vec![created(SECOND), reset()];
    world.meanwhile = Some((String::new(), status_of(SID, "undelivered", Some("30003"))));
    world.send("m-1");
    assert_eq!(world.creates(), 2);
    let answered = world.tracked();
    assert_eq!(answered[0]["event"], "SMS Undelivered");
}

#[test]
fn a_webhook_that_ran_out_of_time_may_be_handed_in_again() {
    let mut world = world(&json!({}));
    world.send("m-1");
    let url = world.callback_url();
    let form = status_of(SID, "undelivered", Some("30003"));
    let deferred = world.call_by(&url, &form, Some(world.now.plus(300)));
    assert_eq!(deferred.http_status, 503);
    assert!(matches!(deferred.resent.unwrap().outcome, Outcome::Deferred(_)));
    assert_eq!(world.creates(), 1);
    assert_resent(&world.call(&url, &form), 1, SECOND);
    assert_eq!(world.call(&url, &form).resent, None);
    assert_eq!(world.creates(), 2);
}

#[test]
fn a_process_that_ends_before_it_may_send_leaves_nothing_that_is_sent_again() {
    let mut world = world(&json!({}));
    let event = json!({
        "type": "track", "event": "Order Completed", "messageId": "m-1", "userId": "u-1",
        "context": { "traits": { "phone": "+447700900456" } },
        "properties": { "sms_body": "On its way." },
    });
    let terms = world.terms();
    let content = Content::Json(event.to_string().into_bytes());
    let (mut delivery, mut step) = world.dispatcher.begin(InputKind::Event, content, terms);
    while step.why != Why::Dispatch {
        let Action::Store { key, operation, .. } = step.action else { panic!("{step:?}") };
        let applied = cells::apply(world.cells.remove(&key), *operation, world.now);
        world.cells.extend(applied.cell.map(|cell| (key, cell)));
        step = delivery.resume(Report::Store(applied.answer), world.now);
    }
    drop(delivery);
    // By the time the event comes again its user has another number.
    world.now = world.now.plus(120_000);
    assert_sent(&world.send("m-1"), "sent");
    assert_resent(&undelivered(&mut world, SID, "30003"), 1, SECOND);
    let to = |form: Vec<(String, String)>| form.into_iter().find(|(name, _)| name == "To");
    let to: Vec<_> = forms(&world).into_iter().filter_map(to).map(|(_, to)| to).collect();
    assert_eq!(to, [ADA, ADA]);
}

#[test]
fn a_refused_message_is_not_kept() {
    let mut world = world(&json!({}));
    world.creates = vec![response(400, r#"{"code":21211,"message":"no","status":400}"#)];
    world.send("m-1");
    assert!(!holds_content(&world));
}

#[test]
fn what_is_kept_ends_by_itself() {
    let mut world = world(&json!({}));
    world.send("m-1");
    world.now = world.now.plus(259_300_000);
    assert_eq!(undelivered(&mut world, SID, "30003").resent, None);
    assert!(!holds_content(&world));
}

#[test]
fn whoever_is_forgotten_is_forgotten_everywhere() {
    let mut world = world(&json!({}));
    world.send("m-1");
    assert!(world.forget("u-1").is_empty());
    let text = serde_json::to_string(&world.cells).unwrap();
    assert!(!text.contains("u-1") && !holds_content(&world), "{text}");
    let handled = undelivered(&mut world, SID, "30003");
    assert_eq!((handled.recorded, &handled.resent), (true, &None));
    let code = Untracked::IdentityMissing;
    let untracked = Tracked::Untracked { code, cause: code.cause(), fix: code.fix() };
    assert_eq!(handled.tracked, Some(untracked));
    // Their answers are nobody's either.
    let stop = world.call(INBOUND, &inbound(&inbound_sid('1'), "STOP", None));
    assert_eq!(stop.opted.unwrap().user_id, None);
}

#[test]
fn whoever_is_forgotten_while_a_message_waits_can_be_forgotten_again() {
    let mut world = world(&json!({ "rate": { "segments_per_second": 1 } }));
    for number in 0..20 {
        world.send(&format!("m-{number}"));
    }
    let forgets = |world: &mut World| assert!(world.forget("u-1").is_empty());
    world.before = Some((Why::WaitForRate, Box::new(forgets)));
    world.send("m-20");
    assert!(world.before.is_none() && world.creates() == 21);
    world.forget("u-1");
    let text = serde_json::to_string(&world.cells).unwrap();
    assert!(!text.contains("u-1") && !holds_content(&world));
}

#[test]
fn whoever_shares_the_number_is_not_forgotten_with_them() {
    let mut world = world(&json!({}));
    world.send("m-1");
    let event = json!({
        "type": "track", "event": "Order Completed", "messageId": "m-2", "userId": "u-2",
        "context": { "traits": { "phone": ADA } }, "properties": { "sms_body": "Hi" },
    });
    world.send_event(&event);
    world.forget("u-1");
    let stop = world.call(INBOUND, &inbound(&inbound_sid('1'), "STOP", None));
    assert_eq!(stop.opted.unwrap().user_id.as_deref(), Some("u-2"));
}

#[test]
fn a_store_that_fails_while_forgetting_is_told() {
    let mut world = world(&json!({}));
    world.send("m-1");
    world.store_fails = Some(Report::StoreFailed);
    assert!(matches!(world.forget("u-1")[..], [Outcome::Deferred(_)]));
    world.store_fails = None;
    world.forget("u-1");
    assert!(!serde_json::to_string(&world.cells).unwrap().contains("u-1"));
}

#[test]
fn the_oldest_of_very_many_messages_is_forgotten_as_they_come() {
    let mut world = world(&json!({ "delivery": { "callback_parameter": "claim" } }));
    world.creates = Vec::new();
    world.send("m-0");
    let url = world.callback_url();
    for number in 1..=200 {
        world.send(&format!("m-{number}"));
    }
    let handled = world.call(&url, &status_of(SID, "delivered", None));
    let code = Untracked::IdentityMissing;
    assert!(matches!(handled.tracked, Some(Tracked::Untracked { code: it, .. }) if it == code));
    world.forget("u-1");
    assert!(!serde_json::to_string(&world.cells).unwrap().contains("u-1"));
}

fn place() -> Place {
    Place { run: "may.csv".to_owned(), row: 7 }
}

fn row(more: &Json) -> Json {
    let mut row = json!({ "to": ADA, "body": "On its way." });
    row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    row
}

#[test]
fn a_row_is_sent_again_too_and_told_by_its_user() {
    let mut world = world(&json!({}));
    let sent = world.send_row(&row(&json!({ "user_id": "u-7" })), place());
    assert!(matches!(sent, Outcome::Sent(_)));
    let handled = undelivered(&mut world, SID, "30003");
    assert_resent(&handled, 1, SECOND);
    assert_eq!(handled.tracked, Some(Tracked::Tracked));
    let url = world.callback_url();
    world.call(&url, &status_of(SECOND, "delivered", None));
    let events = world.tracked();
    assert_eq!((&events[0]["userId"], events.len()), (&json!("u-7"), 2));
    let properties = &events[1]["properties"];
    assert_eq!(
        (&properties["run"], &properties["row"], &properties["resend_of"]),
        (&json!("may.csv"), &json!(7), &json!(SID))
    );
    world.forget("u-7");
    assert!(!serde_json::to_string(&world.cells).unwrap().contains("u-7"));
}

#[test]
fn a_row_without_a_user_ends_with_a_reason_of_its_own() {
    let mut world = world(&json!({ "from": FROM }));
    world.send_row(&row(&json!({})), place());
    let handled = undelivered(&mut world, SID, "30005");
    assert!(handled.recorded && handled.news);
    let code = Untracked::RowWithoutUser;
    let untracked = Tracked::Untracked { code, cause: code.cause(), fix: code.fix() };
    assert_eq!(handled.tracked, Some(untracked));
    assert_eq!(handled.status.as_deref(), Some("undelivered"));
}

#[test]
fn nothing_is_sent_again_where_another_message_may_have_arrived() {
    let delivery = json!({
        "callback_parameter": "claim", "resend_undelivered": 1, "on_unclear": "resend",
    });
    let mut world = world(&json!({ "delivery": delivery }));
    world.creates = vec![reset(), created(SID), created(THIRD)];
    assert_sent(&world.send("m-1"), "sent");
    assert_eq!(undelivered(&mut world, SID, "30003").resent, None);
    assert_eq!(world.creates(), 2);
}

#[test]
fn a_limit_that_was_lowered_meanwhile_holds() {
    let mut world = resending(2, &json!({}));
    world.send("m-1");
    assert_resent(&undelivered(&mut world, SID, "30003"), 1, SECOND);
    let url = world.callback_url();
    let mut later = resending(1, &json!({}));
    later.cells = world.cells.clone();
    later.seed = 100;
    let handled = later.call(&url, &status_of(SECOND, "undelivered", Some("30003")));
    assert_eq!(handled.resent, None);
    assert!(later.creates() == 0 && !holds_content(&later));
}

#[test]
fn a_crash_before_the_note_is_erased_sends_nothing_twice() {
    let mut world = world(&json!({}));
    world.send("m-1");
    let url = world.callback_url();
    let form = status_of(SID, "undelivered", Some("30003"));
    let note = world.cells.iter().find(|(key, _)| key.starts_with("message:"));
    let (key, note) = note.map(|(key, cell)| (key.clone(), cell.clone())).unwrap();
    assert_resent(&world.call(&url, &form), 1, SECOND);
    world.cells.insert(key, note);
    assert_kept_back(&world.call(&url, &form), "duplicate");
    assert!(world.creates() == 2 && !holds_content(&world));
}

/// Every step of a resend before its request at which a callback may come in between.
const ON_THE_WAY: [Why; 7] = [
    Why::OpenClaim,
    Why::RecordMessage,
    Why::Admit,
    Why::Reserve,
    Why::Dispatch,
    Why::KeepMessage,
    Why::LookAtUndelivered,
];

/// Has a message arrive after all, as a callback of that URL tells another process.
fn arrives(sid: &'static str, url: String, word: &'static str) -> impl FnOnce(&mut World) {
    move |world| {
        let mut other = resending(3, &json!({}));
        (other.seed, other.now) = (1_000, world.now);
        std::mem::swap(&mut other.cells, &mut world.cells);
        assert_eq!(other.call(&url, &status_of(sid, word, None)).resent, None);
        std::mem::swap(&mut other.cells, &mut world.cells);
    }
}

#[test]
fn a_message_that_arrives_after_all_is_not_sent_again() {
    for why in ON_THE_WAY {
        for word in ["delivered", "read"] {
            let mut world = resending(2, &json!({}));
            world.send("m-1");
            let url = world.callback_url();
            world.before = Some((why, Box::new(arrives(SID, url.clone(), word))));
            let form = status_of(SID, "undelivered", Some("30003"));
            assert_kept_back(&world.call(&url, &form), "resend_needless");
            assert!(world.before.is_none() && world.creates() == 1, "{why:?}");
            assert!(!holds_content(&world), "{why:?}");
            // Nor by whoever gets the callback again.
            assert_eq!(world.call(&url, &form).resent, None);
            assert_eq!(world.creates(), 1, "{why:?}");
        }
    }
}

#[test]
fn a_message_that_arrives_while_the_next_one_waits_is_not_sent_again() {
    let busy = HttpReport::Response {
        status: 429,
        headers: vec![("retry-after".to_owned(), "60".to_owned())],
        body: r#"{"code":20429,"message":"Slower","status":429}"#.to_owned(),
        complete: true,
    };
    let mut world = world(&json!({}));
    world.creates = vec![created(SID), busy, created(SECOND)];
    world.send("m-1");
    let url = world.callback_url();
    let delivered = {
        let url = url.clone();
        // By the same process.
        move |world: &mut World| {
            world.call(&url, &status_of(SID, "delivered", None));
        }
    };
    world.before = Some((Why::BackOff, Box::new(delivered)));
    let handled = world.call(&url, &status_of(SID, "undelivered", Some("30003")));
    assert_kept_back(&handled, "resend_needless");
    assert!(world.creates() == 2 && !holds_content(&world));
}

#[test]
fn a_message_that_arrives_before_a_resend_is_begun_again_is_not_sent_again() {
    let mut world = world(&json!({}));
    world.send("m-1");
    let url = world.callback_url();
    let form = status_of(SID, "undelivered", Some("30003"));
    let deferred = world.call_by(&url, &form, Some(world.now.plus(300)));
    assert!(matches!(deferred.resent.unwrap().outcome, Outcome::Deferred(_)));
    arrives(SID, url.clone(), "delivered")(&mut world);
    assert_eq!(world.call(&url, &form).resent, None);
    assert!(world.creates() == 1 && !holds_content(&world));
}

#[test]
fn no_message_is_sent_in_place_of_several_of_which_one_arrived() {
    for arrived in [SID, SECOND] {
        let mut world = resending(3, &json!({}));
        world.send("m-1");
        let first = world.callback_url();
        assert_resent(&undelivered(&mut world, SID, "30003"), 1, SECOND);
        let second = world.callback_url();
        let url = if arrived == SID { first } else { second.clone() };
        world.before = Some((Why::Dispatch, Box::new(arrives(arrived, url, "delivered"))));
        let handled = world.call(&second, &status_of(SECOND, "undelivered", Some("30008")));
        assert_kept_back(&handled, "resend_needless");
        assert!(world.creates() == 2 && !holds_content(&world));
    }
    // Also where that was known before the second one failed.
    let mut world = resending(3, &json!({}));
    world.send("m-1");
    let first = world.callback_url();
    assert_resent(&undelivered(&mut world, SID, "30003"), 1, SECOND);
    world.call(&first, &status_of(SID, "delivered", None));
    assert_kept_back(&undelivered(&mut world, SECOND, "30008"), "resend_needless");
    assert_eq!(world.creates(), 2);
}

#[test]
fn a_message_whose_reason_turns_out_to_stay_is_not_sent_again() {
    let mut world = world(&json!({}));
    world.send("m-1");
    let url = world.callback_url();
    let stays = {
        let url = url.clone();
        move |world: &mut World| {
            world.call(&url, &status_of(SID, "undelivered", Some("30005")));
        }
    };
    world.before = Some((Why::Dispatch, Box::new(stays)));
    let handled = world.call(&url, &status_of(SID, "failed", Some("30003")));
    assert_kept_back(&handled, "resend_needless");
    assert_eq!(world.creates(), 1);
}

#[test]
fn nothing_is_sent_while_it_cannot_be_asked_whether_the_message_arrived() {
    let reports = [(Report::StoreFailed, "store_failed"), (Report::StoreLate, "store_late")];
    for (report, code) in reports {
        let mut world = world(&json!({}));
        world.send("m-1");
        let url = world.callback_url();
        let form = status_of(SID, "undelivered", Some("30003"));
        let fails = |world: &mut World| {
            world.store_fails = Some(report);
            let works = |world: &mut World| world.store_fails = None;
            world.before = Some((Why::RecordRefusal, Box::new(works)));
        };
        world.before = Some((Why::LookAtUndelivered, Box::new(fails)));
        let handled = world.call(&url, &form);
        assert_eq!(handled.http_status, 503);
        let Outcome::Deferred(deferred) = handled.resent.unwrap().outcome else { panic!() };
        assert_eq!((deferred.code.code(), world.creates()), (code, 1));
        assert_resent(&world.call(&url, &form), 1, SECOND);
        assert_eq!((world.creates(), world.lists()), (2, 0));
    }
}

#[test]
fn what_may_have_been_sent_again_before_the_message_arrived_stays_unknown() {
    let delivery = json!({
        "callback_parameter": "claim", "resend_undelivered": 1, "on_unclear": "resend",
    });
    let mut world = world(&json!({ "delivery": delivery }));
    world.creates = vec![created(SID), reset(), created(THIRD)];
    world.send("m-1");
    let url = world.callback_url();
    let delivered = arrives(SID, url.clone(), "delivered");
    world.before = Some((Why::WaitForList, Box::new(delivered)));
    let handled = world.call(&url, &status_of(SID, "undelivered", Some("30003")));
    let resent = handled.resent.unwrap();
    assert!(matches!(&resent.outcome, Outcome::Unknown(it) if it.recorded), "{resent:?}");
    assert_eq!(world.creates(), 2);
}
