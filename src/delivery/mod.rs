//! Sending, one step at a time: the core says what to do next, the host does it and reports.
//!
//! 1. [`Dispatcher::begin`] takes an event or a row and answers with the first step.
//! 2. The host performs the step: it makes a request, updates a cell of its store, or waits.
//! 3. [`Delivery::resume`] takes what came of it and answers with the next step, until it is
//!    [`Action::Done`].
//!
//! A crash at any point is harmless: the same event begun again goes on from where its claim stands
//! (see [`crate::cells`]). Nothing of a delivery itself is ever stored.
//!
//! A webhook is handled in the same way, from [`Dispatcher::begin_webhook`] to [`Action::Handled`].
//!
//! The order of a message: note what the event says of its user, and what turned true by it, gather
//! facts, open the claim, ask the recipient's cell, reserve at the sender, wait, tell the profile of the
//! message, ask and decide again what may have changed by then, dispatch, note what follows from that,
//! fetch, settle.

mod callback;
mod confirm;
mod dispatcher;
mod draft;
mod handled;
mod identity;
mod isolate;
mod keep;
mod keys;
mod message;
mod policy;
mod port;
mod profiles;
mod resend;
mod retry;
mod watch;
mod webhooks;
mod why;

pub use dispatcher::{Content, Delivery, Dispatcher, Place, Terms};
pub use handled::{Handled, HandledAs, Opted, OptedAs, Resent, Tracked};
pub(crate) use policy::{OnUnclear, Policy};
pub use why::Why;

pub(crate) use keys::fingerprint;

use serde::Serialize;

use crate::cells::{Answer, Operation};
use crate::http::{FetchRequest, HttpReport};
use crate::outcome::Outcome;
use crate::time::Timestamp;

/// Whether what comes after a message is seen to: webhooks, conversions, and what is kept for them. A
/// page plays messages alone, and is fetched without the rest.
pub(crate) const FOLLOWS_UP: bool = !cfg!(feature = "page");

/// What the host has to do next, and why.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Step {
    /// Why: stable, for programs and timelines.
    pub why: Why,
    /// What.
    #[serde(flatten)]
    pub action: Action,
}

/// What the host has to do.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Action {
    /// Nothing: this is how every message ended, one for each decision.
    Done {
        /// The outcomes, in the order of the decisions.
        outcomes: Vec<Outcome>,
    },
    /// Nothing: this is what came of a webhook.
    Handled {
        /// What came of it.
        handled: Box<Handled>,
    },
    /// Make this request and report what came of it.
    Fetch {
        /// The request, complete to the byte.
        request: FetchRequest,
        /// How long it may take, headers and body together, in milliseconds.
        timeout_ms: u32,
        /// A host whose clock is past this, in milliseconds since 1970, does not start the request
        /// and says so.
        not_after: Timestamp,
    },
    /// Have the store apply this operation to the cell under this key, and report its answer, or that
    /// none came in time. One that comes later is ignored.
    Store {
        /// The key: it holds no personal data.
        key: String,
        /// The operation.
        #[cfg_attr(test, ts(type = "object"))]
        operation: Box<Operation>,
        /// How long the answer may take, in milliseconds.
        timeout_ms: u32,
    },
    /// Wait, then report that it is time.
    Wait {
        /// Until when, in milliseconds since 1970.
        until: Timestamp,
        /// Whether messages behind this one, of the same sender, may go first.
        aside: bool,
    },
}

/// What came of a step.
#[derive(Clone, Debug)]
pub enum Report {
    /// Of a fetch.
    Http(HttpReport),
    /// Of an update: the store's answer.
    Store(Answer),
    /// The store failed: whether it did what it was asked to is not known.
    StoreFailed,
    /// The store did not answer in time: whether it does what it was asked to, now or later, is not
    /// known.
    StoreLate,
    /// Of a wait: the host must end now. What cannot be done without waiting is put off.
    Stopped,
    /// Of a wait: it is over.
    Waited,
}
