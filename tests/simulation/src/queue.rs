//! A queue that delivers at least once: what is not acknowledged in time comes again.

use twilio_destination::outcome::Outcome;

use crate::jobs::Planned;

/// An event or a row on its way.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) planned: Planned,
    /// Whether the queue was told that it is done.
    pub(crate) is_acknowledged: bool,
    /// How often it was delivered.
    pub(crate) deliveries: u32,
    /// The outcomes that its last delivery reported.
    pub(crate) outcomes: Vec<Outcome>,
}

/// What a host tells the queue.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Verdict {
    Acknowledge,
    /// Again at this time, by the host's clock.
    AgainAt(i64),
    /// Again soon.
    Again,
}

/// What outcomes mean for the queue: the rules that every host follows.
pub(crate) fn verdict(outcomes: &[Outcome]) -> Verdict {
    let mut verdict = Verdict::Acknowledge;
    for outcome in outcomes {
        let this = match outcome {
            Outcome::Deferred(deferred) => Verdict::AgainAt(deferred.until.millis()),
            Outcome::Dropped(_) => Verdict::Acknowledge,
            Outcome::Confirmed(replied)
            | Outcome::Failed(replied)
            | Outcome::Halted(replied)
            | Outcome::Sent(replied)
            | Outcome::Unknown(replied) => match replied.again_at {
                Some(at) => Verdict::AgainAt(at.millis()),
                None if replied.recorded || matches!(outcome, Outcome::Halted(_)) => {
                    Verdict::Acknowledge
                }
                None => Verdict::Again,
            },
        };
        verdict = match (verdict, this) {
            (Verdict::Acknowledge, this) => this,
            (verdict, Verdict::Acknowledge) => verdict,
            (Verdict::AgainAt(one), Verdict::AgainAt(other)) => Verdict::AgainAt(one.max(other)),
            (verdict, _) => verdict,
        };
    }
    verdict
}
