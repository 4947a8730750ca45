//! How a status callback finds the claim of its message again: by a parameter of its own URL, which
//! Twilio gives back as it was, and signed.

use std::borrow::Cow;

use crate::twilio::request::encode_form;

/// What stands before the hash in a claim's key.
const CLAIM: &str = "claim:";

/// How many hexadecimal digits the hash has.
const DIGITS: usize = 32;

/// The form with the claim's key in the query of its status callback, if it has one.
pub(super) fn mark(form: String, parameter: &str, key: &str) -> String {
    let mut pairs: Vec<_> = form_urlencoded::parse(form.as_bytes()).collect();
    let Some((_, url)) = pairs.iter_mut().find(|(name, _)| name == "StatusCallback") else {
        return form;
    };
    let hash = key.strip_prefix(CLAIM).unwrap_or(key);
    *url = Cow::Owned(with_parameter(url, parameter, hash));
    encode_form(pairs.iter().map(|(name, value)| (name.as_ref(), value.as_ref())))
}

/// The key of the claim that a callback names. Of several parameters the last one counts: ours
/// stands behind those that an event may have brought along.
pub(super) fn claim_of(query: &[(String, String)], parameter: &str) -> Option<String> {
    let (_, hash) = query.iter().rev().find(|(name, _)| name == parameter)?;
    let is_hash =
        hash.len() == DIGITS && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    is_hash.then(|| format!("{CLAIM}{hash}"))
}

fn with_parameter(url: &str, name: &str, value: &str) -> String {
    let (page, fragment) = match url.split_once('#') {
        Some((page, fragment)) => (page, Some(fragment)),
        None => (url, None),
    };
    let mut out = page.to_owned();
    match page.split_once('?') {
        None => out.push('?'),
        Some((_, query)) if query.is_empty() || query.ends_with('&') => {}
        Some(_) => out.push('&'),
    }
    out.extend(form_urlencoded::byte_serialize(name.as_bytes()));
    out.push('=');
    out.push_str(value);
    if let Some(fragment) = fragment {
        out.push('#');
        out.push_str(fragment);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "claim:0123456789abcdef0123456789abcdef";
    const HASH: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn the_parameter_stands_behind_the_query_and_before_the_fragment() {
        for (url, expected) in [
            ("https://a.io", "https://a.io?claim=_"),
            ("https://a.io/s", "https://a.io/s?claim=_"),
            ("https://a.io/s?", "https://a.io/s?claim=_"),
            ("https://a.io/s?a=b", "https://a.io/s?a=b&claim=_"),
            ("https://a.io/s?a=b&", "https://a.io/s?a=b&claim=_"),
            ("https://a.io/s?a=%26?#rc=5", "https://a.io/s?a=%26?&claim=_#rc=5"),
            ("https://a.io#a?b", "https://a.io?claim=_#a?b"),
        ] {
            assert_eq!(with_parameter(url, "claim", "_"), expected);
        }
        assert_eq!(with_parameter("https://a.io", "a b&é", "_"), "https://a.io?a+b%26%C3%A9=_");
    }

    #[test]
    fn only_the_callback_of_a_form_changes() {
        let form = encode_form([
            ("To", "+447700900123"),
            ("Body", "a+b &c=ü%\n"),
            ("StatusCallback", "https://a.io/s?a=b"),
            ("MediaUrl", "https://a.io/1"),
            ("MediaUrl", "https://a.io/2"),
        ]);
        let marked = mark(form.clone(), "claim", KEY);
        assert_eq!(marked.replace(&format!("%26claim%3D{HASH}"), ""), form);
        assert_ne!(marked, form);
        let without = "To=%2B447700900123&Body=a".to_owned();
        assert_eq!(mark(without.clone(), "claim", KEY), without);
    }

    #[test]
    fn the_last_parameter_names_the_claim() {
        let other = "f".repeat(32);
        let query = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        let found = claim_of(&query(&[("c", &other), ("x", "y"), ("c", HASH)]), "c");
        assert_eq!(found.as_deref(), Some(KEY));
        for hash in ["", "0123", "0123456789ABCDEF0123456789abcdef", KEY] {
            assert_eq!(claim_of(&query(&[("c", hash)]), "c"), None, "{hash}");
        }
        assert_eq!(claim_of(&query(&[("d", HASH)]), "c"), None);
    }

    #[test]
    fn what_is_marked_is_found_in_the_url_that_is_called() {
        for name in ["claim", "a b", "ü", "a&b=c", "+", "%41"] {
            let url = with_parameter("https://a.io/s?x=1#rc=2", name, HASH);
            let called = url.split(['?', '#']).nth(1).unwrap();
            let query: Vec<_> = form_urlencoded::parse(called.as_bytes()).into_owned().collect();
            assert_eq!(claim_of(&query, name).as_deref(), Some(KEY), "{name}");
        }
    }
}
