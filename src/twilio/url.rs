//! Which URLs Twilio may be handed: status callbacks and media.
//!
//! The core never fetches one. Still, an event may carry one, so those that could only point into
//! somebody's own network are refused, as are those that Twilio refuses (error 21609 for a host
//! name with an underscore, 21620 for a missing scheme).

/// The most bytes a URL may have.
pub const MAX_LEN: usize = 2_048;

/// Checks that `text` is an absolute https URL with a public host name.
///
/// # Errors
///
/// One phrase that completes "the URL …".
pub fn check(text: &str) -> Result<(), &'static str> {
    if text.len() > MAX_LEN {
        return Err("is longer than 2,048 bytes");
    }
    if text
        .chars()
        .any(|c| c.is_whitespace() || c.is_control() || matches!(c, '\\' | '"' | '<' | '>'))
    {
        return Err("holds a character that must be percent-encoded");
    }
    let Some(rest) = strip_prefix_ignore_case(text, "https://") else {
        return Err("does not begin with https://");
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err("carries a user name");
    }
    let host = match authority.split_once(':') {
        None => authority,
        Some((host, port))
            if !port.starts_with('+') && port.parse::<u16>().is_ok_and(|port| port > 0) =>
        {
            host
        }
        Some(_) => return Err("has a host or port that cannot be read"),
    };
    check_host(host)
}

fn check_host(host: &str) -> Result<(), &'static str> {
    if host.is_empty() || host.len() > 253 {
        return Err("has no host name");
    }
    if host.contains('_') {
        return Err("has an underscore in its host name, which Twilio refuses");
    }
    let host = host.strip_suffix('.').unwrap_or(host);
    let labels_are_names = host.split('.').all(|label| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    });
    if !labels_are_names {
        return Err("has a host name that is not one");
    }
    // A last label that is a number makes the whole host an IPv4 address, in any radix
    // (WHATWG URL, "ends in a number checker"); a name of one label is somebody's own machine.
    let Some((_, last)) = host.rsplit_once('.') else {
        return Err("has no public host name");
    };
    let last = last.to_ascii_lowercase();
    let is_number = last.bytes().all(|byte| byte.is_ascii_digit())
        || last
            .strip_prefix("0x")
            .is_some_and(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
    if is_number {
        return Err("names an address instead of a host");
    }
    if matches!(last.as_str(), "localhost" | "local" | "internal" | "localdomain" | "lan" | "home")
    {
        return Err("names a private host");
    }
    Ok(())
}

fn strip_prefix_ignore_case<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_https_urls_pass() {
        for url in [
            "https://example.com",
            "HTTPS://Example.com:8443/a/b?c=d&e=%20#rc=5&rp=all",
            "https://bücher.example/bild.jpg",
            "https://1e100.net/",
            "https://example.com./x",
        ] {
            assert_eq!(check(url), Ok(()), "{url}");
        }
    }

    #[test]
    fn others_do_not() {
        for url in [
            "",
            "http://example.com/",
            "https://",
            "https:///path",
            "//example.com",
            "https://exa_mple.com/",
            "https://user:secret@example.com/",
            "https://example.com:0/",
            "https://example.com:99999/",
            "https://example.com:x/",
            "https://example.com:+80/",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://127.0.0.0x1/",
            "https://[::1]/",
            "https://localhost/",
            "https://api.localhost/",
            "https://metadata.google.internal/",
            "https://printer.local/",
            "https://exa mple.com/",
            "https://example.com/a b",
            "https://example.com/\n",
            "https://-a.com/",
            "https://a..com/",
            "ftp://example.com/",
            "javascript:alert(1)",
        ] {
            assert!(check(url).is_err(), "{url}");
        }
        assert!(check(&format!("https://example.com/{}", "a".repeat(MAX_LEN))).is_err());
    }
}
