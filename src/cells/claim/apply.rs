//! How an operation changes a claim.

use super::{Claim, ClaimAnswer, ClaimOperation, Dispatched, Settled, SettledAs};
use crate::segment_api::Origin;
use crate::time::Timestamp;
use crate::twilio::response::ReplyCode;
use crate::twilio::timing::retimed;

/// Applies an operation. The claim that comes back is none if there is nothing to remember.
pub(in crate::cells) fn apply(
    claim: Option<Claim>,
    operation: ClaimOperation,
    now: Timestamp,
) -> (Option<Claim>, ClaimAnswer) {
    let Some(mut claim) = claim else {
        return match operation {
            ClaimOperation::Open { owner, lease } => {
                let mut claim = Claim::default();
                claim.lease(owner, lease, now);
                (Some(claim), ClaimAnswer::Opened { dispatched: None, turns: Vec::new(), now })
            }
            ClaimOperation::Look | ClaimOperation::LookAtOrigin | ClaimOperation::Report { .. } => {
                (None, ClaimAnswer::Free)
            }
            ClaimOperation::ForgetOrigin | ClaimOperation::Release { .. } => {
                (None, ClaimAnswer::Done)
            }
            _ => (None, ClaimAnswer::Lost),
        };
    };
    if claim.settled.is_some() {
        let answer = after_settling(&mut claim, operation);
        return (Some(claim), answer);
    }
    let answer = match operation {
        ClaimOperation::Open { owner, lease } => {
            let free_at = claim.free_at(&owner);
            if now < free_at {
                ClaimAnswer::Busy { for_ms: free_at.millis() - now.millis() }
            } else {
                claim.lease(owner, lease, now);
                let (dispatched, turns) = (claim.dispatched.clone(), claim.turns.clone());
                ClaimAnswer::Opened { dispatched, turns, now }
            }
        }
        ClaimOperation::Wait { owner, turns, lease } => {
            if claim.is_held_by(&owner) {
                claim.turns = turns;
                claim.lease(owner, lease, now);
                ClaimAnswer::Done
            } else {
                ClaimAnswer::Lost
            }
        }
        ClaimOperation::ForgetOrigin => claim.forget_origin(),
        ClaimOperation::Look => match &claim.dispatched {
            Some(dispatched) => ClaimAnswer::Unsettled { unclear: dispatched.unclear },
            None => ClaimAnswer::Free,
        },
        ClaimOperation::LookAtOrigin => claim.origin_answer(),
        ClaimOperation::Dispatch {
            owner,
            attempt,
            lease,
            form,
            mapping,
            ruled_out,
            origin,
            keep,
        } => {
            let message = (form, mapping, origin);
            dispatch(&mut claim, (owner, lease, keep), (attempt, ruled_out), message, now)
        }
        ClaimOperation::Refused { owner, attempt, wait, lease } => {
            match claim.attempt_of(&owner, attempt) {
                Some(dispatched) => {
                    // What is left of a wait is told by a clock that may have jumped.
                    dispatched.not_before = dispatched.not_before.max(now.plus(wait));
                    if !dispatched.refused {
                        dispatched.unclears = dispatched.unclears.saturating_sub(1);
                    }
                    dispatched.refused = true;
                    dispatched.unclear = dispatched.doubled;
                    claim.lease(owner, lease, now);
                    ClaimAnswer::Done
                }
                None => ClaimAnswer::Lost,
            }
        }
        ClaimOperation::Unclear { owner, attempt, looks, lease } => {
            match claim.attempt_of(&owner, attempt) {
                Some(dispatched) => {
                    dispatched.looks = looks;
                    claim.lease(owner, lease, now);
                    ClaimAnswer::Done
                }
                None => ClaimAnswer::Lost,
            }
        }
        ClaimOperation::Settle { owner, attempt, settled_as, code, sid, status, keep } => {
            // Also by somebody whose lease ran out meanwhile: what Twilio said, it said. But only of
            // the request that it was said of: what another owner has since begun stays open.
            let mine = claim.is_held_by(&owner)
                || (settled_as == SettledAs::Sent
                    && claim.dispatched.as_ref().is_some_and(|it| it.attempt >= attempt));
            if mine {
                let doubled = claim.dispatched.as_ref().is_some_and(|it| it.doubled);
                let also = Vec::new();
                let error = None;
                let settled =
                    Settled { settled_as, code, sid, status, error, at: now, also, doubled };
                claim.owner = None;
                claim.settle(settled, keep, now);
                claim.settled_answer(None)
            } else {
                ClaimAnswer::Lost
            }
        }
        ClaimOperation::Report { sid, status, error, keep } => {
            if claim.dispatched.is_none() {
                return (Some(claim), ClaimAnswer::Free);
            }
            let settled = Settled {
                settled_as: SettledAs::Sent,
                code: ReplyCode::Reported.code().to_owned(),
                sid: Some(sid),
                status: Some(status),
                error,
                at: now,
                also: Vec::new(),
                doubled: claim.dispatched.as_ref().is_some_and(|it| it.doubled),
            };
            claim.settle(settled.clone(), keep, now);
            let origin = claim.origin.clone().map(Box::new);
            ClaimAnswer::Reported { settled, origin, news: true }
        }
        ClaimOperation::Release { owner, turns } => {
            if claim.is_held_by(&owner) {
                claim.turns = turns;
                if !claim.is_needed(now) {
                    return (None, ClaimAnswer::Done);
                }
                claim.owner = None;
                claim.leased = now;
            }
            ClaimAnswer::Done
        }
    };
    (Some(claim), answer)
}

