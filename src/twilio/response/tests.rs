use std::borrow::Cow;
use std::collections::HashSet;

use serde_json::{Value, json};

use super::*;
use crate::http::HttpFailure;

const NOW: Timestamp = Timestamp::from_millis(1_900_000_000_000);

fn reply(status: u16, body: &str) -> Meaning {
    with_headers(status, &[], body, true)
}

fn with_headers(
    status: u16,
    headers: &[(&'static str, &'static str)],
    body: &str,
    complete: bool,
) -> Meaning {
    let headers: Vec<_> =
        headers.iter().map(|(name, value)| (Cow::from(*name), Cow::from(*value))).collect();
    let response = HttpResponse { status, headers: &headers, body, complete };
    interpret(&HttpResult::Response(response), NOW)
}

fn failure(name: &str, code: Option<&str>, syscall: Option<&str>) -> Meaning {
    interpret(&HttpResult::Failure(HttpFailure { name, code, syscall }), NOW)
}

fn error_body(code: u32, status: u16) -> String {
    json!({
        "code": code,
        "message": "The 'To' number +15005550001 is not a valid phone number.",
        "more_info": format!("https://www.twilio.com/docs/errors/{code}"),
        "status": status,
    })
    .to_string()
}

fn data(text: &str, list: &str) -> Vec<Value> {
    let mut file: Value = serde_json::from_str(text).unwrap();
    serde_json::from_value(file[list].take()).unwrap()
}

/// What the status alone says, written down apart from the table that is tested.
fn by_status(status: u16) -> Verdict {
    match status {
        200..300 => Verdict::Sent,
        300..400 => Verdict::Halted,
        401..=407 | 410 | 411 | 414 | 415 | 426 | 431 => Verdict::Halted,
        408 | 429 | 444 | 460 | 499 => Verdict::Unknown,
        400..500 => Verdict::Failed,
        _ => Verdict::Unknown,
    }
}

#[test]
fn every_status_has_a_meaning_whatever_the_body() {
    for status in (0..=1000).chain([u16::MAX]) {
        let unknown_code = error_body(99_999, status);
        let (cut_off, _) = unknown_code.split_at(30);
        let bodies = [
            ("", true),
            ("", false),
            (&*unknown_code, true),
            ("<html><body>Bad Gateway 21211</body></html>", true),
            (cut_off, false),
            ("[{\"code\": 20429}]", true),
            ("null", true),
            ("\u{0}", true),
        ];
        for (body, complete) in bodies {
            let meaning = with_headers(status, &[], body, complete);
            assert_eq!(meaning.verdict(), by_status(status), "{status} {body}");
            assert_eq!(meaning.http_status, Some(status));
            assert_eq!(meaning.scope, meaning.reply.scope());
        }
    }
}

#[test]
fn every_code_has_a_meaning_under_every_status() {
    let codes = data(include_str!("../../../tests/data/error_codes.json"), "codes");
    assert_eq!(codes.len(), 220);
    for entry in &codes {
        let code = u32::try_from(entry["code"].as_u64().unwrap()).unwrap();
        let known = ErrorCode::find(code).unwrap();
        let refused = match entry["recommended_outcome"].as_str().unwrap() {
            "failed" | "info" | "later" => Verdict::Failed,
            "halt" => Verdict::Halted,
            "halt_or_long_retry" | "retry" | "transient" => Verdict::Retry,
            "ambiguous" => Verdict::Unknown,
            other => panic!("{other}"),
        };
        let body = error_body(code, 400);
        for status in 100..=599 {
            let meaning = reply(status, &body);
            let expected = match (status, code) {
                (429, 20429 | 21611) => Verdict::Retry,
                (429, 63038) | (401, _) => Verdict::Halted,
                (408 | 429 | 444 | 460 | 499, _) => Verdict::Unknown,
                (400..500, _) => refused,
                _ => by_status(status),
            };
            assert_eq!(meaning.verdict(), expected, "{status} {code}");
            assert_eq!(meaning.twilio_code, Some(code));
            if matches!(status, 400 | 404 | 403) {
                assert_eq!(meaning.scope, Some(known.scope), "{status} {code}");
                assert_eq!((meaning.cause(), meaning.remedy()), (known.cause(), known.remedy()));
            }
        }
        if let Some(status) = entry["http_status"].as_u64() {
            let status = u16::try_from(status).unwrap();
            let meaning = reply(status, &body);
            assert_eq!(meaning.verdict(), refused, "{code} under its own status {status}");
            assert_eq!(meaning.cause(), known.cause(), "{code} under its own status {status}");
        }
    }
}

