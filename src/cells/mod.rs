//! The durable state, one keyed cell at a time.
//!
//! A store holds cells and knows nothing of them: for every [`Operation`] it loads the cell, calls
//! [`apply`] with its own clock, saves what comes back and only then answers, one operation at a
//! time per key. (What a store may answer before it has saved, [`Applied::durable`] says.) `apply` is pure, so a cell can live in a map, a file or a Durable Object alike.
//!
//! Operations name their owner and may be applied twice: the second answer equals the first.
//! Times that an operation carries are spans, or what another cell answered: points in time come from
//! the store's clock alone, so that the clocks of hosts need not agree.

mod claim;
mod durable;
mod note;
mod profile;
mod recipient;
#[cfg(test)]
mod report_tests;
mod sender;
#[cfg(test)]
mod tests;

pub use claim::{Claim, ClaimAnswer, ClaimOperation, Dispatched, SenderTurn, Settled, SettledAs};
pub use note::{Note, NoteAnswer, NoteOperation, Noted, Resendable};
pub use profile::{Profile, ProfileAnswer, ProfileOperation, SentMessage, Trait, Watched};
pub use recipient::{
    Admission, Cap, OptOperation, Recipient, RecipientAnswer, RecipientOperation, SuppressedAs,
};
pub use sender::{Halt, Sender, SenderAnswer, SenderOperation, Turn};

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// The version of cells and operations that this build writes. It reads this one and older ones.
pub const VERSION: u32 = 1;

/// Whether a store saves cells: the page keeps them in memory, where there is nothing to spare.
const SAVES: bool = !cfg!(feature = "page");

/// What a store does to a cell, with the version of the build that asks.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Operation {
    /// The version of the build that wrote it.
    pub v: u32,
    /// What to do.
    pub to: Target,
}

/// What an operation does, by the kind of cell it is for.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Target {
    /// For a claim.
    Claim(ClaimOperation),
    /// For a note on a message.
    Note(NoteOperation),
    /// For a user's profile.
    Profile(ProfileOperation),
    /// For a recipient.
    Recipient(RecipientOperation),
    /// For a sender.
    Sender(SenderOperation),
    /// For a cell of any kind: nobody who was at work on it before is there any more, as a store can
    /// know that is used by one process at a time.
    ///
    /// It frees what a lease keeps from others. It ends nothing: what was dispatched may still be
    /// under way at Twilio, so whoever opens the claim has to find out, and what Twilio asked to wait
    /// for is still waited for.
    TakeOver,
}

/// One keyed piece of durable state.
///
/// Claims hold the form of a message, which holds a phone number and a text, until it is settled;
/// notes hold it for as long as the message may have to be sent again.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Cell {
    /// The version of the build that wrote it.
    pub v: u32,
    /// The time of the last change: a clock that jumps back behind it does not count.
    pub seen: Timestamp,
    /// What it holds.
    pub state: State,
}

/// What a cell holds.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum State {
    /// A claim.
    Claim(Claim),
    /// A note on a message.
    Note(Note),
    /// A user's profile.
    Profile(Profile),
    /// A recipient.
    Recipient(Recipient),
    /// A sender.
    Sender(Sender),
}

/// What an operation came to.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Answer {
    /// A claim's answer.
    Claim(ClaimAnswer),
    /// A note's answer.
    Note(NoteAnswer),
    /// A profile's answer.
    Profile(ProfileAnswer),
    /// A recipient's answer.
    Recipient(RecipientAnswer),
    /// The cell or the operation is of a newer version, or of another kind: nothing was changed.
    Refused(Refused),
    /// A sender's answer.
    Sender(SenderAnswer),
    /// What was held by those who are gone is free.
    TakenOver,
}

/// Why an operation was not applied.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Refused {
    /// What lies under the key is no cell of the kind that was asked for.
    Foreign,
    /// The cell or the operation was written by a newer version.
    Newer,
}

/// What a store saves, and what it answers.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Applied {
    /// What lies under the key from now on; nothing if it is to be removed.
    pub cell: Option<Cell>,
    /// What to answer.
    pub answer: Answer,
    /// From when on the cell may be forgotten, in milliseconds since 1970; never if it is none.
    pub expires_at: Option<Timestamp>,
    /// Whether the answer may be given only once the cell, as it is from now on, would outlast a loss
    /// of power. Where it need not, a store whose cells all lie in one order may answer at once, as
    /// long as it never loses a change without all that came after it. Every other store saves first.
    pub durable: bool,
}

