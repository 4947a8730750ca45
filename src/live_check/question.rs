//! What a check asks Twilio for.

use super::finding::{Finding, FindingCode};
use crate::http::FetchRequest;
use crate::redact::Pii;
use crate::twilio::address::{Channel, Sender};
use crate::twilio::request::{Endpoint, encode_form};

/// Twilio's number for everybody's WhatsApp tests, which no account owns (Twilio, "WhatsApp
/// Sandbox").
const WHATSAPP_SANDBOX: &str = "whatsapp:+14155238886";

/// How many rows a page may have. The shim reads no more than 64 KiB of a reply: a hundred rows of
/// these lists are about half of that.
const ROWS: &str = "100";

/// How many Messaging Services are searched for a number: each costs a request.
const SERVICES: &str = "20";

/// One request of a check.
#[derive(Clone, Debug)]
pub(super) enum Question {
    Account,
    Balance,
    /// The A2P 10DLC campaigns of a Messaging Service.
    Campaigns(Place, String),
    /// The senders of a channel, of which one is looked for.
    ChannelSenders(Place, Channel, Pii),
    /// The account's numbers, of which one is looked for.
    Number(Place, Pii),
    /// The senders of one kind in a Messaging Service.
    Pool(Place, String, Kind),
    /// The numbers in a Messaging Service, among which some are looked for.
    Search(String),
    /// One Messaging Service.
    Service(Place, String),
    /// The account's Messaging Services.
    Services,
    /// The account's short codes, of which one is looked for.
    ShortCode(Place, Pii),
}

/// The setting that a question is about.
pub(super) type Place = String;

/// The kinds of senders in a Messaging Service, in the order in which they are asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Numbers,
    ShortCodes,
    AlphaSenders,
    ChannelSenders,
}

impl Kind {
    /// The kind that is asked for when there are none of this.
    pub(super) fn next(self) -> Option<Self> {
        match self {
            Self::Numbers => Some(Self::ShortCodes),
            Self::ShortCodes => Some(Self::AlphaSenders),
            Self::AlphaSenders => Some(Self::ChannelSenders),
            Self::ChannelSenders => None,
        }
    }

    /// What its list is called in a reply.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Numbers => "phone_numbers",
            Self::ShortCodes => "short_codes",
            Self::AlphaSenders => "alpha_senders",
            Self::ChannelSenders => "senders",
        }
    }

    fn resource(self) -> &'static str {
        match self {
            Self::Numbers => "PhoneNumbers",
            Self::ShortCodes => "ShortCodes",
            Self::AlphaSenders => "AlphaSenders",
            Self::ChannelSenders => "ChannelSenders",
        }
    }
}

impl Question {
    /// The question about a sender; a finding for one that cannot be asked about.
    pub(super) fn about(path: &str, sender: Option<Sender>) -> Result<Self, Finding> {
        let place = path.to_owned();
        let not_checkable =
            |cause: &str| Err(Finding::new(FindingCode::SenderNotCheckable, path).because(cause));
        match sender {
            None => not_checkable("The sender is taken from the event."),
            Some(Sender::Alphanumeric(_)) => {
                not_checkable("Twilio keeps no list of alphanumeric sender IDs.")
            }
            Some(Sender::Channel(Channel::Whatsapp, address)) if address == WHATSAPP_SANDBOX => {
                not_checkable(
                    "This is Twilio's WhatsApp sandbox, which texts only those who joined it.",
                )
            }
            Some(Sender::Channel(channel @ (Channel::Rcs | Channel::Whatsapp), address)) => {
                Ok(Self::ChannelSenders(place, channel, Pii::new(address)))
            }
            Some(Sender::Channel(Channel::Messenger | Channel::Sms, _)) => {
                not_checkable("Twilio keeps no list of senders of this channel.")
            }
            Some(Sender::MessagingService(sid)) => {
                Ok(Self::Service(place, sid.as_str().to_owned()))
            }
            Some(Sender::Number(number)) => Ok(Self::Number(place, Pii::new(number))),
            Some(Sender::ShortCode(code)) => Ok(Self::ShortCode(place, Pii::new(code))),
        }
    }

    /// The request that asks it.
    pub(super) fn request(&self, endpoint: &Endpoint) -> FetchRequest {
        match self {
            Self::Account => endpoint.of_account(".json"),
            Self::Balance => endpoint.of_account("/Balance.json"),
            Self::Number(_, number) => {
                let query = encode_form([("PhoneNumber", number.expose()), ("PageSize", "20")]);
                endpoint.of_account(&format!("/IncomingPhoneNumbers.json?{query}"))
            }
            Self::ShortCode(_, code) => {
                let query = encode_form([("ShortCode", code.expose()), ("PageSize", "20")]);
                endpoint.of_account(&format!("/SMS/ShortCodes.json?{query}"))
            }
            Self::Service(_, sid) => endpoint.of_messaging(&format!("/v1/Services/{sid}")),
            Self::Services => endpoint.of_messaging(&format!("/v1/Services?PageSize={SERVICES}")),
            Self::Pool(_, sid, kind) => {
                let resource = kind.resource();
                endpoint.of_messaging(&format!("/v1/Services/{sid}/{resource}?PageSize={ROWS}"))
            }
            Self::Search(sid) => {
                endpoint.of_messaging(&format!("/v1/Services/{sid}/PhoneNumbers?PageSize={ROWS}"))
            }
            Self::Campaigns(_, sid) => {
                endpoint.of_messaging(&format!("/v1/Services/{sid}/Compliance/Usa2p"))
            }
            Self::ChannelSenders(_, channel, _) => {
                let channel = channel.prefix().trim_end_matches(':');
                let query = format!("Channel={channel}&PageSize={ROWS}");
                endpoint.of_messaging(&format!("/v2/Channels/Senders?{query}"))
            }
        }
    }

    /// The setting that it is about.
    pub(super) fn place(&self) -> &str {
        match self {
            Self::Account | Self::Balance | Self::Search(_) | Self::Services => "$.account_sid",
            Self::Campaigns(place, _)
            | Self::ChannelSenders(place, _, _)
            | Self::Number(place, _)
            | Self::Pool(place, _, _)
            | Self::Service(place, _)
            | Self::ShortCode(place, _) => place,
        }
    }
}
