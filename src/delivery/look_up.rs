//! Twilio's list, asked whether a message exists.
//!
//! The list knows no reference of ours, so a message is found again by whom it is for, who it is
//! from, when it was made and what it says. Twilio itself rewrites texts: it puts a prefix before
//! those of trial accounts, replaces characters (smart encoding), shortens links and redacts. Where
//! such a change leaves a doubt, the answer is that it cannot be told.

use std::borrow::Cow;

use crate::http::HttpReport;
use crate::json::{self, Limits};
use crate::time::Timestamp;
use crate::twilio::segments::smart_encode;
use crate::value::Value;

/// How many messages a page of the list has: few enough for the 64 KiB that a host reads.
pub(super) const PAGE_SIZE: &str = "20";

/// How many pages are read before giving up.
pub(super) const MAX_PAGES: usize = 5;

/// How far Twilio's clock may be behind the store's, in milliseconds.
const SKEW: i64 = 60_000;

/// What stands before every text that a trial account sends.
const TRIAL_PREFIX: &str = "Sent from your Twilio trial account - ";

const LIMITS: Limits = Limits { bytes: 128 * 1024, depth: 16 };

/// What is looked for: a message, as its form describes it.
#[derive(Debug, Default)]
pub(super) struct Sought {
    pub(super) to: String,
    pub(super) from: Option<String>,
    pub(super) service: Option<String>,
    body: Option<String>,
    media: u32,
    /// Whether Twilio makes the text, or does not keep it.
    is_text_unknown: bool,
    shortens_links: bool,
}

impl Sought {
    /// Reads the form of a create request.
    pub(super) fn read(form: &str) -> Self {
        let mut sought = Self::default();
        for (name, value) in form_urlencoded::parse(form.as_bytes()) {
            let text = || value.clone().into_owned();
            match name.as_ref() {
                "To" => sought.to = text(),
                "From" => sought.from = Some(text()),
                "MessagingServiceSid" => sought.service = Some(text()),
                "Body" => sought.body = Some(text()),
                "MediaUrl" => sought.media += 1,
                "ContentSid" => sought.is_text_unknown = true,
                "ContentRetention" if value == "discard" => sought.is_text_unknown = true,
                "ShortenUrls" if value == "true" => sought.shortens_links = true,
                _ => {}
            }
        }
        sought
    }

    /// Who sends it, as it stands in the form.
    pub(super) fn sender(&self) -> &str {
        self.service.as_deref().or(self.from.as_deref()).unwrap_or_default()
    }

    /// What makes two messages alike in the list.
    pub(super) fn likeness(&self) -> [&str; 3] {
        [self.to.as_str(), self.sender(), self.body.as_deref().unwrap_or_default()]
    }

    fn fits(&self, listed: &Listed<'_>, since: Timestamp) -> Fit {
        let same = |listed: Option<&str>, sought: &Option<String>| match sought {
            Some(sought) => listed == Some(sought.as_str()),
            None => true,
        };
        let ours = listed.to == Some(self.to.as_str())
            && same(listed.service, &self.service)
            // A service picks the number, and until it has, the list shows none.
            && (self.service.is_some() || same(listed.from, &self.from))
            && listed.direction.is_none_or(|direction| direction.starts_with("outbound"));
        if !ours || listed.created.is_some_and(|created| created.plus(SKEW) < since) {
            return Fit::No;
        }
        if listed.created.is_none() || self.is_text_unknown {
            return Fit::Perhaps;
        }
        match (&self.body, listed.body) {
            (Some(sought), Some(listed)) if same_text(sought, listed, self.shortens_links) => {
                Fit::Yes
            }
            // Redacted, or not shown.
            (Some(_), Some("") | None) => Fit::Perhaps,
            (None, _) if self.media == listed.media => Fit::Yes,
            _ => Fit::No,
        }
    }
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Fit {
    No,
    Perhaps,
    Yes,
}

fn same_text(sought: &str, listed: &str, shortens_links: bool) -> bool {
    let listed = listed.strip_prefix(TRIAL_PREFIX).unwrap_or(listed);
    let plain = |text: &str| {
        let encoded = smart_encode(text);
        let words: Vec<Cow<'_, str>> = encoded
            .split_whitespace()
            .map(|word| match shortens_links && is_link(word) {
                true => Cow::Borrowed("https://"),
                false => Cow::Owned(word.to_owned()),
            })
            .collect();
        words.join(" ")
    };
    sought == listed || plain(sought) == plain(listed)
}

fn is_link(word: &str) -> bool {
    let at = word.find("://").or_else(|| word.find('.'));
    at.is_some_and(|at| at > 0) && word.contains('/')
}

/// A page of the list.
pub(super) struct Page {
    found: Vec<Candidate>,
    doubtful: bool,
    /// Where the next page is, if messages that may matter are on it.
    pub(super) next: Option<String>,
}

/// A message that may be the one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Candidate {
    pub(super) sid: String,
    pub(super) status: Option<String>,
    pub(super) segments: Option<u32>,
}

struct Listed<'v> {
    to: Option<&'v str>,
    from: Option<&'v str>,
    service: Option<&'v str>,
    body: Option<&'v str>,
    direction: Option<&'v str>,
    created: Option<Timestamp>,
    media: u32,
}

/// Reads a page. None if it is not one that can be relied on.
pub(super) fn read_page(report: &HttpReport, sought: &Sought, since: Timestamp) -> Option<Page> {
    let HttpReport::Response { status: 200, body, complete: true, .. } = report else {
        return None;
    };
    let page = json::parse(body, LIMITS).ok()?;
    let Value::List(messages) = page.member("messages")? else { return None };
    let mut found = Vec::new();
    let mut doubtful = false;
    let mut is_past = false;
    for message in messages {
        let text = |key: &str| message.member(key).and_then(Value::as_text);
        let number = |key: &str| text(key).and_then(|text| text.parse().ok());
        let created = text("date_created").and_then(crate::twilio::date::parse);
        let listed = Listed {
            to: text("to"),
            from: text("from"),
            service: text("messaging_service_sid"),
            body: text("body"),
            direction: text("direction"),
            created,
            media: number("num_media").unwrap_or(0),
        };
        is_past |= created.is_some_and(|created| created.plus(SKEW) < since);
        match (sought.fits(&listed, since), text("sid")) {
            (Fit::No, _) => {}
            (Fit::Yes, Some(sid)) => found.push(Candidate {
                sid: sid.to_owned(),
                status: text("status").map(str::to_owned),
                segments: number("num_segments").filter(|count| *count > 0),
            }),
            (Fit::Perhaps, _) | (Fit::Yes, None) => doubtful = true,
        }
    }
    // The list is sorted, newest first: what follows an older message is older still.
    let next = page.member("next_page_uri").and_then(Value::as_text).filter(|_| !is_past);
    Some(Page { found, doubtful, next: next.map(str::to_owned) })
}

/// All pages that matter, as far as they were read.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// Messages that fit.
    pub(super) found: Vec<Candidate>,
    /// Whether there are messages that may fit.
    pub(super) doubtful: bool,
}

impl Findings {
    /// Takes a page in, and says where the next one is.
    pub(super) fn add(&mut self, page: Page) -> Option<String> {
        self.found.extend(page.found);
        self.doubtful |= page.doubtful;
        page.next
    }
}
