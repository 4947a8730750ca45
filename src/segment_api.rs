//! What Twilio reports, as track events of the user who was texted (Segment's HTTP Tracking API).
//!
//! Each event has a `messageId` that follows from the webhook alone, by which Segment counts a
//! webhook once that came several times. And each is kept from coming back here: a trigger that
//! takes every track event would otherwise answer each text with another one.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::redact::{Pii, Secret};
use crate::settings::{self, SegmentRegion, TrackKind, TrackNames};
use crate::time::Timestamp;
use crate::twilio::parameter::json_string;
use crate::twilio::request::{HttpRequest, base64};
use crate::twilio::sid::MessageSid;
use crate::twilio::webhook::{
    Callback, Click, Inbound, OptOut, Received, Refusal, Status, StatusUpdate, hex,
};

/// The most characters of a text that a stranger's program chose.
const USER_AGENT_CHARS: usize = 300;

/// Where a message came from: what is kept of the event that sent it.
///
/// `Debug` shows nothing of it, since a user's id may be an address or a number.
#[derive(Clone, Default, Eq, PartialEq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields = nullable))]
#[serde(rename_all = "camelCase", default)]
pub struct Origin {
    /// The `userId` of the event that sent it.
    pub user_id: Option<String>,
    /// Its `anonymousId`.
    pub anonymous_id: Option<String>,
    /// Its `messageId`.
    pub message_id: Option<String>,
    /// Its name.
    pub event: Option<String>,
    /// The name of the mapping that it matched.
    pub mapping: Option<String>,
    /// Its `context.campaign`: names and values.
    pub campaign: Option<Vec<(String, String)>>,
    /// The run of the row that sent it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// The number of that row.
    #[cfg_attr(test, ts(as = "Option<u32>", optional = nullable))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<u64>,
    /// The SID of the message that was not delivered and that this one was sent for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resend_of: Option<String>,
    /// Which of the messages that were sent for it this is: 1 for the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resend: Option<u32>,
}

impl std::fmt::Debug for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Origin").finish_non_exhaustive()
    }
}

/// Why there is no track event.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Untracked {
    /// Nobody is known whom it could be of: Segment takes no event without an id.
    IdentityMissing,
    /// The settings leave this kind out.
    NotSelected,
    /// A row sent it, and says nothing of its user.
    RowWithoutUser,
    /// The settings name no Segment source.
    SegmentNotSet,
}

impl Untracked {
    /// Why, in one sentence.
    pub fn cause(self) -> &'static str {
        match self {
            Self::IdentityMissing => "Neither a userId nor an anonymousId is known for it.",
            Self::NotSelected => "segment.events leaves it out.",
            Self::RowWithoutUser => {
                "The row that sent it has neither a user_id nor an anonymous_id."
            }
            Self::SegmentNotSet => "The settings name no Segment source.",
        }
    }

    /// What to do about it, in one sentence.
    pub fn fix(self) -> &'static str {
        match self {
            Self::IdentityMissing => "Hand over the ids of the event that sent the message.",
            Self::NotSelected => "Nothing, if that is meant; else add it to segment.events.",
            Self::RowWithoutUser => "Add a column user_id or anonymous_id to the table.",
            Self::SegmentNotSet => "Add segment with the write_key of a source.",
        }
    }
}

/// What is to be done with a webhook that is reported.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Tracking {
    /// The webhook is not taken.
    Refused(Refusal),
    /// Make this request.
    Track {
        /// The request, complete to the byte.
        request: HttpRequest,
    },
    /// Nothing is reported.
    Untracked {
        /// Why: stable, for programs.
        code: Untracked,
        /// Why, in one sentence.
        cause: &'static str,
        /// What to do about it, in one sentence.
        fix: &'static str,
    },
}

impl From<Result<HttpRequest, Untracked>> for Tracking {
    fn from(result: Result<HttpRequest, Untracked>) -> Self {
        match result {
            Ok(request) => Self::Track { request },
            Err(code) => Self::Untracked { code, cause: code.cause(), fix: code.fix() },
        }
    }
}

/// A Segment source that is reported to.
#[derive(Debug)]
pub(crate) struct Source {
    url: &'static str,
    authorization: Secret,
    events: Option<Vec<TrackKind>>,
    names: TrackNames,
    include_numbers: bool,
    include_content: bool,
    /// What this destination is called in an event's `integrations`.
    integration: String,
}