#[test]
fn recorded_replies_mean_what_they_should() {
    let replies = data(include_str!("../../../tests/data/replies.json"), "replies");
    assert!(replies.len() >= 18);
    for recorded in &replies {
        let status = u16::try_from(recorded["http_status"].as_u64().unwrap()).unwrap();
        let meaning = reply(status, &recorded["body"].to_string());
        assert_eq!(meaning.verdict().code(), recorded["verdict"], "{recorded}");
        assert_eq!(meaning.twilio_code.map(u64::from), recorded["body"]["code"].as_u64());
        assert_eq!(meaning.sid.as_deref(), recorded["body"]["sid"].as_str());
    }
}

#[test]
fn an_accepted_message_is_described() {
    let body = r#"{"sid": "SM00000000000000000000000000000001", "status": "queued",
        "num_segments": "2", "error_code": null, "error_message": null, "to": "+447700900123"}"#;
    let headers = [
        ("twilio-request-id", "RQ00000000000000000000000000000001"),
        ("twilio-concurrent-requests", "7"),
    ];
    let meaning = with_headers(201, &headers, body, true);
    assert_eq!(meaning.reply, ReplyCode::Sent);
    assert_eq!(meaning.sid.as_deref(), Some("SM00000000000000000000000000000001"));
    assert_eq!(meaning.status.as_deref(), Some("queued"));
    assert_eq!(meaning.segments, Some(2));
    assert_eq!(meaning.request_id.as_deref(), Some("RQ00000000000000000000000000000001"));
    assert_eq!(meaning.concurrent_requests, Some(7));
    assert_eq!((meaning.scope, meaning.twilio_code, &meaning.message), (None, None, &None));

    let not_counted = r#"{"sid": "SM1", "status": "accepted", "num_segments": "0"}"#;
    assert_eq!(reply(201, not_counted).segments, None);
}

#[test]
fn an_accepted_message_stays_accepted_whatever_becomes_of_the_body() {
    let body = r#"{"sid": "SM1", "status": "queued"}"#;
    for (end, _) in body.char_indices() {
        let (part, _) = body.split_at(end);
        assert_eq!(with_headers(201, &[], part, false).reply, ReplyCode::SentBodyCutOff);
        assert_eq!(reply(201, part).reply, ReplyCode::SentBodyUnreadable);
    }
    assert_eq!(with_headers(201, &[], body, false).reply, ReplyCode::Sent);
    let contradicting = error_body(21211, 400);
    let meaning = reply(200, &contradicting);
    assert_eq!(meaning.verdict(), Verdict::Sent);
    assert_eq!(meaning.twilio_code, Some(21211));
}

#[test]
fn an_accepted_message_that_has_already_failed_is_not_called_sent() {
    let body = r#"{"status": "failed", "error_code": "401", "error_message": "failed to send sms",
        "sid": "abcdef"}"#;
    let meaning = reply(200, body);
    assert_eq!(meaning.verdict(), Verdict::Failed);
    assert_eq!(meaning.reply, ReplyCode::AcceptedThenFailed);
    assert_eq!(meaning.sid.as_deref(), Some("abcdef"));
    assert_eq!(meaning.twilio_code, Some(401));
    assert_eq!(meaning.message.as_deref(), Some("failed to send sms"));

    let known = reply(201, r#"{"status": "undelivered", "sid": "SM1", "error_code": 30003}"#);
    assert_eq!(known.verdict(), Verdict::Failed);
    assert_eq!(known.cause(), ErrorCode::find(30003).unwrap().cause());
    for status in ["queued", "sending", "sent", "delivered", "accepted", "scheduled", "read"] {
        let body = json!({ "sid": "SM1", "status": status }).to_string();
        assert_eq!(reply(201, &body).reply, ReplyCode::Sent, "{status}");
    }
}

#[test]
fn a_body_that_contradicts_a_server_error_does_not_decide() {
    let meaning = reply(500, &error_body(21211, 400));
    assert_eq!(meaning.reply, ReplyCode::ServerError);
    assert_eq!(meaning.cause(), ReplyCode::ServerError.meaning());
    assert_eq!(reply(503, &error_body(20429, 429)).verdict(), Verdict::Unknown);
    assert_eq!(reply(503, &error_body(21730, 503)).verdict(), Verdict::Unknown);
    let named = reply(503, &error_body(20503, 503));
    assert_eq!(named.cause(), ErrorCode::find(20503).unwrap().cause());
}

