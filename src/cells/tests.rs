//! What cells must hold to.

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

fn open(owner: &str) -> ClaimOperation {
    ClaimOperation::Open { owner: owner.to_owned(), lease: LEASE }
}

fn dispatch(owner: &str, attempt: u32) -> ClaimOperation {
    ClaimOperation::Dispatch {
        owner: owner.to_owned(),
        attempt,
        lease: LEASE,
        form: format!("by {owner}"),
        mapping: "m".to_owned(),
        ruled_out: false,
        origin: None,
        keep: KEEP,
    }
}

fn refused(owner: &str, attempt: u32) -> ClaimOperation {
    ClaimOperation::Refused { owner: owner.to_owned(), attempt, wait: LEASE / 2, lease: LEASE }
}

fn settle(owner: &str, attempt: u32, settled_as: SettledAs, sid: Option<&str>) -> ClaimOperation {
    ClaimOperation::Settle {
        owner: owner.to_owned(),
        attempt,
        settled_as,
        code: "c".to_owned(),
        sid: sid.map(str::to_owned),
        status: None,
        keep: KEEP,
    }
}

fn give_back(owner: &str, turns: Vec<SenderTurn>) -> ClaimOperation {
    ClaimOperation::Release { owner: owner.to_owned(), turns }
}

fn is_won(answer: &ClaimAnswer) -> bool {
    matches!(answer, ClaimAnswer::Won { .. })
}

#[test]
fn a_lease_keeps_others_out_until_it_ends() {
    let mut store = One::default();
    assert!(matches!(store.claim(open("a"), 0), ClaimAnswer::Opened { dispatched: None, .. }));
    assert_eq!(store.claim(open("b"), 999), ClaimAnswer::Busy { for_ms: 1 });
    assert_eq!(store.claim(dispatch("b", 1), 999), ClaimAnswer::Lost);
    assert!(matches!(store.claim(open("b"), 1_000), ClaimAnswer::Opened { dispatched: None, .. }));
    assert_eq!(store.claim(dispatch("a", 1), 1_000), ClaimAnswer::Lost);
}

#[test]
fn a_number_is_won_by_one_owner_and_the_first_form_stays() {
    // But for when the message is to arrive: see `twilio::timing`.
    let mut store = One::default();
    store.claim(open("a"), 0);
    assert_eq!(store.claim(dispatch("a", 2), 0), ClaimAnswer::Lost, "a number was left out");
    assert!(is_won(&store.claim(dispatch("a", 1), 0)));
    assert!(is_won(&store.claim(dispatch("a", 1), 0)), "an answer that was lost is given again");
    assert!(matches!(
        store.claim(open("b"), 1_000),
        ClaimAnswer::Opened { dispatched: Some(Dispatched { unclear: true, attempt: 1, .. }), .. }
    ));
    assert_eq!(store.claim(dispatch("b", 1), 1_000), ClaimAnswer::Lost, "a has used it");
    let ClaimAnswer::Won { dispatched, .. } = store.claim(dispatch("b", 2), 1_000) else {
        panic!("b holds the claim");
    };
    assert_eq!((dispatched.form.as_str(), dispatched.doubled), ("by a", true));
}

#[test]
fn what_was_refused_is_clear_again() {
    let mut store = One::default();
    store.claim(open("a"), 0);
    store.claim(dispatch("a", 1), 0);
    assert_eq!(store.claim(refused("a", 1), 0), ClaimAnswer::Done);
    assert_eq!(store.claim(refused("a", 1), 0), ClaimAnswer::Done, "twice");
    assert_eq!(store.claim(ClaimOperation::Look, 0), ClaimAnswer::Unsettled { unclear: false });
    let ClaimAnswer::Won { dispatched, .. } = store.claim(dispatch("a", 2), 0) else {
        panic!("a holds the claim");
    };
    assert_eq!((dispatched.unclears, dispatched.doubled), (1, false));
}

