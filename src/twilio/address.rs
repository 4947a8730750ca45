//! Senders and recipients as Twilio writes them: numbers, short codes, sender IDs, channels.
//!
//! Formats: Twilio's help on alphanumeric sender IDs and short codes, and the channel addresses of
//! its Messaging API.

use std::borrow::Cow;
use std::fmt;

use super::sid::MessagingServiceSid;
use crate::phone::{self, Accept};

/// What a message travels over.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Channel {
    /// Facebook Messenger: addresses are page-scoped ids, not numbers.
    Messenger,
    /// RCS, and nothing else: there is no fallback to SMS.
    Rcs,
    /// SMS or MMS: plain numbers.
    #[default]
    Sms,
    /// WhatsApp.
    Whatsapp,
}

impl Channel {
    /// The names that settings use, in the order of the variants.
    pub const NAMES: [&'static str; 4] = ["messenger", "rcs", "sms", "whatsapp"];

    /// The channel of that name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "messenger" => Some(Self::Messenger),
            "rcs" => Some(Self::Rcs),
            "sms" => Some(Self::Sms),
            "whatsapp" => Some(Self::Whatsapp),
            _ => None,
        }
    }

    /// What stands before an address of this channel.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Messenger => "messenger:",
            Self::Rcs => "rcs:",
            Self::Sms => "",
            Self::Whatsapp => "whatsapp:",
        }
    }

    /// Splits an address into its channel and what follows the prefix.
    pub fn split(address: &str) -> (Self, &str) {
        for channel in [Self::Messenger, Self::Rcs, Self::Whatsapp] {
            if let Some(rest) = address.strip_prefix(channel.prefix()) {
                return (channel, rest);
            }
        }
        (Self::Sms, address)
    }
}

/// Who a message is from: the `From` or `MessagingServiceSid` parameter.
///
/// `Debug` shows the kind only, since a sender may be a phone number.
#[derive(Clone, Eq, PartialEq)]
pub enum Sender {
    /// An alphanumeric sender ID, such as a brand's name. Nobody can answer it.
    Alphanumeric(String),
    /// A number or id on a channel other than SMS, with its prefix.
    Channel(Channel, String),
    /// A Messaging Service, which picks a sender from its pool.
    MessagingService(MessagingServiceSid),
    /// A number in E.164 form.
    Number(String),
    /// A short code: 5 or 6 digits.
    ShortCode(String),
}