#[test]
fn wrong_credentials_halt_the_account() {
    for body in [error_body(20003, 401), String::new(), "<html>".into(), error_body(21211, 401)] {
        let meaning = reply(401, &body);
        assert_eq!(meaning.reply, ReplyCode::CredentialsWrong);
        assert_eq!(meaning.scope, Some(Scope::Account));
    }
    assert_eq!(reply(401, &error_body(20005, 401)).reply, ReplyCode::AccountRefused);
}

#[test]
fn the_three_kinds_of_429_and_the_unclear_one() {
    let limited = with_headers(429, &[("retry-after", "2")], &error_body(20429, 429), true);
    assert_eq!(limited.reply, ReplyCode::RateLimited);
    assert_eq!(limited.retry_after_ms, Some(2000));
    assert_eq!(reply(429, &error_body(20429, 429)).retry_after_ms, None);

    let full = with_headers(429, &[("retry-after", "2")], &error_body(21611, 429), true);
    assert_eq!((full.reply, full.scope), (ReplyCode::SenderQueueFull, Some(Scope::Sender)));
    assert_eq!(full.retry_after_ms, Some(600_000));
    let later = with_headers(429, &[("retry-after", "3600")], &error_body(21611, 429), true);
    assert_eq!(later.retry_after_ms, Some(3_600_000));

    assert_eq!(reply(429, &error_body(63038, 429)).reply, ReplyCode::DailyLimitReached);
    for body in ["", "Too Many Requests", "{\"code\": 1015}", "{\"code\": 20429"] {
        assert_eq!(reply(429, body).reply, ReplyCode::UnclearRateLimit, "{body}");
    }
}

#[test]
fn only_what_proves_that_no_connection_came_about_may_be_sent_again() {
    use ReplyCode::*;
    let fetch_failed = |code| failure("TypeError", Some(code), None).reply;
    for (code, expected) in [
        ("ECONNREFUSED", ConnectFailed),
        ("UND_ERR_CONNECT_TIMEOUT", ConnectFailed),
        ("ENOTFOUND", HostNotFound),
        ("EAI_AGAIN", HostNotFound),
        ("CERT_HAS_EXPIRED", TlsFailed),
        ("DEPTH_ZERO_SELF_SIGNED_CERT", TlsFailed),
        ("ERR_TLS_CERT_ALTNAME_INVALID", TlsFailed),
        ("UNABLE_TO_VERIFY_LEAF_SIGNATURE", TlsFailed),
        ("ERR_SSL_WRONG_VERSION_NUMBER", TlsFailed),
        ("ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", TlsFailed),
        ("ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE", TlsFailed),
        ("ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC", FailureUnclear),
        ("ERR_SSL_UNEXPECTED_EOF_WHILE_READING", FailureUnclear),
        ("EPROTO", FailureUnclear),
        ("ECONNRESET", ConnectionLost),
        ("EPIPE", ConnectionLost),
        ("ETIMEDOUT", ConnectionLost),
        ("EHOSTUNREACH", ConnectionLost),
        ("UND_ERR_SOCKET", ConnectionLost),
        ("HPE_INVALID_CONSTANT", ConnectionLost),
        ("UND_ERR_HEADERS_TIMEOUT", Timeout),
        ("UND_ERR_BODY_TIMEOUT", Timeout),
        ("UND_ERR_ABORTED", Aborted),
        ("UND_ERR_INFO", FailureUnclear),
        ("econnrefused", FailureUnclear),
        ("", FailureUnclear),
    ] {
        assert_eq!(fetch_failed(code), expected, "{code}");
    }
    assert_eq!(failure("Error", Some("ETIMEDOUT"), Some("connect")).reply, ConnectFailed);
    assert_eq!(failure("Error", Some("ECONNRESET"), Some("read")).reply, ConnectionLost);
    assert_eq!(failure("Error", None, Some("getaddrinfo")).reply, HostNotFound);
    for name in ["TypeError", "Error", "NetworkError", "RangeError", ""] {
        assert_eq!(failure(name, None, None).reply, FailureUnclear, "{name}");
    }
    assert_eq!(failure("TimeoutError", None, None).reply, Timeout);
    assert_eq!(failure("TimeoutError", Some("ECONNREFUSED"), Some("connect")).reply, Timeout);
    assert_eq!(failure("AbortError", Some("ENOTFOUND"), None).reply, Aborted);
    assert_eq!(interpret(&HttpResult::NotStarted, NOW).reply, NotStarted);
}

