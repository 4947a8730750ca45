//! The parameters of Twilio's "create a Message" call, and what each one may hold.
//!
//! Source: Twilio's OpenAPI description of the 2010-04-01 API (CreateMessage), and Twilio's own
//! client libraries for MessageIntent.

mod write;

pub(crate) use write::json_string;
pub use write::{Fault, variable_gap, write};

/// A parameter that a mapping can set, beside recipient, sender and body.
#[derive(Debug)]
pub struct Spec {
    /// Twilio's name.
    pub name: &'static str,
    /// Our name for it in a mapping.
    pub setting: &'static str,
    /// What it is for.
    pub doc: &'static str,
    /// What it may hold.
    pub kind: Kind,
    /// Whether a bad value costs the message: true for what changes whether, when or how privately
    /// it is sent. A bad value of any other parameter is left out with a warning.
    pub essential: bool,
}

/// What a parameter may hold.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// `true` or `false`.
    Bool,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A whole number within these limits, both included.
    Integer(i64, i64),
    /// A decimal number of at least 0.
    Price,
    /// Two letters and 32 hexadecimal digits.
    Sid(&'static str),
    /// A number, short code or sender ID.
    Sender,
    /// An object of at most 10 short texts, written as JSON.
    Tags,
    /// At most 10 texts: the key is repeated.
    Texts,
    /// A point in time.
    Time,
    /// A public https URL.
    Url,
    /// At most 10 public https URLs: the key is repeated.
    Urls,
    /// An object of texts, written as JSON.
    Variables,
}

/// Every parameter beside `To`, `From`, `MessagingServiceSid` and `Body`, in the order in which
/// they stand in the form, behind those four.
pub const SPECS: [Spec; 23] = [
    Spec {
        name: "MediaUrl",
        setting: "media_url",
        doc: "Pictures or other media to send along: one public https URL or up to 10.",
        kind: Kind::Urls,
        essential: false,
    },
    Spec {
        name: "ContentSid",
        setting: "content_sid",
        doc: "The content template to send in place of a body: HX and 32 hexadecimal digits.",
        kind: Kind::Sid("HX"),
        essential: false,
    },
    Spec {
        name: "ContentVariables",
        setting: "content_variables",
        doc: "Values for the content template's placeholders, by their names. Each is sent as text.",
        kind: Kind::Variables,
        essential: false,
    },
    Spec {
        name: "StatusCallback",
        setting: "status_callback",
        doc: "Where Twilio reports what became of the message. Takes the place of the destination's.",
        kind: Kind::Url,
        essential: false,
    },
    Spec {
        name: "ApplicationSid",
        setting: "application_sid",
        doc: "The application whose callback URL is used. Twilio ignores it beside a status callback.",
        kind: Kind::Sid("AP"),
        essential: false,
    },
    Spec {
        name: "MaxPrice",
        setting: "max_price",
        doc: "Has had no effect at Twilio since 2024-06-03.",
        kind: Kind::Price,
        essential: false,
    },
    Spec {
        name: "ProvideFeedback",
        setting: "provide_feedback",
        doc: "Whether you will tell Twilio that the recipient acted on the message.",
        kind: Kind::Bool,
        essential: false,
    },
    Spec {
        name: "Attempt",
        setting: "attempt",
        doc: "Which attempt at this message it is, counted from 1. Twilio stores it, nothing more.",
        kind: Kind::Integer(1, i32::MAX as i64),
        essential: false,
    },
    Spec {
        name: "ValidityPeriod",
        setting: "validity_period",
        doc: "How many seconds the message may wait at Twilio before it is given up: 1 to 36,000.",
        kind: Kind::Integer(1, 36_000),
        essential: true,
    },
    Spec {
        name: "ForceDelivery",
        setting: "force_delivery",
        doc: "Reserved by Twilio; its pages name it for attempts at landlines.",
        kind: Kind::Bool,
        essential: false,
    },
    Spec {
        name: "ContentRetention",
        setting: "content_retention",
        doc: "Whether Twilio keeps the text: retain or discard.",
        kind: Kind::Choice(&["retain", "discard"]),
        essential: true,
    },
    Spec {
        name: "AddressRetention",
        setting: "address_retention",
        doc: "Whether Twilio keeps the recipient's number: retain or obfuscate.",
        kind: Kind::Choice(&["retain", "obfuscate"]),
        essential: true,
    },
    Spec {
        name: "SmartEncoded",
        setting: "smart_encoded",
        doc: "Whether Twilio replaces characters that would force UCS-2 by plain ones.",
        kind: Kind::Bool,
        essential: false,
    },
    Spec {
        name: "PersistentAction",
        setting: "persistent_action",
        doc: "Rich actions of a channel, such as a WhatsApp location.",
        kind: Kind::Texts,
        essential: false,
    },
    Spec {
        name: "TrafficType",
        setting: "traffic_type",
        doc: "The kind of traffic: free.",
        kind: Kind::Choice(&["free"]),
        essential: false,
    },
    Spec {
        name: "ShortenUrls",
        setting: "shorten_urls",
        doc: "Whether Twilio shortens links in the body. Needs a Messaging Service with link shortening.",
        kind: Kind::Bool,
        essential: false,
    },
    Spec {
        name: "ScheduleType",
        setting: "schedule_type",
        doc: "fixed: send at send_at. Set by itself when send_at is.",
        kind: Kind::Choice(&["fixed"]),
        essential: true,
    },
    Spec {
        name: "SendAt",
        setting: "send_at",
        doc: "When to send: an ISO 8601 time 15 minutes to 35 days ahead. Needs a Messaging Service.",
        kind: Kind::Time,
        essential: true,
    },
    Spec {
        name: "SendAsMms",
        setting: "send_as_mms",
        doc: "Whether the text goes out as one MMS.",
        kind: Kind::Bool,
        essential: false,
    },
    Spec {
        name: "RiskCheck",
        setting: "risk_check",
        doc: "Whether Twilio checks for SMS pumping: enable or disable.",
        kind: Kind::Choice(&["enable", "disable"]),
        essential: true,
    },
    Spec {
        name: "FallbackFrom",
        setting: "fallback_from",
        doc: "The sender to use when RCS cannot reach the recipient. Needs a Messaging Service with an RCS sender.",
        kind: Kind::Sender,
        essential: false,
    },
    Spec {
        name: "MessageIntent",
        setting: "message_intent",
        doc: "What the message is for.",
        kind: Kind::Choice(&[
            "otp",
            "notifications",
            "marketing",
            "fraud",
            "security",
            "customercare",
            "delivery",
            "education",
            "polling",
            "announcements",
            "events",
        ]),
        essential: false,
    },
    Spec {
        name: "Tags",
        setting: "tags",
        doc: "Up to 10 names and values of 1 to 128 letters, digits, spaces, - and _, for Twilio's reports.",
        kind: Kind::Tags,
        essential: false,
    },
];

/// The place of a parameter in [`SPECS`].
pub fn position(name: &str) -> Option<usize> {
    SPECS.iter().position(|spec| spec.name == name)
}
