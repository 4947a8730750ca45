//! Answers: which message somebody's is taken to be to.

use std::collections::BTreeMap;

use serde_json::Value;
use twilio_destination::cells::{
    Answer, ClaimAnswer, ClaimOperation, RecipientAnswer, RecipientOperation, Target,
};
use twilio_destination::segment_api::Origin;

use super::Posting;
use crate::twilio::value_of;

/// What names a message: its event, its mapping, its row, and which resend it is. Nothing of it where
/// none is named.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Named {
    event: Option<String>,
    mapping: Option<String>,
    row: Option<u64>,
    resend: Option<u64>,
}

impl Named {
    /// The message that an event for Segment names.
    pub(crate) fn of_event(body: &str) -> Self {
        let event: Value = serde_json::from_str(body).expect("JSON");
        let properties = &event["properties"];
        Self {
            event: properties["original_message_id"].as_str().map(str::to_owned),
            mapping: properties["mapping"].as_str().map(str::to_owned),
            row: properties["row"].as_u64(),
            resend: properties["resend"].as_u64(),
        }
    }

    fn of_origin(origin: &Origin) -> Self {
        Self {
            event: origin.message_id.clone(),
            mapping: origin.mapping.clone(),
            row: origin.row,
            resend: origin.resend.map(u64::from),
        }
    }
}

/// A message that was dispatched.
#[derive(Debug)]
struct Dispatch {
    to: String,
    named: Named,
    at: i64,
    /// When its request was made, if it was.
    posted: Option<i64>,
}

/// What was dispatched to whom.
#[derive(Debug)]
pub(crate) struct Answers {
    /// By the key of the claim and the attempt.
    dispatches: BTreeMap<(String, u32), Dispatch>,
    /// When the store took in which message of theirs, by its SID.
    heard: BTreeMap<String, i64>,
    /// Whether the store does what it is asked to, once.
    is_store_sound: bool,
}

impl Answers {
    pub(super) fn new(is_store_sound: bool) -> Self {
        Self { dispatches: BTreeMap::new(), heard: BTreeMap::new(), is_store_sound }
    }

    /// The store has applied an operation.
    pub(super) fn applied(&mut self, (key, target): (&str, &Target), answer: &Answer, now: i64) {
        if let (
            Target::Recipient(RecipientOperation::Hear { sid, .. }),
            Answer::Recipient(RecipientAnswer::Heard { news: true, .. }),
        ) = (target, answer)
        {
            self.heard.insert(sid.clone(), now);
        }
        let Target::Claim(ClaimOperation::Dispatch { origin: Some(origin), .. }) = target else {
            return;
        };
        let Answer::Claim(ClaimAnswer::Won { dispatched, .. }) = answer else { return };
        let dispatch = || Dispatch {
            to: value_of(&dispatched.form, "To"),
            named: Named::of_origin(origin),
            at: now,
            posted: None,
        };
        self.dispatches.entry((key.to_owned(), dispatched.attempt)).or_insert_with(dispatch);
    }

    /// A host posts a create request.
    pub(super) fn posts(&mut self, posting: &Posting<'_>) {
        let won = posting.before.won.as_ref().map(|(key, attempt, _)| (key.clone(), *attempt));
        if let Some(dispatch) = won.and_then(|won| self.dispatches.get_mut(&won)) {
            dispatch.posted = Some(posting.now);
        }
    }

    /// What somebody wrote is taken for an answer to a message: it has to be the last one that was
    /// dispatched to them before it was heard for the first time. One that is about to be posted may
    /// be passed over, and any where the store failed to take in that it was dispatched.
    pub(crate) fn is_to(&self, number: &str, sid: &str, named: &Named) -> Option<String> {
        let heard = *self.heard.get(sid)?;
        let to_them = || self.dispatches.values().filter(|it| it.to == number && it.at < heard);
        let of_named = to_them().filter(|it| it.named == *named).map(|it| it.at).max();
        if of_named.is_none() && *named != Named::default() {
            return Some(format!("{number} is taken to answer {named:?}, which waits"));
        }
        let is_posted = |it: &&Dispatch| it.posted.is_some_and(|posted| posted < heard);
        let last = to_them().filter(is_posted).map(|it| it.at).max();
        if self.is_store_sound && last > of_named {
            return Some(format!("{number} is taken to answer {named:?}, not the last message"));
        }
        None
    }
}