/// Applies an operation to what lies under its key. Pure: the same arguments give the same answer.
///
/// An expired cell that a store has not yet removed counts as it stands: expiry only says when
/// forgetting is harmless.
#[must_use]
pub fn apply(cell: Option<Cell>, operation: Operation, now: Timestamp) -> Applied {
    let newer = operation.v > VERSION || cell.as_ref().is_some_and(|cell| cell.v > VERSION);
    if newer {
        return refuse(cell, Refused::Newer);
    }
    let now = cell.as_ref().map_or(now, |cell| cell.seen.max(now));
    let before = if SAVES { cell.clone() } else { None };
    let (seen, state) = cell.map_or((now, None), |cell| (cell.seen, Some(cell.state)));
    let is_before_dispatch = durable::is_before_dispatch(&operation.to);
    let (state, answer) = match (state, operation.to) {
        (None, Target::Claim(operation)) => claims(None, operation, now),
        (Some(State::Claim(claim)), Target::Claim(operation)) => {
            claims(Some(claim), operation, now)
        }
        (None, Target::Note(operation)) => notes(None, operation, now),
        (Some(State::Note(note)), Target::Note(operation)) => notes(Some(note), operation, now),
        (None, Target::Profile(operation)) => profiles(Profile::default(), operation, now),
        (Some(State::Profile(profile)), Target::Profile(operation)) => {
            profiles(profile, operation, now)
        }
        (None, Target::Recipient(operation)) => recipients(Recipient::default(), operation, now),
        (Some(State::Recipient(recipient)), Target::Recipient(operation)) => {
            recipients(recipient, operation, now)
        }
        (None, Target::Sender(operation)) => senders(Sender::default(), operation, now),
        (Some(State::Sender(sender)), Target::Sender(operation)) => senders(sender, operation, now),
        (state, Target::TakeOver) => take_over(state, now),
        (Some(state), _) => {
            return refuse(Some(Cell { v: VERSION, seen, state }), Refused::Foreign);
        }
    };
    let expires_at = state.as_ref().and_then(State::expires_at);
    let same = SAVES && before.as_ref().map(|cell| &cell.state) == state.as_ref();
    let changed = || state.map(|state| Cell { v: VERSION, seen: now, state });
    // A cell that is as it was needs no saving: a question costs a store nothing.
    let cell = if same { before } else { changed() };
    let durable = !(is_before_dispatch && durable::ends_nothing(&answer));
    Applied { cell, answer, expires_at, durable }
}

/// The answer where what lies under a key cannot be read; `version` is the one it claims to have.
/// It is to be left alone.
#[must_use]
pub fn refuse_unreadable(version: Option<u32>) -> Answer {
    let newer = version.is_some_and(|version| version > VERSION);
    Answer::Refused(if newer { Refused::Newer } else { Refused::Foreign })
}

type Next = (Option<State>, Answer);

fn claims(claim: Option<Claim>, operation: ClaimOperation, now: Timestamp) -> Next {
    let (claim, answer) = claim::apply(claim, operation, now);
    (claim.map(State::Claim), Answer::Claim(answer))
}

fn notes(note: Option<Note>, operation: NoteOperation, now: Timestamp) -> Next {
    let (note, answer) = note::apply(note, operation, now);
    (note.map(State::Note), Answer::Note(answer))
}

fn profiles(mut profile: Profile, operation: ProfileOperation, now: Timestamp) -> Next {
    let answer = profile.apply(operation, now);
    (profile.is_needed().then_some(State::Profile(profile)), Answer::Profile(answer))
}

fn recipients(mut recipient: Recipient, operation: RecipientOperation, now: Timestamp) -> Next {
    let answer = recipient.apply(operation, now);
    (recipient.is_needed().then_some(State::Recipient(recipient)), Answer::Recipient(answer))
}

fn senders(mut sender: Sender, operation: SenderOperation, now: Timestamp) -> Next {
    let answer = sender.apply(operation, now);
    (Some(State::Sender(sender)), Answer::Sender(answer))
}

fn take_over(state: Option<State>, now: Timestamp) -> Next {
    let state = match state {
        Some(State::Claim(claim)) => claim.take_over(now).map(State::Claim),
        Some(State::Sender(sender)) => Some(State::Sender(sender.take_over(now))),
        // These are held by nobody.
        Some(State::Note(_) | State::Profile(_) | State::Recipient(_)) | None => state,
    };
    (state, Answer::TakenOver)
}

impl State {
    fn expires_at(&self) -> Option<Timestamp> {
        match self {
            Self::Claim(claim) => claim.expires_at(),
            Self::Note(note) => Some(note.kept_until),
            Self::Profile(profile) => profile.expires_at(),
            Self::Recipient(recipient) => recipient.expires_at(),
            Self::Sender(sender) => sender.expires_at(),
        }
    }
}

fn refuse(cell: Option<Cell>, why: Refused) -> Applied {
    Applied { cell, answer: Answer::Refused(why), expires_at: None, durable: true }
}
