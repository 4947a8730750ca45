//! What is asked before the request for a message that is sent in the place of another.

use super::work::{Or, Progress, Work, end};
use super::{OPEN_LEASE, STORE_PAUSE, claim, dropped};
use crate::cells::{ClaimOperation, SettledAs};
use crate::decision::{DropCode, DropReason};
use crate::delivery::Why;
use crate::delivery::port::StoreFailed;
use crate::delivery::resend::is_due;
use crate::outcome::Outcome;

impl Work<'_> {
    /// Asks whether the messages in whose place this one is sent still need it. It stands behind the
    /// dispatch: a callback that was dealt with before that is known here, however long was waited.
    pub(super) async fn check_is_due(&self, number: u32, progress: &mut Progress) -> Or<()> {
        let claims = self.run.message().map(|message| message.in_place_of.as_slice());
        for key in claims.unwrap_or_default() {
            let look =
                async || claim(self.run, Why::LookAtUndelivered, key, ClaimOperation::Look).await;
            match self.run.port.firmly(look).await {
                Ok(answer) if is_due(&answer) => {}
                Ok(_) => return end(self.call_off(number, progress).await),
                Err(StoreFailed) => {
                    let why = self.run.port.store_deferral();
                    self.note_refusal(number, 0, OPEN_LEASE).await;
                    return end(self.give_back(progress, why, STORE_PAUSE).await);
                }
            }
        }
        Ok(())
    }

    /// Ends a message whose request was allowed and is not made.
    async fn call_off(&self, number: u32, progress: &mut Progress) -> Outcome {
        let code = DropCode::ResendNeedless;
        if !progress.in_doubt {
            let settle = ClaimOperation::Settle {
                owner: self.owner.to_owned(),
                attempt: number,
                settled_as: SettledAs::Failed,
                code: code.code().to_owned(),
                sid: None,
                status: None,
                keep: self.policy().keep_claims,
            };
            // If that fails, the claim is looked into once more by whoever opens it, if anybody does.
            let _ = self.ask_claim_firmly(Why::SettleClaim, settle).await;
            self.withdraw(progress).await;
        }
        let reason = DropReason::new(code).at("$.delivery.resend_undelivered");
        let warnings = std::mem::take(&mut progress.warnings);
        dropped(Some(self.mapping.to_owned()), reason, warnings)
    }
}
