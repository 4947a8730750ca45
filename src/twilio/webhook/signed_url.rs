//! The forms of a URL that Twilio may have signed.
//!
//! Twilio signs the URL as it was configured, but its own systems do not agree whether a standard
//! port belongs to it, and some sign an escaped form. Its client for Node therefore tries several;
//! this module tries the same ones, except that it leaves a host in capitals alone: Twilio signs
//! them as they were configured, and its other clients refuse any other spelling. Hosts that are
//! addresses or not ASCII, and paths with dot segments, backslashes or line breaks, are taken as
//! they are written only: a webhook has none.

use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};

/// What WHATWG URL escapes in the query of an http URL.
const QUERY: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>').add(b'\'');

/// What WHATWG URL escapes in a path.
const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'}');

/// What WHATWG URL escapes in a user name or password.
const USER: &AsciiSet = &PATH
    .add(b'/')
    .add(b':')
    .add(b';')
    .add(b'=')
    .add(b'@')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'|');

/// What Node's `querystring.stringify` escapes.
const LEGACY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// Every form of `url` that may have been signed; none if it is not an absolute URL.
pub(super) fn forms(url: &str) -> Vec<String> {
    let Some(parts) = Parts::split(url) else { return Vec::new() };
    let mut forms = vec![parts.without_port(), parts.with_port()];
    let mut add = |form| {
        if !forms.contains(&form) {
            forms.push(form);
        }
    };
    if let Some(normal) = normalised(&parts)
        && let Some(parts) = Parts::split(&normal)
    {
        for form in [parts.without_port(), parts.with_port()] {
            add(legacy_query(&form));
            add(form);
        }
    }
    forms
}

/// A URL in its parts, each as it is written and with its separators.
struct Parts<'u> {
    scheme: &'u str,
    user: &'u str,
    host: &'u str,
    port: &'u str,
    rest: &'u str,
}

impl<'u> Parts<'u> {
    fn split(url: &'u str) -> Option<Self> {
        let (name, after) = url.split_once("://")?;
        let letters = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) || !name.bytes().all(letters) {
            return None;
        }
        let scheme = url.get(..name.len() + 3)?;
        let (authority, rest) = after.split_at(after.find(['/', '?', '#']).unwrap_or(after.len()));
        let (user, place) = authority.split_at(authority.rfind('@').map_or(0, |at| at + 1));
        // Behind the bracket of an IPv6 address.
        let from = place.rfind(']').unwrap_or(0);
        let colon = place.get(from..)?.find(':').map_or(place.len(), |at| from + at);
        let (host, port) = place.split_at(colon);
        Some(Self { scheme, user, host, port, rest })
    }

    fn without_port(&self) -> String {
        [self.scheme, self.user, self.host, self.rest].concat()
    }

    fn with_port(&self) -> String {
        let standard = if self.scheme.eq_ignore_ascii_case("https://") { ":443" } else { ":80" };
        let port = if self.port.is_empty() { standard } else { self.port };
        [self.scheme, self.user, self.host, port, self.rest].concat()
    }
}

/// The URL as WHATWG's parser writes it, if it is of the usual kind.
fn normalised(parts: &Parts<'_>) -> Option<String> {
    let scheme = parts.scheme.to_ascii_lowercase();
    let standard = match scheme.as_str() {
        "https://" => 443,
        "http://" => 80,
        _ => return None,
    };
    let host = parts.host;
    if !is_usual(host) {
        return None;
    }
    let port = match parts.port.trim_start_matches(':') {
        "" => String::new(),
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            let port: u16 = digits.parse().ok()?;
            if port == standard { String::new() } else { format!(":{port}") }
        }
        _ => return None,
    };
    let rest = parts.rest;
    if rest.contains(['#', '\\', '\t', '\n', '\r']) || rest.ends_with(|c: char| c <= ' ') {
        return None;
    }
    let (path, query) = rest.split_at(rest.find('?').unwrap_or(rest.len()));
    if path.split('/').any(is_dot_segment) {
        return None;
    }
    let path = if path.is_empty() { "/" } else { path };
    Some(format!(
        "{scheme}{}{host}{port}{}{}",
        normalised_user(parts.user)?,
        utf8_percent_encode(path, PATH),
        utf8_percent_encode(query, QUERY),
    ))
}

