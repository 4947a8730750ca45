//! What a recipient must hold to.

use super::*;

fn admit_as(by: &str, claim: &str, cap: Option<Cap>) -> RecipientOperation {
    let mut operation = admit(claim, "s", cap);
    if let RecipientOperation::Admit { owner, .. } = &mut operation {
        *owner = by.to_owned();
    }
    operation
}

fn admit(claim: &str, sender: &str, cap: Option<Cap>) -> RecipientOperation {
    RecipientOperation::Admit {
        claim: claim.to_owned(),
        owner: "a".to_owned(),
        likeness: "alike".to_owned(),
        sender: sender.to_owned(),
        cap,
        keep: 500,
        ahead: 0,
    }
}

fn suppress(
    senders: &[&str],
    suppressed_as: SuppressedAs,
    lasts: Option<i64>,
) -> RecipientOperation {
    let senders = senders.iter().map(|&sender| sender.to_owned()).collect();
    RecipientOperation::Suppress { senders, suppressed_as, lasts }
}

#[test]
fn a_recipient_is_suppressed_for_the_senders_named() {
    let mut store = One::default();
    store.recipient(suppress(&["s"], SuppressedAs::OptedOut, None), 0);
    let opted_out = RecipientAnswer::Suppressed { suppressed_as: SuppressedAs::OptedOut };
    assert_eq!(store.recipient(admit("1", "s", None), KEEP), opted_out);
    assert_eq!(store.recipient(admit("1", "t", None), KEEP), RecipientAnswer::Admitted);
    let lift = RecipientOperation::Lift { senders: vec!["s".to_owned()] };
    assert_eq!(store.recipient(lift.clone(), KEEP), RecipientAnswer::Done { changed: true });
    assert_eq!(store.recipient(lift, KEEP), RecipientAnswer::Done { changed: false });
    assert_eq!(store.recipient(admit("2", "s", None), KEEP), RecipientAnswer::Admitted);
}

#[test]
fn a_suppression_ends_and_a_longer_one_stays() {
    let mut store = One::default();
    store.recipient(suppress(&["s"], SuppressedAs::OptedOut, Some(10)), 0);
    store.recipient(suppress(&["s"], SuppressedAs::OptedOut, Some(5)), 0);
    assert!(matches!(
        store.recipient(admit("1", "s", None), 9),
        RecipientAnswer::Suppressed { .. }
    ));
    assert_eq!(store.recipient(admit("1", "s", None), 10), RecipientAnswer::Admitted);
}

#[test]
fn a_cap_counts_from_the_last_request_of_a_message() {
    let cap = Some(Cap { max: 1, window: 1_000 });
    let mut store = One::default();
    for at in [0, 800] {
        assert_eq!(store.recipient(admit("1", "s", cap), at), RecipientAnswer::Admitted);
    }
    let answer = store.recipient(admit("2", "s", cap), 1_000);
    assert_eq!(answer, RecipientAnswer::Capped { for_ms: 800 });
    assert_eq!(store.recipient(admit("2", "s", cap), 1_800), RecipientAnswer::Admitted);
}

#[test]
fn a_place_within_a_cap_is_kept_for_a_message_that_waits() {
    let cap = Some(Cap { max: 1, window: 1_000 });
    let mut store = One::default();
    let mut waits = admit("1", "s", cap);
    assert_eq!(store.recipient(waits.clone(), 0), RecipientAnswer::Admitted);
    if let RecipientOperation::Admit { ahead, .. } = &mut waits {
        *ahead = 5_000;
    }
    assert_eq!(store.recipient(waits, 10), RecipientAnswer::Admitted);
    let answer = store.recipient(admit("2", "s", cap), 4_000);
    assert_eq!(answer, RecipientAnswer::Capped { for_ms: 2_010 });
    assert_eq!(store.recipient(admit("1", "s", cap), 5_010), RecipientAnswer::Admitted);
    assert_eq!(store.recipient(admit("2", "s", cap), 6_010), RecipientAnswer::Admitted);
}

