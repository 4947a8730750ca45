//! Twilio's identifiers: two letters that say what is named, then 32 hexadecimal digits.
//!
//! Patterns: Twilio's OpenAPI description of the 2010-04-01 API.

use serde::{Serialize, Serializer};

macro_rules! sids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Eq, PartialEq)]
        pub struct $name(String);

        impl $name {
            /// The two letters that it begins with.
            pub const PREFIX: &'static str = $prefix;

            /// Reads it; none if `text` is not one.
            pub fn parse(text: &str) -> Option<Self> {
                is_sid(text, Self::PREFIX).then(|| Self(text.to_owned()))
            }

            /// Its text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    )+};
}

sids! {
    /// An account: `AC…`.
    AccountSid = "AC";
    /// An API key: `SK…`.
    ApiKeySid = "SK";
    /// A Messaging Service: `MG…`. Only the exact pattern is one: "MGM Resorts" is a sender ID.
    MessagingServiceSid = "MG";
}

/// A message: `SM…`, or `MM…` with media.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct MessageSid(String);

impl MessageSid {
    /// Reads it; none if `text` is not one.
    pub fn parse(text: &str) -> Option<Self> {
        (is_sid(text, "SM") || is_sid(text, "MM")).then(|| Self(text.to_owned()))
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Serialize for MessageSid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// Whether `text` is `prefix` and 32 hexadecimal digits.
pub fn is_sid(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix).is_some_and(|digits| {
        digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_pattern_is_a_sid() {
        let digits = "0123456789abcdefABCDEF0123456789";
        assert!(MessagingServiceSid::parse(&format!("MG{digits}")).is_some());
        for text in [
            "MGM Resorts",
            "MG",
            &format!("AC{digits}"),
            &format!("MG{digits}0"),
            &format!("mg{digits}"),
        ] {
            assert_eq!(MessagingServiceSid::parse(text), None, "{text}");
        }
        assert!(AccountSid::parse("AC0123456789abcdef0123456789abcdeg").is_none());
    }
}
