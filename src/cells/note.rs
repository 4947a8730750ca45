//! A note on a message: what is kept of it beside its claim, and for less long.
//!
//! It is a cell of its own so that it can be forgotten by itself: a text and a number must not stay
//! for as long as a claim is remembered.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::segment_api::Origin;
use crate::time::Timestamp;

/// A note.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Note {
    /// What it says.
    pub noted: Noted,
    /// From when on it is forgotten.
    pub kept_until: Timestamp,
}

/// What a note says.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Noted {
    /// The key of the claim of a message; the note's own key is of the message's SID.
    Claim(String),
    /// What it takes to send a message again; the note's own key is of the message's claim.
    Message(Box<Resendable>),
}

/// What it takes to send a message again that was not delivered.
#[derive(Clone, Deserialize, PartialEq, Serialize)]
pub struct Resendable {
    /// The form. It holds no credentials.
    pub form: String,
    /// The name of the mapping that sends it.
    pub mapping: String,
    /// The names of the time zones that the recipient may be in; none if no quiet hours held for it.
    pub zones: Option<Vec<String>>,
    /// Which event sent it, if that is remembered.
    pub origin: Option<Origin>,
    /// The key of the profile of its user, if it has one.
    pub profile: Option<String>,
    /// How often it was sent again before.
    pub resends: u32,
    /// The keys of the claims of the messages in whose place it is sent, the first one first; none of
    /// what was written down before they were kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub in_place_of: Vec<String>,
}

/// The form is a phone number and a text: it is not printed.
impl fmt::Debug for Resendable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resendable").field("resends", &self.resends).finish_non_exhaustive()
    }
}

/// What is done to a note. Spans are in milliseconds.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum NoteOperation {
    /// Forgets it.
    Erase,
    /// Asks what it says.
    Read,
    /// Writes it. What was written first stays.
    Write {
        /// What it says.
        noted: Noted,
        /// How long it is remembered.
        keep: i64,
    },
}

/// What a note answers.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum NoteAnswer {
    /// Done.
    Done,
    /// What it says; none if there is no note.
    Noted {
        /// What it says.
        noted: Option<Noted>,
    },
}

/// Applies an operation. A note whose time has come counts as none, also where it still lies.
pub(super) fn apply(
    note: Option<Note>,
    operation: NoteOperation,
    now: Timestamp,
) -> (Option<Note>, NoteAnswer) {
    let note = note.filter(|note| now < note.kept_until);
    match operation {
        NoteOperation::Erase => (None, NoteAnswer::Done),
        NoteOperation::Read => {
            let noted = note.as_ref().map(|note| note.noted.clone());
            (note, NoteAnswer::Noted { noted })
        }
        NoteOperation::Write { noted, keep } => {
            let until = now.plus(keep);
            let noted = note.map_or(noted, |note| note.noted);
            (Some(Note { noted, kept_until: until }), NoteAnswer::Done)
        }
    }
}
