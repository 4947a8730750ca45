//! Settings that are strings with a form of their own.

use super::read::{Setting, nearest, text};
use super::shape::Shape;
use crate::path::Path;
use crate::phone::{self, Accept, Region};
use crate::problem::{ProblemCode, Problems};
use crate::redact::{Pii, Secret};
use crate::time_zone::{TimeOfDay, Zone};
use crate::trigger::Trigger;
use crate::twilio::address::{self, Channel, Sender};
use crate::twilio::sid::{AccountSid, ApiKeySid, MessagingServiceSid};
use crate::twilio::{host, url};
use crate::value::Value;

macro_rules! sid_settings {
    ($($type:ident, $prefix:literal, $code:ident;)+) => {$(
        impl Setting for $type {
            fn shape() -> Shape {
                Shape::Text(Some(concat!("^", $prefix, "[0-9a-fA-F]{32}$")), 34)
            }

            fn read(value: &Value<'_>, at: &Path, problems: &mut Problems) -> Option<Self> {
                let sid = Self::parse(text(value, at, problems)?.trim());
                if sid.is_none() {
                    let cause = concat!("not ", $prefix, " and 32 hexadecimal digits");
                    problems.add(ProblemCode::$code, at, cause);
                }
                sid
            }
        }
    )+};
}

sid_settings! {
    AccountSid, "AC", AccountSidInvalid;
    ApiKeySid, "SK", ApiKeySidInvalid;
    MessagingServiceSid, "MG", SenderInvalid;
}

/// An account's auth token: 32 hexadecimal digits.
#[derive(Clone, Debug)]
pub(crate) struct AuthToken(pub(crate) Secret);

impl Setting for AuthToken {
    fn shape() -> Shape {
        Shape::Secret("^[0-9a-fA-F]{32}$", 32)
    }

    fn read(value: &Value<'_>, at: &Path, problems: &mut Problems) -> Option<Self> {
        let token = text(value, at, problems)?.trim();
        if token.len() == 32 && token.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Some(Self(Secret::new(token.to_owned())));
        }
        problems.add(ProblemCode::AuthTokenInvalid, at, "not 32 hexadecimal digits");
        None
    }
}

/// An API key's secret.
#[derive(Clone, Debug)]
pub(crate) struct ApiKeySecret(pub(crate) Secret);

impl Setting for ApiKeySecret {
    fn shape() -> Shape {
        Shape::Secret("^[!-~]{8,256}$", 256)
    }

    fn read(value: &Value<'_>, at: &Path, problems: &mut Problems) -> Option<Self> {
        let secret = text(value, at, problems)?.trim();
        if (8..=256).contains(&secret.len()) && secret.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Some(Self(Secret::new(secret.to_owned())));
        }
        let cause = "not 8 to 256 printable ASCII characters without spaces";
        problems.add(ProblemCode::ApiKeySecretInvalid, at, cause);
        None
    }
}

/// A Segment source's write key.
#[derive(Clone, Debug)]
pub(crate) struct WriteKey(pub(crate) Secret);

impl Setting for WriteKey {
    fn shape() -> Shape {
        Shape::Text(Some("^[0-9A-Za-z_-]{8,128}$"), 128)
    }

    fn read(value: &Value<'_>, at: &Path, problems: &mut Problems) -> Option<Self> {
        let key = text(value, at, problems)?.trim();
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        if (8..=128).contains(&key.len()) && key.bytes().all(fits) {
            return Some(Self(Secret::new(key.to_owned())));
        }
        let cause = "not 8 to 128 letters and digits";
        problems.add(ProblemCode::WriteKeyInvalid, at, cause);
        None
    }
}

impl Setting for Sender {
    fn shape() -> Shape {
        Shape::Text(None, 160)
    }

    fn read(value: &Value<'_>, at: &Path, problems: &mut Problems) -> Option<Self> {
        match Self::parse(text(value, at, problems)?) {
            Ok(sender) => Some(sender),
            Err(cause) => {
                problems.add(ProblemCode::SenderInvalid, at, format!("the sender {cause}"));
                None
            }
        }
    }
}

/// An https URL for callbacks.
#[derive(Clone, Debug)]
pub(crate) struct CallbackUrl(pub(crate) String);

impl Setting for CallbackUrl {
    fn shape() -> Shape {
        Shape::Text(Some("^[Hh][Tt][Tt][Pp][Ss]://"), url::MAX_LEN)
    }

    fn read(value: &Value<'_>, at: &Path, problems: &mut Problems) -> Option<Self> {
        let given = text(value, at, problems)?.trim();
        match url::check(given) {
            Ok(()) => Some(Self(given.to_owned())),
            Err(cause) => {
                problems.add(ProblemCode::UrlInvalid, at, format!("the URL {cause}"));
                None
            }
        }
    }
}

