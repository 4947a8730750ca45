//! Webhooks from Twilio: whether it signed them, and what they say.
//!
//! Nothing is read of a webhook before its signature has been verified. A signature carries no
//! time, so the same webhook may be handed in again by anybody who saw it: what comes of it must be
//! the same however often it comes.

mod click;
mod inbound;
mod params;
mod refusal;
mod signature;
mod signed_url;
mod status;
#[cfg(test)]
mod tests;
mod verify;

pub use click::Click;
pub use inbound::{Inbound, OptOut};
pub use params::MAX_PARAMETERS;
pub use refusal::{Refusal, RefusalCode};
pub(crate) use signature::hex;
pub use status::{Status, StatusUpdate};
pub use verify::{SignatureVerdict, verify_line};

use std::borrow::Cow;
use std::fmt;

use serde::{Serialize, Serializer};

use super::address::Channel;
use super::codes::{self, ErrorCode};
use super::response::mask;
use crate::json::{self, Limits};
use crate::number;
use crate::problem::sentence;
use crate::redact::{Pii, Secret};
use crate::value::Value;
use params::Params;
use signature::Content;

/// The most bytes that a body may have.
pub const MAX_BODY: usize = 64 * 1024;

/// The most bytes that a URL may have: those of GET webhooks hold every parameter.
pub const MAX_URL: usize = 16 * 1024;

/// How deep a JSON body may nest: a click's is flat.
const MAX_DEPTH: usize = 8;

/// The most characters of Twilio's own words that are kept.
const MESSAGE_CHARS: usize = 300;

/// A request that a host received.
///
/// `Debug` shows sizes only, since URL and body may hold personal data.
#[derive(Clone, Copy)]
pub struct Request<'r> {
    /// `POST` or `GET`.
    pub method: &'r str,
    /// The whole URL as Twilio called it: the public one, not one behind a proxy.
    pub url: &'r str,
    /// The headers: of these, `X-Twilio-Signature` and `Content-Type` are read.
    pub headers: &'r [(Cow<'r, str>, Cow<'r, str>)],
    /// The body, as it came.
    pub body: &'r [u8],
}

impl Request<'_> {
    fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim()).unwrap_or_default()
    }
}

impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("url_bytes", &self.url.len())
            .field("headers", &self.headers.len())
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// A webhook that Twilio signed, and what it says.
#[derive(Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Received {
    /// The HTTP status to answer with once it has been dealt with: 204, which sends no reply.
    pub http_status: u16,
    /// The account that sent it.
    pub account_sid: Option<String>,
    /// The decoded parameters of the URL that it was sent to, in order.
    pub query: Vec<(String, String)>,
    /// What it says.
    pub callback: Callback,
}

/// The URL may carry anything: it is not printed.
impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received").field("callback", &self.callback).finish_non_exhaustive()
    }
}

/// What a webhook says.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Callback {
    /// Somebody clicked on a link.
    Click(Click),
    /// Somebody wrote.
    Inbound(Inbound),
    /// A message that was sent has a new status.
    Status(StatusUpdate),
}

/// A webhook that was taken or refused.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Receipt {
    /// Twilio signed it.
    Received(Box<Received>),
    /// It is not taken.
    Refused(Refusal),
}

impl From<Result<Received, Refusal>> for Receipt {
    fn from(result: Result<Received, Refusal>) -> Self {
        result.map_or_else(Self::Refused, |received| Self::Received(Box::new(received)))
    }
}

/// Why a message was not delivered. It holds no phone number.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct DeliveryError {
    /// Twilio's error code, known here or not.
    pub code: u32,
    /// Whom or what it concerns, where the code is known: `account`, `sender`, `recipient`, ….
    pub scope: Option<&'static str>,
    /// What happened, in one sentence.
    pub cause: String,
    /// What to do about it, in one sentence.
    pub fix: String,
    /// Twilio's page on the code.
    pub docs: String,
    /// Twilio's or the channel's own words, with numbers masked.
    pub message: Option<String>,
}