impl Source {
    /// The source of the settings; none if they lack its key.
    pub(crate) fn new(settings: settings::Segment, integration: String) -> Option<Self> {
        let key = settings.write_key?;
        let credentials = base64(format!("{}:", key.0.expose()).as_bytes());
        Some(Self {
            // Segment, "HTTP API Source" and "Regional Segment".
            url: match settings.region {
                Some(SegmentRegion::Eu) => "https://events.eu1.segmentapis.com/v1/track",
                Some(SegmentRegion::Us) | None => "https://api.segment.io/v1/track",
            },
            authorization: Secret::new(format!("Basic {credentials}")),
            events: settings.events.map(|list| list.0),
            names: settings.names.unwrap_or_default(),
            include_numbers: settings.include_numbers.unwrap_or(false),
            include_content: settings.include_content.unwrap_or(false),
            integration,
        })
    }

    /// Whether numbers are reported as well.
    pub(crate) fn reports_numbers(&self) -> bool {
        self.include_numbers
    }

    /// Whether this kind is reported.
    pub(crate) fn reports(&self, kind: TrackKind) -> bool {
        self.events.as_ref().is_none_or(|events| events.contains(&kind))
    }

    /// The request that reports a webhook which came at `now`.
    pub(crate) fn track(
        &self,
        received: &Received,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<HttpRequest, Untracked> {
        let kind = kind(&received.callback);
        if !self.reports(kind) {
            return Err(Untracked::NotSelected);
        }
        let id = |id: &Option<String>| id.as_deref().is_some_and(|id| !id.is_empty());
        if !id(&origin.user_id) && !id(&origin.anonymous_id) {
            return Err(match origin.row {
                Some(_) => Untracked::RowWithoutUser,
                None => Untracked::IdentityMissing,
            });
        }
        Ok(HttpRequest {
            method: "POST",
            url: self.url.to_owned(),
            headers: vec![
                ("Authorization", self.authorization.expose().to_owned()),
                ("Content-Type", "application/json".to_owned()),
            ],
            body: self.body(kind, &received.callback, origin, now),
        })
    }

    fn body(
        &self,
        kind: TrackKind,
        callback: &Callback,
        origin: &Origin,
        now: Timestamp,
    ) -> String {
        let (message_id, time) = match callback {
            Callback::Click(click) => (click_id(click), click_time(click)),
            Callback::Inbound(inbound) => (id_of(&inbound.message_sid, "received"), None),
            Callback::Status(update) => (id_of(&update.message_sid, update.status.as_str()), None),
        };
        let mut body = Object::default();
        body.text("messageId", &message_id);
        body.optional("userId", origin.user_id.as_deref());
        body.optional("anonymousId", origin.anonymous_id.as_deref());
        body.text("event", self.names.name(kind));
        body.text("timestamp", &time.unwrap_or(now).to_iso_seconds());
        body.raw("properties", &self.properties(callback, origin));
        let mut context = Object::default();
        if let Some(members) = &origin.campaign {
            let mut campaign = Object::default();
            for (name, value) in members {
                campaign.text(name, value);
            }
            context.raw("campaign", &campaign.finish());
        }
        let mut library = Object::default();
        library.text("name", env!("CARGO_PKG_NAME"));
        library.text("version", env!("CARGO_PKG_VERSION"));
        context.raw("library", &library.finish());
        body.raw("context", &context.finish());
        let mut integrations = Object::default();
        integrations.raw(&self.integration, "false");
        body.raw("integrations", &integrations.finish());
        body.finish()
    }

    fn properties(&self, callback: &Callback, origin: &Origin) -> String {
        let mut out = Object::default();
        match callback {
            Callback::Click(click) => self.click(click, &mut out),
            Callback::Inbound(inbound) => self.inbound(inbound, &mut out),
            Callback::Status(update) => self.status(update, &mut out),
        }
        out.optional("original_message_id", origin.message_id.as_deref());
        out.optional("original_event", origin.event.as_deref());
        out.optional("mapping", origin.mapping.as_deref());
        out.optional("run", origin.run.as_deref());
        if let Some(row) = origin.row {
            out.raw("row", &row.to_string());
        }
        out.optional("resend_of", origin.resend_of.as_deref());
        if let Some(resend) = origin.resend {
            out.raw("resend", &resend.to_string());
        }
        out.finish()
    }

    fn click(&self, click: &Click, out: &mut Object) {
        out.text("message_sid", click.message_sid.as_str());
        out.optional("messaging_service_sid", click.messaging_service_sid.as_deref());
        out.optional("click_time", click.click_time.as_deref());
        let agent = click.user_agent.as_deref();
        let agent: Option<String> = agent.map(|text| text.chars().take(USER_AGENT_CHARS).collect());
        out.optional("user_agent", agent.as_deref());
        self.content("link", click.link.as_ref(), out);
        self.number("to", click.to.as_ref(), out);
        self.number("from", click.from.as_ref(), out);
    }

    fn inbound(&self, inbound: &Inbound, out: &mut Object) {
        out.text("message_sid", inbound.message_sid.as_str());
        out.text("channel", inbound.channel);
        out.optional("messaging_service_sid", inbound.messaging_service_sid.as_deref());
        out.optional("replied_to", inbound.replied_to.as_deref());
        out.raw("media_count", &inbound.num_media.to_string());
        self.content("body", inbound.body.as_ref(), out);
        self.number("to", Some(&inbound.to), out);
        self.number("from", Some(&inbound.from), out);
    }

    fn status(&self, update: &StatusUpdate, out: &mut Object) {
        out.text("message_sid", update.message_sid.as_str());
        out.text("status", update.status.as_str());
        out.text("channel", update.channel);
        out.optional("messaging_service_sid", update.messaging_service_sid.as_deref());
        if let Some(error) = &update.error {
            out.raw("error_code", &error.code.to_string());
            out.optional("error_scope", error.scope);
            out.text("error_cause", &error.cause);
            out.text("error_fix", &error.fix);
        }
        self.number("to", update.to.as_ref(), out);
        self.number("from", update.from.as_ref(), out);
    }

    fn number(&self, name: &str, number: Option<&Pii>, out: &mut Object) {
        out.optional(name, number.map(Pii::expose).filter(|_| self.include_numbers));
    }

    fn content(&self, name: &str, content: Option<&Pii>, out: &mut Object) {
        out.optional(name, content.map(Pii::expose).filter(|_| self.include_content));
    }
}

fn kind(callback: &Callback) -> TrackKind {
    match callback {
        Callback::Click(_) => TrackKind::Clicked,
        Callback::Inbound(inbound) => match inbound.opt_out {
            Some(OptOut::Help) => TrackKind::HelpRequested,
            Some(OptOut::Start) => TrackKind::OptedIn,
            Some(OptOut::Stop) => TrackKind::OptedOut,
            None => TrackKind::Received,
        },
        Callback::Status(update) => match update.status {
            Status::Accepted => TrackKind::Accepted,
            Status::Canceled => TrackKind::Canceled,
            Status::Delivered => TrackKind::Delivered,
            Status::Failed => TrackKind::Failed,
            Status::PartiallyDelivered => TrackKind::PartiallyDelivered,
            Status::Queued => TrackKind::Queued,
            Status::Read => TrackKind::Read,
            Status::Scheduled => TrackKind::Scheduled,
            Status::Sending => TrackKind::Sending,
            Status::Sent => TrackKind::Sent,
            Status::Undelivered => TrackKind::Undelivered,
            Status::Unknown(_) => TrackKind::OtherStatus,
        },
    }
}

fn id_of(message: &MessageSid, what: &str) -> String {
    format!("twilio-{}-{what}", message.as_str())
}

/// A message may be clicked on several times: link and time tell the clicks apart.
fn click_id(click: &Click) -> String {
    let link = click.link.as_ref().map_or("", Pii::expose);
    let time = click.click_time.as_deref().unwrap_or_default();
    let hash = hex(&Sha256::digest(format!("{time} {link}")));
    let short = hash.get(..16).unwrap_or_default();
    id_of(&click.message_sid, &format!("click-{short}"))
}

fn click_time(click: &Click) -> Option<Timestamp> {
    click.click_time.as_deref().and_then(Timestamp::parse)
}

/// A JSON object under way.
#[derive(Default)]
struct Object(String);

impl Object {
    fn raw(&mut self, name: &str, json: &str) {
        self.0.push(if self.0.is_empty() { '{' } else { ',' });
        json_string(name, &mut self.0);
        self.0.push(':');
        self.0.push_str(json);
    }

