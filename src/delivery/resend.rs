//! Messages that were not delivered, sent again: a new message each, with a claim of its own that
//! follows from the first one's, so that a webhook that comes again sends nothing twice.

use super::Why;
use super::dispatcher::Run;
use super::handled::Resent;
use super::keep::noted;
use super::keys::Keys;
use super::message;
use super::webhooks::Desk;
use crate::cells::{ClaimAnswer, NoteOperation, Noted, Resendable, Settled, Target};
use crate::outcome::Outcome;
use crate::segment_api::Origin;
use crate::twilio::webhook::Status;

/// Reasons that may pass, by Twilio's codes: an unreachable handset, an unknown error, a congested
/// carrier, and a message that was not answered for in time.
const MAY_PASS: [u32; 4] = [30003, 30008, 30017, 30410];

/// What has become of a message.
enum Fate {
    /// It was not delivered, for a reason that may pass.
    MayPass,
    /// Nothing more will come of it.
    Over,
    /// It is under way.
    UnderWay,
}

impl Desk {
    /// Sends the message of a claim again if the settings want it, and if it is known by now not to
    /// have been delivered. What it takes is let go of as soon as that is no longer to be expected.
    pub(super) async fn resend(&self, claim: &str, sid: &str, settled: &Settled) -> Option<Resent> {
        let most = self.destination.policy().resends;
        if most == 0 {
            return None;
        }
        let kept = self.keys().resendable(claim);
        match fate(settled, sid) {
            Fate::UnderWay => return None,
            Fate::Over => {
                self.erase(&kept).await;
                return None;
            }
            Fate::MayPass => {}
        }
        let read = Target::Note(NoteOperation::Read);
        let answer = self.ask(Why::FindMessage, &kept, read).await.ok()?;
        let Ok(Some(Noted::Message(message))) = noted(answer) else { return None };
        if message.resends >= most {
            self.erase(&kept).await;
            return None;
        }
        let number = message.resends + 1;
        let run = Run::again(self, next(*message, claim, sid, number));
        let key = claim_of_resend(&self.keys(), claim, number);
        let outcome = message::send_again(&run, &key).await;
        if !may_go_on(&outcome) {
            self.erase(&kept).await;
        }
        Some(Resent { number, outcome })
    }

    async fn erase(&self, kept: &str) {
        let erase = Target::Note(NoteOperation::Erase);
        let _ = self.ask(Why::EraseMessage, kept, erase).await;
    }
}

/// The claim of the message that is sent in place of the one that has this claim.
fn claim_of_resend(keys: &Keys<'_>, claim: &str, number: u32) -> String {
    keys.claim(&["resend", claim, &number.to_string()])
}

/// The claims of a message and of those that are sent in its place, of which there are at most `most`.
pub(super) fn claims(keys: &Keys<'_>, first: String, most: u32) -> Vec<String> {
    let mut claims = vec![first];
    for number in 1..=most {
        let next = claims.last().map(|claim| claim_of_resend(keys, claim, number));
        claims.extend(next);
    }
    claims
}

fn fate(settled: &Settled, sid: &str) -> Fate {
    let status = settled.status.as_deref().and_then(Status::parse);
    let Some(status) = status.filter(Status::is_final) else { return Fate::UnderWay };
    // Of several messages another may have arrived.
    let is_alone = settled.sid.as_deref() == Some(sid) && settled.also.is_empty();
    let failed = matches!(status, Status::Failed | Status::Undelivered);
    let may_pass = settled.error.is_some_and(|code| MAY_PASS.contains(&code));
    if failed && may_pass && is_alone && !settled.doubled { Fate::MayPass } else { Fate::Over }
}

/// Whether a message needs another in its place, by what its claim answers. Of one that is forgotten
/// nobody can say that it did not arrive.
pub(super) fn is_due(answer: &ClaimAnswer) -> bool {
    let ClaimAnswer::Settled { settled, .. } = answer else { return false };
    let sid = settled.sid.as_deref().unwrap_or_default();
    matches!(fate(settled, sid), Fate::MayPass)
}

/// The new message: it names the one that it is sent for, and knows the claims of all before it.
fn next(message: Resendable, claim: &str, sid: &str, number: u32) -> Resendable {
    let mut in_place_of = message.in_place_of;
    in_place_of.push(claim.to_owned());
    let origin = message.origin.map(|origin| Origin {
        resend_of: origin.resend_of.or_else(|| Some(sid.to_owned())),
        resend: Some(number),
        ..origin
    });
    Resendable { origin, resends: number, in_place_of, ..message }
}

/// Whether handing the same webhook in again may still send it.
pub(super) fn may_go_on(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Deferred(_) => true,
        Outcome::Unknown(replied) => replied.again_at.is_some(),
        Outcome::Confirmed(_)
        | Outcome::Dropped(_)
        | Outcome::Failed(_)
        | Outcome::Halted(_)
        | Outcome::Sent(_) => false,
    }
}
