//! What the user writes, read into types that can only hold what is valid.
//!
//! Reading collects every problem before it answers. What one setting alone can get wrong is
//! checked here; what several can get wrong together, in `check.rs`.

mod check;
mod conversion;
mod delivery;
mod feedback;
mod given;
mod mapping;
pub(crate) mod read;
#[cfg(test)]
pub(crate) mod schema;
mod segment;
pub mod shape;
mod texts;

pub(crate) use check::check;
pub(crate) use conversion::Conversion;
pub(crate) use delivery::{Delivery, OnUnclear, Profiles, Rate, RecipientLimit, Store};
pub(crate) use given::Given;
pub(crate) use mapping::{Mapping, MissingPolicy, OverSegments, RowMapping, TooLong};
pub(crate) use segment::{Segment, SegmentRegion, TrackKind, TrackNames};
pub(crate) use texts::{
    ApiKeySecret, AuthToken, CallbackUrl, Name, TestRecipient, TwilioEdge, TwilioRegion, WriteKey,
};

use crate::phone::{self, Region};
use crate::time_zone::{TimeOfDay, Zone};
use crate::twilio::address::Sender;
use crate::twilio::sid::{AccountSid, ApiKeySid, MessagingServiceSid};
use read::{Integer, List, choice, object};

object! {
    /// The settings of a destination.
    pub struct Settings {
        /// Whether anything is sent at all. Default: true.
        "enabled" enabled: bool, false;
        /// The Twilio account: AC and 32 hexadecimal digits.
        "account_sid" account_sid: AccountSid, true;
        /// The account's auth token. Either this or an API key authenticates.
        "auth_token" auth_token: AuthToken, false;
        /// An API key: SK and 32 hexadecimal digits. It can be revoked alone, an auth token cannot.
        "api_key_sid" api_key_sid: ApiKeySid, false;
        /// The secret of the API key.
        "api_key_secret" api_key_secret: ApiKeySecret, false;
        /// Auth tokens that verify Twilio's callbacks. They are never sent.
        "webhook_auth_tokens" webhook_auth_tokens: List<AuthToken, 0, 10>, false;
        /// The Segment source that statuses, answers and clicks are reported to as track events.
        "segment" segment: Segment, false;
        /// Who messages are from: a number, a short code, a sender ID, a channel address, or a Messaging Service SID.
        "from" from: Sender, false;
        /// The Messaging Service that picks the sender. If from is set too, this one is used.
        "messaging_service_sid" messaging_service_sid: MessagingServiceSid, false;
        /// Senders by the recipient's country. The first that fits is used, else from or messaging_service_sid.
        "senders" senders: List<SenderRoute, 0, 250>, false;
        /// The text to send when an event maps none. May be a template.
        "default_message" default_message: Given, false;
        /// Where Twilio reports what became of each message: an https URL.
        "status_callback" status_callback: CallbackUrl, false;
        /// The Twilio region. Default: us1. Any other needs its edge.
        "region" region: TwilioRegion, false;
        /// The edge location by which Twilio is reached.
        "edge" edge: TwilioEdge, false;
        /// Test recipients: when set, nobody else is texted.
        "only_to" only_to: List<TestRecipient, 1, 1000>, false;
        /// Whether the first mapping that matches sends, or every one that does. Default: first.
        "match" matching: MatchPolicy, false;
        /// What to send for which events. Default: only Order Completed sends, with properties.sms_body as its text.
        "mappings" mappings: List<Mapping, 0, 100>, false;
        /// What to send for each row of a table. Default: the columns to, body, media_url and status_callback.
        "row" row: RowMapping, false;
        /// The country of numbers that come without a country code. Default: none, and such numbers are refused.
        "default_region" default_region: Region, false;
        /// How much must be known of a number before it is texted. Default: possible.
        "accept" accept: AcceptPolicy, false;
        /// Which countries may be texted.
        "countries" countries: Countries, false;
        /// Whose consent is needed.
        "consent" consent: Consent, false;
        /// When nobody is texted, by the recipient's clock. Default: at no time.
        "quiet_hours" quiet_hours: QuietHours, false;
        /// Which events show that a message led to what it was sent for, so that Twilio is told. Default: none.
        "conversions" conversions: List<Conversion, 0, 20>, false;
        /// Whether a bad value of any parameter drops the message, also of one that could be left out. Default: false.
        "strict" strict: bool, false;
        /// The most bytes an event may have as JSON. Default: 32,768.
        "max_event_bytes" max_event_bytes: Integer<256, 1_048_576>, false;
        /// How long a request to Twilio may take, in milliseconds. Default: 30,000, as in Twilio's own libraries.
        "request_timeout_ms" request_timeout_ms: Integer<1_000, 120_000>, false;
        /// How many seconds ahead send_at must lie. Default: 900. Twilio's pages name 300 and 900.
        "min_schedule_lead_seconds" min_schedule_lead_seconds: Integer<300, 86_400>, false;
        /// What to do when it is unclear whether a message was created, and for how long.
        "delivery" delivery: Delivery, false;
        /// How fast messages are sent.
        "rate" rate: Rate, false;
        /// How many messages one recipient gets at most. Default: no limit.
        "recipient_limit" recipient_limit: RecipientLimit, false;
        /// How many days a recipient counts as opted out when Twilio refused a message for it. A STOP that reaches the destination counts until a START. Default: 7.
        "opted_out_days" opted_out_days: Integer<1, 3_650>, false;
        /// What is remembered of users, from identify and alias events.
        "profiles" profiles: Profiles, false;
        /// Where state is kept.
        "store" store: Store, false;
    }
}

