//! The parameters of a webhook: those of its form, or of its URL.

use std::collections::BTreeMap;

use super::refusal::{Refusal, RefusalCode};
use crate::twilio::sid::is_sid;

/// The most parameters that are read. The longest webhook seen has about fifty.
pub const MAX_PARAMETERS: usize = 300;

/// The parameters of a webhook, in the order in which they came.
///
/// `Debug` shows their number only, since they hold phone numbers and texts.
pub(crate) struct Params(Vec<(String, String)>);

impl Params {
    /// Reads `application/x-www-form-urlencoded` (WHATWG URL).
    ///
    /// # Errors
    ///
    /// [`RefusalCode::TooManyParameters`].
    pub(super) fn read(form: &[u8]) -> Result<Self, Refusal> {
        let mut pairs = form_urlencoded::parse(form).into_owned();
        let read: Vec<_> = pairs.by_ref().take(MAX_PARAMETERS).collect();
        match pairs.next() {
            None => Ok(Self(read)),
            Some(_) => Err(RefusalCode::TooManyParameters.into()),
        }
    }

    pub(super) fn new(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// The first value of `name` that is not empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let mut found = self.0.iter().filter(|(key, value)| key == name && !value.is_empty());
        found.next().map(|(_, value)| value.as_str())
    }

    /// The first of these that there is.
    pub(super) fn any(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.get(name))
    }

    /// The SID under one of these names, if it has the form of one.
    pub(super) fn sid(&self, names: &[&str], prefix: &str) -> Option<String> {
        self.any(names).filter(|text| is_sid(text, prefix)).map(str::to_owned)
    }

    /// The error code, known or not: Twilio writes 0 for none.
    pub(super) fn error_code(&self) -> Option<u32> {
        self.get("ErrorCode")?.parse().ok().filter(|code| *code != 0)
    }

    /// What Twilio signs of them: each name and value run together, in the order of the names and
    /// then of the values, and each pair once (twilio-node, `getExpectedTwilioSignature`).
    pub(super) fn signed(&self) -> String {
        let units = |text: &str| text.encode_utf16().collect::<Vec<u16>>();
        let mut pairs = BTreeMap::new();
        for (name, value) in &self.0 {
            // The order of JavaScript's texts, which Twilio's own client sorts by.
            pairs.insert((units(name), units(value)), (name, value));
        }
        pairs.into_values().flat_map(|(name, value)| [name.as_str(), value.as_str()]).collect()
    }
}

impl std::fmt::Debug for Params {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "<{} parameters>", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_signed_is_sorted_and_each_pair_once() {
        let signed = |form: &str| Params::read(form.as_bytes()).unwrap().signed();
        assert_eq!(signed("b=2&a=1"), "a1b2");
        assert_eq!(signed("a=2&a=1&a=2"), "a1a2");
        assert_eq!(signed("callSid=1&CallSid=2&CALLSID=3"), "CALLSID3CallSid2callSid1");
        assert_eq!(signed("SidAccount=x&Sid=y"), "SidySidAccountx");
        assert_eq!(signed("a=&b"), "ab");
        // In UTF-8 the private character would come first.
        assert_eq!(signed("%EE%80%80=1&%F0%9F%98%80=2"), "\u{1f600}2\u{e000}1");
    }

    #[test]
    fn the_number_of_parameters_is_limited() {
        let form = |count: usize| vec!["a=1"; count].join("&");
        assert!(Params::read(form(MAX_PARAMETERS).as_bytes()).is_ok());
        let refusal = Params::read(form(MAX_PARAMETERS + 1).as_bytes()).unwrap_err();
        assert_eq!(refusal.code, RefusalCode::TooManyParameters);
    }

    #[test]
    fn debug_shows_no_content() {
        let params = Params::read(b"To=%2B447700900123").unwrap();
        assert_eq!(format!("{params:?}"), "<1 parameters>");
    }
}