#[test]
fn nothing_shortens_the_pause_that_twilio_asked_for() {
    let mut store = One::default();
    let refused =
        |wait, lease| ClaimOperation::Refused { owner: "a".to_owned(), attempt: 1, wait, lease };
    store.claim(open("a"), 0);
    store.claim(dispatch("a", 1), 0);
    store.claim(refused(5_000, 6_000), 0);
    // By a clock that has jumped ahead, nothing is left of it.
    store.claim(refused(0, 0), 1);
    assert_eq!(store.claim(open("b"), 2), ClaimAnswer::Busy { for_ms: 4_998 });
    // What was asked before comes late, or once more.
    assert_eq!(store.claim(open("a"), 3), ClaimAnswer::Busy { for_ms: 4_997 });
    store.claim(give_back("a", Vec::new()), 4);
    assert_eq!(store.claim(open("b"), 4_999), ClaimAnswer::Busy { for_ms: 1 });
    assert!(matches!(store.claim(open("b"), 5_000), ClaimAnswer::Opened { .. }));
}

#[test]
fn only_what_was_unknown_can_change_once_it_is_settled() {
    for first in [SettledAs::Sent, SettledAs::Failed, SettledAs::Unknown] {
        let mut store = One::default();
        store.claim(open("a"), 0);
        store.claim(dispatch("a", 1), 0);
        let sid = (first == SettledAs::Sent).then_some("SM1");
        store.claim(settle("a", 1, first, sid), 0);
        for later in [SettledAs::Failed, SettledAs::Unknown] {
            let ClaimAnswer::Settled { settled, .. } = store.claim(settle("b", 1, later, None), 1)
            else {
                panic!("it is settled");
            };
            assert_eq!(settled.settled_as, first);
        }
        assert!(matches!(store.claim(open("b"), KEEP), ClaimAnswer::Settled { .. }));
        assert!(matches!(store.claim(dispatch("a", 2), 2), ClaimAnswer::Settled { .. }));
        let answer = store.claim(settle("b", 1, SettledAs::Sent, Some("SM2")), 3);
        let ClaimAnswer::Settled { settled, .. } = answer else { panic!("it is settled") };
        assert_eq!(settled.settled_as, SettledAs::Sent);
        let also = if first == SettledAs::Sent { vec!["SM2".to_owned()] } else { Vec::new() };
        assert_eq!(settled.also, also);
    }
}

#[test]
fn a_claim_without_a_request_is_forgotten_when_it_is_given_back() {
    let mut store = One::default();
    store.claim(open("a"), 0);
    let release = |owner: &str| give_back(owner, Vec::new());
    store.claim(release("b"), 0);
    assert!(store.0.is_some(), "it was not b's");
    store.claim(release("a"), 0);
    assert!(store.0.is_none());
    store.claim(open("a"), 0);
    store.claim(dispatch("a", 1), 0);
    store.claim(release("a"), 0);
    let ClaimAnswer::Opened { dispatched, .. } = store.claim(open("b"), 0) else {
        panic!("nobody holds it");
    };
    assert!(dispatched.is_some_and(|dispatched| dispatched.unclear));
}