#[test]
fn a_place_within_a_cap_is_lost_when_its_window_is_over() {
    let cap = Some(Cap { max: 1, window: 1_000 });
    let mut store = One::default();
    let admit = |claim: &str| {
        let mut operation = admit(claim, "s", cap);
        if let RecipientOperation::Admit { keep, .. } = &mut operation {
            *keep = 86_400_000;
        }
        operation
    };
    assert_eq!(store.recipient(admit("1"), 0), RecipientAnswer::Admitted);
    assert_eq!(store.recipient(admit("2"), 1_000), RecipientAnswer::Admitted);
    let answer = store.recipient(admit("1"), 1_100);
    assert_eq!(answer, RecipientAnswer::Capped { for_ms: 900 });
    // It is still known as a message that may be like another.
    let alike =
        RecipientOperation::Siblings { claim: "2".to_owned(), likeness: "alike".to_owned() };
    let RecipientAnswer::Siblings { claims } = store.recipient(alike, 1_100) else { panic!() };
    assert_eq!(claims, ["1"]);
    assert_eq!(store.recipient(admit("1"), 2_000), RecipientAnswer::Admitted);
}

#[test]
fn a_bad_number_is_bad_for_every_sender_and_no_start_mends_it() {
    let mut store = One::default();
    store.recipient(suppress(&[], SuppressedAs::BadNumber, None), 0);
    store.recipient(RecipientOperation::Lift { senders: vec!["s".to_owned()] }, 1);
    let bad = RecipientAnswer::Suppressed { suppressed_as: SuppressedAs::BadNumber };
    assert_eq!(store.recipient(admit("1", "s", None), 2), bad);
}

#[test]
fn a_cap_counts_messages_in_its_window_and_each_once() {
    let cap = Some(Cap { max: 2, window: 1_000 });
    let mut store = One::default();
    for (claim, at) in [("1", 0), ("1", 5), ("2", 10)] {
        assert_eq!(store.recipient(admit(claim, "s", cap), at), RecipientAnswer::Admitted);
    }
    let capped = |for_ms| RecipientAnswer::Capped { for_ms };
    assert_eq!(store.recipient(admit("3", "s", cap), 20), capped(985));
    assert_eq!(store.recipient(admit("3", "s", cap), 1_005), RecipientAnswer::Admitted);
    assert_eq!(store.recipient(admit("4", "s", cap), 1_005), capped(5));
    let withdraw = |owner: &str| RecipientOperation::Withdraw {
        claim: "3".to_owned(),
        owner: owner.to_owned(),
    };
    // Late: another goes on with the message.
    store.recipient(withdraw("b"), 1_005);
    assert_eq!(store.recipient(admit("4", "s", cap), 1_005), capped(5));
    store.recipient(withdraw("a"), 1_005);
    assert_eq!(store.recipient(admit_as("c", "4", cap), 1_005), RecipientAnswer::Admitted);
}

/// A store may apply an operation twice, and late.
#[test]
fn who_is_gone_takes_no_place_and_gives_none_back() {
    let cap = Some(Cap { max: 1, window: 1_000 });
    let full = |for_ms| RecipientAnswer::Capped { for_ms };
    let withdraw = |owner: &str| RecipientOperation::Withdraw {
        claim: "1".to_owned(),
        owner: owner.to_owned(),
    };
    // Taken back, and then asked for once more by the same.
    let mut store = One::default();
    store.recipient(admit_as("a", "1", cap), 0);
    store.recipient(withdraw("a"), 1);
    assert_eq!(store.recipient(admit_as("a", "1", cap), 2), RecipientAnswer::Late);
    assert_eq!(store.recipient(admit_as("b", "1", cap), 3), RecipientAnswer::Admitted);
    assert_eq!(store.recipient(admit_as("a", "1", cap), 4), RecipientAnswer::Late);
    store.recipient(withdraw("a"), 5);
    assert_eq!(store.recipient(admit_as("c", "2", cap), 6), full(997));
    // Gone on with by another, before it was taken back.
    let mut store = One::default();
    store.recipient(admit_as("a", "1", cap), 0);
    store.recipient(admit_as("b", "1", cap), 1);
    assert_eq!(store.recipient(admit_as("a", "1", cap), 2), RecipientAnswer::Late);
    store.recipient(withdraw("a"), 3);
    assert_eq!(store.recipient(admit_as("c", "2", cap), 4), full(997));
    // They are not remembered for ever, nor all of them.
    for owner in 0..100 {
        store.recipient(admit_as(&owner.to_string(), "1", cap), 5);
    }
    let size = store.0.as_ref().map_or(0, String::len);
    assert!(size < 3_000, "{size} bytes");
    store.recipient(admit_as("d", "3", cap), 3_600_005);
    assert!(store.0.as_ref().is_some_and(|cell| !cell.contains("gone")));
}

