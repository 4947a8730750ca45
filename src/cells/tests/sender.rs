//! What a sender must hold to.

use super::claim::{give_back, open};
use super::*;

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
