//! What webhooks do to claims and recipients, and what Segment is told of them.

use serde_json::json;
use twilio_destination::delivery::{HandledAs, OptedAs, Report, Tracked, Why};
use twilio_destination::outcome::Outcome;

use crate::world::{
    ADA, FROM, INBOUND, SERVICE, SID, World, assert_dropped, assert_sent, inbound, inbound_sid,
    reset, response, status, status_of,
};

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
        // Nor on a list that somebody else keeps: the START that came later holds.
        assert_eq!(again.opted, None);
        let start = world.call(INBOUND, &inbound(&inbound_sid('2'), "Start", Some(SERVICE)));
        assert_eq!((start.news, start.opted.unwrap().kind), (false, OptedAs::OptedIn));
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
    world.store_fails = Some(Report::StoreFailed);
    for (url, form) in [(url.as_str(), status("sent")), (INBOUND, inbound(SID, "STOP", None))] {
        let handled = world.call(url, &form);
        assert_eq!((handled.http_status, handled.store_failed), (503, true));
        assert_eq!(handled.tracked, None);
    }
    world.store_fails = None;
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
    let kept = |more: &serde_json::Value| {
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

#[test]
fn an_answer_is_to_the_message_that_was_dispatched_last_and_to_none_that_waits() {
    let said = |world: &World| {
        let event = world.tracked().last().unwrap().clone();
        assert_eq!(event["event"], "SMS Opted Out");
        event["properties"]["original_message_id"].clone()
    };
    for why in [Why::Admit, Why::Reserve, Why::Dispatch] {
        let mut world = World::new(&json!({}));
        world.send("m-1");
        let stops = |world: &mut World| {
            world.call(INBOUND, &inbound(&inbound_sid('1'), "STOP", None));
        };
        world.before = Some((why, Box::new(stops)));
        world.send("m-2");
        assert!(world.before.is_none());
        assert_eq!(said(&world), "m-1", "{why:?}");
    }
    let mut world = World::new(&json!({}));
    world.send("m-1");
    let stops = |world: &mut World| {
        world.call(INBOUND, &inbound(&inbound_sid('1'), "STOP", None));
    };
    // By now the request is allowed, and perhaps under way.
    world.before = Some((Why::Create, Box::new(stops)));
    world.send("m-2");
    assert_eq!(said(&world), "m-2");
}

#[test]
fn an_answer_that_comes_again_is_to_the_message_that_it_was_to() {
    let said = |world: &World, message: &str| {
        let event = world.tracked().last().unwrap().clone();
        assert_eq!(event["properties"]["original_message_id"], message);
    };
    let mut world = World::new(&json!({}));
    world.send("m-1");
    world.segment = 500;
    let help = inbound(&inbound_sid('1'), "HELP", None);
    assert_eq!(world.call(INBOUND, &help).http_status, 503);
    world.send("m-2");
    world.segment = 200;
    assert_eq!(world.call(INBOUND, &help).http_status, 204);
    said(&world, "m-1");
    world.call(INBOUND, &inbound(&inbound_sid('2'), "HELP", None));
    said(&world, "m-2");
    // And nobody's once its user is forgotten.
    world.forget("u-1");
    let forgotten = world.call(INBOUND, &help);
    assert!(matches!(forgotten.tracked, Some(Tracked::Untracked { .. })));
}

#[test]
fn an_answer_is_nobodys_while_the_only_message_waits() {
    let mut world = World::new(&json!({}));
    let stops = |world: &mut World| {
        let stop = world.call(INBOUND, &inbound(&inbound_sid('1'), "STOP", None));
        assert_eq!(stop.opted.unwrap().user_id, None);
        assert!(matches!(stop.tracked, Some(Tracked::Untracked { .. })));
    };
    world.before = Some((Why::Dispatch, Box::new(stops)));
    world.send("m-1");
    assert!(world.before.is_none());
}