fn note_origin(claim: &str, at: i64) -> RecipientOperation {
    RecipientOperation::NoteOrigin {
        claim: claim.to_owned(),
        origin: Box::new(origin_of(claim)),
        at: NOW.plus(at),
        remember: KEEP,
    }
}

fn origin_of(message: &str) -> Origin {
    Origin { message_id: Some(message.to_owned()), ..Origin::default() }
}

/// Whom an answer is taken to be to.
fn answered(store: &mut One, at: i64) -> Option<String> {
    let (sid, opts, senders) = (format!("SM{at}"), None, Vec::new());
    let hear = RecipientOperation::Hear { sid, opts, senders, keep: 1 };
    match store.recipient(hear, at) {
        RecipientAnswer::Heard { origin, .. } => origin.and_then(|origin| origin.message_id),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_message_that_was_dispatched_last_is_known_however_its_notes_come() {
    let changed = |changed| RecipientAnswer::Done { changed };
    let mut store = One::default();
    assert_eq!(store.recipient(admit("m-1", "s", None), 0), RecipientAnswer::Admitted);
    assert_eq!(answered(&mut store, 1), None, "it waits");
    assert_eq!(store.recipient(note_origin("m-1", 10), 10), changed(true));
    // One that waits does not count, however often it asks.
    store.recipient(admit("m-2", "s", None), 11);
    store.recipient(admit("m-2", "s", None), 12);
    assert_eq!(answered(&mut store, 13).as_deref(), Some("m-1"));
    assert_eq!(store.recipient(note_origin("m-2", 20), 20), changed(true));
    // Twice, and late.
    for at in [21, 22] {
        assert_eq!(store.recipient(note_origin("m-2", 20), at), changed(true));
        assert_eq!(store.recipient(note_origin("m-1", 10), at), changed(false));
        assert_eq!(answered(&mut store, at).as_deref(), Some("m-2"));
    }
    // Two at the same time come out alike in either order.
    for order in [["m-3", "m-4"], ["m-4", "m-3"]] {
        let mut store = One::default();
        for claim in order {
            store.recipient(note_origin(claim, 30), 31);
        }
        assert_eq!(answered(&mut store, 32).as_deref(), Some("m-4"));
    }
    store.recipient(RecipientOperation::ForgetOrigin { claim: "m-2".to_owned() }, 40);
    assert_eq!(answered(&mut store, 41), None);
}

#[test]
fn a_recipient_whose_last_message_was_noted_when_it_asked_is_read() {
    let cell = |last: &str| {
        let seen = NOW.millis();
        One(Some(format!(
            r#"{{"v":1,"seen":{seen},"state":{{"recipient":{{"suppressed":[],"admitted":[],"heard":[],"last":{last}}}}}}}"#,
        )))
    };
    let until = NOW.plus(KEEP).millis();
    let last = format!(r#"{{"claim":"m-1","origin":{{"messageId":"m-1"}},"until":{until}}}"#);
    let mut store = cell(&last);
    assert_eq!(answered(&mut store, 0).as_deref(), Some("m-1"));
    store.recipient(note_origin("m-0", 1), 1);
    assert_eq!(answered(&mut store, 2).as_deref(), Some("m-0"));
    // What an older build asks with is read too: its messages are nobody's until it is replaced.
    let text = r#"{"v":1,"to":{"recipient":{"admit":{"claim":"m-2","owner":"a","likeness":"l","sender":"s",
        "cap":null,"keep":500,"ahead":0,"origin":{"messageId":"m-2"},"remember":1000}}}}"#;
    let operation: Operation = serde_json::from_str(text).unwrap();
    assert_eq!(store.ask(operation.to, NOW.plus(3)), Answer::Recipient(RecipientAnswer::Admitted));
    assert_eq!(answered(&mut store, 4).as_deref(), Some("m-0"));
}