    fn text(&mut self, name: &str, text: &str) {
        let mut json = String::new();
        json_string(text, &mut json);
        self.raw(name, &json);
    }

    fn optional(&mut self, name: &str, text: Option<&str>) {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            self.text(name, text);
        }
    }

    fn finish(mut self) -> String {
        self.0.push_str(if self.0.is_empty() { "{}" } else { "}" });
        self.0
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::destination::Destination;

    const SID: &str = "SM0123456789abcdef0123456789abcdef";
    const NOW: Timestamp = Timestamp::from_millis(1_777_887_000_000);

    fn destination(segment: Value) -> Destination {
        let settings = json!({
            "account_sid": "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "auth_token": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
            "from": "+14155551234",
            "segment": segment,
        });
        let limits = crate::json::Limits { bytes: 10_000, depth: 16 };
        let text = settings.to_string();
        Destination::compile(&crate::json::parse(&text, limits).unwrap()).unwrap()
    }

    fn received(callback: Callback) -> Received {
        Received { http_status: 204, account_sid: None, query: Vec::new(), callback }
    }

    fn status(word: &str) -> Received {
        received(Callback::Status(StatusUpdate {
            message_sid: MessageSid::parse(SID).unwrap(),
            status: Status::parse(word).unwrap(),
            error: None,
            channel: "sms",
            to: Some(Pii::new("+447700900123".to_owned())),
            from: Some(Pii::new("+14155551234".to_owned())),
            messaging_service_sid: None,
            channel_install_sid: None,
            raw_dlr_done_date: None,
        }))
    }

    fn inbound(text: &str) -> Received {
        received(Callback::Inbound(Inbound {
            message_sid: MessageSid::parse(SID).unwrap(),
            opt_out: OptOut::of_text(text),
            advanced_opt_out: false,
            from: Pii::new("+447700900123".to_owned()),
            to: Pii::new("+14155551234".to_owned()),
            channel: "sms",
            messaging_service_sid: None,
            body: Some(Pii::new(text.to_owned())),
            num_media: 0,
            replied_to: None,
        }))
    }

    fn click(time: &str, link: &str) -> Received {
        received(Callback::Click(Click {
            message_sid: MessageSid::parse(SID).unwrap(),
            link: Some(Pii::new(link.to_owned())),
            click_time: Some(time.to_owned()),
            user_agent: Some("Mozilla/5.0".repeat(100)),
            to: Some(Pii::new("+447700900123".to_owned())),
            from: None,
            messaging_service_sid: None,
        }))
    }

    fn origin() -> Origin {
        Origin {
            user_id: Some("user-1".to_owned()),
            message_id: Some("m-1".to_owned()),
            event: Some("Order \"Completed\"".to_owned()),
            mapping: Some("order".to_owned()),
            campaign: Some(vec![("name".to_owned(), "Spring".to_owned())]),
            ..Origin::default()
        }
    }

    fn body(destination: &Destination, received: &Received) -> Value {
        let request = destination.track(received, &origin(), NOW).unwrap();
        serde_json::from_str(&request.body).unwrap()
    }

    #[test]
    fn a_status_to_the_byte() {
        let destination = destination(json!({ "write_key": "abcdefgh" }));
        let request = destination.track(&status("delivered"), &origin(), NOW).unwrap();
        assert_eq!(
            (request.method, request.url.as_str()),
            ("POST", "https://api.segment.io/v1/track")
        );
        assert_eq!(
            request.headers,
            [
                ("Authorization", "Basic YWJjZGVmZ2g6".to_owned()),
                ("Content-Type", "application/json".to_owned()),
            ]
        );
        let version = env!("CARGO_PKG_VERSION");
        assert_eq!(
            request.body,
            format!(
                "{{\"messageId\":\"twilio-{SID}-delivered\",\"userId\":\"user-1\",\
                \"event\":\"SMS Delivered\",\"timestamp\":\"2026-05-04T09:30:00Z\",\
                \"properties\":{{\"message_sid\":\"{SID}\",\"status\":\"delivered\",\
                \"channel\":\"sms\",\"original_message_id\":\"m-1\",\
                \"original_event\":\"Order \\\"Completed\\\"\",\"mapping\":\"order\"}},\
                \"context\":{{\"campaign\":{{\"name\":\"Spring\"}},\
                \"library\":{{\"name\":\"twilio-destination\",\"version\":\"{version}\"}}}},\
                \"integrations\":{{\"Twilio\":false}}}}"
            )
        );
    }

    #[test]
    fn every_kind_has_its_name() {
        let destination = destination(json!({
            "write_key": "abcdefgh",
            "names": { "delivered": "Text Arrived" },
        }));
        let named = |received: Received| body(&destination, &received)["event"].clone();
        let cases = [
            (status("accepted"), "SMS Accepted"),
            (status("canceled"), "SMS Canceled"),
            (status("delivered"), "Text Arrived"),
            (status("failed"), "SMS Failed"),
            (status("partially_delivered"), "SMS Partially Delivered"),
            (status("queued"), "SMS Queued"),
            (status("read"), "SMS Read"),
            (status("scheduled"), "SMS Scheduled"),
            (status("sending"), "SMS Sending"),
            (status("sent"), "SMS Sent"),
            (status("teleported"), "SMS Status Changed"),
            (status("undelivered"), "SMS Undelivered"),
            (inbound("stop"), "SMS Opted Out"),
            (inbound("START"), "SMS Opted In"),
            (inbound("help"), "SMS Help Requested"),
            (inbound("hello"), "SMS Received"),
            (click("", ""), "SMS Link Clicked"),
        ];
        for (received, name) in cases {
            assert_eq!(named(received), name);
        }
    }

    #[test]
    fn no_number_and_no_text_unless_asked_for() {
        let link = "https://a.io/?user=jane";
        let all = [status("sent"), inbound("see you"), click("2026-05-04T09:30:00Z", link)];
        let written = |settings: Value| {
            let destination = destination(settings);
            all.iter().map(|one| body(&destination, one).to_string()).collect::<String>()
        };
        let silent = written(json!({ "write_key": "abcdefgh" }));
        for text in ["7700900123", "4155551234", "see you", "jane"] {
            assert!(!silent.contains(text), "{text}");
        }
        let numbers = written(json!({ "write_key": "abcdefgh", "include_numbers": true }));
        assert!(numbers.contains("+447700900123") && !numbers.contains("see you"));
        let content = written(json!({ "write_key": "abcdefgh", "include_content": true }));
        assert!(content.contains("see you") && content.contains("jane"));
        assert!(!content.contains("7700900123"));
    }

    #[test]
    fn a_replay_has_the_same_id_and_another_event_has_not() {
        let destination = destination(json!({ "write_key": "abcdefgh" }));
        let id = |received: &Received, now| {
            let request = destination.track(received, &origin(), now).unwrap();
            let body: Value = serde_json::from_str(&request.body).unwrap();
            body["messageId"].as_str().unwrap().to_owned()
        };
        let all = [
            status("sent"),
            status("delivered"),
            status("teleported"),
            inbound("stop"),
            click("2026-05-04T09:30:00Z", "https://a.io/"),
            click("2026-05-04T09:30:01Z", "https://a.io/"),
            click("2026-05-04T09:30:00Z", "https://b.io/"),
        ];
        let mut ids: Vec<String> = all.iter().map(|one| id(one, NOW)).collect();
        let later = Timestamp::from_millis(NOW.millis() + 5_000);
        assert_eq!(ids, all.iter().map(|one| id(one, later)).collect::<Vec<_>>());
        // The most that Segment's pages allow.
        assert!(ids.iter().all(|id| id.len() <= 100), "{ids:?}");
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), all.len());
    }

    #[test]
    fn what_an_event_here_says_is_not_taken_for_another_send() {
        let settings = json!({ "write_key": "abcdefgh" });
        let written = body(&destination(settings), &status("sent"));
        assert_eq!(written["integrations"], json!({ "Twilio": false }));
    }

    #[test]
    fn what_is_not_reported() {
        let nobody = Origin { user_id: Some(String::new()), ..Origin::default() };
        let plain = destination(json!({ "write_key": "abcdefgh" }));
        assert_eq!(plain.track(&status("sent"), &nobody, NOW), Err(Untracked::IdentityMissing));
        let anonymous = Origin { anonymous_id: Some("a".to_owned()), ..Origin::default() };
        assert!(plain.track(&status("sent"), &anonymous, NOW).is_ok());
        let some = destination(json!({ "write_key": "abcdefgh", "events": ["delivered"] }));
        assert_eq!(some.track(&status("sent"), &origin(), NOW), Err(Untracked::NotSelected));
        assert!(some.track(&status("delivered"), &origin(), NOW).is_ok());
        let none = destination(Value::Null);
        assert_eq!(none.track(&status("sent"), &origin(), NOW), Err(Untracked::SegmentNotSet));
    }

    #[test]
    fn the_european_region_has_its_host() {
        let europe = destination(json!({ "write_key": "abcdefgh", "region": "eu" }));
        let request = europe.track(&status("sent"), &origin(), NOW).unwrap();
        assert_eq!(request.url, "https://events.eu1.segmentapis.com/v1/track");
    }

    #[test]
    fn debug_shows_nothing() {
        let printed =
            format!("{:?} {:?}", origin(), destination(json!({ "write_key": "abcdefgh" })));
        assert!(!printed.contains("user-1") && !printed.contains("abcdefgh"), "{printed}");
        assert!(!printed.contains("YWJjZGVmZ2g6"), "{printed}");
    }
}