/// One of Twilio's regions.
#[derive(Clone, Debug)]
pub(crate) struct TwilioRegion(pub(crate) &'static str);

impl Setting for TwilioRegion {
    fn shape() -> Shape {
        Shape::Choice(&host::REGIONS)
    }

    fn read(value: &Value<'_>, at: &Path, problems: &mut Problems) -> Option<Self> {
        known(value, &host::REGIONS, ProblemCode::RegionUnknown, at, problems).map(Self)
    }
}

/// One of Twilio's edge locations.
#[derive(Clone, Debug)]
pub(crate) struct TwilioEdge(pub(crate) &'static str);

impl Setting for TwilioEdge {
    fn shape() -> Shape {
        Shape::Choice(&host::EDGES)
    }

    fn read(value: &Value<'_>, at: &Path, problems: &mut Problems) -> Option<Self> {
        known(value, &host::EDGES, ProblemCode::EdgeUnknown, at, problems).map(Self)
    }
}

fn known(
    value: &Value<'_>,
    names: &[&'static str],
    code: ProblemCode,
    at: &Path,
    problems: &mut Problems,
) -> Option<&'static str> {
    let given = text(value, at, problems)?;
    if let Some(name) = names.iter().find(|name| **name == given) {
        return Some(name);
    }
    let cause = format!("expected one of {}", names.join(", "));
    match nearest(given, names) {
        Some(name) => problems.add_with(code, at, cause, format!("Did you mean {name}?")),
        None => problems.add(code, at, cause),
    }
    None
}

impl Setting for Channel {
    fn shape() -> Shape {
        Shape::Choice(&Self::NAMES)
    }

    fn read(value: &Value<'_>, at: &Path, problems: &mut Problems) -> Option<Self> {
        let name = known(value, &Self::NAMES, ProblemCode::SettingNotAllowed, at, problems)?;
        Self::parse(name)
    }
}

impl Setting for Region {
    fn shape() -> Shape {
        Shape::Text(Some("^[A-Z]{2}$"), 2)
    }

    fn read(value: &Value<'_>, at: &Path, problems: &mut Problems) -> Option<Self> {
        let given = text(value, at, problems)?.trim();
        let region = Self::parse(given).filter(|region| region.has_numbers());
        let cause = "not the code of a country that has phone numbers";
        match region {
            Some(_) => {}
            None if given.eq_ignore_ascii_case("UK") => {
                problems.add_with(ProblemCode::CountryUnknown, at, cause, "Did you mean GB?");
            }
            None => problems.add(ProblemCode::CountryUnknown, at, cause),
        }
        region
    }
}

impl Setting for TimeOfDay {
    fn shape() -> Shape {
        Shape::Text(Some("^([01][0-9]|2[0-3]):[0-5][0-9]$"), 5)
    }

    fn read(value: &Value<'_>, at: &Path, problems: &mut Problems) -> Option<Self> {
        let time = Self::parse(text(value, at, problems)?.trim());
        if time.is_none() {
            let cause = "expected a time of day from 00:00 to 23:59";
            problems.add(ProblemCode::SettingOutOfRange, at, cause);
        }
        time
    }
}

impl Setting for Zone {
    fn shape() -> Shape {
        Shape::Text(Some("\\S"), 64)
    }

    fn read(value: &Value<'_>, at: &Path, problems: &mut Problems) -> Option<Self> {
        let zone = Self::find(text(value, at, problems)?.trim());
        if zone.is_none() {
            problems.add(ProblemCode::TimeZoneUnknown, at, "no time zone has this name");
        }
        zone
    }
}

/// A test recipient: a phone number in international form, or a channel address.
#[derive(Clone, Debug)]
pub(crate) struct TestRecipient(pub(crate) Pii);

impl Setting for TestRecipient {
    fn shape() -> Shape {
        Shape::Text(None, 160)
    }

    fn read(value: &Value<'_>, at: &Path, problems: &mut Problems) -> Option<Self> {
        let (channel, rest) = Channel::split(text(value, at, problems)?.trim());
        let address = match channel {
            Channel::Messenger if address::is_channel_id(rest) => Some(rest.to_owned()),
            Channel::Messenger => None,
            Channel::Rcs | Channel::Sms | Channel::Whatsapp => {
                phone::parse(rest, None, Accept::Possible).ok().map(|n| n.as_e164().to_owned())
            }
        };
        if address.is_none() {
            let cause = "not a phone number with its country code, nor a channel address";
            problems.add(ProblemCode::PhoneInvalid, at, cause);
        }
        address.map(|address| Self(Pii::new(address)))
    }
}

/// A short text, such as a name: 1 to 128 characters, none of them a control character.
#[derive(Clone, Debug)]
pub(crate) struct Name(pub(crate) String);

impl Setting for Name {
    fn shape() -> Shape {
        Shape::Text(Some("\\S"), 128)
    }

    fn read(value: &Value<'_>, at: &Path, problems: &mut Problems) -> Option<Self> {
        let name = text(value, at, problems)?.trim();
        let length = name.chars().count();
        if (1..=128).contains(&length) && !name.chars().any(char::is_control) {
            return Some(Self(name.to_owned()));
        }
        let cause = "expected 1 to 128 characters, none of them a control character";
        problems.add(ProblemCode::SettingOutOfRange, at, cause);
        None
    }
}

impl Setting for Trigger {
    fn shape() -> Shape {
        Shape::Text(Some("\\S"), Self::MAX_LEN)
    }

    fn read(value: &Value<'_>, at: &Path, problems: &mut Problems) -> Option<Self> {
        match Self::parse(text(value, at, problems)?) {
            Ok(trigger) => Some(trigger),
            Err(error) => {
                let cause = format!("at column {}: {}", error.column, error.message);
                problems.add(ProblemCode::TriggerInvalid, at, cause);
                None
            }
        }
    }
}