/// Whatever owners do in whatever order, no two of them win the same number, and none after the
/// claim is settled.
#[test]
fn no_number_is_won_by_two() {
    for seed in 0..3_000 {
        let mut random = Random::new(seed);
        let mut store = One::default();
        let mut won: Vec<(u32, String)> = Vec::new();
        let mut settled = false;
        let mut at = 0;
        for _ in 0..40 {
            // Clocks jump back as well; the cell's does not.
            at += random.up_to(800) as i64 - 100;
            let owner = ["a", "b", "c"][random.up_to(2) as usize];
            let attempt = 1 + random.up_to(3) as u32;
            let operation = match random.up_to(7) {
                0 | 1 => open(owner),
                2 | 3 => dispatch(owner, attempt),
                4 => refused(owner, attempt),
                5 => give_back(owner, Vec::new()),
                6 => ClaimOperation::Look,
                _ if random.up_to(9) == 0 => settle(owner, attempt, SettledAs::Sent, None),
                _ => ClaimOperation::Unclear {
                    owner: owner.to_owned(),
                    attempt,
                    looks: 1,
                    lease: LEASE,
                },
            };
            match store.claim(operation, at) {
                ClaimAnswer::Won { dispatched, .. } => {
                    assert!(!settled, "seed {seed}: won after the end");
                    won.push((dispatched.attempt, owner.to_owned()));
                }
                ClaimAnswer::Settled { .. } => settled = true,
                _ => assert!(!settled, "seed {seed}: the end was forgotten"),
            }
        }
        for (number, owner) in &won {
            let others = won.iter().filter(|(other, by)| other == number && by != owner);
            assert_eq!(others.count(), 0, "seed {seed}: {number} was won by two");
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
fn a_question_leaves_the_cell_as_it_is() {
    let at = |part: i64| NOW.plus(LEASE / 10 * part);
    let ask = |operation| Operation { v: VERSION, to: Target::Claim(operation) };
    let opened = apply(None, ask(open("a")), at(0)).cell;
    let looked = apply(opened.clone(), ask(ClaimOperation::Look), at(5));
    assert_eq!(looked.cell, opened);
    let busy = apply(opened.clone(), ask(open("b")), at(5));
    assert_eq!(busy.cell, opened);
    assert_ne!(apply(opened.clone(), ask(open("a")), at(5)).cell, opened);
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

fn reserve(what: &str, credentials: &str, segments: u32) -> SenderOperation {
    SenderOperation::Reserve {
        for_what: what.to_owned(),
        owner: what.to_owned(),
        turn: None,
        segments,
        millirate: 2_000,
        burst: 4,
        patience: 60_000,
        credentials: credentials.to_owned(),
        probe: 1_000,
    }
}

fn shown(what: &str, given: Turn, segments: u32) -> SenderOperation {
    let mut operation = reserve(what, "c", segments);
    if let SenderOperation::Reserve { turn, .. } = &mut operation {
        *turn = Some(given);
    }
    operation
}

/// A turn at `at` for so many segments.
fn turn(at: i64, segments: i64) -> Turn {
    Turn { at: NOW.plus(at), span: segments * 500_000 }
}

/// The answer to who asks at `at` for one segment.
fn reserved(at: i64, in_ms: i64) -> SenderAnswer {
    reserved_for(1, at, in_ms)
}

/// The answer to who asks at `at` for so many segments.
fn reserved_for(segments: i64, at: i64, in_ms: i64) -> SenderAnswer {
    SenderAnswer::Reserved { in_ms, turn: turn(at + in_ms, segments), probe: false }
}

#[test]
fn a_rate_lets_a_burst_through_and_then_one_at_a_time() {
    let mut store = One::default();
    assert_eq!(store.sender(reserve("1", "c", 3), 0), reserved_for(3, 0, 0));
    assert_eq!(store.sender(reserve("2", "c", 1), 0), reserved(0, 0));
    assert_eq!(store.sender(reserve("3", "c", 1), 0), reserved(0, 500));
    assert_eq!(store.sender(reserve("3", "c", 1), 100), reserved(100, 400), "asked again");
    assert_eq!(store.sender(reserve("4", "c", 2), 100), reserved_for(2, 100, 1_400));
    // What is longer than the burst is sent all the same, and what follows waits for it.
    assert_eq!(store.sender(reserve("5", "c", 200), 100), reserved_for(200, 100, 3_400));
    assert!(matches!(store.sender(reserve("6", "c", 1), 100), SenderAnswer::Full { .. }));
}

/// In no span of time do more segments come due than the burst and the rate allow.
#[test]
fn a_rate_is_never_exceeded() {
    for seed in 0..300 {
        let mut random = Random::new(seed);
        let mut store = One::default();
        let mut at = 0;
        let mut due: Vec<(i64, u32)> = Vec::new();
        for number in 0..60 {
            at += random.up_to(900) as i64;
            let segments = 1 + random.up_to(3) as u32;
            let answer = store.sender(reserve(&number.to_string(), "c", segments), at);
            if let SenderAnswer::Reserved { in_ms, .. } = answer {
                due.push((at + in_ms, segments));
            }
        }
        due.sort_unstable();
        for (from, &(begin, _)) in due.iter().enumerate() {
            let mut sum = 0;
            for &(end, segments) in due.iter().skip(from) {
                sum += i64::from(segments);
                // A burst of 4, and 2 a second, with a millisecond's rounding.
                assert!(
                    (sum - 4) * 500 <= end - begin + 1,
                    "seed {seed}: {sum} in {}",
                    end - begin
                );
            }
        }
    }
}

fn halt(owner: &str, credentials: Option<&str>) -> SenderOperation {
    SenderOperation::Halt {
        owner: owner.to_owned(),
        reply: Box::new(Reply::never_came()),
        credentials: credentials.map(str::to_owned),
        pause: 1_000,
        max_pause: 3_000,
    }
}

#[test]
fn a_halt_lets_one_probe_through_and_waits_longer_each_time() {
    let mut store = One::default();
    store.sender(halt("1", None), 0);
    store.sender(halt("2", None), 10);
    let is_halted = |answer: SenderAnswer, ms: i64| matches!(answer, SenderAnswer::Halted { for_ms, .. } if for_ms == ms);
    assert!(is_halted(store.sender(reserve("3", "c", 1), 10), 990), "said twice, halted once");
    let probe = |at| SenderAnswer::Reserved { in_ms: 0, turn: turn(at, 1), probe: true };
    assert_eq!(store.sender(reserve("4", "c", 1), 1_000), probe(1_000));
    assert!(is_halted(store.sender(reserve("5", "c", 1), 1_001), 999), "one probe at a time");
    store.sender(halt("4", None), 1_100);
    assert!(is_halted(store.sender(reserve("6", "c", 1), 1_100), 2_000), "twice as long");
    assert_eq!(store.sender(reserve("7", "c", 1), 3_100), probe(3_100));
    store.sender(SenderOperation::Lift { owner: "5".to_owned() }, 3_100);
    assert!(is_halted(store.sender(reserve("8", "c", 1), 3_100), 1_000), "5 was no probe");
    store.sender(SenderOperation::Lift { owner: "7".to_owned() }, 3_200);
    assert!(matches!(
        store.sender(reserve("9", "c", 1), 3_200),
        SenderAnswer::Reserved { probe: false, .. }
    ));
}

#[test]
fn other_credentials_lift_a_halt_of_credentials_only() {
    let mut store = One::default();
    store.sender(halt("1", Some("old")), 0);
    assert!(matches!(store.sender(reserve("2", "old", 1), 1), SenderAnswer::Halted { .. }));
    assert!(matches!(store.sender(reserve("3", "new", 1), 1), SenderAnswer::Reserved { .. }));
    store.sender(halt("4", None), 2);
    assert!(matches!(store.sender(reserve("5", "other", 1), 3), SenderAnswer::Halted { .. }));
}

#[test]
fn a_sender_rests_while_twilios_queue_is_full() {
    let mut store = One::default();
    store.sender(SenderOperation::Rest { lasts: 1_000 }, 0);
    store.sender(SenderOperation::Rest { lasts: 10 }, 0);
    assert_eq!(store.sender(reserve("1", "c", 1), 400), SenderAnswer::Full { for_ms: 600 });
    assert_eq!(store.sender(reserve("1", "c", 1), 1_000), reserved(1_000, 0));
}

/// Owners ask twice, forget their turns or show them, and come late: no span of time has more
/// turns than the burst and the rate allow, and nobody has another's.
#[test]
fn turns_that_are_shown_are_nobody_elses() {
    for seed in 0..300 {
        let mut random = Random::new(seed);
        let mut store = One::default();
        let mut turns: Vec<(String, i64)> = Vec::new();
        let mut at = 0;
        for number in 0..80 {
            at += random.up_to(700) as i64;
            let past = random.up_to(9) as usize;
            let known = turns.iter().rev().nth(past).filter(|_| random.up_to(1) == 0).cloned();
            if let Some((what, turn)) = known {
                let answer = store.sender(shown(&what, self::turn(turn, 1), 1), at);
                assert_eq!(
                    answer,
                    store.sender(shown(&what, self::turn(turn, 1), 1), at),
                    "seed {seed}"
                );
                if at < turn + 60_000 {
                    let same = SenderAnswer::Reserved {
                        in_ms: (turn - at).max(0),
                        turn: self::turn(turn, 1),
                        probe: false,
                    };
                    assert_eq!(answer, same, "seed {seed}: the turn is kept");
                }
                continue;
            }
            let what = number.to_string();
            let answer = store.sender(reserve(&what, "c", 1), at);
            assert_eq!(answer, store.sender(reserve(&what, "c", 1), at), "seed {seed}: twice");
            if let SenderAnswer::Reserved { in_ms, .. } = answer {
                turns.push((what, at + in_ms));
            }
        }
        for (from, (_, begin)) in turns.iter().enumerate() {
            for (sum, (_, end)) in (1..).zip(turns.iter().skip(from)) {
                assert!(
                    (sum - 4) * 500 <= end - begin + 1,
                    "seed {seed}: {sum} in {}",
                    end - begin
                );
            }
        }
    }
}

/// By the time that an event comes again, its message may be another.
#[test]
fn a_turn_for_a_shorter_message_is_not_enough() {
    let mut store = One::default();
    assert_eq!(store.sender(reserve("1", "c", 4), 0), reserved_for(4, 0, 0));
    assert_eq!(store.sender(reserve("2", "c", 1), 0), reserved(0, 500));
    // Neither shown, nor as the answer to the same question.
    let longer = reserved_for(3, 0, 2_000);
    assert_eq!(store.sender(shown("2", turn(500, 1), 3), 0), longer);
    assert_eq!(store.sender(reserve("2", "c", 3), 0), longer);
    assert_eq!(store.sender(shown("2", turn(500, 1), 3), 0), longer);
    // One for a longer message is.
    assert_eq!(store.sender(reserve("2", "c", 2), 0), longer);
    assert_eq!(store.sender(shown("2", turn(2_000, 3), 1), 0), longer);
    assert_eq!(store.sender(reserve("3", "c", 1), 0), reserved(0, 2_500));
}

#[test]
fn a_sender_stays_small_however_many_wait() {
    let mut store = One::default();
    let ask = |what: usize, patience| match reserve(&format!("claim:{what:032}/1"), "c", 1) {
        SenderOperation::Reserve { for_what, owner, credentials, .. } => SenderOperation::Reserve {
            for_what,
            owner,
            turn: None,
            segments: 1,
            millirate: 400_000,
            burst: 400,
            patience,
            credentials,
            probe: 1_000,
        },
        other => other,
    };
    for what in 0..2_000 {
        let answer = store.sender(ask(what, i64::MAX), 0);
        assert!(matches!(answer, SenderAnswer::Reserved { .. }), "{what}: {answer:?}");
    }
    let size = store.0.as_ref().map_or(0, String::len);
    assert!(size < 2_000, "{size} bytes");
    // A turn that nobody remembers costs another, and is never given to somebody else.
    let late = (2_000 - 400) * 1_000 / 400;
    let SenderAnswer::Reserved { in_ms, .. } = store.sender(ask(0, i64::MAX), 0) else { panic!() };
    assert!(in_ms >= late, "{in_ms}");
}

#[test]
fn turns_outlast_the_delivery_that_waited_for_them() {
    let turns = |at: i64| vec![SenderTurn { sender: "sender:1".to_owned(), turn: turn(at, 1) }];
    let wait = |owner: &str, at: i64| ClaimOperation::Wait {
        owner: owner.to_owned(),
        turns: turns(at),
        lease: LEASE,
    };
    let turns_of = |answer: ClaimAnswer| match answer {
        ClaimAnswer::Opened { turns, .. } => turns,
        other => panic!("{other:?}"),
    };
    let mut store = One::default();
    store.claim(open("a"), 0);
    assert_eq!(store.claim(wait("b", 5_000), 0), ClaimAnswer::Lost);
    store.claim(give_back("a", turns(5_000)), 0);
    assert_eq!(store.claim(ClaimOperation::Look, 0), ClaimAnswer::Free);
    assert_eq!(turns_of(store.claim(open("b"), 5_000)), turns(5_000));
    assert!(is_won(&store.claim(dispatch("b", 1), 5_000)));
    assert_eq!(turns_of(store.claim(open("b"), 5_000)), [], "it was used");
    // What is long past is of no use to anybody.
    let mut store = One::default();
    store.claim(open("a"), 0);
    store.claim(give_back("a", turns(5_000)), 65_000);
    assert!(store.0.is_none());
    // Nor must it be lost by a crash while it is waited for.
    store.claim(open("a"), 0);
    assert_eq!(store.claim(wait("a", 5_000), 0), ClaimAnswer::Done);
    store.ask(Target::TakeOver, NOW.plus(10));
    assert_eq!(turns_of(store.claim(open("b"), 10)), turns(5_000));
}

#[test]
fn turns_that_were_written_before_they_had_a_span_are_past() {
    let mut sender = One(Some(format!(
        r#"{{"v":1,"seen":{0},"state":{{"sender":{{"busyUntil":{0}000,"reserved":[{{"for":"m/1","at":{0}}}],"halt":null,"restsUntil":null}}}}}}"#,
        NOW.millis()
    )));
    assert_eq!(sender.sender(reserve("m/1", "c", 1), 0), reserved(0, 0));
    let mut claim = One(Some(format!(
        r#"{{"v":1,"seen":{0},"state":{{"claim":{{"owner":null,"leased":{0},"dispatched":null,"turns":[{{"sender":"sender:x","at":{0}}}],"settled":null,"kept_until":0}}}}}}"#,
        NOW.millis()
    )));
    let answer = claim.claim(open("a"), 1);
    assert!(matches!(answer, ClaimAnswer::Opened { dispatched: None, .. }), "{answer:?}");
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
fn a_probe_that_is_gone_leaves_its_place() {
    let mut store = One::default();
    store.sender(halt("1", None), 0);
    store.sender(reserve("2", "c", 1), 1_000);
    assert!(matches!(store.sender(reserve("3", "c", 1), 1_001), SenderAnswer::Halted { .. }));
    store.ask(Target::TakeOver, NOW.plus(1_001));
    let answer = store.sender(reserve("3", "c", 1), 1_001);
    assert!(matches!(answer, SenderAnswer::Reserved { probe: true, .. }), "{answer:?}");
    // A halt itself stays.
    assert!(matches!(store.sender(reserve("4", "c", 1), 1_001), SenderAnswer::Halted { .. }));
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

#[test]
fn a_note_that_was_written_before_it_knew_whom_it_follows_is_read() {
    let note =
        r#"{"form":"To=%2B1","mapping":"m","zones":null,"origin":null,"profile":null,"resends":1}"#;
    let read: Resendable = serde_json::from_str(note).unwrap();
    assert!(read.in_place_of.is_empty());
    assert_eq!(serde_json::to_string(&read).unwrap(), note);
}
