//! Status callbacks: what became of a message that was sent.

use serde::{Serialize, Serializer};

use super::params::Params;
use super::refusal::RefusalCode;
use super::{DeliveryError, channel_of, delivery_error, expose_optional};
use crate::redact::Pii;
use crate::twilio::sid::MessageSid;

/// The status of a message that was sent, in the order in which a message goes through them.
///
/// Callbacks come in any order and more than once. Of two statuses the greater one holds, so that
/// the last word is the same whichever came first, and a status never moves backwards. A message
/// that was reported lost and then delivered has been delivered: a receipt proves more than its
/// absence.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Status {
    /// Taken in; a Messaging Service has yet to pick the sender.
    Accepted,
    /// Waiting for its time.
    Scheduled,
    /// Waiting for its sender.
    Queued,
    /// On its way to the carrier.
    Sending,
    /// Taken by the carrier. It may be the last that is heard.
    Sent,
    /// A word that this crate does not know. It says less than any final status.
    Unknown(String),
    /// In Twilio's list, and described nowhere.
    PartiallyDelivered,
    /// Taken back before its time came.
    Canceled,
    /// Could not be sent.
    Failed,
    /// Sent, but not delivered.
    Undelivered,
    /// Delivered.
    Delivered,
    /// Read by the recipient, where the channel tells.
    Read,
}

impl Status {
    /// Reads Twilio's word for it; none if it is no word of at most 32 letters.
    pub fn parse(word: &str) -> Option<Self> {
        let word = word.trim().to_ascii_lowercase();
        Some(match word.as_str() {
            "accepted" => Self::Accepted,
            "canceled" => Self::Canceled,
            "delivered" => Self::Delivered,
            "failed" => Self::Failed,
            "partially_delivered" => Self::PartiallyDelivered,
            "queued" => Self::Queued,
            "read" => Self::Read,
            "scheduled" => Self::Scheduled,
            "sending" => Self::Sending,
            "sent" => Self::Sent,
            "undelivered" => Self::Undelivered,
            _ => {
                let letters = |byte: u8| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'-');
                let fits = (1..=32).contains(&word.len()) && word.bytes().all(letters);
                return fits.then_some(Self::Unknown(word));
            }
        })
    }

    /// Twilio's word for it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Accepted => "accepted",
            Self::Canceled => "canceled",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::PartiallyDelivered => "partially_delivered",
            Self::Queued => "queued",
            Self::Read => "read",
            Self::Scheduled => "scheduled",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Undelivered => "undelivered",
            Self::Unknown(word) => word,
        }
    }

    /// How far along it is: 0 for accepted, rising. All unknown statuses have the same rank.
    pub fn rank(&self) -> u8 {
        match self {
            Self::Accepted => 0,
            Self::Scheduled => 1,
            Self::Queued => 2,
            Self::Sending => 3,
            Self::Sent => 4,
            Self::Unknown(_) => 5,
            Self::PartiallyDelivered => 6,
            Self::Canceled => 7,
            Self::Failed => 8,
            Self::Undelivered => 9,
            Self::Delivered => 10,
            Self::Read => 11,
        }
    }

    /// Whether Twilio sends no other status after it, but for a receipt that the message was read.
    pub fn is_final(&self) -> bool {
        self.rank() >= Self::Canceled.rank()
    }

    /// The status after `reported` came in as well: the greater of the two.
    #[must_use]
    pub fn advance(self, reported: Self) -> Self {
        self.max(reported)
    }
}