/// Takes a webhook in.
///
/// # Errors
///
/// [`Refusal`] says why it is not taken. Nothing may come of such a webhook.
pub fn receive(tokens: &[Secret], request: &Request<'_>) -> Result<Received, Refusal> {
    if request.url.len() > MAX_URL {
        return Err(RefusalCode::UrlInvalid.into());
    }
    if request.body.len() > MAX_BODY {
        return Err(RefusalCode::BodyTooLarge.into());
    }
    let signature = request.header("x-twilio-signature");
    let query: Vec<_> = signature::query(request.url).take(MAX_PARAMETERS).collect();
    let (params, query) = match request.method.to_ascii_uppercase().as_str() {
        "GET" => {
            let params = Params::new(query.clone());
            let nothing = Params::new(Vec::new());
            signature::verify(tokens, request.url, &Content::Form(&nothing), signature)?;
            (params, query)
        }
        "POST" if is_form(request) => {
            let params = Params::read(request.body)?;
            signature::verify(tokens, request.url, &Content::Form(&params), signature)?;
            (params, query)
        }
        "POST" => {
            signature::verify(tokens, request.url, &Content::Raw(request.body), signature)?;
            (read_json(request.body)?, query)
        }
        _ => return Err(RefusalCode::MethodNotAllowed.into()),
    };
    let account_sid = params.sid(&["AccountSid", "account_sid"], "AC");
    Ok(Received { http_status: 204, account_sid, query, callback: read_callback(&params)? })
}

/// A POST without parameters may have neither a body nor a type.
fn is_form(request: &Request<'_>) -> bool {
    let kind = request.header("content-type").split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/x-www-form-urlencoded")
        || (kind.is_empty() && request.body.is_empty())
}

fn read_callback(params: &Params) -> Result<Callback, RefusalCode> {
    let status = params.any(&["MessageStatus", "SmsStatus"]);
    let received = status.is_some_and(|status| matches!(status, "received" | "receiving"));
    if Click::is(params) {
        Click::read(params).map(Callback::Click)
    } else if received || (status.is_none() && params.get("NumMedia").is_some()) {
        Inbound::read(params).map(Callback::Inbound)
    } else if status.is_some() || params.get("EventType") == Some("READ") {
        StatusUpdate::read(params).map(Callback::Status)
    } else {
        Err(RefusalCode::CallbackUnknown)
    }
}

/// The texts and numbers of a flat JSON object.
fn read_json(body: &[u8]) -> Result<Params, RefusalCode> {
    let text = std::str::from_utf8(body).map_err(|_| RefusalCode::CallbackUnknown)?;
    let limits = Limits { bytes: MAX_BODY, depth: MAX_DEPTH };
    let Ok(Value::Map(members)) = json::parse(text, limits) else {
        return Err(RefusalCode::CallbackUnknown);
    };
    let texts = members.into_iter().filter_map(|(name, value)| match value {
        Value::Text(text) => Some((name.into_owned(), text.into_owned())),
        Value::Number(number) => {
            let mut digits = String::new();
            number::write(number, &mut digits);
            Some((name.into_owned(), digits))
        }
        _ => None,
    });
    Ok(Params::new(texts.collect()))
}

fn delivery_error(params: &Params) -> Option<DeliveryError> {
    let code = params.error_code()?;
    let known = ErrorCode::find(code);
    let cause = known.map_or("Twilio gives a code that is not known here", ErrorCode::cause);
    let fix = known.map_or("Look the code up on Twilio's page", ErrorCode::remedy);
    let words = params.any(&["ErrorMessage", "ChannelStatusMessage"]);
    Some(DeliveryError {
        code,
        scope: known.map(|known| known.scope.code()),
        cause: sentence(cause),
        fix: sentence(fix),
        docs: codes::twilio_docs_url(code),
        message: words.map(|words| mask::mask(words, MESSAGE_CHARS)),
    })
}

/// What an address is reached over.
fn channel_of(address: &str) -> &'static str {
    match Channel::split(address).0.prefix().trim_end_matches(':') {
        "" => "sms",
        prefix => prefix,
    }
}

/// Writes personal data out: for the host that asked for it, never for a log.
fn expose<S: Serializer>(data: &Pii, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(data.expose())
}

fn expose_optional<S: Serializer>(data: &Option<Pii>, serializer: S) -> Result<S::Ok, S::Error> {
    data.as_ref().map(Pii::expose).serialize(serializer)
}
