//! Events that show that a message did what it was sent for, and what Twilio is told of them.

use serde_json::{Value as Json, json};
use twilio_destination::cells;
use twilio_destination::delivery::{Action, Content, Report, Why};
use twilio_destination::destination::InputKind;
use twilio_destination::http::HttpReport;
use twilio_destination::outcome::Outcome;

use crate::world::{ADA, SID, World, assert_dropped, reset, response, status_of};

const OTHER: &str = "SM22222222222222222222222222222222";

fn world(more: &Json) -> World {
    let mut settings = json!({
        "segment": null,
        "mappings": [
            { "name": "code", "trigger": "Code Requested", "body": "1234", "provide_feedback": true },
        ],
        "conversions": [{ "name": "entered", "trigger": "Code Entered" }],
    });
    settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    World::new(&settings)
}

fn event(world: &World, name: &str, message_id: &str, ids: &Json) -> Json {
    let mut event = json!({
        "type": "track",
        "event": name,
        "messageId": message_id,
        "timestamp": world.now.to_string(),
        "context": { "traits": { "phone": ADA } },
    });
    event.as_object_mut().unwrap().extend(ids.as_object().unwrap().clone());
    event
}

fn user() -> Json {
    json!({ "userId": "u-1" })
}

/// Sends a code and gives the outcome of what is entered `later` milliseconds after.
fn enter(world: &mut World, later: i64) -> Outcome {
    let asked = event(world, "Code Requested", "m-1", &user());
    assert!(matches!(world.send_event(&asked)[..], [Outcome::Sent(_)]));
    world.now = world.now.plus(later);
    let entered = event(world, "Code Entered", "m-2", &user());
    world.send_event(&entered).remove(1)
}

fn created(sid: &str) -> HttpReport {
    response(201, &json!({ "sid": sid, "status": "queued" }).to_string())
}

#[track_caller]
fn assert_confirmed(outcome: &Outcome, sid: &str) {
    let Outcome::Confirmed(replied) = outcome else { panic!("{outcome:?}") };
    assert_eq!((replied.mapping.as_str(), replied.reply.code.as_str()), ("entered", "confirmed"));
    assert_eq!((replied.reply.sid.as_deref(), replied.recorded), (Some(sid), true));
}

#[test]
fn a_conversion_is_told_once_for_each_message() {
    let mut world = world(&json!({}));
    assert_confirmed(&enter(&mut world, 30_000), SID);
    for id in ["m-2", "m-3"] {
        let again = event(&world, "Code Entered", id, &user());
        assert_dropped(&world.send_event(&again)[1], "duplicate");
    }
    assert_eq!(world.confirmed(), [format!("{SID}/Feedback.json")]);
    assert_eq!(world.creates(), 1);
}

#[test]
fn the_last_message_counts_that_was_sent_before_and_not_too_long_before() {
    let mut week = world(&json!({}));
    assert_dropped(&enter(&mut week, 604_800_001), "message_not_found");
    let mut week = world(&json!({}));
    assert_confirmed(&enter(&mut week, 604_700_000), SID);
    let conversions = json!([{ "trigger": "Code Entered", "within_seconds": 60 }]);
    let mut minute = world(&json!({ "conversions": conversions }));
    assert_dropped(&enter(&mut minute, 61_000), "message_not_found");

    let mut two = world(&json!({}));
    two.creates = vec![created(SID), created(OTHER)];
    assert_confirmed(&enter(&mut two, 30_000), SID);
    let between = event(&two, "Code Entered", "m-2", &user());
    two.now = two.now.plus(10_000);
    let asked = event(&two, "Code Requested", "m-4", &user());
    two.send_event(&asked);
    // The event that came before the second message is delivered again after it.
    assert_dropped(&two.send_event(&between)[1], "duplicate");
    let entered = event(&two, "Code Entered", "m-5", &user());
    assert_confirmed(&two.send_event(&entered)[1], OTHER);
}

