//! Which answers must outlast a loss of power before they are given.
//!
//! Nothing is sent before a claim's number is won, so what stands before that may be lost if all that
//! was built upon it is lost too. A store that keeps its cells in one order, and loses from the end of
//! it alone, has that for nothing: whatever is durable, all before it is. There, an opened claim, a
//! turn at the sender and a place at the recipient become durable with the dispatch that follows from
//! them. If the power goes earlier, they are gone and nothing was sent: the claim is opened again,
//! the turn and the place are free for others.
//!
//! Everything else is durable at once, since somebody is told of it, or does something that cannot be
//! undone: a number that was won, an outcome, an opt-out, a halt, whatever a webhook brought, and what
//! is known or to be forgotten of a user. So are the answers that end a message, such as that it was
//! sent before: they rest on what others did, which must not be lost after its consequences were told.

use super::{
    Answer, ClaimAnswer, ClaimOperation, RecipientAnswer, RecipientOperation, SenderAnswer,
    SenderOperation, Target,
};

/// Whether an operation stands before the dispatch: what it changes matters only to what is sent.
pub(super) fn is_before_dispatch(operation: &Target) -> bool {
    matches!(
        operation,
        Target::Claim(
            ClaimOperation::Open { .. }
                | ClaimOperation::Wait { .. }
                | ClaimOperation::Release { .. }
        ) | Target::Recipient(RecipientOperation::Admit { .. })
            | Target::Sender(SenderOperation::Reserve { .. })
    )
}

/// Whether the answer to such an operation ends nothing: the message goes on, waits, or was given up
/// before.
pub(super) fn ends_nothing(answer: &Answer) -> bool {
    matches!(
        answer,
        Answer::Claim(ClaimAnswer::Busy { .. } | ClaimAnswer::Done | ClaimAnswer::Opened { .. })
            | Answer::Recipient(RecipientAnswer::Admitted)
            | Answer::Sender(SenderAnswer::Full { .. } | SenderAnswer::Reserved { .. })
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cells::{Applied, Cap, Cell, Operation, OptOperation, SettledAs, VERSION, apply};
    use crate::time::Timestamp;

    fn claim(cell: Option<Cell>, operation: ClaimOperation) -> Applied {
        done(cell, Target::Claim(operation))
    }

    fn done(cell: Option<Cell>, to: Target) -> Applied {
        apply(cell, Operation { v: VERSION, to }, Timestamp::from_millis(1))
    }

    fn open(owner: &str) -> ClaimOperation {
        ClaimOperation::Open { owner: owner.to_owned(), lease: 1_000 }
    }

    fn release(owner: &str) -> ClaimOperation {
        ClaimOperation::Release { owner: owner.to_owned(), turns: Vec::new() }
    }

    fn dispatch(owner: &str) -> ClaimOperation {
        ClaimOperation::Dispatch {
            owner: owner.to_owned(),
            attempt: 1,
            lease: 1_000,
            form: String::new(),
            mapping: String::new(),
            ruled_out: false,
            origin: None,
            keep: 10_000,
        }
    }

    fn settle(owner: &str) -> ClaimOperation {
        ClaimOperation::Settle {
            owner: owner.to_owned(),
            attempt: 1,
            settled_as: SettledAs::Sent,
            code: "accepted".to_owned(),
            sid: None,
            status: None,
            keep: 10_000,
        }
    }

    #[test]
    fn of_a_message_that_is_sent_the_dispatch_and_the_outcome_are_durable() {
        let opened = claim(None, open("a"));
        assert!(!opened.durable);
        assert!(!claim(opened.cell.clone(), open("b")).durable, "somebody else waits");
        assert!(!claim(opened.cell.clone(), release("a")).durable);
        let won = claim(opened.cell, dispatch("a"));
        assert!(won.durable);
        assert!(claim(won.cell.clone(), dispatch("a")).durable, "an answer that is given again");
        assert!(claim(won.cell.clone(), ClaimOperation::Look).durable);
        let settled = claim(won.cell, settle("a"));
        assert!(settled.durable);
        assert!(claim(settled.cell, open("b")).durable, "a duplicate is told of the first outcome");
    }

    #[test]
    fn whatever_ends_a_message_at_its_recipient_or_is_heard_of_them_is_durable() {
        let admit = |claim: &str| {
            Target::Recipient(RecipientOperation::Admit {
                claim: claim.to_owned(),
                owner: "a".to_owned(),
                likeness: String::new(),
                sender: "s".to_owned(),
                cap: Some(Cap { max: 1, window: 10_000 }),
                keep: 10_000,
                ahead: 0,
            })
        };
        let admitted = done(None, admit("one"));
        assert!(!admitted.durable);
        assert!(done(admitted.cell.clone(), admit("two")).durable, "one too many");
        let hear = Target::Recipient(RecipientOperation::Hear {
            sid: "SM1".to_owned(),
            opts: Some(OptOperation::Out),
            senders: vec!["s".to_owned()],
            keep: 10_000,
        });
        let heard = done(admitted.cell, hear);
        assert!(heard.durable, "a STOP");
        assert!(done(heard.cell, admit("one")).durable, "they are left alone");
    }

    #[test]
    fn a_halt_and_whatever_else_is_said_of_a_sender_is_durable() {
        let lift = Target::Sender(SenderOperation::Lift { owner: "a".to_owned() });
        assert!(done(None, lift).durable);
        assert!(done(None, Target::Sender(SenderOperation::Rest { lasts: 1_000 })).durable);
        let foreign =
            done(claim(None, open("a")).cell, Target::Sender(SenderOperation::Rest { lasts: 1 }));
        assert!(foreign.durable, "a refusal");
    }
}
