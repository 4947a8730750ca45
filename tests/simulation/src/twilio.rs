//! A Twilio: it creates messages and lists them, and it fails.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use twilio_destination::http::{FetchRequest, HttpReport};

use crate::draw::Draw;
use crate::faults::Faults;
use crate::replies::{date, error, refusal, reply, text};
use crate::scenario::{ACCOUNT, Rewriting, Scenario};

/// An account at Twilio.
#[derive(Debug)]
pub(crate) struct Twilio {
    pub(crate) messages: Vec<Message>,
    /// Who wants nothing of whom: numbers and senders, as in a form.
    pub(crate) opted_out: BTreeSet<(String, String)>,
    bad_numbers: BTreeSet<String>,
    /// How often it was asked for anything.
    pub(crate) calls: u64,
    pub(crate) token: &'static str,
    pub(crate) is_sender_off: bool,
    skew: i64,
    lag: (i64, i64),
    rewriting: Rewriting,
    draw: Draw,
}

/// A message that exists.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) sid: String,
    to: String,
    from: Option<String>,
    service: Option<String>,
    body: String,
    created: i64,
    visible: i64,
}

/// The header that a token authenticates with.
pub(crate) fn authorization(token: &str) -> String {
    format!("Basic {}", base64(format!("{ACCOUNT}:{token}").as_bytes()))
}

/// Base64, as RFC 4648 has it.
pub(crate) fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte));
        let bits = bits << (8 * (3 - chunk.len()));
        for letter in 0..4 {
            let is_there = letter <= chunk.len();
            let letter = LETTERS[bits >> (18 - 6 * letter) & 63];
            out.push(if is_there { char::from(letter) } else { '=' });
        }
    }
    out
}

/// What came of a request.
pub(crate) struct Answered {
    pub(crate) report: HttpReport,
    /// The SID of the message that was created.
    pub(crate) created: Option<String>,
}

/// What came of telling Twilio of a conversion.
pub(crate) struct Confirmed {
    pub(crate) report: HttpReport,
    pub(crate) is_taken: bool,
}

impl Twilio {
    pub(crate) fn new(seed: u64, scenario: &Scenario) -> Self {
        Self {
            messages: Vec::new(),
            opted_out: BTreeSet::new(),
            bad_numbers: scenario.bad_numbers.iter().cloned().collect(),
            calls: 0,
            token: crate::scenario::TOKENS[0],
            is_sender_off: false,
            skew: scenario.twilio_skew,
            lag: scenario.lag,
            rewriting: scenario.rewriting,
            draw: Draw::new(seed, 2),
        }
    }

    fn create(&mut self, form: &str, now: i64) -> (String, HttpReport) {
        let value = |name: &str| Some(value_of(form, name)).filter(|value| !value.is_empty());
        let message = Message {
            sid: format!("SM{:032x}", self.messages.len() + 1),
            to: value("To").expect("a recipient"),
            from: value("From"),
            service: value("MessagingServiceSid"),
            body: value("Body").expect("a text"),
            created: now,
            visible: now + self.draw.between(self.lag.0, self.lag.1),
        };
        let status = if message.service.is_some() { "accepted" } else { "queued" };
        let report = reply(201, &self.resource(&message, status));
        let sid = message.sid.clone();
        self.messages.push(message);
        (sid, report)
    }

    /// Answers a create request, with the faults that there are.
    pub(crate) fn post(&mut self, form: &str, token: &str, faults: &Faults, now: i64) -> Answered {
        self.calls += 1;
        let refused = |report| Answered { report, created: None };
        if token != self.token {
            return refused(refusal(401, 20003));
        }
        if self.draw.in_100_000(faults.redirected) {
            return refused(text(
                307,
                &[("location", "https://example.com/".to_owned())],
                String::new(),
            ));
        }
        if self.draw.in_100_000(faults.rate_limited) {
            return refused(self.rate_limited(now));
        }
        if self.draw.in_100_000(faults.queue_full) {
            return refused(refusal(429, 21611));
        }
        if self.draw.in_100_000(faults.daily_limit) {
            return refused(refusal(429, 63038));
        }
        if self.draw.in_100_000(faults.server_error) {
            return refused(refusal(500, 20500));
        }
        if self.draw.in_100_000(faults.unavailable) {
            return refused(text(
                503,
                &[("retry-after", "2".to_owned())],
                error(503, 20503).to_string(),
            ));
        }
        if self.is_sender_off {
            return refused(refusal(400, 21606));
        }
        let to = value_of(form, "To");
        if self.bad_numbers.contains(&to) {
            return refused(refusal(400, 21211));
        }
        if self.opted_out.contains(&(to, sender_of(form))) {
            return refused(refusal(400, 21610));
        }
        if self.draw.in_100_000(faults.refused) {
            let code = *self.draw.pick(&[21211, 21617, 21408]);
            return refused(refusal(400, code));
        }
        let unclear_limit = self.draw.in_100_000(faults.unclear_limit);
        if unclear_limit && self.draw.in_1000(500) {
            return refused(text(429, &[], "<html>Too many</html>".to_owned()));
        }
        let (sid, report) = self.create(form, now);
        let report = if unclear_limit {
            text(429, &[], "<html>Too many</html>".to_owned())
        } else if self.draw.in_100_000(faults.server_error_created) {
            match self.draw.between(0, 2) {
                0 => refusal(500, 20500),
                1 => refusal(503, 20503),
                _ => text(504, &[], "<html>Gateway</html>".to_owned()),
            }
        } else {
            report
        };
        Answered { report, created: Some(sid) }
    }

