//! What a reply to a check's request says, whatever was asked.

use crate::http::HttpResult;
use crate::json::{self, Limits};
use crate::value::Value;

/// A reply is no longer than the shim reads, and Twilio's nest a few levels deep.
const LIMITS: Limits = Limits { bytes: 64 * 1024, depth: 16 };

/// Twilio's codes for what the credentials may not do (Twilio's error dictionary).
const NOT_ACTIVE: f64 = 20_005.0;
const TEST_CREDENTIALS: f64 = 20_008.0;
const FORBIDDEN: f64 = 70_051.0;

/// A reply.
#[derive(Debug)]
pub(super) enum Reply<'a> {
    /// The credentials are good, but may not read this.
    Forbidden,
    /// What was asked for.
    Found(Value<'a>),
    /// The account is not active.
    NotActive,
    /// There is no such thing.
    NotFound,
    /// The credentials are Twilio's test credentials, which read nothing.
    TestCredentials,
    /// The credentials were not accepted.
    Unauthorized,
    /// No answer, or none that could be used: a sentence.
    Unusable(String),
}

impl<'a> Reply<'a> {
    pub(super) fn read(result: &HttpResult<'a>) -> Self {
        let response = match result {
            HttpResult::Failure(failure) => {
                let code = failure.code.unwrap_or(failure.name);
                let known = code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
                let code = if known { code } else { "unknown" };
                return Self::Unusable(format!("Twilio did not answer ({code})."));
            }
            HttpResult::NotStarted => {
                return Self::Unusable("Twilio was not asked.".to_owned());
            }
            HttpResult::Response(response) => response,
        };
        let body = json::parse(response.body, LIMITS).ok().filter(|_| response.complete);
        let code = match body.as_ref().and_then(|body| body.member("code")) {
            Some(Value::Number(code)) => Some(*code),
            _ => None,
        };
        let is_code = |wanted: f64| code == Some(wanted);
        match (response.status, body) {
            (200..=299, Some(body @ Value::Map(_))) => Self::Found(body),
            (401 | 403, _) if is_code(NOT_ACTIVE) => Self::NotActive,
            (401 | 403, _) if is_code(TEST_CREDENTIALS) => Self::TestCredentials,
            (401 | 403, _) if is_code(FORBIDDEN) => Self::Forbidden,
            (401, Some(_)) => Self::Unauthorized,
            (403, Some(_)) => Self::Forbidden,
            (404, Some(_)) => Self::NotFound,
            (status, _) => {
                Self::Unusable(format!("Twilio gave no answer that could be used (HTTP {status})."))
            }
        }
    }
}
