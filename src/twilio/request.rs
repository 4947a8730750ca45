//! The HTTP request that creates a message, complete to the byte.

use std::fmt;

use serde::{Serialize, Serializer as _};

use super::sid::{AccountSid, MessageSid};
use crate::http::FetchRequest;
use crate::redact::Secret;

/// An HTTP request. The host sends it as it is and adds nothing.
#[derive(Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct HttpRequest {
    /// Always `POST`.
    pub method: &'static str,
    /// The whole URL.
    pub url: String,
    /// Every header, in order.
    pub headers: Vec<(&'static str, String)>,
    /// The body: `application/x-www-form-urlencoded` for Twilio, JSON for Segment.
    pub body: String,
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpRequest").field("method", &self.method).finish_non_exhaustive()
    }
}

/// What is the same in every request of a destination: URL and headers.
#[derive(Clone)]
pub struct Endpoint {
    url: String,
    authorization: Secret,
    uses_api_key: bool,
}

impl Endpoint {
    /// The endpoint that creates messages on `account`, reached with a user name and a password.
    pub fn new(host: &str, account: &AccountSid, user: &str, password: &Secret) -> Self {
        let url = format!("https://{host}/2010-04-01/Accounts/{}/Messages.json", account.as_str());
        let credentials = format!("{user}:{}", password.expose());
        let authorization = Secret::new(format!("Basic {}", base64(credentials.as_bytes())));
        Self { url, authorization, uses_api_key: user != account.as_str() }
    }

    /// The request with this form as its body.
    pub fn request<'f>(&self, form: impl IntoIterator<Item = (&'f str, &'f str)>) -> HttpRequest {
        HttpRequest {
            method: "POST",
            url: self.url.clone(),
            headers: self.headers(self.authorization.expose()),
            body: encode_form(form),
        }
    }

    /// The same request as [`Endpoint::request`], with the credentials hidden: for previews.
    pub fn hidden_request<'f>(
        &self,
        form: impl IntoIterator<Item = (&'f str, &'f str)>,
    ) -> HttpRequest {
        HttpRequest {
            method: "POST",
            url: self.url.clone(),
            headers: self.headers("Basic [hidden]"),
            body: encode_form(form),
        }
    }

    /// The request that creates a message of a form that was encoded before.
    pub(crate) fn create(&self, form: &str) -> FetchRequest {
        FetchRequest {
            method: "POST",
            url: self.url.clone(),
            headers: self.headers(self.authorization.expose()),
            body: Some(form.to_owned()),
        }
    }

    /// The request for a page of the list of messages.
    pub(crate) fn list(&self, query: &[(&str, &str)]) -> FetchRequest {
        self.get(format!("{}?{}", self.url, encode_form(query.iter().copied())))
    }

    /// The request for the next page, by the path that a page gives. None for a path that leads
    /// anywhere else: credentials go with it.
    pub(crate) fn next_page(&self, path: &str) -> Option<FetchRequest> {
        let (_, rest) = self.url.split_once("://")?;
        let (_, own) = rest.split_once('/')?;
        let query = path.strip_prefix('/')?.strip_prefix(own)?.strip_prefix('?')?;
        let is_plain = query.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#');
        is_plain.then(|| self.get(format!("{}?{query}", self.url)))
    }

    fn get(&self, url: String) -> FetchRequest {
        let authorization = ("Authorization", self.authorization.expose().to_owned());
        FetchRequest { method: "GET", url, headers: vec![authorization], body: None }
    }

    /// What the credentials are hashed from.
    pub(crate) fn authorization(&self) -> &Secret {
        &self.authorization
    }

    /// The request that reports a conversion of a message that was sent with `ProvideFeedback`
    /// (Twilio, "Message Feedback").
    pub fn feedback(&self, message: &MessageSid) -> HttpRequest {
        let messages = self.url.strip_suffix(".json").unwrap_or(&self.url);
        HttpRequest {
            url: format!("{messages}/{}/Feedback.json", message.as_str()),
            ..self.request([("Outcome", "confirmed")])
        }
    }

    /// The request for something of the account, by what stands behind its SID.
    pub(crate) fn of_account(&self, below: &str) -> FetchRequest {
        let account = self.url.strip_suffix("/Messages.json").unwrap_or(&self.url);
        self.get(format!("{account}{below}"))
    }

    /// The request for something of Twilio's Messaging product, which has a host of its own beside
    /// each host of the API.
    pub(crate) fn of_messaging(&self, path: &str) -> FetchRequest {
        let host = self.url.strip_prefix("https://api.").and_then(|rest| rest.split('/').next());
        self.get(format!("https://messaging.{}{path}", host.unwrap_or("twilio.com")))
    }

    /// Whether an API key stands in for the account's own token.
    pub(crate) fn uses_api_key(&self) -> bool {
        self.uses_api_key
    }

    fn headers(&self, authorization: &str) -> Vec<(&'static str, String)> {
        vec![
            ("Authorization", authorization.to_owned()),
            ("Content-Type", "application/x-www-form-urlencoded".to_owned()),
        ]
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint").field("url", &self.url).finish_non_exhaustive()
    }
}

