//! Clicks on shortened links, which name their message by its SID alone.

use serde_json::{Value as Json, json};
use twilio_destination::delivery::{HandledAs, Report, Tracked};
use twilio_destination::segment_api::Untracked;

use crate::world::{ADA, SERVICE, SID, World, assert_sent, form, reset, response, status};

const CLICKS: &str = "https://hooks.example.com/clicks";

fn world(more: &Json) -> World {
    let mapping = json!({
        "trigger": "Order Completed",
        "body": "See https://example.com/orders/{{ messageId }}",
        "shorten_urls": true,
    });
    let mut settings = json!({ "from": SERVICE, "mappings": [mapping] });
    settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    World::new(&settings)
}

fn click(sid: &str, time: &str) -> String {
    form(&[
        ("event_type", "click"),
        ("sms_sid", sid),
        ("to", ADA),
        ("from", "+14155551234"),
        ("link", "https://example.com/orders/m-1"),
        ("click_time", time),
        ("messaging_service_sid", SERVICE),
        ("user_agent", "Mozilla/5.0"),
    ])
}

const NINE: &str = "2026-05-04T09:31:00Z";

fn untracked(code: Untracked) -> Option<Tracked> {
    Some(Tracked::Untracked { code, cause: code.cause(), fix: code.fix() })
}

#[test]
fn a_click_is_told_as_the_users_and_counts_once() {
    let mut world = world(&json!({}));
    assert_sent(&world.send("m-1"), "sent");
    for _ in 0..2 {
        let handled = world.call(CLICKS, &click(SID, NINE));
        assert_eq!((handled.what, handled.recorded), (HandledAs::Click, true));
        assert_eq!(handled.tracked, Some(Tracked::Tracked));
    }
    world.call(CLICKS, &click(SID, "2026-05-04T09:32:00Z"));
    let events = world.tracked();
    let [first, again, other] = &events[..] else { panic!("{events:?}") };
    assert_eq!(first["event"], "SMS Link Clicked");
    assert_eq!(first["userId"], "u-1");
    assert_eq!(first["properties"]["original_message_id"], "m-1");
    assert_eq!(first["context"]["campaign"]["name"], "May");
    assert_eq!(first["messageId"], again["messageId"]);
    assert_ne!(first["messageId"], other["messageId"]);
}

#[test]
fn a_sid_that_the_list_or_a_callback_told_is_found_as_well() {
    let mut listed = world(&json!({}));
    listed.creates = vec![reset()];
    listed.listed = Some(response(
        200,
        &json!({ "messages": [{
            "sid": SID, "to": ADA, "from": null, "messaging_service_sid": SERVICE,
            "body": "See https://exmpl.io/a", "status": "sent", "direction": "outbound-api",
            "date_created": "Mon, 04 May 2026 09:30:00 +0000", "num_media": "0",
        }] })
        .to_string(),
    ));
    assert_sent(&listed.send("m-1"), "found");
    assert_eq!(listed.call(CLICKS, &click(SID, NINE)).tracked, Some(Tracked::Tracked));

    let mut reported = world(&json!({}));
    reported.creates = vec![reset()];
    reported.meanwhile = Some((String::new(), status("sent")));
    assert_sent(&reported.send("m-1"), "reported");
    assert_eq!(reported.call(CLICKS, &click(SID, NINE)).tracked, Some(Tracked::Tracked));
}

#[test]
fn a_click_on_what_nobody_knows_has_no_user() {
    let mut world = world(&json!({}));
    world.send("m-1");
    let handled = world.call(CLICKS, &click("SM11111111111111111111111111111111", NINE));
    assert_eq!((handled.http_status, handled.recorded), (204, false));
    assert_eq!(handled.tracked, untracked(Untracked::IdentityMissing));
}

#[test]
fn no_sid_is_kept_where_no_link_is_shortened_or_nothing_is_reported() {
    let kept = |settings: &Json| {
        let mut world = World::new(settings);
        world.send("m-1");
        world.cells.keys().any(|key| key.starts_with("sid:"))
    };
    let shortened = json!([{ "trigger": "Order Completed", "body": "Hi", "shorten_urls": true }]);
    assert!(kept(&json!({ "from": SERVICE, "mappings": shortened })));
    assert!(!kept(&json!({ "from": SERVICE, "mappings": shortened, "segment": null })));
    assert!(!kept(&json!({ "from": SERVICE })));
    let segment = json!({ "write_key": "abcdefgh", "events": ["delivered"] });
    assert!(!kept(&json!({ "from": SERVICE, "mappings": shortened, "segment": segment })));
}

#[test]
fn a_store_that_fails_is_told_to_twilio() {
    let mut world = world(&json!({}));
    world.send("m-1");
    world.store_fails = Some(Report::StoreFailed);
    let handled = world.call(CLICKS, &click(SID, NINE));
    assert_eq!((handled.http_status, handled.store_failed), (503, true));
    world.store_fails = None;
    assert_eq!(world.call(CLICKS, &click(SID, NINE)).tracked, Some(Tracked::Tracked));
}

#[test]
fn who_was_forgotten_is_not_told_of() {
    let mut world = world(&json!({}));
    world.send("m-1");
    assert!(world.forget("u-1").is_empty());
    let handled = world.call(CLICKS, &click(SID, NINE));
    assert_eq!(handled.tracked, untracked(Untracked::IdentityMissing));
    assert!(!serde_json::to_string(&world.cells).unwrap().contains("u-1"));
}
