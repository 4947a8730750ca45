//! Whether Twilio signed a webhook (`X-Twilio-Signature`).
//!
//! The signature is base64 of HMAC-SHA1, keyed with the account's auth token, over the URL and what
//! is signed of the form's parameters. A body that is no form is vouched for by its SHA-256 in the
//! URL, under `bodySHA256`. There is no time in it: a replay verifies too.

use ctutils::CtEq as _;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use super::params::Params;
use super::refusal::RefusalCode;
use super::signed_url;
use crate::redact::Secret;
use crate::twilio::request::base64;

/// What was signed.
pub(super) enum Content<'c> {
    /// The parameters of a form; none for GET.
    Form(&'c Params),
    /// A body of any other kind.
    Raw(&'c [u8]),
}

/// Verifies the signature of a webhook that was sent to `url`. Any of the tokens will do, so that
/// one can be replaced while webhooks come in.
pub(super) fn verify(
    tokens: &[Secret],
    url: &str,
    content: &Content<'_>,
    signature: &str,
) -> Result<(), RefusalCode> {
    if tokens.is_empty() {
        return Err(RefusalCode::TokenMissing);
    }
    if signature.is_empty() {
        return Err(RefusalCode::SignatureMissing);
    }
    let params = match content {
        Content::Form(params) => params.signed(),
        Content::Raw(_) => String::new(),
    };
    let forms = signed_url::forms(url);
    let fits = |token: &Secret| {
        forms.iter().any(|form| {
            let expected = sign(token, form, &params);
            expected.as_bytes().ct_eq(signature.as_bytes()).to_bool()
        })
    };
    if forms.is_empty() {
        return Err(RefusalCode::UrlInvalid);
    }
    if !tokens.iter().any(fits) {
        return Err(RefusalCode::SignatureWrong);
    }
    match content {
        Content::Form(_) => Ok(()),
        Content::Raw(body) => verify_hash(url, body),
    }
}

fn sign(token: &Secret, url: &str, params: &str) -> String {
    // HMAC takes a key of any length, so there is always one.
    let Ok(mac) = Hmac::<Sha1>::new_from_slice(token.expose().as_bytes()) else {
        return String::new();
    };
    let mac = mac.chain_update(url).chain_update(params);
    base64(&mac.finalize().into_bytes())
}

/// The hash is no secret: it stands in the URL, and the signature covers it.
fn verify_hash(url: &str, body: &[u8]) -> Result<(), RefusalCode> {
    let hash = body_hash(url).ok_or(RefusalCode::BodyHashMissing)?;
    if hash == hex(&Sha256::digest(body)) { Ok(()) } else { Err(RefusalCode::BodyHashWrong) }
}

/// The hash of the body that the URL carries.
pub(super) fn body_hash(url: &str) -> Option<String> {
    let mut query = query(url);
    query.find(|(name, _)| name == "bodySHA256").map(|(_, value)| value)
}

/// The decoded parameters of the URL's query.
pub(super) fn query(url: &str) -> impl Iterator<Item = (String, String)> {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let query = query.split('#').next().unwrap_or_default();
    form_urlencoded::parse(query.as_bytes()).into_owned()
}

/// `bytes` in lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://mycompany.com/myapp.php?foo=1&bar=2";

    fn tokens(tokens: &[&str]) -> Vec<Secret> {
        tokens.iter().map(|&token| Secret::new(token.to_owned())).collect()
    }

    #[test]
    fn any_of_the_tokens_will_do() {
        let params = Params::read(
            b"CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212",
        );
        let params = params.unwrap();
        let content = Content::Form(&params);
        let right = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";
        let verify = |given: &[&str], signature| verify(&tokens(given), URL, &content, signature);
        assert_eq!(verify(&["12345"], right), Ok(()));
        assert_eq!(verify(&["other", "12345"], right), Ok(()));
        assert_eq!(verify(&["other"], right), Err(RefusalCode::SignatureWrong));
        assert_eq!(
            verify(&["12345"], "RSOYDt4T1cUTdK1PDd93/VVr8B9="),
            Err(RefusalCode::SignatureWrong)
        );
        assert_eq!(verify(&["12345"], "RSOY"), Err(RefusalCode::SignatureWrong));
        assert_eq!(verify(&["12345"], ""), Err(RefusalCode::SignatureMissing));
        assert_eq!(verify(&[], right), Err(RefusalCode::TokenMissing));
    }

    #[test]
    fn a_body_is_vouched_for_by_its_hash() {
        let secret = tokens(&["12345"]);
        let body = br#"{"property": "value", "boolean": true}"#;
        let hash = hex(&Sha256::digest(body));
        let with_hash = format!("{URL}&bodySHA256={hash}");
        let check = |url: &str, body: &[u8]| {
            let signature = sign(&secret[0], url, "");
            verify(&secret, url, &Content::Raw(body), &signature)
        };
        assert_eq!(check(&with_hash, body), Ok(()));
        assert_eq!(check(&with_hash, b"{}"), Err(RefusalCode::BodyHashWrong));
        assert_eq!(check(&with_hash.to_uppercase(), body), Err(RefusalCode::BodyHashMissing));
        assert_eq!(check(URL, body), Err(RefusalCode::BodyHashMissing));
    }
}
