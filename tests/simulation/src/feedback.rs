//! What must hold of webhooks, checked beside the cells: statuses, opt-outs, and what Segment is told.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use twilio_destination::cells::{
    Answer, ClaimAnswer, ClaimOperation, RecipientAnswer, RecipientOperation, Settled, SettledAs,
    Target,
};
use twilio_destination::delivery::{Handled, HandledAs, Tracked};
use twilio_destination::http::FetchRequest;
use twilio_destination::outcome::Outcome;

use crate::hooks::{Hook, Said, Says, Word};
use crate::scenario::{SERVICE, WRITE_KEY};
use crate::twilio::base64;

/// Statuses in the order in which a message goes through them; one that is not known says less than
/// any that is final.
const STATUSES: [&str; 9] = [
    "accepted",
    "queued",
    "sending",
    "sent",
    "beamed_up",
    "failed",
    "undelivered",
    "delivered",
    "read",
];

fn rank(status: &str) -> usize {
    STATUSES.iter().position(|known| *known == status).expect("a status")
}

/// What came in, and what is to hold because of it.
#[derive(Debug, Default)]
pub(crate) struct Feedback {
    /// The furthest status that was told of each message of each claim.
    furthest: BTreeMap<(String, String), usize>,
    /// What was told of them, once.
    told: BTreeSet<(String, String, String, Option<u32>)>,
    /// The messages of people that were heard.
    heard: BTreeSet<String>,
    /// Who wants nothing of whom, and since when.
    opted_out: BTreeMap<(String, String), i64>,
    /// Segment's events by their ids, and the other way round.
    tracked: BTreeMap<String, (String, String)>,
    ids: BTreeMap<(String, String), String>,
    pub(crate) counts: Counts,
}

/// How often what was seen.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) calls: u64,
    pub(crate) forged: u64,
    pub(crate) replayed: u64,
    pub(crate) opted: u64,
    pub(crate) tracked: u64,
}

impl Feedback {
    /// The store has applied an operation that a webhook, or a delivery, asked for.
    pub(crate) fn applied(
        &mut self,
        (key, target): (&str, &Target),
        answer: &Answer,
        is_changed: bool,
    ) -> Vec<String> {
        let mut wrong = Vec::new();
        match (target, answer) {
            (
                Target::Claim(ClaimOperation::Report { sid, status, error, .. }),
                Answer::Claim(ClaimAnswer::Reported { settled, news, .. }),
            ) => {
                let what = (key.to_owned(), sid.clone(), status.clone(), *error);
                if !self.told.insert(what) {
                    self.counts.replayed += 1;
                    if *news || is_changed {
                        wrong.push(format!("{status} of {sid} is told again, and changes {key}"));
                    }
                }
                let known = self.furthest.entry((key.to_owned(), sid.clone())).or_default();
                *known = (*known).max(rank(status));
                if settled.sid.as_ref() != Some(sid) && !settled.also.contains(sid) {
                    wrong.push(format!("{key} was told of {sid}, and does not know it"));
                }
                wrong.extend(self.check_settled(key, settled));
            }
            (_, Answer::Claim(ClaimAnswer::Settled { settled, .. })) => {
                wrong.extend(self.check_settled(key, settled));
            }
            (_, Answer::Claim(ClaimAnswer::Won { .. })) if self.is_told(key) => {
                wrong.push(format!("{key} is dispatched, though Twilio has told of its message"));
            }
            (
                Target::Recipient(RecipientOperation::Hear { sid, .. }),
                Answer::Recipient(RecipientAnswer::Heard { news, .. }),
            ) => {
                let is_first = self.heard.insert(sid.clone());
                self.counts.replayed += u64::from(!is_first);
                if *news != is_first {
                    wrong.push(format!("{sid} is heard, first: {is_first}, news: {news}"));
                }
            }
            _ => {}
        }
        wrong
    }

    fn is_told(&self, key: &str) -> bool {
        self.furthest.keys().any(|(known, _)| known == key)
    }

    fn check_settled(&self, key: &str, settled: &Settled) -> Vec<String> {
        let mut wrong = Vec::new();
        if self.is_told(key) && settled.settled_as != SettledAs::Sent {
            wrong.push(format!("{key} was told of a message, and is {:?}", settled.settled_as));
        }
        let sid = settled.sid.clone().unwrap_or_default();
        let told = self.furthest.get(&(key.to_owned(), sid)).copied();
        let shown = settled.status.as_deref().map(rank);
        if told > shown {
            wrong.push(format!("{key} is {:?}, and was further before", settled.status));
        }
        wrong
    }