    /// Answers whoever tells that a message did what it was sent for.
    pub(crate) fn confirm(
        &mut self,
        sid: &str,
        token: &str,
        faults: &Faults,
        now: i64,
    ) -> Confirmed {
        self.calls += 1;
        let refused = |report| Confirmed { report, is_taken: false };
        if token != self.token {
            return refused(refusal(401, 20003));
        }
        if self.draw.in_100_000(faults.rate_limited) {
            return refused(self.rate_limited(now));
        }
        if self.draw.in_100_000(faults.server_error) {
            return refused(refusal(500, 20500));
        }
        if self.draw.in_100_000(faults.refused) || !self.messages.iter().any(|it| it.sid == sid) {
            return refused(refusal(404, 20404));
        }
        let report = match self.draw.in_100_000(faults.server_error_created) {
            true => text(504, &[], "<html>Gateway</html>".to_owned()),
            false => reply(201, &json!({ "message_sid": sid, "outcome": "confirmed" })),
        };
        Confirmed { report, is_taken: true }
    }

    fn rate_limited(&mut self, now: i64) -> HttpReport {
        let wait = self.draw.between(1, 90);
        let at = now + self.skew + wait * 1_000;
        let headers = match self.draw.between(0, 2) {
            0 => Vec::new(),
            1 => vec![("retry-after", wait.to_string())],
            _ => vec![("retry-after", date(at, "GMT"))],
        };
        text(429, &headers, error(429, 20429).to_string())
    }

    /// Answers a request for the list.
    pub(crate) fn list(&mut self, url: &str, token: &str, now: i64) -> HttpReport {
        self.calls += 1;
        if token != self.token {
            return refusal(401, 20003);
        }
        let (_, query) = url.split_once('?').expect("a query");
        let mut to = String::new();
        let (mut size, mut before) = (50, usize::MAX);
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                "To" => to = value.into_owned(),
                "PageSize" => size = value.parse().expect("a size"),
                "PageToken" => before = value.parse().expect("a place"),
                _ => {}
            }
        }
        let mut fitting = self
            .messages
            .iter()
            .enumerate()
            .rev()
            .filter(|(place, it)| *place < before && it.to == to && it.visible <= now);
        let mut page: Vec<(usize, &Message)> = fitting.by_ref().take(size).collect();
        let more = fitting.next().is_some();
        page.sort_by_key(|(place, it)| (std::cmp::Reverse(it.created), std::cmp::Reverse(*place)));
        let last = page.last().map(|(place, _)| *place).unwrap_or_default();
        let next = more.then(|| {
            let to: String = form_urlencoded::byte_serialize(to.as_bytes()).collect();
            format!("/2010-04-01/Accounts/{ACCOUNT}/Messages.json?To={to}&PageSize={size}&Page=1&PageToken={last}")
        });
        let listed: Vec<Value> =
            page.iter().map(|(_, message)| self.resource(message, "sent")).collect();
        reply(200, &json!({ "messages": listed, "next_page_uri": next, "page_size": size }))
    }

    fn resource(&self, message: &Message, status: &str) -> Value {
        let body = match self.rewriting {
            Rewriting::Plain => message.body.clone(),
            Rewriting::Redacted => String::new(),
            Rewriting::Smart => message.body.replace('\u{2019}', "'"),
            Rewriting::Trial => {
                format!("Sent from your Twilio trial account - {}", message.body)
            }
        };
        json!({
            "sid": message.sid,
            "account_sid": ACCOUNT,
            "to": message.to,
            "from": message.from,
            "messaging_service_sid": message.service,
            "body": body,
            "status": status,
            "direction": "outbound-api",
            "num_segments": if message.service.is_some() { "0" } else { "1" },
            "num_media": "0",
            "date_created": date(message.created + self.skew, "+0000"),
            "error_code": null,
        })
    }
}

/// What a request is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Purpose<'r> {
    /// To tell Twilio that the message with this SID did what it was sent for.
    Confirm(&'r str),
    Create,
    List,
    /// To tell Segment of a call.
    Track,
}

impl<'r> Purpose<'r> {
    pub(crate) fn of(request: &'r FetchRequest) -> Self {
        let Some((_, rest)) = request.url.split_once("/Messages") else { return Self::Track };
        let sid = rest.strip_prefix('/').and_then(|rest| rest.strip_suffix("/Feedback.json"));
        match (sid, &request.body) {
            (Some(sid), _) => Self::Confirm(sid),
            (None, Some(_)) => Self::Create,
            (None, None) => Self::List,
        }
    }
}

/// A parameter of a form; nothing if it has none of that name.
pub(crate) fn value_of(form: &str, name: &str) -> String {
    form_urlencoded::parse(form.as_bytes())
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

/// Who sends, as it stands in a form.
pub(crate) fn sender_of(form: &str) -> String {
    let service = value_of(form, "MessagingServiceSid");
    if service.is_empty() { value_of(form, "From") } else { service }
}