/// A settled claim stays as it is, except that what was unknown may become known.
fn after_settling(claim: &mut Claim, operation: ClaimOperation) -> ClaimAnswer {
    let asker = match operation {
        ClaimOperation::Report { sid, status, error, .. } => {
            return claim.take_report(sid, (status, error));
        }
        ClaimOperation::Settle { owner, settled_as, code, sid, status, .. } => {
            let sent = SettledAs::Sent;
            // A message that failed was created all the same, if it has a SID.
            let created = |it: &&mut Settled| it.settled_as == sent && sid.is_some();
            let told = |it: &&mut Settled| settled_as == sent || created(it);
            if let Some(settled) = claim.settled.as_mut().filter(told) {
                settled.take_in(&code, sid, (status, None));
            }
            Some(owner)
        }
        ClaimOperation::Open { owner, .. }
        | ClaimOperation::Wait { owner, .. }
        | ClaimOperation::Dispatch { owner, .. }
        | ClaimOperation::Refused { owner, .. }
        | ClaimOperation::Unclear { owner, .. }
        | ClaimOperation::Release { owner, .. } => Some(owner),
        ClaimOperation::ForgetOrigin => return claim.forget_origin(),
        ClaimOperation::LookAtOrigin => return claim.origin_answer(),
        ClaimOperation::Look => None,
    };
    claim.settled_answer(asker.as_deref())
}

fn dispatch(
    claim: &mut Claim,
    (owner, lease, keep): (String, i64, i64),
    (attempt, ruled_out): (u32, bool),
    (form, mapping, origin): (String, String, Option<Box<Origin>>),
    now: Timestamp,
) -> ClaimAnswer {
    // A lease that ran out is as good as a live one, as long as nobody else took over.
    if !claim.is_held_by(&owner) {
        return ClaimAnswer::Lost;
    }
    let last = claim.dispatched.as_ref().map_or(0, |dispatched| dispatched.attempt);
    // Its answer may have been lost. Another owner's number is used up, though.
    let again = claim.dispatched.as_ref().is_some_and(|dispatched| dispatched.by == owner)
        && last == attempt;
    if !again && last.checked_add(1) != Some(attempt) {
        return ClaimAnswer::Lost;
    }
    let dispatched = match claim.dispatched.take() {
        Some(dispatched) if again => dispatched,
        Some(dispatched) => Dispatched {
            attempt,
            by: owner.clone(),
            last: now,
            doubled: !ruled_out && (dispatched.doubled || dispatched.unclear),
            unclears: dispatched.unclears.saturating_add(1),
            unclear: true,
            refused: false,
            not_before: Timestamp::default(),
            looks: 0,
            form: retimed(&dispatched.form, &form),
            ..dispatched
        },
        None => Dispatched {
            attempt,
            by: owner.clone(),
            first: now,
            last: now,
            unclear: true,
            refused: false,
            not_before: Timestamp::default(),
            unclears: 1,
            doubled: false,
            looks: 0,
            form,
            mapping,
        },
    };
    claim.dispatched = Some(dispatched.clone());
    claim.turns = Vec::new();
    claim.origin = claim.origin.take().or(origin.map(|origin| *origin));
    claim.kept_until = now.plus(keep);
    claim.lease(owner, lease, now);
    ClaimAnswer::Won { dispatched, now }
}