    /// The store has applied what somebody wrote for the first time.
    pub(crate) fn opts(&mut self, said: &Said, own: &str, now: i64) {
        self.counts.opted += 1;
        // Whoever writes to a number of a service stops both.
        let own = Some(own).filter(|_| said.sender == SERVICE);
        for sender in own.into_iter().chain([said.sender.as_str()]) {
            let whom = (said.number.clone(), sender.to_owned());
            if said.word == Word::Start {
                self.opted_out.remove(&whom);
            } else {
                self.opted_out.entry(whom).or_insert(now);
            }
        }
    }

    /// Since when somebody is known to want nothing of a sender.
    pub(crate) fn opted_out_since(&self, number: &str, sender: &str) -> Option<i64> {
        self.opted_out.get(&(number.to_owned(), sender.to_owned())).copied()
    }

    /// A webhook has been dealt with.
    pub(crate) fn handled(&mut self, hook: &Hook, handled: &Handled) -> Vec<String> {
        self.counts.calls += 1;
        let name = hook.name();
        let mut wrong = Vec::new();
        let what = match &hook.says {
            _ if hook.is_forged => HandledAs::Refused,
            Says::Inbound(_) => HandledAs::Inbound,
            Says::Status(_) => HandledAs::Status,
        };
        if hook.is_forged {
            self.counts.forged += 1;
        }
        if handled.what != what {
            wrong.push(format!("{name} is taken for {:?}", handled.what));
        }
        let statuses = if hook.is_forged { 400..=499 } else { 204..=204 };
        let is_put_off = handled.http_status == 503;
        if !statuses.contains(&handled.http_status) && (hook.is_forged || !is_put_off) {
            wrong.push(format!("{name} is answered with {}", handled.http_status));
        }
        let has_failed = handled.store_failed
            || matches!(handled.tracked, Some(Tracked::Failed { .. }))
            || handled.resent.as_ref().is_some_and(|resent| again_at(&resent.outcome).is_some());
        if is_put_off != has_failed {
            wrong.push(format!("{name} is answered with {}", handled.http_status));
        }
        if !hook.is_forged && !handled.store_failed && !handled.recorded {
            wrong.push(format!("{name} is not recorded, and not put off"));
        }
        wrong
    }

    /// Segment gets a request. `numbers` must not stand in it.
    pub(crate) fn tracks(
        &mut self,
        hook: &Hook,
        request: &FetchRequest,
        numbers: &[String],
    ) -> Vec<String> {
        let mut wrong = Vec::new();
        let body = request.body.as_deref().unwrap_or_default();
        let key = format!("Basic {}", base64(format!("{WRITE_KEY}:").as_bytes()));
        if !request.headers.iter().any(|(name, value)| *name == "Authorization" && *value == key) {
            wrong.push("Segment is told without the source's key".to_owned());
        }
        if numbers.iter().any(|number| body.contains(number)) {
            wrong.push("Segment is told a number".to_owned());
        }
        let event: Value = serde_json::from_str(body).expect("JSON");
        let about = match &hook.says {
            Says::Status(told) => {
                if event["userId"].as_str() != told.user.as_deref() {
                    wrong.push(format!("Segment is told of {} as somebody else's", told.sid));
                }
                let properties = &event["properties"];
                let again = Some(u64::from(told.intent.again)).filter(|again| *again > 0);
                let first = again.map(|_| told.first.as_str());
                if (properties["resend"].as_u64(), properties["resend_of"].as_str())
                    != (again, first)
                {
                    wrong.push(format!("Segment is told of {} as {properties}", told.sid));
                }
                (told.sid.clone(), told.status.to_owned())
            }
            Says::Inbound(said) => (said.sid.clone(), "heard".to_owned()),
        };
        let id = event["messageId"].as_str().unwrap_or_default().to_owned();
        let known = self.ids.entry(about.clone()).or_insert_with(|| id.clone());
        if *known != id {
            wrong.push(format!("Segment is told of {about:?} as {known} and as {id}"));
        }
        let other = self.tracked.entry(id.clone()).or_insert_with(|| about.clone());
        if *other != about {
            wrong.push(format!("Segment is told of {other:?} and {about:?} as {id}"));
        }
        let properties = &event["properties"];
        if properties["message_sid"] != about.0.as_str() {
            wrong.push(format!("Segment is told of {:?} as of {properties}", about.0));
        }
        self.counts.tracked += 1;
        wrong
    }
}

/// When what was put off is to be tried again, by its host's clock; none if it is over.
pub(crate) fn again_at(outcome: &Outcome) -> Option<i64> {
    match outcome {
        Outcome::Deferred(deferred) => Some(deferred.until.millis()),
        Outcome::Unknown(replied) => replied.again_at.map(|at| at.millis()),
        _ => None,
    }
}
