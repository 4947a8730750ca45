//! What cells must hold to.

mod claim;
mod recipient;
mod sender;

use claim::{dispatch, is_won, open, refused, settle};

use super::*;
use crate::outcome::Reply;
use crate::random::Random;
use crate::segment_api::Origin;

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const LEASE: i64 = 1_000;
const KEEP: i64 = 1_000_000;

/// A store of one cell, which keeps it as text, as stores do.
#[derive(Default)]
struct One(Option<String>);

impl One {
    fn ask(&mut self, to: Target, now: Timestamp) -> Answer {
        let operation = Operation { v: VERSION, to };
        let text = serde_json::to_string(&operation).unwrap();
        let operation: Operation = serde_json::from_str(&text).unwrap();
        let cell = self.0.as_deref().map(|text| serde_json::from_str(text).unwrap());
        let again = apply(cell.clone(), operation.clone(), now);
        let applied = apply(cell, operation, now);
        assert_eq!(applied, again, "the same arguments, another answer");
        self.0 = applied.cell.map(|cell| serde_json::to_string(&cell).unwrap());
        let answer = serde_json::to_string(&applied.answer).unwrap();
        serde_json::from_str(&answer).unwrap()
    }

    fn claim(&mut self, operation: ClaimOperation, at: i64) -> ClaimAnswer {
        match self.ask(Target::Claim(operation), NOW.plus(at)) {
            Answer::Claim(answer) => answer,
            other => panic!("{other:?}"),
        }
    }

    fn recipient(&mut self, operation: RecipientOperation, at: i64) -> RecipientAnswer {
        match self.ask(Target::Recipient(operation), NOW.plus(at)) {
            Answer::Recipient(answer) => answer,
            other => panic!("{other:?}"),
        }
    }

    fn sender(&mut self, operation: SenderOperation, at: i64) -> SenderAnswer {
        match self.ask(Target::Sender(operation), NOW.plus(at)) {
            Answer::Sender(answer) => answer,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_clock_that_jumps_back_does_not_count() {
    let mut store = One::default();
    store.claim(open("a"), 5_000);
    assert_eq!(store.claim(open("b"), -50_000), ClaimAnswer::Busy { for_ms: LEASE });
}

#[test]
fn what_is_newer_or_of_another_kind_is_left_alone() {
    let look = || Operation { v: VERSION, to: Target::Claim(ClaimOperation::Look) };
    let cell =
        apply(None, Operation { v: VERSION, to: Target::Claim(open("a")) }, NOW).cell.unwrap();
    let newer = Cell { v: VERSION + 1, ..cell.clone() };
    let applied = apply(Some(newer.clone()), look(), NOW);
    assert_eq!((applied.cell, applied.answer), (Some(newer), Answer::Refused(Refused::Newer)));
    let applied = apply(Some(cell.clone()), Operation { v: VERSION + 1, ..look() }, NOW);
    assert_eq!(applied.cell, Some(cell.clone()));
    assert_eq!(applied.answer, Answer::Refused(Refused::Newer));
    let read = Operation { v: VERSION, to: Target::Profile(ProfileOperation::Read) };
    let applied = apply(Some(cell.clone()), read, NOW);
    assert_eq!((applied.cell, applied.answer), (Some(cell), Answer::Refused(Refused::Foreign)));
    assert_eq!(refuse_unreadable(Some(VERSION + 1)), Answer::Refused(Refused::Newer));
    assert_eq!(refuse_unreadable(None), Answer::Refused(Refused::Foreign));
}

#[test]
fn what_those_who_are_gone_held_is_free() {
    // Nothing was dispatched.
    let mut store = One::default();
    store.claim(open("a"), 0);
    assert_eq!(store.ask(Target::TakeOver, NOW), Answer::TakenOver);
    assert!(store.0.is_none());
    // It was, so the next one has to find out.
    store.claim(open("a"), 0);
    store.claim(dispatch("a", 1), 0);
    assert!(matches!(store.claim(open("b"), 1), ClaimAnswer::Busy { .. }));
    store.ask(Target::TakeOver, NOW.plus(1));
    let ClaimAnswer::Opened { dispatched: Some(dispatched), .. } = store.claim(open("b"), 1) else {
        panic!("it is free");
    };
    assert!(dispatched.unclear);
    // It was refused: Twilio's wait outlasts whoever was told of it.
    store.claim(dispatch("b", 2), 1);
    store.claim(refused("b", 2), 1);
    store.ask(Target::TakeOver, NOW.plus(1));
    assert_eq!(store.claim(open("c"), 1), ClaimAnswer::Busy { for_ms: LEASE / 2 });
    assert!(matches!(store.claim(open("c"), 1 + LEASE / 2), ClaimAnswer::Opened { .. }));
    // It is over.
    store.claim(dispatch("c", 3), 501);
    store.claim(settle("c", 3, SettledAs::Sent, Some("SM1")), 501);
    let before = store.0.clone();
    store.ask(Target::TakeOver, NOW.plus(1_000));
    assert_eq!(store.0, before);
}

#[test]
fn a_note_that_was_written_before_it_knew_whom_it_follows_is_read() {
    let note =
        r#"{"form":"To=%2B1","mapping":"m","zones":null,"origin":null,"profile":null,"resends":1}"#;
    let read: Resendable = serde_json::from_str(note).unwrap();
    assert!(read.in_place_of.is_empty());
    assert_eq!(serde_json::to_string(&read).unwrap(), note);
}