impl Serialize for Status {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A status callback.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct StatusUpdate {
    /// The message.
    #[cfg_attr(test, ts(type = "string"))]
    pub message_sid: MessageSid,
    /// Its status, in Twilio's word: also one that is not known here.
    #[cfg_attr(test, ts(type = "string"))]
    pub status: Status,
    /// Why it was not delivered, if so.
    pub error: Option<DeliveryError>,
    /// What it travelled over: `sms`, `whatsapp`, `messenger` or `rcs`.
    pub channel: &'static str,
    /// Who it was sent to, as Twilio writes it.
    #[cfg_attr(test, ts(type = "string | null"))]
    #[serde(serialize_with = "expose_optional")]
    pub to: Option<Pii>,
    /// Who sent it. A Messaging Service's pick is told here first.
    #[cfg_attr(test, ts(type = "string | null"))]
    #[serde(serialize_with = "expose_optional")]
    pub from: Option<Pii>,
    /// The Messaging Service that sent it.
    pub messaging_service_sid: Option<String>,
    /// The channel that it was installed for, where it is not SMS.
    pub channel_install_sid: Option<String>,
    /// When the carrier reported it, as Twilio writes it: `YYMMDDhhmm`, in a time zone that is not
    /// documented.
    pub raw_dlr_done_date: Option<String>,
}

impl StatusUpdate {
    pub(super) fn read(params: &Params) -> Result<Self, RefusalCode> {
        let message_sid = params.any(&["MessageSid", "SmsSid"]).and_then(MessageSid::parse);
        let status = if params.get("EventType") == Some("READ") {
            Some(Status::Read)
        } else {
            params.any(&["MessageStatus", "SmsStatus"]).and_then(Status::parse)
        };
        let (Some(message_sid), Some(status)) = (message_sid, status) else {
            return Err(RefusalCode::CallbackIncomplete);
        };
        let digits = |text: &&str| text.len() <= 14 && text.bytes().all(|b| b.is_ascii_digit());
        Ok(Self {
            message_sid,
            status,
            error: delivery_error(params),
            channel: channel_of(params.any(&["From", "To"]).unwrap_or_default()),
            to: params.get("To").map(|to| Pii::new(to.to_owned())),
            from: params.get("From").map(|from| Pii::new(from.to_owned())),
            messaging_service_sid: params.sid(&["MessagingServiceSid"], "MG"),
            channel_install_sid: params.sid(&["ChannelInstallSid"], "XE"),
            raw_dlr_done_date: params.get("RawDlrDoneDate").filter(digits).map(str::to_owned),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every word of Twilio's list for messages that were sent.
    const WORDS: [&str; 11] = [
        "accepted",
        "scheduled",
        "queued",
        "sending",
        "sent",
        "partially_delivered",
        "canceled",
        "failed",
        "undelivered",
        "delivered",
        "read",
    ];

    fn all() -> Vec<Status> {
        let words = WORDS.iter().chain(&["blocked", "zapped"]);
        words.map(|word| Status::parse(word).unwrap()).collect()
    }

    #[test]
    fn words_are_kept() {
        for word in WORDS {
            let status = Status::parse(word).unwrap();
            assert_eq!(status.as_str(), word);
            assert!(!matches!(status, Status::Unknown(_)), "{word}");
        }
        assert_eq!(Status::parse(" Delivered "), Some(Status::Delivered));
        assert_eq!(Status::parse("blocked"), Some(Status::Unknown("blocked".to_owned())));
        for text in ["", "+447700900123", "two words", &"a".repeat(33)] {
            assert_eq!(Status::parse(text), None, "{text}");
        }
    }

    #[test]
    fn order_and_repetition_do_not_matter() {
        for a in all() {
            assert_eq!(a.clone().advance(a.clone()), a);
            for b in all() {
                let both = a.clone().advance(b.clone());
                assert_eq!(both, b.clone().advance(a.clone()));
                assert!(both.rank() >= a.rank() && both.rank() >= b.rank());
                for c in all() {
                    let left = both.clone().advance(c.clone());
                    assert_eq!(left, a.clone().advance(b.clone().advance(c)));
                }
            }
        }
    }

    #[test]
    fn nothing_but_a_receipt_moves_a_final_status() {
        let finals: Vec<_> = all().into_iter().filter(Status::is_final).collect();
        assert_eq!(finals.len(), 5);
        for status in finals {
            for other in all().into_iter().filter(|other| !other.is_final()) {
                assert_eq!(status.clone().advance(other), status);
            }
        }
        assert_eq!(Status::Undelivered.advance(Status::Delivered), Status::Delivered);
        assert_eq!(Status::Delivered.advance(Status::Read), Status::Read);
        assert_eq!(Status::Delivered.advance(Status::Failed), Status::Delivered);
    }

    #[test]
    fn the_rank_is_the_order() {
        let all = all();
        for (a, b) in all.iter().flat_map(|a| all.iter().map(move |b| (a, b))) {
            if a.rank() != b.rank() {
                assert_eq!(a.cmp(b), a.rank().cmp(&b.rank()), "{a:?} {b:?}");
            }
        }
    }
}
