//! The life of one message: from its claim to its outcome.

#[cfg(not(feature = "page"))]
mod again;
mod attempt;
pub(super) mod conclude;
mod find_out;
mod look_up;
mod reserve;
pub(super) mod work;

use std::borrow::Cow;
use std::cell::RefCell;

use super::Why;
use super::confirm;
use super::dispatcher::Run;
use super::draft::{Draft, Ready};
use super::identity::Identity;
pub(super) use super::port::STORE_PAUSE;
use super::port::StoreFailed;
use crate::cells::{Answer, ClaimAnswer, ClaimOperation, Dispatched, SenderTurn, Settled, Target};
use crate::decision::{DropCode, DropReason, Dropped, Warning};
use crate::destination::InputKind;
use crate::outcome::{Deferral, Deferred, Outcome, Replied, Reply};
use look_up::Sought;
use work::{Attempted, Progress, Work};

/// How long a claim is held while nothing was dispatched, in milliseconds.
pub(super) const OPEN_LEASE: i64 = 60_000;

/// How often a claim is opened before the event goes back: each time somebody else was faster.
const MAX_OPENED: u32 = 20;

/// Sends every message of an event, and tells Twilio of every conversion that it is.
pub(super) async fn send_all(run: &Run) -> Vec<Outcome> {
    let identity = run.identity();
    if learn(run, &identity).await.is_err() {
        // What was not noted would be missing from events to come, whatever this one sends.
        #[cfg(not(feature = "page"))]
        let put_off = confirm::put_all_off(run);
        #[cfg(feature = "page")]
        let put_off = Vec::new();
        return not_gathered(run, put_off);
    }
    // Before it sends anything: what it sends did not lead to it.
    #[cfg(not(feature = "page"))]
    let confirmed = confirm::confirm_all(run, &identity).await;
    #[cfg(feature = "page")]
    let confirmed = Vec::new();
    if run.drafts().iter().any(may_send) {
        if run.remembered.borrow().is_none() && run.recall(&identity).await.is_err() {
            // What is known of the user decides what is sent, and to whom.
            return not_gathered(run, confirmed);
        }
        wait_for_profile(run, &identity).await;
    }
    let drafts = run.drafts();
    let mut outcomes = Vec::with_capacity(drafts.len());
    for (index, draft) in drafts.into_iter().enumerate() {
        outcomes.push(send(run, &identity, index, draft).await);
    }
    outcomes.extend(confirmed);
    outcomes
}

/// Has everything noted that the event says of its user.
async fn learn(run: &Run, identity: &Identity) -> Result<(), StoreFailed> {
    run.note(identity).await?;
    run.watch(identity).await
}

/// Whether a message may come of it: what has no mapping or turned nothing true cannot.
fn may_send(draft: &Draft) -> bool {
    let is_unchanged = |reason: &DropReason| reason.code == DropCode::Unchanged;
    draft.mapping.is_some() && !draft.message.as_ref().is_err_and(is_unchanged)
}

/// Every message put off, and what came of conversions.
fn not_gathered(run: &Run, confirmed: Vec<Outcome>) -> Vec<Outcome> {
    let why = run.port.store_deferral();
    let put_off = |draft: Draft| defer(run, draft.mapping.unwrap_or_default(), why, STORE_PAUSE);
    run.drafts().into_iter().map(put_off).chain(confirmed).collect()
}

/// An identify may come just after the event that needs it.
async fn wait_for_profile(run: &Run, identity: &Identity) {
    let wait = run.destination.policy().wait_for_profile;
    let lacks = |draft: &Draft| {
        let missing = [DropCode::RecipientMissing, DropCode::TemplateValueMissing];
        draft.message.as_ref().is_err_and(|reason| missing.contains(&reason.code))
    };
    if wait == 0 || !run.drafts().iter().any(lacks) {
        return;
    }
    let until = run.port.now().plus(wait);
    if !run.port.wait(Why::WaitForProfile, until, true).await {
        return;
    }
    // If that fails, what was known before still stands.
    let _ = run.recall(identity).await;
}

