//! Recipients: who wants nothing, and who has had enough.

use std::collections::BTreeMap;

use twilio_destination::cells::{OptOperation, RecipientAnswer, RecipientOperation, SuppressedAs};

use super::Witness;
use crate::hooks::{Said, Word};
use crate::scenario::OnUnclear;

#[derive(Debug, Default)]
pub(super) struct RecipientModel {
    suppressed: Vec<SuppressedModel>,
    admitted: BTreeMap<String, i64>,
}

#[derive(Clone, Debug)]
struct SuppressedModel {
    /// The sender's hash; none for all senders.
    sender: Option<String>,
    by: SuppressedAs,
    until: Option<i64>,
}

impl RecipientModel {
    fn is_suppressed(&self, sender: &str, at: i64) -> bool {
        let concerns = |it: &SuppressedModel| {
            it.sender.as_ref().is_none_or(|known| known == sender)
                && it.until.is_none_or(|until| at < until)
        };
        self.suppressed.iter().any(concerns)
    }
}

impl Witness {
    pub(super) fn applied_to_recipient(
        &mut self,
        key: &str,
        operation: &RecipientOperation,
        answer: &RecipientAnswer,
        at: i64,
    ) {
        let cap = self.cap;
        let model = self.recipients.entry(key.to_owned()).or_default();
        match (operation, answer) {
            (RecipientOperation::Suppress { senders, lasts, suppressed_as: by }, _) => {
                let until = lasts.map(|lasts| at + lasts);
                let all = senders.is_empty().then_some(None);
                let each = senders.iter().cloned().map(Some).chain(all);
                model.suppressed.extend(each.map(|sender| SuppressedModel {
                    sender,
                    by: *by,
                    until,
                }));
                let is_right = match by {
                    SuppressedAs::BadNumber => lasts.is_none() && senders.is_empty(),
                    SuppressedAs::OptedOut => *lasts == Some(self.opted_out_lasts),
                };
                if !is_right {
                    self.object(format!("{key} is suppressed as {by:?} for {lasts:?} ms"));
                }
            }
            (
                RecipientOperation::Hear { opts: Some(OptOperation::In), senders, .. },
                RecipientAnswer::Heard { news: true, .. },
            ) => model.suppressed.retain(|it| {
                let is_named = it.sender.as_ref().is_some_and(|sender| senders.contains(sender));
                it.by != SuppressedAs::OptedOut || !is_named
            }),
            (
                RecipientOperation::Hear { opts: Some(OptOperation::Out), senders, .. },
                RecipientAnswer::Heard { news: true, .. },
            ) => model.suppressed.extend(senders.iter().map(|sender| SuppressedModel {
                sender: Some(sender.clone()),
                by: SuppressedAs::OptedOut,
                until: None,
            })),
            (
                RecipientOperation::Withdraw { claim, .. },
                RecipientAnswer::Done { changed: true },
            ) => {
                model.admitted.remove(claim);
            }
            (RecipientOperation::Admit { sender, .. }, RecipientAnswer::Suppressed { .. })
                if !model.is_suppressed(sender, at) =>
            {
                self.object(format!("{key} is not suppressed, and was not admitted"));
            }
            (RecipientOperation::Admit { claim, sender, .. }, RecipientAnswer::Admitted) => {
                model.admitted.entry(claim.clone()).or_insert(at);
                let is_suppressed = model.is_suppressed(sender, at);
                let over = cap.is_some_and(|(max, window)| {
                    model.admitted.values().filter(|then| at < **then + window).count() > max
                });
                if is_suppressed {
                    self.object(format!("{key} is suppressed, and was admitted all the same"));
                }
                if over {
                    self.object(format!("{key} was admitted more often than the limit allows"));
                }
            }
            _ => {}
        }
    }

    /// The store has lost changes of a recipient's cell with the power: admissions that it does not
    /// hold any more led to nothing.
    pub(crate) fn lost_of_recipient(&mut self, key: &str, is_held: impl Fn(&str) -> bool) {
        if let Some(model) = self.recipients.get_mut(key) {
            model.admitted.retain(|claim, _| is_held(claim));
        }
    }

    /// A delivery has learned that somebody opted out of a sender's messages, and written it down.
    pub(crate) fn opted_out(&mut self, to: &str, sender: &str, now: i64) {
        if self.is_store_sound {
            self.opted_out.insert((to.to_owned(), sender.to_owned()), now);
        }
    }

    /// The store has applied what somebody wrote for the first time.
    pub(crate) fn hears(&mut self, said: &Said, own: &str, now: i64) {
        self.feedback.opts(said, own, now);
        if said.word == Word::Start {
            self.opted_out.retain(|(number, _), _| *number != said.number);
        }
    }

    /// Twilio has created a message to that number.
    pub(crate) fn created_to(&mut self, to: String, now: i64) {
        self.created_to.entry(to).or_default().push(now);
    }

    /// Nobody gets more than the limit allows.
    pub(super) fn check_limits(&mut self) {
        // Those who want a message sent twice rather than not at all get it past the limit.
        let is_doubled = self.is_lag_beyond || self.on_unclear == OnUnclear::Resend;
        let Some((max, window)) = self.cap.filter(|_| !is_doubled) else { return };
        let mut too_often = Vec::new();
        for (to, times) in &mut self.created_to {
            times.sort_unstable();
            let crowd = |(first, last): (&i64, &i64)| last - first < window - SLACK;
            if times.iter().zip(times.iter().skip(max)).any(crowd) {
                too_often.push(format!("{to} got more than {max} messages in {window} ms"));
            }
        }
        self.violations.extend(too_often);
    }
}

/// How much later than its recipient was asked a message may be created, in milliseconds.
pub(super) const SLACK: i64 = 200_000;
