//! What callbacks and claims come to.

use super::*;
use crate::random::Random;
use crate::segment_api::Origin;

const KEEP: i64 = 1_000_000;
const SID: &str = "SM0123456789abcdef0123456789abcdef";
const OTHER: &str = "SMffffffffffffffffffffffffffffffff";

/// A claim under test, and its clock.
#[derive(Clone, Default)]
struct Kept {
    cell: Option<Cell>,
    now: i64,
}

impl Kept {
    fn ask(&mut self, operation: ClaimOperation) -> ClaimAnswer {
        self.now += 1;
        let operation = Operation { v: VERSION, to: Target::Claim(operation) };
        let applied = apply(self.cell.take(), operation, Timestamp::from_millis(self.now));
        self.cell = applied.cell;
        match applied.answer {
            Answer::Claim(answer) => answer,
            other => panic!("{other:?}"),
        }
    }

    fn settled(&self) -> Option<Settled> {
        match self.cell.as_ref().map(|cell| &cell.state) {
            Some(State::Claim(claim)) => claim.settled.clone(),
            _ => None,
        }
    }

    /// One whose first request was allowed.
    fn dispatched() -> Self {
        let mut kept = Self::default();
        kept.ask(open("a"));
        assert!(matches!(kept.ask(dispatch("a", 1)), ClaimAnswer::Won { .. }));
        kept
    }
}

fn open(owner: &str) -> ClaimOperation {
    ClaimOperation::Open { owner: owner.to_owned(), lease: 1_000 }
}

fn dispatch(owner: &str, attempt: u32) -> ClaimOperation {
    let origin = Origin { user_id: Some("u-1".to_owned()), ..Origin::default() };
    ClaimOperation::Dispatch {
        owner: owner.to_owned(),
        attempt,
        lease: 1_000,
        form: "To=%2B447700900123".to_owned(),
        mapping: "1".to_owned(),
        ruled_out: false,
        origin: Some(Box::new(origin)),
        keep: KEEP,
    }
}

fn unclear(owner: &str) -> ClaimOperation {
    ClaimOperation::Unclear { owner: owner.to_owned(), attempt: 1, looks: 0, lease: 1_000 }
}

fn refused(owner: &str) -> ClaimOperation {
    ClaimOperation::Refused { owner: owner.to_owned(), attempt: 1, wait: 0, lease: 1_000 }
}

fn report(sid: &str, status: &str, error: Option<u32>) -> ClaimOperation {
    ClaimOperation::Report { sid: sid.to_owned(), status: status.to_owned(), error, keep: KEEP }
}

fn settle(settled_as: SettledAs, sid: Option<&str>, status: Option<&str>) -> ClaimOperation {
    ClaimOperation::Settle {
        owner: "a".to_owned(),
        attempt: 1,
        settled_as,
        code: "code".to_owned(),
        sid: sid.map(str::to_owned),
        status: status.map(str::to_owned),
        keep: KEEP,
    }
}

#[test]
fn a_report_on_what_was_never_dispatched_changes_nothing() {
    let mut kept = Kept::default();
    assert_eq!(kept.ask(report(SID, "sent", None)), ClaimAnswer::Free);
    assert_eq!(kept.cell, None);
    kept.ask(open("a"));
    let before = kept.cell.clone().map(|cell| cell.state);
    assert_eq!(kept.ask(report(SID, "sent", None)), ClaimAnswer::Free);
    assert_eq!(kept.cell.map(|cell| cell.state), before);
}

#[test]
fn a_report_settles_from_every_state_after_a_dispatch() {
    let steps: [&[ClaimOperation]; 6] = [
        &[],
        &[unclear("a")],
        &[refused("a")],
        &[unclear("a"), ClaimOperation::Release { owner: "a".to_owned(), turns: Vec::new() }],
        &[settle(SettledAs::Unknown, None, None)],
        &[settle(SettledAs::Failed, None, None)],
    ];
    for steps in steps {
        let mut kept = Kept::dispatched();
        for step in steps {
            kept.ask(step.clone());
        }
        let ClaimAnswer::Reported { settled, origin, news: true } =
            kept.ask(report(SID, "sent", None))
        else {
            panic!("{steps:?}")
        };
        assert_eq!((settled.settled_as, settled.sid.as_deref()), (SettledAs::Sent, Some(SID)));
        assert_eq!(settled.status.as_deref(), Some("sent"));
        assert_eq!(origin.unwrap().user_id.as_deref(), Some("u-1"));
        let State::Claim(claim) = kept.cell.clone().unwrap().state else { panic!() };
        assert!(claim.dispatched.is_none(), "the form is kept no longer");
        // Nobody may send it any more.
        assert!(matches!(kept.ask(open("b")), ClaimAnswer::Settled { yours: false, .. }));
        assert!(matches!(kept.ask(dispatch("b", 2)), ClaimAnswer::Settled { .. }));
    }
}

