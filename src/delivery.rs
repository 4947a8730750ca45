//! Sending, one step at a time: the core says what to do next, the host does it and reports.
//!
//! Today's steps are `fetch` and `done`: a message is tried once, and its outcome says whether it
//! may be tried again.

use std::collections::VecDeque;

use serde::Serialize;

use crate::decision::{Decision, Warning};
use crate::destination::{Destination, Input, InputKind};
use crate::facts::Facts;
use crate::http::HttpResult;
use crate::outcome::Outcome;
use crate::time::Timestamp;
use crate::twilio::request::HttpRequest;
use crate::twilio::response::{self, Meaning, Verdict};

/// What the host has to do next.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Step {
    /// Nothing: this is how every message ended, one for each decision.
    Done {
        /// The outcomes, in the order of the decisions.
        outcomes: Vec<Outcome>,
    },
    /// Make this request and report what came of it.
    #[serde(rename_all = "camelCase")]
    Fetch {
        /// The request, complete to the byte.
        request: HttpRequest,
        /// How long it may take, headers and body together, in milliseconds.
        timeout_ms: u32,
    },
}

/// One event being sent. It lives in one process and is never stored.
#[derive(Debug)]
pub struct Delivery {
    timeout_ms: u32,
    waiting: VecDeque<Decision>,
    under_way: Option<(String, Vec<Warning>)>,
    outcomes: Vec<Outcome>,
    halted: Option<Meaning>,
}

impl Destination {
    /// Begins to send an event or a row.
    pub fn begin(
        &self,
        kind: InputKind,
        input: &Input<'_>,
        facts: &Facts<'_>,
        now: Timestamp,
    ) -> (Delivery, Step) {
        let waiting: VecDeque<Decision> = self.decide(kind, input, facts, now).into();
        let outcomes = Vec::with_capacity(waiting.len());
        let timeout_ms = self.request_timeout_ms();
        let mut delivery =
            Delivery { timeout_ms, waiting, under_way: None, outcomes, halted: None };
        let step = delivery.next();
        (delivery, step)
    }
}

impl Delivery {
    /// Takes what came of the last step in, and says what is next. `now` is when it came.
    ///
    /// A report that nothing was waiting for changes nothing.
    pub fn resume(&mut self, result: &HttpResult<'_>, now: Timestamp) -> Step {
        if let Some((mapping, warnings)) = self.under_way.take() {
            let meaning = response::interpret(result, now);
            self.outcomes.push(Outcome::of(mapping, &meaning, warnings));
            if meaning.verdict() == Verdict::Halted {
                self.halted = Some(meaning);
            }
        }
        self.next()
    }

    fn next(&mut self) -> Step {
        while let Some(decision) = self.waiting.pop_front() {
            match (decision, &self.halted) {
                (Decision::Drop(dropped), _) => self.outcomes.push(Outcome::Dropped(dropped)),
                // What stopped the first message of an event would stop its others too.
                (Decision::Send(send), Some(meaning)) => {
                    self.outcomes.push(Outcome::of(send.mapping, meaning, send.warnings));
                }
                (Decision::Send(send), None) => {
                    self.under_way = Some((send.mapping, send.warnings));
                    return Step::Fetch { request: send.request, timeout_ms: self.timeout_ms };
                }
            }
        }
        Step::Done { outcomes: std::mem::take(&mut self.outcomes) }
    }
}