async fn send(run: &Run, identity: &Identity, index: usize, draft: Draft) -> Outcome {
    let Draft { mapping, message, warnings } = draft;
    let Some(mapping) = mapping else {
        return match message {
            Err(reason) => dropped(None, reason, warnings),
            Ok(_) => defer(run, String::new(), Deferral::StoreFailed, STORE_PAUSE),
        };
    };
    let key = claim_key(run, identity, &mapping);
    send_as(run, &key, index, mapping, (message, warnings)).await
}

/// Sends a message that was sent before once more, under a claim of its own.
pub(super) async fn send_again(run: &Run, key: &str) -> Outcome {
    let Some(Draft { mapping, message, warnings }) = run.drafts().into_iter().next() else {
        return defer(run, String::new(), Deferral::StoreFailed, STORE_PAUSE);
    };
    send_as(run, key, 0, mapping.unwrap_or_default(), (message, warnings)).await
}

/// Sends a message under a claim.
async fn send_as(
    run: &Run,
    key: &str,
    index: usize,
    mapping: String,
    (message, warnings): (Result<Ready, DropReason>, Vec<Warning>),
) -> Outcome {
    let against = match message {
        Err(reason) => Some(dropped(Some(mapping.clone()), reason, warnings)),
        // Known here, a halt costs nothing that must be saved, and so neither do a million rows.
        Ok(ready) => known_halt(run, &ready).map(|reply| halted(mapping.clone(), reply, warnings)),
    };
    if let Some(outcome) = against {
        // It may have been sent before, when less stood against it.
        match look(run, key).await {
            Ok(ClaimAnswer::Settled { settled, .. }) => return duplicate(mapping, &settled),
            Ok(ClaimAnswer::Unsettled { .. }) => {}
            Ok(_) => return outcome,
            Err(StoreFailed) => return defer(run, mapping, run.port.store_deferral(), STORE_PAUSE),
        }
    }
    let mut owner = run.port.new_owner();
    let mut unclear = None;
    let put_off = |unclear: Option<Reply>, why, wait| match unclear {
        None => defer(run, mapping.clone(), why, wait),
        Some(reply) => perhaps_sent(run, mapping.clone(), reply, wait),
    };
    for _ in 0..MAX_OPENED {
        match open(run, key, &owner).await {
            Ok(ClaimAnswer::Busy { for_ms }) => {
                let until = run.port.now().plus(for_ms.max(1));
                if !run.port.wait(Why::WaitForClaim, until, true).await {
                    let left = until.millis() - run.port.now().millis();
                    return put_off(unclear, Deferral::ClaimBusy, left.max(1));
                }
            }
            Ok(ClaimAnswer::Settled { settled, .. }) => return duplicate(mapping, &settled),
            Ok(ClaimAnswer::Opened { dispatched, turns, now }) => {
                let ago = dispatched.as_ref().map_or(0, |it| now.millis() - it.last.millis());
                if dispatched.as_ref().is_some_and(|it| it.unclear) {
                    unclear = unclear.or_else(|| Some(Reply::never_came()));
                }
                let accepted = RefCell::default();
                let work = Work { run, key, owner: &owner, index, mapping: &mapping, accepted };
                match go_on(&work, dispatched, turns, ago).await {
                    Ok(outcome) => return outcome,
                    Err(Lost(reply)) => {
                        unclear = reply.or(unclear);
                        // What was asked for as this one may still be on its way.
                        owner = run.port.new_owner();
                    }
                }
            }
            Ok(_) | Err(StoreFailed) => {
                return put_off(unclear, run.port.store_deferral(), STORE_PAUSE);
            }
        }
    }
    put_off(unclear, Deferral::ClaimBusy, OPEN_LEASE)
}

/// Somebody else has taken a claim over; with what came back of a request that was made before and
/// may have created the message.
struct Lost(Option<Reply>);

