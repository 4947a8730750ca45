//! Twilio's error codes for messages: whom each one concerns and what to do about it.
//!
//! The codes and titles are those of Twilio's error dictionary. Scope and advice are this crate's
//! reading of it; Twilio gives none and changes codes from time to time, so a code that is not
//! listed must have a safe meaning of its own.

mod table;
#[cfg(test)]
mod tests;
mod texts;

use table::TABLE;
use texts::TEXTS;

/// What is known of one code.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ErrorCode {
    /// Twilio's number for it.
    pub code: u32,
    /// When it is reported.
    pub phase: Phase,
    /// Whom or what it concerns.
    pub scope: Scope,
    /// What to do with the message.
    pub advice: Advice,
}

impl ErrorCode {
    /// Every code that concerns a message, in rising order.
    pub fn all() -> &'static [Self] {
        &TABLE
    }

    /// The entry for `code`, if it is known.
    pub fn find(code: u32) -> Option<&'static Self> {
        let at = TABLE.binary_search_by_key(&code, |entry| entry.code).ok()?;
        TABLE.get(at)
    }

    /// Twilio's short title for it.
    pub fn title(&self) -> &'static str {
        self.texts().0
    }

    /// What happened: one sentence.
    pub fn cause(&self) -> &'static str {
        self.texts().1
    }

    /// What to do about it: one sentence.
    pub fn remedy(&self) -> &'static str {
        self.texts().2
    }

    fn texts(&self) -> (&'static str, &'static str, &'static str) {
        let found = TEXTS.binary_search_by_key(&self.code, |(code, ..)| *code).ok();
        match found.and_then(|at| TEXTS.get(at)) {
            Some((_, title, cause, remedy)) => (title, cause, remedy),
            None => ("", "", ""),
        }
    }
}

/// When Twilio reports a code.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Phase {
    /// In either way.
    Both,
    /// In a status callback or on the message, after the request was accepted.
    Delivery,
    /// In the reply to the request.
    Request,
}

/// Whom or what a code concerns, and so what else it will happen to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Scope {
    /// The account or its credentials: every message.
    Account,
    /// A setting or a mapped parameter: every message that it shapes.
    Configuration,
    /// A message that came in: nothing that was sent.
    Inbound,
    /// What this one message holds.
    Message,
    /// This sender (or sender pool) with this recipient: other pairs may work.
    Pair,
    /// Twilio, a carrier, a channel's provider or the network on the way there.
    Platform,
    /// This recipient: every message to them.
    Recipient,
    /// The recipient's country or range of numbers: everyone there.
    Region,
    /// This sender, its registration or its standing: every message from it.
    Sender,
}

impl Scope {
    /// A stable name in snake case.
    pub fn code(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Configuration => "configuration",
            Self::Inbound => "inbound",
            Self::Message => "message",
            Self::Pair => "pair",
            Self::Platform => "platform",
            Self::Recipient => "recipient",
            Self::Region => "region",
            Self::Sender => "sender",
        }
    }
}

/// What a code means for the message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Advice {
    /// This message has failed for good; others may do better.
    Failed,
    /// It will happen again to whatever the scope names: stop there.
    Halted,
    /// Nothing is wrong with the message: a warning, or about something else.
    Info,
    /// Failed on its way: a new message may be sent once the cause has cleared.
    Later,
    /// Certainly not processed: send again after a short wait.
    Retry,
    /// Certainly not processed: send again after a long wait.
    RetryLong,
    /// Failed on its way for a passing reason: a new message may be sent a little later.
    Transient,
    /// The message may exist: find out before sending again.
    Unknown,
}

/// The address of Twilio's page on `code`.
pub fn twilio_docs_url(code: u32) -> String {
    let mut url = String::from("https://www.twilio.com/docs/errors/");
    url.push_str(&code.to_string());
    url
}
