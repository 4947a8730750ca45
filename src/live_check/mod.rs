//! A look at the Twilio account, sending nothing: whether these settings would work.
//!
//! Sans-IO like the rest: the core names a GET request, the host makes it and reports, until the
//! findings are complete. Every request of a check is a GET; nothing in the account changes.
//!
//! Resources: Twilio's Accounts, Balance, IncomingPhoneNumbers and ShortCodes (API 2010-04-01), the
//! Services of its Messaging API with their senders and `Compliance/Usa2p` (v1), and
//! `Channels/Senders` (v2).

mod finding;
mod question;
mod reading;
mod reply;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use serde::Serialize;

pub use finding::{Finding, FindingCode, Level};

use crate::destination::Destination;
use crate::http::{FetchRequest, HttpResult};
use crate::twilio::address::Sender;
use crate::twilio::request::Endpoint;
use question::Question;
use reading::Reading;
use reply::Reply;

/// What the host has to do next.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum CheckStep {
    /// Nothing: this is what was found.
    Done {
        /// In the order of the questions: credentials, account, balance, then each sender.
        findings: Vec<Finding>,
    },
    /// Make this request and report what came of it.
    #[serde(rename_all = "camelCase")]
    Fetch {
        /// The request, complete to the byte. It is a GET.
        request: FetchRequest,
        /// How long it may take, headers and body together, in milliseconds.
        timeout_ms: u32,
    },
}

/// A check under way.
#[derive(Debug)]
pub struct LiveCheck {
    endpoint: Endpoint,
    timeout_ms: u32,
    asking: Option<Question>,
    waiting: VecDeque<Question>,
    reading: Reading,
}

impl Destination {
    /// Begins a check of the account and the senders.
    pub fn live_check(&self) -> (LiveCheck, CheckStep) {
        let endpoint = self.endpoint().clone();
        let mut noted = Vec::new();
        let mut waiting = VecDeque::from([Question::Account, Question::Balance]);
        for (path, sender) in self.senders() {
            match Question::about(&path, sender) {
                Ok(question) => waiting.push_back(question),
                Err(finding) => noted.push(finding),
            }
        }
        let reading = Reading::new(endpoint.uses_api_key(), noted);
        let timeout_ms = self.request_timeout_ms();
        let mut check = LiveCheck { endpoint, timeout_ms, asking: None, waiting, reading };
        let step = check.next();
        (check, step)
    }

    /// Each sender once, with the first setting that gives it; none for one that events give.
    fn senders(&self) -> Vec<(String, Option<Sender>)> {
        let of_destination =
            self.sender_routes().all().map(|(at, sender)| (at, Some(sender.clone())));
        let mappings = self.mappings().iter().filter(|mapping| mapping.enabled).chain([self.row()]);
        let of_mappings = mappings.flat_map(|mapping| mapping.sender_settings());
        let mut senders: Vec<(String, Option<Sender>)> = Vec::new();
        for (path, sender) in of_destination.chain(of_mappings) {
            if sender.is_none() || !senders.iter().any(|(_, known)| *known == sender) {
                senders.push((path.to_owned(), sender));
            }
        }
        senders
    }
}

impl LiveCheck {
    /// Takes what came of the last request in, and says what is next.
    ///
    /// A report that nothing was waiting for changes nothing.
    pub fn resume(&mut self, result: &HttpResult<'_>) -> CheckStep {
        if let Some(question) = self.asking.take() {
            let more = self.reading.take(question, &Reply::read(result));
            // What an answer leads to is asked before what waits, so that findings stay together.
            for question in more.into_iter().rev() {
                self.waiting.push_front(question);
            }
            if self.reading.is_over {
                self.waiting.clear();
            }
        }
        self.next()
    }

    fn next(&mut self) -> CheckStep {
        let next = self.waiting.pop_front().or_else(|| self.reading.last_question());
        let Some(question) = next else {
            return CheckStep::Done { findings: self.reading.finish() };
        };
        let request = question.request(&self.endpoint);
        self.asking = Some(question);
        CheckStep::Fetch { request, timeout_ms: self.timeout_ms }
    }
}