/// Works on an open claim.
async fn go_on(
    work: &Work<'_>,
    before: Option<Dispatched>,
    turns: Vec<SenderTurn>,
    ago: i64,
) -> Result<Outcome, Lost> {
    let mut state = before;
    let ago = state.as_ref().map(|_| ago);
    let mut progress = Progress::opened(ago, turns, &work.run.port);
    loop {
        if let Some(dispatched) = state.as_ref().filter(|dispatched| dispatched.unclear) {
            match work.find_out(dispatched, &mut progress).await {
                Attempted::Again(_) => {}
                Attempted::Ended(outcome) => return Ok(work.corrected(*outcome, &progress)),
                Attempted::Lost => {
                    let lost = || Lost(progress.unclear_reply());
                    return work.reported(&progress).ok_or_else(lost);
                }
            }
        }
        state = match work.attempt(state, &mut progress).await {
            Attempted::Again(dispatched) => dispatched.map(|dispatched| *dispatched),
            Attempted::Ended(outcome) => return Ok(work.corrected(*outcome, &progress)),
            Attempted::Lost => {
                let lost = || Lost(progress.unclear_reply());
                return work.reported(&progress).ok_or_else(lost);
            }
        };
    }
}

async fn open(run: &Run, key: &str, owner: &str) -> Result<ClaimAnswer, StoreFailed> {
    let operation = ClaimOperation::Open { owner: owner.to_owned(), lease: OPEN_LEASE };
    claim(run, Why::OpenClaim, key, operation).await
}

async fn look(run: &Run, key: &str) -> Result<ClaimAnswer, StoreFailed> {
    claim(run, Why::LookAtClaim, key, ClaimOperation::Look).await
}

pub(super) async fn claim(
    run: &Run,
    why: Why,
    key: &str,
    operation: ClaimOperation,
) -> Result<ClaimAnswer, StoreFailed> {
    match run.port.update(why, key, Target::Claim(operation)).await? {
        Answer::Claim(answer) => Ok(answer),
        _ => Err(StoreFailed),
    }
}

/// What one message is claimed by: its event, whatever the event's recipient is by then.
pub(super) fn claim_key(run: &Run, identity: &Identity, mapping: &str) -> String {
    let keys = run.keys();
    if run.kind == InputKind::Row {
        return match &run.place {
            Some(place) => keys.claim(&["row", &place.run, &place.row.to_string()]),
            // Every row sends: without a place, each is a message of its own.
            None => keys.claim(&["row", "", &run.port.new_owner()]),
        };
    }
    let mapping = if run.destination.sends_for_all() { mapping } else { "" };
    let [kind, event] = event_id(run, identity);
    keys.claim(&[&kind, &event, mapping])
}

/// What tells one event from another: its id, or what it says.
pub(super) fn event_id(run: &Run, identity: &Identity) -> [Cow<'static, str>; 2] {
    match &identity.message_id {
        Some(id) => ["event".into(), id.clone().into()],
        None => ["content".into(), run.content_key().into()],
    }
}

pub(super) fn dropped(
    mapping: Option<String>,
    reason: DropReason,
    warnings: Vec<Warning>,
) -> Outcome {
    Outcome::Dropped(Dropped { mapping, reason, warnings, first: None })
}

fn known_halt(run: &Run, ready: &Ready) -> Option<Reply> {
    let sender = run.keys().sender(Sought::read(&ready.form).sender());
    run.isolate.borrow_mut().halt(&sender, run.port.now())
}

fn halted(mapping: String, reply: Reply, warnings: Vec<Warning>) -> Outcome {
    Outcome::Halted(Replied { mapping, reply, warnings, recorded: false, again_at: None })
}

pub(super) fn duplicate(mapping: String, first: &Settled) -> Outcome {
    let reason = DropReason::new(DropCode::Duplicate).at("messageId");
    let first = Some(first.clone());
    Outcome::Dropped(Dropped { mapping: Some(mapping), reason, warnings: Vec::new(), first })
}

/// What a message is put off as that a request of this delivery may have created.
fn perhaps_sent(run: &Run, mapping: String, reply: Reply, wait: i64) -> Outcome {
    Outcome::Unknown(Replied {
        mapping,
        reply,
        warnings: Vec::new(),
        recorded: false,
        again_at: Some(run.port.now().plus(wait)),
    })
}

pub(super) fn defer(run: &Run, mapping: String, why: Deferral, wait: i64) -> Outcome {
    Outcome::Deferred(Deferred::new(mapping, why, run.port.now().plus(wait)))
}