#[test]
fn the_owner_learns_that_a_callback_ended_it_and_others_that_it_is_over() {
    for operation in [unclear("a"), refused("a"), dispatch("a", 2), open("a")] {
        let mut kept = Kept::dispatched();
        kept.ask(report(SID, "queued", None));
        let answer = kept.ask(operation);
        assert!(matches!(answer, ClaimAnswer::Settled { yours: true, .. }), "{answer:?}");
        let answer = kept.ask(unclear("b"));
        assert!(matches!(answer, ClaimAnswer::Settled { yours: false, .. }), "{answer:?}");
    }
    let mut kept = Kept::dispatched();
    kept.ask(settle(SettledAs::Sent, Some(SID), None));
    assert!(matches!(kept.ask(open("a")), ClaimAnswer::Settled { yours: false, .. }));
}

#[test]
fn a_status_never_moves_backwards_and_a_replay_is_no_news() {
    let mut kept = Kept::dispatched();
    let steps = [
        ("sent", None, "sent", None, true),
        ("queued", None, "sent", None, false),
        ("sent", None, "sent", None, false),
        ("undelivered", Some(30003), "undelivered", Some(30003), true),
        ("sending", None, "undelivered", Some(30003), false),
        ("delivered", None, "delivered", None, true),
        ("undelivered", Some(30003), "delivered", None, false),
    ];
    for (status, error, then, then_error, is_news) in steps {
        let ClaimAnswer::Reported { settled, news, .. } = kept.ask(report(SID, status, error))
        else {
            panic!()
        };
        assert_eq!(
            (settled.status.as_deref(), settled.error, news),
            (Some(then), then_error, is_news)
        );
    }
}

#[test]
fn another_message_of_the_same_claim_is_kept_beside_the_first() {
    let mut kept = Kept::dispatched();
    kept.ask(settle(SettledAs::Sent, Some(SID), Some("queued")));
    let answer = kept.ask(report(OTHER, "delivered", None));
    assert!(matches!(answer, ClaimAnswer::Reported { news: true, .. }));
    let answer = kept.ask(report(OTHER, "delivered", None));
    assert!(matches!(answer, ClaimAnswer::Reported { news: false, .. }));
    let settled = kept.settled().unwrap();
    assert_eq!((settled.sid.as_deref(), settled.also), (Some(SID), vec![OTHER.to_owned()]));
    assert_eq!(settled.status.as_deref(), Some("queued"));
}

/// What is the same whatever came first: not the words for it, nor the times.
fn outline(settled: Settled) -> (SettledAs, Vec<String>, Option<String>, Option<u32>) {
    let mut sids = settled.also;
    sids.extend(settled.sid);
    sids.sort();
    // With two messages, the status is that of the first to be known.
    let alone = sids.len() == 1;
    let status = settled.status.filter(|_| alone);
    (settled.settled_as, sids, status, settled.error.filter(|_| alone))
}

#[test]
fn callbacks_and_settling_come_to_the_same_in_any_order() {
    let mut random = Random::new(7);
    let mut below = move |limit: usize| random.up_to(limit as u64 - 1) as usize;
    let statuses = ["queued", "sending", "sent", "undelivered", "failed", "delivered", "odd"];
    for _ in 0..3_000 {
        let sids: &[&str] = if below(4) == 0 { &[SID, OTHER] } else { &[SID] };
        let ends = [
            settle(SettledAs::Sent, Some(SID), Some("queued")),
            settle(SettledAs::Sent, None, None),
            settle(SettledAs::Unknown, None, None),
            settle(SettledAs::Failed, None, None),
            settle(SettledAs::Failed, Some(SID), Some("failed")),
        ];
        let mut operations = vec![ends[below(ends.len())].clone()];
        operations.push(report(SID, statuses[below(statuses.len())], None));
        for _ in 0..below(6) {
            let status = statuses[below(statuses.len())];
            let error = [None, Some(30003), Some(30008)][below(3)];
            operations.push(report(sids[below(sids.len())], status, error));
        }
        let mut outlines = Vec::new();
        for _ in 0..4 {
            for at in (1..operations.len()).rev() {
                operations.swap(at, below(at + 1));
            }
            let mut kept = Kept::dispatched();
            for operation in &operations {
                for _ in 0..=below(2) {
                    kept.ask(operation.clone());
                }
            }
            outlines.push(outline(kept.settled().unwrap()));
        }
        assert!(outlines.windows(2).all(|pair| pair[0] == pair[1]), "{operations:?} {outlines:?}");
    }
}

#[test]
fn a_claim_of_a_build_that_knew_no_callbacks_is_read() {
    let old = serde_json::json!({
        "v": 1, "seen": 5, "state": { "claim": {
            "owner": null, "leased": 0, "dispatched": null, "kept_until": 9,
            "settled": {
                "as": "unknown", "code": "timeout", "sid": null, "status": null, "at": 5, "also": [],
                "doubled": false,
            },
        } },
    });
    let cell: Cell = serde_json::from_value(old).unwrap();
    let mut kept = Kept { cell: Some(cell), now: 10 };
    assert!(matches!(
        kept.ask(report(SID, "sent", None)),
        ClaimAnswer::Reported { news: true, origin: None, .. }
    ));
}