/// The form as `URLSearchParams` writes it (WHATWG URL, application/x-www-form-urlencoded).
pub fn encode_form<'f>(form: impl IntoIterator<Item = (&'f str, &'f str)>) -> String {
    let mut out = String::with_capacity(256);
    encode_form_into(&mut out, form);
    out
}

/// Appends the form to `out`.
pub(crate) fn encode_form_into<'f>(
    out: &mut String,
    form: impl IntoIterator<Item = (&'f str, &'f str)>,
) {
    let start = out.len();
    let mut target = form_urlencoded::Serializer::for_suffix(out, start);
    let written = serde_urlencoded::Serializer::new(&mut target).collect_seq(form);
    debug_assert!(written.is_ok(), "a form of texts cannot fail to be written");
}

/// Standard base64 with padding (RFC 4648, section 4).
pub(crate) fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let octet = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let triple = octet(0) << 16 | octet(1) << 8 | octet(2);
        for place in 0..4 {
            if place > chunk.len() {
                out.push('=');
                continue;
            }
            let index = (triple >> (18 - 6 * place)) & 63;
            out.extend(ALPHABET.get(index as usize).map(|byte| char::from(*byte)));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_of_rfc_4648_section_10() {
        let cases = [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ];
        for (text, expected) in cases {
            assert_eq!(base64(text.as_bytes()), expected);
        }
    }

    #[test]
    fn debug_shows_no_credentials() {
        let account = AccountSid::parse("AC0123456789abcdef0123456789abcdef").unwrap();
        let token = Secret::new("0123456789abcdef0123456789abcdef".to_owned());
        let endpoint = Endpoint::new("api.twilio.com", &account, account.as_str(), &token);
        let request = endpoint.request([("To", "+447700900123")]);
        for printed in [format!("{endpoint:?}"), format!("{request:?}")] {
            assert!(!printed.contains("Basic") && !printed.contains("7700"), "{printed}");
        }
        let hidden = endpoint.hidden_request([("To", "+447700900123")]);
        assert_eq!(hidden.headers[0], ("Authorization", "Basic [hidden]".to_owned()));
        assert_eq!(hidden.body, request.body);
    }

    #[test]
    fn feedback_on_a_message() {
        let account = AccountSid::parse("AC0123456789abcdef0123456789abcdef").unwrap();
        let token = Secret::new("0123456789abcdef0123456789abcdef".to_owned());
        let endpoint = Endpoint::new("api.twilio.com", &account, account.as_str(), &token);
        let message = MessageSid::parse("MM0123456789abcdef0123456789abcdef").unwrap();
        let request = endpoint.feedback(&message);
        assert_eq!(
            request.url,
            "https://api.twilio.com/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Messages/MM0123456789abcdef0123456789abcdef/Feedback.json"
        );
        assert_eq!((request.method, request.body.as_str()), ("POST", "Outcome=confirmed"));
        assert_eq!(request.headers, endpoint.request([]).headers);
    }

    #[test]
    fn the_form_of_dataflys_example() {
        let form = [
            ("To", "+447700900123"),
            ("From", "+14155551234"),
            ("Body", "Thanks! Order ORD-001 is confirmed and on its way."),
        ];
        assert_eq!(
            encode_form(form),
            "To=%2B447700900123&From=%2B14155551234&Body=Thanks%21+Order+ORD-001+is+confirmed+and+on+its+way."
        );
    }
}