fn normalised_user(user: &str) -> Option<String> {
    let Some(user) = user.strip_suffix('@') else { return Some(String::new()) };
    if user.contains(['\t', '\n', '\r', '\\']) {
        return None;
    }
    let (name, password) = user.split_once(':').unwrap_or((user, ""));
    let name = utf8_percent_encode(name, USER);
    let password = utf8_percent_encode(password, USER).to_string();
    Some(match (user.is_empty() || user == ":", password.is_empty()) {
        (true, _) => String::new(),
        (false, true) => format!("{name}@"),
        (false, false) => format!("{name}:{password}@"),
    })
}

/// Whether WHATWG's parser leaves the host as it is: a name of ASCII letters, digits and hyphens.
fn is_usual(host: &str) -> bool {
    let is_letter = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.' | b'_')
    };
    let last = host.strip_suffix('.').unwrap_or(host).rsplit('.').next().unwrap_or_default();
    let is_address = last.starts_with(|c: char| c.is_ascii_digit());
    // A label in Punycode is checked by WHATWG's parser, which may refuse it.
    !host.is_empty() && host.bytes().all(is_letter) && !is_address && !host.contains("xn--")
}

fn is_dot_segment(segment: &str) -> bool {
    matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..")
}

/// The URL with its query decoded and written anew as Node's `querystring` does: values of one name
/// stand together, where the name first stood.
fn legacy_query(url: &str) -> String {
    let Some((start, query)) = url.split_once('?').filter(|(_, query)| !query.is_empty()) else {
        return url.to_owned();
    };
    let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
    let mut out = start.to_owned();
    let mut separator = '?';
    for (at, (name, _)) in pairs.iter().enumerate() {
        if pairs.iter().take(at).any(|(earlier, _)| earlier == name) {
            continue;
        }
        for (_, value) in pairs.iter().filter(|(other, _)| other == name) {
            out.push(separator);
            out.extend(utf8_percent_encode(name, LEGACY));
            out.push('=');
            out.extend(utf8_percent_encode(value, LEGACY));
            separator = '&';
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, expected: &[&str]) {
        let mut expected: Vec<String> = expected.iter().map(|&form| form.to_owned()).collect();
        expected.sort();
        let mut forms = forms(url);
        forms.sort();
        assert_eq!(forms, expected, "{url}");
    }

    #[test]
    fn with_and_without_its_port() {
        check("https://example.com/a", &["https://example.com/a", "https://example.com:443/a"]);
        check("https://example.com:443/a", &["https://example.com/a", "https://example.com:443/a"]);
        check("http://example.com/a", &["http://example.com/a", "http://example.com:80/a"]);
        check("http://u:p@a.io:8/", &["http://u:p@a.io/", "http://u:p@a.io:8/"]);
    }

    #[test]
    fn normalised_and_with_the_legacy_query() {
        check(
            "HTTPS://example.com/a?b=It's+ok",
            &[
                "HTTPS://example.com/a?b=It's+ok",
                "HTTPS://example.com:443/a?b=It's+ok",
                "https://example.com/a?b=It%27s+ok",
                "https://example.com:443/a?b=It%27s+ok",
                "https://example.com/a?b=It's%20ok",
                "https://example.com:443/a?b=It's%20ok",
            ],
        );
    }

    #[test]
    fn unusual_urls_are_taken_as_they_are_written() {
        check(
            "https://example.com/a/../b'",
            &["https://example.com/a/../b'", "https://example.com:443/a/../b'"],
        );
        check(
            "https://Example.com/'?'",
            &["https://Example.com/'?'", "https://Example.com:443/'?'"],
        );
        check("https://[::1]:8/A", &["https://[::1]/A", "https://[::1]:8/A"]);
        check("/relative", &[]);
        check("", &[]);
    }
}
