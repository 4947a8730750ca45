//! What is taken over from a reply's body: the Message resource, or Twilio's error object.

use super::Meaning;
use super::mask::mask;
use crate::json::{self, Limits};
use crate::value::Value;

/// What the body said; all of it missing if it was not Twilio's JSON.
#[derive(Default)]
pub(super) struct Body {
    pub(super) code: Option<u32>,
    pub(super) message: Option<String>,
    pub(super) sid: Option<String>,
    pub(super) status: Option<String>,
    pub(super) segments: Option<u32>,
}

/// A reply that is longer or deeper is not read: a Message resource is a tenth of that.
const LIMITS: Limits = Limits { bytes: 64 * 1024, depth: 16 };

impl Body {
    pub(super) fn read(text: &str) -> Self {
        let Ok(body) = json::parse(text, LIMITS) else { return Self::default() };
        let text = |key: &str| body.member(key).and_then(Value::as_text);
        let number = |key: &str| body.member(key).and_then(whole);
        Self {
            code: number("code").or_else(|| number("error_code")),
            message: text("message").or_else(|| text("error_message")).map(mask_message),
            sid: text("sid").and_then(token),
            status: text("status").and_then(word),
            segments: number("num_segments").filter(|count| *count > 0),
        }
    }

    /// Whether the message exists and has ended without reaching anyone.
    pub(super) fn ended_undelivered(&self) -> bool {
        matches!(self.status.as_deref(), Some("failed" | "undelivered" | "canceled"))
    }
}

/// `text`, if it has the form of an identifier.
pub(super) fn token(text: &str) -> Option<String> {
    let fits = (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric());
    fits.then(|| text.to_owned())
}

/// `text`, if it has the form of one of Twilio's status words.
fn word(text: &str) -> Option<String> {
    let fits = (1..=32).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || matches!(b, b'_' | b'-'));
    fits.then(|| text.to_owned())
}

/// A whole number, written as a number or, as Twilio does in places, as text.
fn whole(value: &Value<'_>) -> Option<u32> {
    match value {
        Value::Number(number) => {
            let fits = number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(number);
            fits.then_some(*number as u32)
        }
        Value::Text(text) => text.parse().ok(),
        _ => None,
    }
}

fn mask_message(text: &str) -> String {
    mask(text, Meaning::MESSAGE_CHARS)
}