#[test]
fn every_reply_code_is_listed_and_can_come_about() {
    assert!(ReplyCode::ALL.is_sorted_by_key(|reply| format!("{reply:?}")));
    let mut met: HashSet<_> = [
        ("TimeoutError", None),
        ("AbortError", None),
        ("TypeError", None),
        ("TypeError", Some("ECONNRESET")),
        ("TypeError", Some("ECONNREFUSED")),
        ("TypeError", Some("ENOTFOUND")),
        ("TypeError", Some("CERT_HAS_EXPIRED")),
    ]
    .map(|(name, code)| failure(name, code, None).reply)
    .into();
    met.insert(interpret(&HttpResult::NotStarted, NOW).reply);
    // These come about without a reply to a create request.
    met.extend([
        ReplyCode::Confirmed,
        ReplyCode::Found,
        ReplyCode::NeverSeen,
        ReplyCode::Reported,
        ReplyCode::RetriesEnded,
    ]);
    for status in 100..=600 {
        met.insert(reply(status, "").reply);
        met.insert(with_headers(status, &[], "", false).reply);
        met.insert(reply(status, r#"{"sid": "SM1", "status": "queued"}"#).reply);
        met.insert(reply(status, r#"{"sid": "SM1", "status": "failed"}"#).reply);
    }
    for entry in ErrorCode::all() {
        met.insert(reply(400, &error_body(entry.code, 400)).reply);
        met.insert(reply(429, &error_body(entry.code, 429)).reply);
    }
    let never: Vec<_> = ReplyCode::ALL.iter().filter(|code| !met.contains(code)).collect();
    assert!(never.is_empty(), "{never:?}");
}

#[test]
fn every_reply_code_has_its_name_and_sentences() {
    let mut names = HashSet::new();
    for reply in ReplyCode::ALL.iter().copied() {
        let name = reply.code();
        assert!(names.insert(name), "{name}");
        assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{name}");
        assert_eq!(name.replace('_', ""), format!("{reply:?}").to_lowercase());
        for text in [reply.meaning(), reply.remedy()] {
            assert!(text.ends_with('.') && !text.contains(". "), "{name}: {text}");
            assert!(text.starts_with(char::is_uppercase), "{name}: {text}");
        }
        assert_eq!(reply.scope().is_none(), reply.verdict() == Verdict::Sent, "{name}");
        let waits = reply.least_wait_ms() > 0;
        assert!(!waits || reply.verdict() == Verdict::Retry, "{name}");
        let may_exist = reply.verdict() == Verdict::Unknown;
        assert_eq!(
            reply.remedy().starts_with("Look whether the message exists"),
            may_exist,
            "{name}"
        );
    }
}

#[test]
fn nothing_personal_is_kept() {
    let body = json!({
        "code": 21211,
        "message": "The 'To' number +1 (500) 555-0001 of AC0123456789abcdef0123456789abcdef is bad",
        "sid": "+15005550001",
        "status": "+15005550001",
    });
    for status in [200, 400, 500] {
        let headers = [("twilio-request-id", "+15005550001"), ("twilio-concurrent-requests", "x")];
        let meaning = with_headers(status, &headers, &body.to_string(), true);
        let shown = format!("{meaning:?}");
        assert!(!shown.contains("555") && !shown.contains("cdef"), "{shown}");
        assert_eq!(meaning.message.as_deref(), Some("The 'To' number +*** of *** is bad"));
        assert_eq!((meaning.sid, meaning.status), (None, None));
    }
}

#[test]
fn hostile_bodies_are_only_unreadable() {
    let long = format!("{{\"code\": 20429, \"x\": \"{}\"}}", "y".repeat(70_000));
    assert_eq!(reply(429, &long).reply, ReplyCode::UnclearRateLimit);
    let deep = format!("{}{}", "[".repeat(60_000), "]".repeat(60_000));
    assert_eq!(reply(400, &deep).reply, ReplyCode::RequestRefused);
    for code in ["-21211", "21211.5", "1e400", "\"21211x\"", "[21211]", "true", "4294967296"] {
        let meaning = reply(400, &format!("{{\"code\": {code}}}"));
        assert_eq!(
            (meaning.reply, meaning.twilio_code),
            (ReplyCode::RequestRefused, None),
            "{code}"
        );
    }
    assert_eq!(reply(400, "{\"code\": \"21211\"}").reply, ReplyCode::RecipientRefused);
    assert_eq!(reply(400, "{\"code\": 2.1211e4}").reply, ReplyCode::RecipientRefused);
}
