//! Whole webhooks, signed here and taken in.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::signature::hex;
use super::*;

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const URL: &str = "https://hooks.example.com/twilio?claim=c1%2Fx&n=1";
const SID: &str = "SM0123456789abcdef0123456789abcdef";
const FORM: &str = "application/x-www-form-urlencoded; charset=UTF-8";

fn tokens() -> Vec<Secret> {
    vec![Secret::new(TOKEN.to_owned())]
}

/// Signs as Twilio does: an implementation of its own, so that no mistake is shared.
fn sign(url: &str, pairs: &[(&str, &str)]) -> String {
    use hmac::{Hmac, KeyInit as _, Mac as _};
    let mut pairs = pairs.to_vec();
    pairs.sort_unstable();
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(TOKEN.as_bytes()).unwrap();
    mac.update(url.as_bytes());
    for (name, value) in pairs {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    crate::twilio::request::base64(&mac.finalize().into_bytes())
}

fn post(url: &str, kind: &str, signature: &str, body: &str) -> Result<Received, Refusal> {
    let headers = [("X-Twilio-Signature", signature), ("content-type", kind)];
    let headers = headers.map(|(name, value)| (Cow::from(name), Cow::from(value)));
    receive(&tokens(), &Request { method: "POST", url, headers: &headers, body: body.as_bytes() })
}

fn form(pairs: &[(&str, &str)]) -> Result<Received, Refusal> {
    let body = crate::twilio::request::encode_form(pairs.iter().copied());
    post(URL, FORM, &sign(URL, pairs), &body)
}

fn status(extra: &[(&'static str, &'static str)]) -> StatusUpdate {
    let mut pairs = vec![
        ("MessageSid", SID),
        ("AccountSid", "AC0123456789abcdef0123456789abcdef"),
        ("From", "+15017250604"),
        ("To", "+447700900123"),
    ];
    pairs.extend(extra);
    match form(&pairs).unwrap().callback {
        Callback::Status(status) => status,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_status_callback() {
    let received = form(&[
        ("AccountSid", "AC0123456789abcdef0123456789abcdef"),
        ("ApiVersion", "2010-04-01"),
        ("ErrorCode", "30003"),
        ("ErrorMessage", "Unreachable +447700900123"),
        ("From", "+15017250604"),
        ("MessageSid", SID),
        ("MessageStatus", "undelivered"),
        ("MessagingServiceSid", "MG0123456789abcdef0123456789abcdef"),
        ("RawDlrDoneDate", "2605041030"),
        ("SmsSid", SID),
        ("SmsStatus", "undelivered"),
        ("To", "+447700900123"),
        ("NotKnownYet", "anything"),
    ]);
    let known = ErrorCode::find(30003).unwrap();
    assert_eq!(
        serde_json::to_value(Receipt::from(received)).unwrap(),
        json!({
            "type": "received",
            "httpStatus": 204,
            "accountSid": "AC0123456789abcdef0123456789abcdef",
            "query": [["claim", "c1/x"], ["n", "1"]],
            "callback": {
                "type": "status",
                "messageSid": SID,
                "status": "undelivered",
                "error": {
                    "code": 30003,
                    "scope": known.scope.code(),
                    "cause": sentence(known.cause()),
                    "fix": sentence(known.remedy()),
                    "docs": "https://www.twilio.com/docs/errors/30003",
                    "message": "Unreachable +***",
                },
                "channel": "sms",
                "to": "+447700900123",
                "from": "+15017250604",
                "messagingServiceSid": "MG0123456789abcdef0123456789abcdef",
                "channelInstallSid": null,
                "rawDlrDoneDate": "2605041030",
            },
        })
    );
}

#[test]
fn unknown_statuses_and_codes_are_kept() {
    let update = status(&[("MessageStatus", "teleported"), ("ErrorCode", "99999")]);
    assert_eq!(update.status, Status::Unknown("teleported".to_owned()));
    let error = update.error.unwrap();
    assert_eq!((error.code, error.scope), (99_999, None));
    assert!(error.cause.ends_with('.') && error.fix.ends_with('.'));
    assert_eq!(status(&[("MessageStatus", "sent"), ("ErrorCode", "0")]).error, None);
    assert_eq!(status(&[("MessageStatus", "sent"), ("ErrorCode", "")]).error, None);
    assert_eq!(status(&[("SmsStatus", "sent")]).status, Status::Sent);
}

#[test]
fn a_read_receipt_of_a_channel() {
    let update = status(&[
        ("EventType", "READ"),
        ("MessageStatus", "read"),
        ("ChannelInstallSid", "XE0123456789abcdef0123456789abcdef"),
        ("ChannelStatusMessage", "Failed for 447700900123"),
    ]);
    assert_eq!(update.status, Status::Read);
    assert!(update.channel_install_sid.is_some() && update.error.is_none());
    assert_eq!(status(&[("EventType", "READ")]).status, Status::Read);
}

#[test]
fn an_inbound_message() {
    let received = form(&[
        ("MessageSid", SID),
        ("From", "whatsapp:+447700900123"),
        ("To", "whatsapp:+15551234567"),
        ("Body", " Stop "),
        ("NumMedia", "1"),
        ("SmsStatus", "received"),
        ("OriginalRepliedMessageSid", "SM00000000000000000000000000000000"),
    ]);
    assert_eq!(
        serde_json::to_value(received.unwrap().callback).unwrap(),
        json!({
            "type": "inbound",
            "messageSid": SID,
            "optOut": "stop",
            "advancedOptOut": false,
            "from": "whatsapp:+447700900123",
            "to": "whatsapp:+15551234567",
            "channel": "whatsapp",
            "messagingServiceSid": null,
            "body": " Stop ",
            "numMedia": 1,
            "repliedTo": "SM00000000000000000000000000000000",
        })
    );
}

#[test]
fn a_webhook_by_get_has_its_parameters_in_its_url() {
    let url = format!("{URL}&MessageSid={SID}&MessageStatus=sent&To=%2B447700900123");
    let headers = [(Cow::from("x-twilio-signature"), Cow::from(sign(&url, &[])))];
    let request = Request { method: "get", url: &url, headers: &headers, body: b"" };
    let received = receive(&tokens(), &request).unwrap();
    assert!(matches!(received.callback, Callback::Status(ref update) if update.to.is_some()));
    assert_eq!(received.query[0], ("claim".to_owned(), "c1/x".to_owned()));
}

#[test]
fn a_click_as_a_form_and_as_json() {
    let members = [
        ("event_type", "click"),
        ("sms_sid", SID),
        ("to", "+447700900123"),
        ("link", "https://shop.example.com/?user=jane"),
        ("click_time", "2026-05-04T09:30:00Z"),
        ("user_agent", "Mozilla/5.0"),
    ];
    let as_form = form(&members).unwrap().callback;
    let body: Value =
        members.iter().map(|(name, value)| (name.to_string(), json!(value))).collect();
    let body = body.to_string();
    let hash = hex(&<sha2::Sha256 as sha2::Digest>::digest(body.as_bytes()));
    let url = format!("{URL}&bodySHA256={hash}");
    let as_json = post(&url, "application/json", &sign(&url, &[]), &body).unwrap().callback;
    assert_eq!(as_form, as_json);
    let Callback::Click(click) = as_json else { panic!("{as_json:?}") };
    assert_eq!(click.click_time.as_deref(), Some("2026-05-04T09:30:00Z"));
    assert_eq!(click.link.unwrap().expose(), "https://shop.example.com/?user=jane");
}

#[test]
fn what_is_refused() {
    let code = |result: Result<Received, Refusal>| result.unwrap_err().code;
    let pairs = [("MessageSid", SID), ("MessageStatus", "sent")];
    let body = crate::twilio::request::encode_form(pairs);
    let right = sign(URL, &pairs);
    assert!(post(URL, FORM, &right, &body).is_ok());
    assert_eq!(code(post(URL, FORM, "", &body)), RefusalCode::SignatureMissing);
    assert_eq!(code(post(URL, FORM, "AAAA", &body)), RefusalCode::SignatureWrong);
    assert_eq!(code(post(URL, FORM, &right, "MessageSid=x")), RefusalCode::SignatureWrong);
    let other = URL.replace("claim=c1", "claim=c2");
    assert_eq!(code(post(&other, FORM, &right, &body)), RefusalCode::SignatureWrong);
    assert_eq!(code(post("/twilio", FORM, &right, &body)), RefusalCode::UrlInvalid);
    let long = format!("{URL}&{}", "a".repeat(MAX_URL));
    assert_eq!(code(post(&long, FORM, &right, &body)), RefusalCode::UrlInvalid);
    let large = "a".repeat(MAX_BODY + 1);
    assert_eq!(code(post(URL, FORM, &right, &large)), RefusalCode::BodyTooLarge);
    let many = vec!["a=1"; MAX_PARAMETERS + 1].join("&");
    assert_eq!(code(post(URL, FORM, &right, &many)), RefusalCode::TooManyParameters);
    // Signed for another kind of body: the parameters are not vouched for.
    let bare = sign(URL, &[]);
    assert_eq!(code(post(URL, "application/json", &bare, &body)), RefusalCode::BodyHashMissing);
    let hashed = format!("{URL}&bodySHA256={}", "0".repeat(64));
    let signed = sign(&hashed, &[]);
    assert_eq!(code(post(&hashed, "text/plain", &signed, &body)), RefusalCode::BodyHashWrong);
    assert_eq!(code(form(&[("CallSid", "CA1")])), RefusalCode::CallbackUnknown);
    assert_eq!(code(form(&[("MessageStatus", "sent")])), RefusalCode::CallbackIncomplete);
    assert_eq!(
        code(form(&[("MessageSid", SID), ("MessageStatus", "+447700900123")])),
        RefusalCode::CallbackIncomplete
    );
    assert_eq!(
        code(form(&[("SmsStatus", "received"), ("MessageSid", SID)])),
        RefusalCode::CallbackIncomplete
    );
    let headers = [(Cow::from("x-twilio-signature"), Cow::from(right))];
    let request = Request { method: "PUT", url: URL, headers: &headers, body: b"" };
    assert_eq!(code(receive(&tokens(), &request)), RefusalCode::MethodNotAllowed);
    let request = Request { method: "POST", ..request };
    assert_eq!(code(receive(&[], &request)), RefusalCode::TokenMissing);
}

#[test]
fn debug_shows_no_number_and_no_text() {
    let received = form(&[
        ("MessageSid", SID),
        ("From", "+447700900123"),
        ("To", "+15551234567"),
        ("Body", "private"),
        ("SmsStatus", "received"),
    ]);
    let printed = format!("{received:?}");
    assert!(!printed.contains("7700") && !printed.contains("private"), "{printed}");
    assert!(!printed.contains("c1"), "{printed}");
}

#[test]
fn published_signatures() {
    let vectors: Vec<Value> =
        serde_json::from_str(include_str!("../../../tests/data/signature_vectors.json")).unwrap();
    assert_eq!(vectors.len(), 33);
    for vector in vectors {
        let verdict = verify_line(vector.to_string().as_bytes(), None);
        assert_eq!(verdict.valid, vector["valid"], "{} {:?}", vector["name"], verdict.code);
    }
}

#[test]
fn what_is_no_input_is_refused_as_such() {
    let code = |json: &str| verify_line(json.as_bytes(), None).code.unwrap();
    for json in [
        "",
        "[]",
        "1",
        r#"{"url":1}"#,
        r#"{"url":"https://a.io/","params":[],"signature":"x","token":"t"}"#,
        r#"{"url":"https://a.io/","params":{"a":1},"signature":"x","token":"t"}"#,
        r#"{"url":"https://a.io/","params":{"a":[["b"]]},"signature":"x","token":"t"}"#,
        r#"{"url":"https://a.io/","params":{},"body":"a","signature":"x","token":"t"}"#,
    ] {
        assert_eq!(code(json), RefusalCode::InputInvalid, "{json}");
    }
    assert_eq!(code("{}"), RefusalCode::UrlInvalid);
    assert_eq!(code(r#"{"url":"https://a.io/","signature":"x"}"#), RefusalCode::TokenMissing);
    assert_eq!(code(r#"{"url":"https://a.io/","token":"t"}"#), RefusalCode::SignatureMissing);
    let empty = Secret::new(String::new());
    let verdict = verify_line(br#"{"url":"https://a.io/","signature":"x"}"#, Some(&empty));
    assert_eq!(verdict.code, Some(RefusalCode::TokenMissing));
    let default = Secret::new(TOKEN.to_owned());
    let line = json!({ "url": URL, "params": { "a": "1" }, "signature": sign(URL, &[("a", "1")]) });
    assert!(verify_line(line.to_string().as_bytes(), Some(&default)).valid);
    let line = json!({ "url": URL, "body": "a=1", "signature": sign(URL, &[("a", "1")]) });
    assert!(verify_line(line.to_string().as_bytes(), Some(&default)).valid);
}

#[test]
fn any_input_has_an_answer() {
    // Xorshift: the same inputs in every run.
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut below = |limit: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % limit as u64) as usize
    };
    let words = [
        "https://",
        "HTTP://",
        "a.io",
        "@",
        ":",
        ":443",
        ":99999",
        "[",
        "]",
        "/",
        "..",
        "?",
        "#",
        "%",
        "%2",
        "%ff",
        "é",
        "😀",
        "\u{0}",
        "=",
        "&",
        "+",
        "'",
        "bodySHA256=",
        "MessageSid=",
        SID,
        "MessageStatus=",
        "SmsStatus=received",
        "event_type=click",
        "ErrorCode=",
        "99999999999",
        "{",
        "}",
        "\"",
        "\\u",
        "[[[[[[[[[[",
        "\"url\":",
        "\"params\":",
        ",",
        " ",
        "\n",
    ];
    let mut text =
        |most: usize| (0..below(most)).map(|_| words[below(words.len())]).collect::<String>();
    for _ in 0..20_000 {
        let (url, body) = (text(12), text(12));
        let line = format!("{{\"url\":\"{}\",\"token\":\"t\",\"signature\":\"s\"{}", url, body);
        assert!(!verify_line(line.as_bytes(), None).valid);
        // Signed, so that what comes behind the signature is reached as well.
        for kind in [FORM, "application/json"] {
            let params = Params::read(if kind == FORM { body.as_bytes() } else { b"" }).unwrap();
            let signature = sign(&url, &[(params.signed().as_str(), "")]);
            let result = post(&url, kind, &signature, &body);
            if let Err(refusal) = result {
                assert!(refusal.code != RefusalCode::SignatureWrong, "{url} {body}");
            }
        }
    }
}
