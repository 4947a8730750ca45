//! What a claim must hold to.

use super::*;

pub(super) fn open(owner: &str) -> ClaimOperation {
    ClaimOperation::Open { owner: owner.to_owned(), lease: LEASE }
}

pub(super) fn dispatch(owner: &str, attempt: u32) -> ClaimOperation {
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

pub(super) fn refused(owner: &str, attempt: u32) -> ClaimOperation {
    ClaimOperation::Refused { owner: owner.to_owned(), attempt, wait: LEASE / 2, lease: LEASE }
}

pub(super) fn settle(
    owner: &str,
    attempt: u32,
    settled_as: SettledAs,
    sid: Option<&str>,
) -> ClaimOperation {
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

pub(super) fn give_back(owner: &str, turns: Vec<SenderTurn>) -> ClaimOperation {
    ClaimOperation::Release { owner: owner.to_owned(), turns }
}

pub(super) fn is_won(answer: &ClaimAnswer) -> bool {
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
