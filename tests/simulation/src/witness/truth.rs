//! What really became of messages, and what outcomes say of them.

use twilio_destination::cells::SettledAs;
use twilio_destination::decision::DropCode;
use twilio_destination::outcome::Outcome;

use super::{Intent, Witness};
use crate::scenario::OnUnclear;

/// What really became of a message.
#[derive(Debug, Default)]
pub(crate) struct Truth {
    pub(crate) accepted: u32,
    pub(crate) posted: u32,
    /// Requests that the host learned of that they created nothing.
    pub(crate) refused: u32,
    /// The key of its claim, the attempt that was made last, and when the first request that created
    /// it was made.
    pub(super) key: Option<String>,
    pub(super) attempt: u32,
    pub(super) first_accepted: Option<i64>,
}

/// A message that exists.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) intent: Intent,
    pub(crate) form: String,
    /// The user whose event sent it.
    pub(crate) user: Option<String>,
}

/// Until when Twilio asked to be left alone, and whom.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    pub(super) until: i64,
    pub(super) by: usize,
    /// At which attempt.
    pub(super) attempt: u32,
    /// Whether the claim knows that the request was refused: others do not.
    pub(super) is_recorded: bool,
}

impl Witness {
    pub(crate) fn truth(&mut self, intent: Intent) -> &mut Truth {
        self.truths.entry(intent).or_default()
    }

    /// Twilio has created a message.
    pub(crate) fn accepted(&mut self, delivery: usize, intent: Intent, posted: i64) {
        self.created_by.insert((delivery, intent));
        let truth = self.truth(intent);
        truth.first_accepted = Some(truth.first_accepted.map_or(posted, |at| at.min(posted)));
        truth.accepted += 1;
        let accepted = truth.accepted;
        if accepted > 1 && self.on_unclear != OnUnclear::Resend {
            self.blame(format!("{intent} was created {accepted} times"));
        }
    }

    /// A message exists.
    pub(crate) fn exists(&mut self, sid: &str, form: &str, intent: Intent, user: Option<String>) {
        self.sent.insert(sid.to_owned(), Sent { intent, form: form.to_owned(), user });
    }

    /// Twilio asked a host not to be asked again before then.
    pub(crate) fn wait(&mut self, by: usize, intent: Intent, until: i64) {
        let attempt = self.truth(intent).attempt;
        self.asked.insert(intent, Asked { until, by, attempt, is_recorded: false });
    }

    /// Notes that a delivery saw a claim that was not settled.
    pub(crate) fn saw_open(&mut self, delivery: usize, key: &str, now: i64) {
        self.seen.insert((delivery, key.to_owned()), now);
    }

    /// A delivery is done.
    pub(crate) fn ended(&mut self, delivery: usize, intent: Intent, outcome: &Outcome) {
        match outcome {
            Outcome::Confirmed(_) => self.object("a message is told of as a conversion"),
            Outcome::Deferred(_) => self.check_nothing_sent(delivery, intent, "deferred"),
            Outcome::Dropped(dropped) => match &dropped.first {
                Some(first) => self.settled(intent, first.settled_as),
                None if dropped.reason.code != DropCode::Duplicate => {
                    self.check_nothing_sent(delivery, intent, "dropped");
                }
                None => self.object("a duplicate is reported without its first outcome"),
            },
            Outcome::Failed(replied) => {
                self.check_nothing_sent(delivery, intent, "failed");
                if replied.recorded {
                    self.settled(intent, SettledAs::Failed);
                }
            }
            Outcome::Halted(_) => self.check_nothing_sent(delivery, intent, "halted"),
            Outcome::Sent(replied) => {
                if self.truth(intent).accepted == 0 {
                    self.blame(format!("{intent} is reported as sent, and was not"));
                }
                if replied.recorded {
                    self.settled(intent, SettledAs::Sent);
                }
            }
            Outcome::Unknown(replied) if replied.recorded => {
                self.settled(intent, SettledAs::Unknown);
            }
            Outcome::Unknown(_) => {}
        }
    }

    /// An outcome says that nothing was sent. Somebody who works on the same event at the same time
    /// may send it still; what had been sent when this delivery looked, it had to know of.
    pub(super) fn check_nothing_sent(&mut self, delivery: usize, intent: Intent, what: &str) {
        let truth = self.truth(intent);
        let (accepted, key, first) = (truth.accepted, truth.key.clone(), truth.first_accepted);
        let seen = key.and_then(|key| self.seen.get(&(delivery, key)).copied());
        let before = seen.zip(first).is_some_and(|(seen, first)| first < seen);
        if accepted > 0 && (before || self.created_by.contains(&(delivery, intent))) {
            self.blame(format!("{intent} was created, and is {what}"));
        }
    }

    pub(super) fn settled(&mut self, intent: Intent, end: SettledAs) {
        let accepted = self.truth(intent).accepted;
        match end {
            SettledAs::Sent if accepted == 0 => {
                self.blame(format!("{intent} is settled as sent, and was not"));
            }
            SettledAs::Failed if accepted > 0 => {
                self.blame(format!("{intent} is settled as failed, and was created"));
            }
            _ => {}
        }
        let ends = self.ends.entry(intent).or_default();
        ends.insert(format!("{end:?}"));
        if ends.contains("Sent") && ends.contains("Failed") {
            let ends = ends.clone();
            self.blame(format!("{intent} ended in more than one way: {ends:?}"));
        }
    }

    /// Objects, unless the list was slower than the settings allow for: then it had to come so.
    pub(super) fn blame(&mut self, what: String) {
        if self.is_lag_beyond && self.on_unclear == OnUnclear::Reconcile {
            self.is_harmed_by_lag = true;
        } else {
            self.object(what);
        }
    }

    /// How many requests were made, and how many messages created.
    pub(crate) fn totals(&self) -> (u64, u64) {
        let sum = |of: fn(&Truth) -> u32| self.truths.values().map(|it| u64::from(of(it))).sum();
        (sum(|it| it.posted), sum(|it| it.accepted))
    }
}