impl Sender {
    /// Reads a sender as a person writes it.
    ///
    /// # Errors
    ///
    /// One phrase that completes "the sender …".
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        if let Some(sid) = MessagingServiceSid::parse(text) {
            return Ok(Self::MessagingService(sid));
        }
        let (channel, rest) = Channel::split(text);
        match channel {
            Channel::Sms => Self::parse_sms(text),
            Channel::Messenger | Channel::Rcs => {
                if is_channel_id(rest) {
                    Ok(Self::Channel(channel, text.to_owned()))
                } else {
                    Err("has no id after its channel")
                }
            }
            Channel::Whatsapp => match phone::parse(rest, None, Accept::Possible) {
                Ok(number) => Ok(Self::Channel(channel, format!("whatsapp:{}", number.as_e164()))),
                Err(_) => Err("has no number in international form after `whatsapp:`"),
            },
        }
    }

    fn parse_sms(text: &str) -> Result<Self, &'static str> {
        if text.is_empty() {
            return Err("is empty");
        }
        if text.starts_with('+') {
            return match phone::parse(text, None, Accept::Possible) {
                Ok(number) => Ok(Self::Number(number.as_e164().to_owned())),
                Err(_) => Err("begins with `+` but is not a phone number"),
            };
        }
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            return match text.len() {
                5 | 6 => Ok(Self::ShortCode(text.to_owned())),
                _ => Err(
                    "is all digits, but neither a short code of 5 or 6 digits nor a number that begins with `+`",
                ),
            };
        }
        if !text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-' | '+' | '_' | '&'))
        {
            return Err("may hold letters, digits, spaces and - + _ & only");
        }
        if text.len() > 11 {
            return Err("has more than 11 characters");
        }
        if !text.bytes().any(|byte| byte.is_ascii_alphabetic()) {
            return Err("needs a letter");
        }
        Ok(Self::Alphanumeric(text.to_owned()))
    }

    /// The channel it sends on; none for a Messaging Service, which may serve several.
    pub fn channel(&self) -> Option<Channel> {
        match self {
            Self::Alphanumeric(_) | Self::Number(_) | Self::ShortCode(_) => Some(Channel::Sms),
            Self::Channel(channel, _) => Some(*channel),
            Self::MessagingService(_) => None,
        }
    }

    /// Its text in a request to a recipient on `channel`; none if it cannot send there. Of all
    /// senders, a number can send on two channels, and a Messaging Service on any.
    pub fn address_on(&self, channel: Channel) -> Option<Cow<'_, str>> {
        match (self, channel) {
            (Self::Number(number), Channel::Whatsapp) => {
                Some(Cow::Owned(format!("{}{number}", channel.prefix())))
            }
            (Self::MessagingService(_), _) => Some(Cow::Borrowed(self.as_str())),
            _ if self.channel() == Some(channel) => Some(Cow::Borrowed(self.as_str())),
            _ => None,
        }
    }

    /// Its parameter: `MessagingServiceSid` or `From`.
    pub fn parameter(&self) -> &'static str {
        match self {
            Self::MessagingService(_) => "MessagingServiceSid",
            _ => "From",
        }
    }

    /// Its text in the request.
    pub fn as_str(&self) -> &str {
        match self {
            Self::MessagingService(sid) => sid.as_str(),
            Self::Alphanumeric(text)
            | Self::Channel(_, text)
            | Self::Number(text)
            | Self::ShortCode(text) => text,
        }
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Alphanumeric(_) => "Alphanumeric",
            Self::Channel(..) => "Channel",
            Self::MessagingService(_) => "MessagingService",
            Self::Number(_) => "Number",
            Self::ShortCode(_) => "ShortCode",
        })
    }
}

/// Whether `text` can be an id on Messenger or RCS: what follows `messenger:` or `rcs:`.
pub fn is_channel_id(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '+'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, parameter: &str, written: &str) {
        let sender = Sender::parse(text).unwrap();
        assert_eq!((sender.parameter(), sender.as_str()), (parameter, written));
    }

    #[test]
    fn every_kind_of_sender() {
        let sid = "MG0123456789abcdef0123456789abcdef";
        check("+1 415 555 1234", "From", "+14155551234");
        check("12345", "From", "12345");
        check("ACME", "From", "ACME");
        check("Kratos Test", "From", "Kratos Test");
        check("MGM Resorts", "From", "MGM Resorts");
        check(sid, "MessagingServiceSid", sid);
        check("whatsapp:+14155238886", "From", "whatsapp:+14155238886");
        check("messenger:1234567890", "From", "messenger:1234567890");
        check("rcs:brand_agent", "From", "rcs:brand_agent");
    }

    #[test]
    fn what_is_no_sender() {
        for text in [
            "",
            " ",
            "333333333",
            "1234",
            "+12",
            "_",
            "A very long brand",
            "Bücher",
            "a\nb",
            "whatsapp:12345",
            "rcs:",
        ] {
            assert!(Sender::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn only_numbers_can_change_their_channel() {
        let number = Sender::parse("+14155551234").unwrap();
        assert_eq!(number.address_on(Channel::Whatsapp).unwrap(), "whatsapp:+14155551234");
        assert_eq!(Sender::parse("12345").unwrap().address_on(Channel::Whatsapp), None);
        assert_eq!(Sender::parse("rcs:a").unwrap().address_on(Channel::Sms), None);
        assert_eq!(Sender::parse("rcs:a").unwrap().address_on(Channel::Rcs).unwrap(), "rcs:a");
    }
}
