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
            // Redacted, or not shown.
            (Some(_), Some("") | None) => Fit::Perhaps,
            (Some(sought), Some(listed)) => same_text(sought, listed, self.shortens_links),
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

fn same_text(sought: &str, listed: &str, shortens_links: bool) -> Fit {
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
    let (sought, listed) = (plain(sought), plain(listed));
    if sought == listed {
        Fit::Yes
    } else if listed.contains(&sought) {
        // Something may have been put before or behind it that is not known here.
        Fit::Perhaps
    } else {
        Fit::No
    }
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

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    const FORM: &str = "To=%2B447700900123&From=%2B14155551234&Body=Caf%C3%A9+is+open";

    fn since() -> Timestamp {
        Timestamp::parse("2026-01-15T12:00:00Z").unwrap()
    }

    fn message(changes: &Json) -> Json {
        let mut message = json!({
            "sid": "SM1", "to": "+447700900123", "from": "+14155551234",
            "messaging_service_sid": null, "body": "Café is open", "num_media": "0",
            "num_segments": "1", "direction": "outbound-api", "status": "sent",
            "date_created": "Thu, 15 Jan 2026 12:00:02 +0000",
        });
        for (name, value) in changes.as_object().unwrap() {
            message[name] = value.clone();
        }
        message
    }

    fn page(form: &str, messages: &[Json]) -> Option<Page> {
        let body = json!({ "messages": messages, "next_page_uri": "/next" }).to_string();
        let report =
            HttpReport::Response { status: 200, headers: Vec::new(), body, complete: true };
        read_page(&report, &Sought::read(form), since())
    }

    /// How many messages are found, and whether there is doubt.
    #[track_caller]
    fn check(form: &str, changes: Json, expected: (usize, bool)) {
        let page = page(form, &[message(&changes)]).unwrap();
        assert_eq!((page.found.len(), page.doubtful), expected, "{changes}");
    }

    #[test]
    fn a_message_is_found_again_by_what_it_is() {
        check(FORM, json!({}), (1, false));
        for other in [
            json!({ "to": "+447700900124" }),
            json!({ "from": "+14155550000" }),
            json!({ "body": "Café is shut" }),
            json!({ "direction": "inbound" }),
            json!({ "date_created": "Thu, 15 Jan 2026 11:58:59 +0000" }),
        ] {
            check(FORM, other, (0, false));
        }
    }

    #[test]
    fn twilios_own_changes_to_a_text_do_not_hide_it() {
        let trial = "Sent from your Twilio trial account - Café is open";
        check(FORM, json!({ "body": trial }), (1, false));
        let fancy =
            "To=%2B447700900123&From=%2B14155551234&Body=It%E2%80%99s+%E2%80%9Copen%E2%80%9D";
        check(fancy, json!({ "body": "It's \"open\"" }), (1, false));
        let link = "To=%2B447700900123&MessagingServiceSid=MG1&Body=See+https%3A%2F%2Fexample.com%2Flong%2Fpath&ShortenUrls=true";
        let listed = json!({
            "body": "See https://twil.io/abc", "messaging_service_sid": "MG1", "from": null,
        });
        check(link, listed.clone(), (1, false));
        check(&link.replace("&ShortenUrls=true", ""), listed, (0, false));
    }

    #[test]
    fn a_text_with_more_around_it_may_be_the_one() {
        check(FORM, json!({ "body": "Café is open Reply STOP to end" }), (0, true));
        check(FORM, json!({ "body": "[Test] Café is open" }), (0, true));
        check(FORM, json!({ "body": "Café is" }), (0, false));
    }

    #[test]
    fn what_cannot_be_compared_is_doubtful() {
        check(FORM, json!({ "body": "" }), (0, true));
        check(FORM, json!({ "body": null }), (0, true));
        check(FORM, json!({ "date_created": "yesterday" }), (0, true));
        check(FORM, json!({ "sid": null }), (0, true));
        check(&format!("{FORM}&ContentRetention=discard"), json!({}), (0, true));
        check(&format!("{FORM}&ContentSid=HX1"), json!({}), (0, true));
    }

    #[test]
    fn a_service_chooses_the_number_and_the_list_may_not_show_it_yet() {
        let form = "To=%2B447700900123&MessagingServiceSid=MG1&Body=Caf%C3%A9+is+open";
        check(form, json!({ "messaging_service_sid": "MG1", "from": null }), (1, false));
        check(form, json!({ "messaging_service_sid": "MG1" }), (1, false));
        check(form, json!({ "messaging_service_sid": "MG2" }), (0, false));
        check(form, json!({}), (0, false));
    }

    #[test]
    fn media_alone_is_told_by_its_number() {
        let form = "To=%2B447700900123&From=%2B14155551234&MediaUrl=https%3A%2F%2Fa.example%2F1";
        check(form, json!({ "body": "", "num_media": "1" }), (1, false));
        check(form, json!({ "body": "", "num_media": "2" }), (0, false));
    }

    #[test]
    fn the_next_page_matters_until_one_is_too_old() {
        assert!(page(FORM, &[message(&json!({}))]).unwrap().next.is_some());
        let old = message(&json!({ "date_created": "Thu, 15 Jan 2026 11:00:00 +0000" }));
        assert!(page(FORM, &[message(&json!({})), old]).unwrap().next.is_none());
    }

    #[test]
    fn only_a_whole_list_is_relied_on() {
        let sought = Sought::read(FORM);
        for (status, body, complete) in [
            (200, r#"{"messages": []}"#, false),
            (200, r#"{"messages": [}"#, true),
            (200, r#"{"code": 20500}"#, true),
            (200, "", true),
            (500, r#"{"messages": []}"#, true),
            (206, r#"{"messages": []}"#, true),
        ] {
            let report = HttpReport::Response {
                status,
                headers: Vec::new(),
                body: body.to_owned(),
                complete,
            };
            assert!(read_page(&report, &sought, since()).is_none(), "{status} {body}");
        }
        assert!(read_page(&HttpReport::NotStarted, &sought, since()).is_none());
    }
}
