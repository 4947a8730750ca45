//! Why a webhook is not taken.

use serde::Serialize;

use crate::codes::codes;

/// Why a webhook is not taken. It holds nothing of what came in.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Refusal {
    /// Which kind of refusal: stable, for programs.
    pub code: RefusalCode,
    /// What is wrong, in one sentence.
    pub cause: &'static str,
    /// What to do about it, in one sentence.
    pub fix: &'static str,
    /// The HTTP status to answer with. Twilio's debugger shows every answer that is no 2xx.
    pub http_status: u16,
}

impl From<RefusalCode> for Refusal {
    fn from(code: RefusalCode) -> Self {
        Self { code, cause: code.meaning(), fix: code.fix(), http_status: code.http_status() }
    }
}

codes! {
    /// The kinds of refusals.
    #[non_exhaustive]
    pub enum RefusalCode(u16, &'static str);
    /// The URL carries no hash of the body, and the body is no form, so nothing vouches for it.
    BodyHashMissing = "body_hash_missing", 403,
        "Hand the URL over as Twilio called it, with its bodySHA256, and the Content-Type as it came.";
    /// The body is not the one whose hash the URL carries.
    BodyHashWrong = "body_hash_wrong", 403,
        "Hand the body over as it came, before anything parses or rewrites it.";
    /// The body is larger than 65,536 bytes; Twilio's webhooks are a tenth of that.
    BodyTooLarge = "body_too_large", 413,
        "Nothing: this did not come from Twilio's messaging.";
    /// The webhook is signed, but lacks a message SID or a status that can be read.
    CallbackIncomplete = "callback_incomplete", 400,
        "Hand over every parameter as it came.";
    /// The webhook is signed, but it is no status callback, inbound message or click on a link.
    CallbackUnknown = "callback_unknown", 400,
        "Point only webhooks of messages at this URL.";
    /// What is to be verified has not the form that it must have.
    InputInvalid = "input_invalid", 400,
        "Give an object with the texts url and signature, either params or body, and at will token.";
    /// The method is neither GET nor POST.
    MethodNotAllowed = "method_not_allowed", 405,
        "Set the webhook to POST in the Twilio Console.";
    /// The request has no X-Twilio-Signature header.
    SignatureMissing = "signature_missing", 403,
        "If it came from Twilio, let whatever stands before this host pass the header on.";
    /// The signature fits none of the auth tokens.
    SignatureWrong = "signature_wrong", 403,
        "If it came from Twilio, check that the token is the account's primary one and that the URL is the public one that Twilio called.";
    /// There is no auth token to verify the signature with.
    TokenMissing = "token_missing", 500,
        "Give the account's primary auth token, in settings as webhook_auth_tokens; an API key cannot verify signatures.";
    /// The webhook has more than 300 parameters.
    TooManyParameters = "too_many_parameters", 400,
        "Nothing: this did not come from Twilio's messaging.";
    /// The URL is not absolute, or longer than 16,384 bytes.
    UrlInvalid = "url_invalid", 400,
        "Hand over the whole URL that Twilio called, beginning with https://.";
}

impl RefusalCode {
    /// The HTTP status to answer with.
    pub fn http_status(self) -> u16 {
        self.row().0
    }

    /// What to do about it, in one sentence.
    pub fn fix(self) -> &'static str {
        self.row().1
    }
}

#[cfg(test)]
mod tests {
    use super::super::{MAX_BODY, MAX_URL, params::MAX_PARAMETERS};
    use super::*;

    #[test]
    fn names_match_their_codes() {
        for code in RefusalCode::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.code());
            assert!(code.fix().ends_with('.') && code.meaning().ends_with('.'), "{code:?}");
            assert!((400..=599).contains(&code.http_status()));
        }
        assert!(RefusalCode::ALL.is_sorted_by_key(|code| code.code()));
    }

    #[test]
    fn the_limits_are_those_that_the_texts_name() {
        assert_eq!((MAX_BODY, MAX_URL, MAX_PARAMETERS), (65_536, 16_384, 300));
    }
}
