//! One signature, verified by itself: for audits, and for finding out why one does not fit.

use std::borrow::Cow;

use serde::Serialize;

use super::params::{MAX_PARAMETERS, Params};
use super::refusal::{Refusal, RefusalCode};
use super::signature::{self, Content};
use super::{MAX_BODY, MAX_URL};
use crate::json::{self, Limits};
use crate::redact::Secret;
use crate::value::Value;

/// Room for a URL and a body of which every byte is escaped.
const LIMITS: Limits = Limits { bytes: 6 * (MAX_BODY + MAX_URL), depth: 4 };

/// Whether a signature fits.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SignatureVerdict {
    /// Whether it does.
    pub valid: bool,
    /// Why not: stable, for programs.
    pub code: Option<RefusalCode>,
    /// Why not, in one sentence.
    pub cause: Option<&'static str>,
    /// What to do about it, in one sentence.
    pub fix: Option<&'static str>,
}

/// Verifies a signature that is given as JSON: `{ "url", "params" or "body", "signature", "token" }`.
///
/// `params` are the decoded parameters of a form: texts, lists of texts, or null for an empty one.
/// `body` is the text of a body as it came: checked by its hash if the URL carries a `bodySHA256`,
/// else read as a form. Without either, only the URL is signed. `token` takes the place of
/// `default_token`. An empty text of a member is as good as none.
pub fn verify_line(json: &[u8], default_token: Option<&Secret>) -> SignatureVerdict {
    match verify(json, default_token) {
        Ok(()) => SignatureVerdict { valid: true, code: None, cause: None, fix: None },
        Err(Refusal { code, cause, fix, .. }) => {
            SignatureVerdict { valid: false, code: Some(code), cause: Some(cause), fix: Some(fix) }
        }
    }
}

fn verify(json: &[u8], default_token: Option<&Secret>) -> Result<(), Refusal> {
    let text = std::str::from_utf8(json).map_err(|_| RefusalCode::InputInvalid)?;
    let given = json::parse(text, LIMITS).map_err(|_| RefusalCode::InputInvalid)?;
    let url = text_of(&given, "url")?.ok_or(RefusalCode::UrlInvalid)?;
    if url.len() > MAX_URL {
        return Err(RefusalCode::UrlInvalid.into());
    }
    let token = text_of(&given, "token")?.map(|token| Secret::new(token.to_owned()));
    let default_token = default_token.filter(|token| !token.expose().is_empty());
    let tokens: Vec<Secret> = token.or_else(|| default_token.cloned()).into_iter().collect();
    let signature = text_of(&given, "signature")?.unwrap_or_default();
    let body = text_of(&given, "body")?;
    if body.is_some_and(|body| body.len() > MAX_BODY) {
        return Err(RefusalCode::BodyTooLarge.into());
    }
    let form;
    let content = match (given.member("params"), body) {
        (None | Some(Value::Null), Some(body)) if signature::body_hash(url).is_some() => {
            Content::Raw(body.as_bytes())
        }
        (None | Some(Value::Null), body) => {
            form = Params::read(body.unwrap_or_default().as_bytes())?;
            Content::Form(&form)
        }
        (Some(Value::Map(members)), None) => {
            form = read_params(members)?;
            Content::Form(&form)
        }
        _ => return Err(RefusalCode::InputInvalid.into()),
    };
    Ok(signature::verify(&tokens, url, &content, signature)?)
}

/// The text of a member, if there is one.
fn text_of<'v>(given: &'v Value<'_>, name: &str) -> Result<Option<&'v str>, RefusalCode> {
    match given.member(name) {
        None | Some(Value::Null) if matches!(given, Value::Map(_)) => Ok(None),
        Some(Value::Text(text)) => Ok(Some(text.as_ref()).filter(|text| !text.is_empty())),
        _ => Err(RefusalCode::InputInvalid),
    }
}

fn read_params(members: &[(Cow<'_, str>, Value<'_>)]) -> Result<Params, Refusal> {
    let mut pairs = Vec::new();
    for (name, value) in members {
        let values = match value {
            Value::List(items) => items.as_slice(),
            value => std::slice::from_ref(value),
        };
        for value in values {
            let text = match value {
                Value::Null => "",
                Value::Text(text) => text,
                _ => return Err(RefusalCode::InputInvalid.into()),
            };
            pairs.push((name.to_string(), text.to_owned()));
        }
    }
    if pairs.len() > MAX_PARAMETERS {
        return Err(RefusalCode::TooManyParameters.into());
    }
    Ok(Params::new(pairs))
}