object! {
    /// A sender for some countries.
    pub struct SenderRoute {
        /// The recipient's countries.
        "countries" countries: List<Region, 1, 250>, true;
        /// Who messages to them are from.
        "from" from: Sender, false;
        /// The Messaging Service that picks the sender.
        "messaging_service_sid" messaging_service_sid: MessagingServiceSid, false;
    }
}

object! {
    /// Which countries may be texted, by their ISO 3166 codes.
    pub struct Countries {
        /// Only these.
        "allow" allow: List<Region, 1, 250>, false;
        /// All but these.
        "deny" deny: List<Region, 1, 250>, false;
    }
}

object! {
    /// Whose consent is needed, by Segment's consent object and integrations object.
    pub struct Consent {
        /// The categories that a recipient must have granted, all of them.
        "categories" categories: List<Name, 0, 50>, false;
        /// Whether an event without consent is dropped. Default: true. With false, Segment's own rules apply.
        "require" require: bool, false;
        /// The name of this destination in the event's integrations object. Default: Twilio.
        "integration" integration: Name, false;
    }
}

object! {
    /// When nobody is texted, by the recipient's clock.
    pub struct QuietHours {
        /// When they begin: HH:MM. Default: 21:00.
        "from" from: TimeOfDay, false;
        /// When they end: HH:MM. Default: 08:00.
        "to" to: TimeOfDay, false;
        /// What becomes of a message. Default: drop.
        "then" then: QuietPolicy, false;
        /// The time zone of recipients of whom none is known. Default: none, and they are not texted.
        "default_time_zone" default_time_zone: Zone, false;
    }
}

impl QuietHours {
    /// When they begin and end.
    pub(crate) fn times(&self) -> (TimeOfDay, TimeOfDay) {
        (self.from.unwrap_or(TimeOfDay::NINE_PM), self.to.unwrap_or(TimeOfDay::EIGHT_AM))
    }
}

choice! {
    /// What becomes of a message in quiet hours.
    pub enum QuietPolicy {
        /// It is dropped.
        Drop = "drop",
        /// It is scheduled for when they end, through a Messaging Service.
        Schedule = "schedule",
        /// It is dropped; before them it is given up when they begin, by its validity period.
        Shorten = "shorten",
    }
}

choice! {
    /// Which of the mappings that match send.
    pub enum MatchPolicy {
        /// Every one.
        All = "all",
        /// The first one.
        First = "first",
    }
}

choice! {
    /// How much must be known of a number before it is texted.
    pub enum AcceptPolicy {
        /// It lies in a range of mobile numbers.
        Mobile = "mobile",
        /// It has a length that numbers of its country have.
        Possible = "possible",
        /// It lies in a range that is in use.
        Valid = "valid",
    }
}

impl From<AcceptPolicy> for phone::Accept {
    fn from(policy: AcceptPolicy) -> Self {
        match policy {
            AcceptPolicy::Mobile => Self::Mobile,
            AcceptPolicy::Possible => Self::Possible,
            AcceptPolicy::Valid => Self::Valid,
        }
    }
}