#[test]
fn what_was_never_sent_is_told_of_nothing() {
    let mut world = world(&json!({}));
    world.creates = vec![response(400, r#"{"code":21211,"message":"no","status":400}"#)];
    let asked = event(&world, "Code Requested", "m-1", &user());
    world.send_event(&asked);
    let entered = event(&world, "Code Entered", "m-2", &user());
    assert_dropped(&world.send_event(&entered)[1], "message_not_found");
    assert!(world.confirmed().is_empty());
}

#[test]
fn a_message_whose_sid_is_not_known_is_not_passed_over_for_an_earlier_one() {
    let mut world = world(&json!({}));
    let cut = HttpReport::Response {
        status: 201,
        headers: Vec::new(),
        body: String::new(),
        complete: false,
    };
    world.creates = vec![created(SID), cut];
    for id in ["m-1", "m-2"] {
        let asked = event(&world, "Code Requested", id, &user());
        assert!(matches!(world.send_event(&asked)[..], [Outcome::Sent(_)]));
        world.now = world.now.plus(1_000);
    }
    let entered = event(&world, "Code Entered", "m-3", &user());
    assert_dropped(&world.send_event(&entered)[1], "message_not_found");
    assert!(world.confirmed().is_empty());
}

#[test]
fn a_message_without_provide_feedback_does_not_count() {
    let mapping = json!([{ "trigger": "Code Requested", "body": "1234" }]);
    let mut world = world(&json!({ "mappings": mapping }));
    assert_dropped(&enter(&mut world, 1_000), "message_not_found");
}

#[test]
fn a_visitor_who_becomes_known_is_the_same_person() {
    let mut world = world(&json!({}));
    let visitor = json!({ "anonymousId": "a-1" });
    let asked = event(&world, "Code Requested", "m-1", &visitor);
    world.send_event(&asked);
    let identify = json!({
        "type": "identify", "messageId": "m-2", "userId": "u-1", "anonymousId": "a-1",
        "timestamp": world.now.to_string(),
    });
    world.send_event(&identify);
    let entered = event(&world, "Code Entered", "m-3", &user());
    assert_confirmed(&world.send_event(&entered)[1], SID);
}

#[test]
fn a_device_that_two_people_share_does_not_mix_them_up() {
    let mut world = world(&json!({}));
    let asked = event(&world, "Code Requested", "m-1", &user());
    world.send_event(&asked);
    let identify = json!({
        "type": "identify", "messageId": "m-2", "userId": "u-1", "anonymousId": "a-1",
        "timestamp": world.now.to_string(),
    });
    world.send_event(&identify);
    let ids = json!({ "userId": "u-2", "anonymousId": "a-1" });
    let entered = event(&world, "Code Entered", "m-3", &ids);
    assert_dropped(&world.send_event(&entered)[1], "message_not_found");
}

#[test]
fn what_may_pass_is_tried_again_and_then_put_off() {
    let mut world_once = world(&json!({}));
    world_once.feedback = vec![response(500, ""), reset()];
    assert_confirmed(&enter(&mut world_once, 1_000), SID);
    assert_eq!(world_once.confirmed().len(), 3);

    let busy = || response(429, r#"{"code":20429,"message":"busy","status":429}"#);
    let mut never = world(&json!({}));
    never.feedback = vec![busy(), busy(), busy()];
    let outcome = enter(&mut never, 1_000);
    let Outcome::Deferred(deferred) = &outcome else { panic!("{outcome:?}") };
    assert_eq!((deferred.mapping.as_str(), deferred.code.code()), ("entered", "feedback"));
    assert_eq!(deferred.reply.as_ref().unwrap().code, "rate_limited");
    let again = event(&never, "Code Entered", "m-2", &user());
    assert_confirmed(&never.send_event(&again)[1], SID);
}

#[test]
fn what_will_not_pass_is_told_with_its_cause() {
    let no_such = r#"{"code":20404,"message":"not found","status":404}"#;
    let bad = r#"{"code":21211,"message":"no","status":400}"#;
    for (reply, is_final) in [(response(404, no_such), true), (response(400, bad), true)] {
        let mut world = world(&json!({}));
        world.feedback = vec![reply];
        let outcome = enter(&mut world, 1_000);
        let Outcome::Failed(replied) = &outcome else { panic!("{outcome:?}") };
        assert!(replied.reply.cause.ends_with('.') && replied.recorded == is_final);
        let again = event(&world, "Code Entered", "m-2", &user());
        assert_dropped(&world.send_event(&again)[1], "duplicate");
        assert_eq!(world.confirmed().len(), 1);
    }
    let mut world = world(&json!({}));
    world.feedback = vec![response(401, r#"{"code":20003,"message":"no","status":401}"#)];
    assert!(matches!(enter(&mut world, 1_000), Outcome::Halted(_)));
    // Once the credentials work again, so does this.
    let again = event(&world, "Code Entered", "m-2", &user());
    assert_confirmed(&world.send_event(&again)[1], SID);
}

#[test]
fn a_store_that_fails_puts_it_off() {
    let mut world = world(&json!({}));
    let asked = event(&world, "Code Requested", "m-1", &user());
    world.send_event(&asked);
    world.store_fails = Some(Report::StoreFailed);
    let entered = event(&world, "Code Entered", "m-2", &user());
    let outcomes = world.send_event(&entered);
    assert!(matches!(outcomes.last(), Some(Outcome::Deferred(_))), "{outcomes:?}");
    assert!(world.confirmed().is_empty());
    world.store_fails = None;
    assert_confirmed(&world.send_event(&entered)[1], SID);
}

#[test]
fn a_destination_that_is_switched_off_tells_nothing() {
    let mut off = world(&json!({ "enabled": false }));
    let entered = event(&off, "Code Entered", "m-2", &user());
    assert_eq!(off.send_event(&entered).len(), 1);
}

#[test]
fn whoever_was_forgotten_has_no_messages() {
    let mut world = world(&json!({}));
    let asked = event(&world, "Code Requested", "m-1", &user());
    world.send_event(&asked);
    world.forget("u-1");
    let entered = event(&world, "Code Entered", "m-2", &user());
    assert_dropped(&world.send_event(&entered)[1], "message_not_found");
}

#[test]
fn an_event_is_not_credited_with_the_message_that_it_sends() {
    let mut world = world(&json!({
        "mappings": [{ "trigger": "Code Entered", "body": "Hi", "provide_feedback": true }],
    }));
    let entered = event(&world, "Code Entered", "m-1", &user());
    let outcomes = world.send_event(&entered);
    assert!(matches!(outcomes[0], Outcome::Sent(_)));
    assert_dropped(&outcomes[1], "message_not_found");
    // Nor when it is delivered again.
    let outcomes = world.send_event(&entered);
    assert_dropped(&outcomes[0], "duplicate");
    assert_dropped(&outcomes[1], "message_not_found");
}

#[test]
fn nor_with_what_was_sent_in_place_of_that_message() {
    let delivery = json!({ "callback_parameter": "claim", "resend_undelivered": 2 });
    let mut world = world(&json!({
        "delivery": delivery,
        "mappings": [{ "trigger": "Code Entered", "body": "Hi", "provide_feedback": true }],
    }));
    let third = "SM33333333333333333333333333333333";
    world.creates = [SID, OTHER, third].map(created).into();
    let entered = event(&world, "Code Entered", "m-1", &user());
    world.send_event(&entered);
    for sid in [SID, OTHER] {
        let url = world.callback_url();
        let handled = world.call(&url, &status_of(sid, "undelivered", Some("30003")));
        assert!(matches!(handled.resent.unwrap().outcome, Outcome::Sent(_)));
        assert_dropped(&world.send_event(&entered)[1], "message_not_found");
    }
}

#[test]
fn what_is_written_down_nowhere_is_not_called_recorded() {
    let mut world = world(&json!({}));
    let asked = event(&world, "Code Requested", "m-1", &user());
    world.send_event(&asked);
    let entered = event(&world, "Code Entered", "m-2", &user());
    let content = Content::Json(entered.to_string().into_bytes());
    let terms = world.terms();
    let (mut delivery, mut step) = world.dispatcher.begin(InputKind::Event, content, terms);
    let outcomes = loop {
        let report = match step.action {
            Action::Done { outcomes } => break outcomes,
            Action::Store { key, operation, .. } => {
                let cell = world.cells.remove(&key);
                // Its lease ran out while Twilio was told, and it was forgotten.
                let cell = cell.filter(|_| step.why != Why::SettleClaim);
                let applied = cells::apply(cell, *operation, world.now);
                world.cells.extend(applied.cell.map(|cell| (key, cell)));
                Report::Store(applied.answer)
            }
            Action::Fetch { request, .. } => world.fetch(request),
            other => panic!("{other:?}"),
        };
        step = delivery.resume(report, world.now);
    };
    let Outcome::Confirmed(replied) = &outcomes[1] else { panic!("{outcomes:?}") };
    assert!(!replied.recorded);
}
