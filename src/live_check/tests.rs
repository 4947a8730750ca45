use std::borrow::Cow;

use super::*;
use crate::http::{HttpFailure, HttpResponse};
use crate::json;

const LIMITS: json::Limits = json::Limits { bytes: 100_000, depth: 16 };
const ACCOUNT: &str = "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const TOKEN: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
const SERVICE: &str = "MGcccccccccccccccccccccccccccccccc";
const ACTIVE: &str = r#"{"status":"active","type":"Full","sid":"ACa","owner_account_sid":"ACa"}"#;
const FUNDED: &str = r#"{"balance":"25.00","currency":"USD"}"#;
const OWNED: &str = r#"{"incoming_phone_numbers":[
    {"phone_number":"+141555512340","capabilities":{"sms":false}},
    {"phone_number":"+14155551234","capabilities":{"sms":true}}]}"#;

fn destination(settings: &str) -> Destination {
    let text = format!(r#"{{"account_sid":"{ACCOUNT}","auth_token":"{TOKEN}",{settings}}}"#);
    Destination::compile(&json::parse(&text, LIMITS).unwrap()).unwrap()
}

/// Answers each request by the first entry whose text its URL holds; every other is not found.
/// Gives the findings' codes with their places, and what was asked.
#[track_caller]
fn check(settings: &str, answers: &[(&str, u16, &str)]) -> (Vec<String>, Vec<String>) {
    let destination = destination(settings);
    let (mut check, mut step) = destination.live_check();
    let mut asked = Vec::new();
    loop {
        let request = match step {
            CheckStep::Done { findings } => {
                let line = |finding: &Finding| format!("{} {}", finding.code.code(), finding.path);
                for finding in &findings {
                    assert!(!finding.cause.contains("4155551234"), "{}", finding.cause);
                }
                return (findings.iter().map(line).collect(), asked);
            }
            CheckStep::Fetch { request, .. } => request,
        };
        assert_eq!(request.method, "GET");
        assert_eq!(request.body, None);
        assert!(asked.len() < 100, "it does not end");
        let known = answers.iter().find(|(part, _, _)| request.url.contains(part));
        let (status, body) =
            known.map_or((404, r#"{"code":20404}"#), |(_, status, body)| (*status, *body));
        asked.push(request.url);
        let headers: [(Cow<'_, str>, Cow<'_, str>); 0] = [];
        let response = HttpResponse { status, headers: &headers, body, complete: true };
        step = check.resume(&HttpResult::Response(response));
    }
}

fn with<'a>(more: &[(&'a str, u16, &'a str)]) -> Vec<(&'a str, u16, &'a str)> {
    let mut answers = more.to_vec();
    let account = "/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    answers.extend([("/Balance.json", 200, FUNDED), (account, 200, ACTIVE)]);
    answers
}

const GOOD: [&str; 3] = [
    "credentials_valid $.auth_token",
    "account_active $.account_sid",
    "balance_sufficient $.account_sid",
];

#[track_caller]
fn expect_after_good(settings: &str, answers: &[(&str, u16, &str)], expected: &[&str]) {
    let (found, asked) = check(settings, &with(answers));
    assert_eq!(found, [&GOOD, expected].concat(), "{asked:#?}");
}

#[test]
fn codes_are_in_order_and_named_as_they_cross() {
    let codes: Vec<_> = FindingCode::ALL.iter().map(|code| code.code()).collect();
    let mut sorted = codes.clone();
    sorted.sort_unstable();
    assert_eq!(codes, sorted);
    for code in FindingCode::ALL {
        assert_eq!(serde_json::to_value(code).unwrap(), code.code());
        for text in [code.meaning(), code.fix()] {
            assert!(text.ends_with('.') && !text.starts_with(' '), "{text}");
        }
        assert_eq!(code.level() == Level::Ok, code.fix() == "Nothing.", "{code:?}");
    }
}

#[test]
fn where_each_question_goes() {
    let settings = format!(
        r#""region":"ie1","edge":"dublin","messaging_service_sid":"{SERVICE}","senders":[
            {{"countries":["GB"],"from":"+447700900123"}},{{"countries":["US"],"from":"55555"}},
            {{"countries":["DE"],"from":"whatsapp:+14155551234"}}]"#
    );
    let (_, asked) = check(&settings, &with(&[]));
    let account =
        "https://api.dublin.ie1.twilio.com/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    assert_eq!(
        asked,
        [
            format!("{account}.json"),
            format!("{account}/Balance.json"),
            format!("{account}/IncomingPhoneNumbers.json?PhoneNumber=%2B447700900123&PageSize=20"),
            format!("{account}/SMS/ShortCodes.json?ShortCode=55555&PageSize=20"),
            "https://messaging.dublin.ie1.twilio.com/v2/Channels/Senders?Channel=whatsapp&PageSize=100"
                .to_owned(),
            format!("https://messaging.dublin.ie1.twilio.com/v1/Services/{SERVICE}"),
        ]
    );
}

#[test]
fn the_account() {
    let suspended = ACTIVE.replace("active", "suspended").replace("Full", "Trial");
    let low = FUNDED.replace("25.00", "4.99");
    let none = FUNDED.replace("25.00", "-0.10");
    let child = ACTIVE.replace(r#""owner_account_sid":"ACa""#, r#""owner_account_sid":"ACb""#);
    for (account, balance, expected) in [
        (suspended.as_str(), FUNDED, "account_not_active account_trial balance_sufficient"),
        (ACTIVE, low.as_str(), "account_active balance_low"),
        (ACTIVE, none.as_str(), "account_active balance_empty"),
        (ACTIVE, r#"{"balance":"1e9; rm","currency":"USD"}"#, "account_active balance_unreadable"),
        (child.as_str(), "{}", "account_active balance_unreadable"),
        ("{}", FUNDED, "account_unreadable balance_sufficient"),
    ] {
        let answers = [("/Balance.json", 200, balance), ("/Accounts/", 200, account)];
        let (found, _) = check(r#""from":"ACME""#, &answers);
        let codes: Vec<_> = found.iter().filter_map(|line| line.split(' ').next()).collect();
        let expected = format!("credentials_valid {expected} sender_not_checkable");
        assert_eq!(codes.join(" "), expected, "{account} {balance}");
    }
}

#[test]
fn what_ends_a_check_at_once() {
    for (status, body, expected) in [
        (401, r#"{"code":20003}"#, "credentials_wrong $.auth_token"),
        (404, r#"{"code":20404}"#, "account_not_found $.account_sid"),
        (401, r#"{"code":20005}"#, "account_not_active $.account_sid"),
        (403, r#"{"code":20008}"#, "credentials_test $.auth_token"),
        (503, "<html>", "twilio_unreachable $.account_sid"),
        (200, "<html>", "twilio_unreachable $.account_sid"),
        (401, "<html>", "twilio_unreachable $.account_sid"),
        (302, "", "twilio_unreachable $.account_sid"),
    ] {
        let (found, asked) = check(r#""from":"ACME""#, &[("", status, body)]);
        assert_eq!((found, asked.len()), (vec![expected.to_owned()], 1), "{status} {body}");
    }
}

#[test]
fn a_failure_is_named_by_its_code_alone() {
    let destination = destination(r#""from":"ACME""#);
    for (code, cause) in [
        (Some("ECONNREFUSED"), "Twilio did not answer (ECONNREFUSED)."),
        (None, "Twilio did not answer (TypeError)."),
        (Some("a b"), "Twilio did not answer (unknown)."),
    ] {
        let (mut check, _) = destination.live_check();
        let failure = HttpFailure { name: "TypeError", code, syscall: None };
        let CheckStep::Done { findings } = check.resume(&HttpResult::Failure(failure)) else {
            panic!("it goes on")
        };
        assert_eq!(findings[0].cause, cause);
        assert_eq!(check.resume(&HttpResult::NotStarted), CheckStep::Done { findings: vec![] });
    }
}

#[test]
fn an_api_key_is_known_by_what_it_may_read() {
    let key = format!(
        r#""api_key_sid":"SK{}","api_key_secret":"of-the-key","from":"55555""#,
        "d".repeat(32)
    );
    let settings = |key: &str| format!(r#"{{"account_sid":"{ACCOUNT}",{key}}}"#);
    let run = |answers: &[(&str, u16, &str)]| {
        let text = settings(&key);
        let destination = Destination::compile(&json::parse(&text, LIMITS).unwrap()).unwrap();
        let (mut check, mut step) = destination.live_check();
        loop {
            let request = match step {
                CheckStep::Done { findings } => {
                    return findings.iter().map(|f| f.code.code()).collect::<Vec<_>>().join(" ");
                }
                CheckStep::Fetch { request, .. } => request,
            };
            let (_, status, body) =
                *answers.iter().find(|(part, _, _)| request.url.contains(part)).unwrap();
            let response = HttpResponse { status, headers: &[], body, complete: true };
            step = check.resume(&HttpResult::Response(response));
        }
    };
    let refused = r#"{"code":20003}"#;
    let forbidden = r#"{"code":70051}"#;
    let codes = r#"{"short_codes":[{"short_code":"55555"}]}"#;
    assert_eq!(run(&[("", 401, refused)]), "credentials_wrong");
    assert_eq!(
        run(&[("/Balance", 200, FUNDED), ("/ShortCodes", 200, codes), ("", 401, refused)]),
        "credentials_valid account_unreadable balance_sufficient sender_ready"
    );
    assert_eq!(
        run(&[("", 403, forbidden)]),
        "credentials_valid account_unreadable balance_unreadable sender_unreadable"
    );
}

#[test]
fn numbers_and_short_codes() {
    let no_sms = OWNED.replace("true", "false");
    let gb = OWNED.replace("+14155551234", "+447700900123");
    let toll_free = OWNED.replace("+14155551234", "+18005551234");
    let numbers = "/IncomingPhoneNumbers";
    let services = ("/v1/Services?", 200, r#"{"services":[]}"#);
    let us = r#""from":"+14155551234""#;
    expect_after_good(us, &[(numbers, 200, &no_sms)], &["sender_cannot_text $.from"]);
    expect_after_good(
        us,
        &[(numbers, 200, r#"{"incoming_phone_numbers":[]}"#)],
        &["sender_not_owned $.from"],
    );
    expect_after_good(us, &[(numbers, 401, "{}")], &["sender_unreadable $.from"]);
    expect_after_good(us, &[(numbers, 500, "")], &["twilio_unreachable $.from"]);
    expect_after_good(
        us,
        &[(numbers, 200, OWNED), services],
        &["sender_ready $.from", "a2p_unregistered $.from"],
    );
    expect_after_good(
        r#""from":"+447700900123""#,
        &[(numbers, 200, &gb)],
        &["sender_ready $.from"],
    );
    expect_after_good(
        r#""from":"+18005551234""#,
        &[(numbers, 200, &toll_free)],
        &["sender_ready $.from"],
    );
    let codes = r#"{"short_codes":[{"short_code":"155555"}]}"#;
    expect_after_good(
        r#""from":"55555""#,
        &[("/ShortCodes", 200, codes)],
        &["sender_not_owned $.from"],
    );
}

#[test]
fn senders_that_cannot_be_asked_about() {
    let settings = r#""from":"ACME","senders":[
        {"countries":["GB"],"from":"messenger:123"},
        {"countries":["DE"],"from":"whatsapp:+14155238886"},
        {"countries":["FR"],"from":"ACME"}],
        "mappings":[{"trigger":"A","from":"$.properties.from","body":"x"},
                    {"trigger":"B","from":"ACME","body":"x"},
                    {"trigger":"C","from":"OTHER","body":"x","enabled":false}],
        "row":{"from":"ROWS"}"#;
    let settings = settings.replace('\n', " ");
    let text = format!(r#"{{"account_sid":"{ACCOUNT}","auth_token":"{TOKEN}",{settings}}}"#);
    let destination = Destination::compile(&json::parse(&text, LIMITS).unwrap()).unwrap();
    let places: Vec<_> = destination.senders().into_iter().map(|(place, _)| place).collect();
    assert_eq!(
        places,
        [
            "$.senders[0].from",
            "$.senders[1].from",
            "$.senders[2].from",
            "$.mappings[0].from",
            "$.row.from",
        ]
    );
    for (place, sender) in destination.senders() {
        let finding = Question::about(&place, sender).unwrap_err();
        assert_eq!(finding.code, FindingCode::SenderNotCheckable);
    }
}

#[test]
fn channel_senders() {
    let whatsapp = r#""from":"whatsapp:+14155551234""#;
    let list = |status: &str, next: &str| {
        format!(
            r#"{{"meta":{{"next_page_url":{next}}},"senders":[
                {{"sender_id":"whatsapp:+14155551234","status":"{status}"}}]}}"#
        )
    };
    let senders = "/v2/Channels/Senders?Channel=whatsapp";
    for (body, expected) in [
        (list("ONLINE", "null"), "sender_ready $.from"),
        (list("ONLINE:UPDATING", "null"), "sender_ready $.from"),
        (list("OFFLINE", "null"), "sender_offline $.from"),
        (list("ONLINE", "null").replace("1234", "9999"), "sender_not_owned $.from"),
        (list("ONLINE", "\"x\"").replace("1234", "9999"), "sender_unreadable $.from"),
        ("{}".to_owned(), "sender_not_owned $.from"),
    ] {
        expect_after_good(whatsapp, &[(senders, 200, &body)], &[expected]);
    }
}

#[test]
fn messaging_services() {
    let settings = format!(r#""messaging_service_sid":"{SERVICE}""#);
    let at = |code: &str| format!("{code} $.messaging_service_sid");
    let service = format!("/v1/Services/{SERVICE}");
    let path = |below: &str| format!("{service}{below}");
    let (numbers, alpha) = (path("/PhoneNumbers"), path("/AlphaSenders"));
    let (codes, channels) = (path("/ShortCodes"), path("/ChannelSenders"));
    let campaigns = path("/Compliance/Usa2p");
    let exists = (service.as_str(), 200, "{}");
    let us = r#"{"phone_numbers":[{"phone_number":"+14155551234","capabilities":["SMS"]}]}"#;
    let gb =
        r#"{"phone_numbers":[{"phone_number":"+447700900123","capabilities":["Voice","SMS"]}]}"#;
    let mute = r#"{"phone_numbers":[{"phone_number":"+447700900123","capabilities":["Voice"]}]}"#;
    let check = |answers: &[(&str, u16, &str)], expected: &[&str]| {
        let expected: Vec<_> = expected.iter().map(|code| at(code)).collect();
        let expected: Vec<_> = expected.iter().map(String::as_str).collect();
        expect_after_good(&settings, answers, &expected);
    };
    check(&[(&service, 404, "{}")], &["service_not_found"]);
    check(&[(&service, 401, "{}")], &["sender_unreadable"]);
    check(&[(&numbers, 200, gb), exists], &["service_ready"]);
    check(&[(&numbers, 200, mute), exists], &["sender_cannot_text"]);
    let empty = [(numbers.as_str(), 200, "{}"), (&codes, 200, "{}"), (&alpha, 200, "{}")];
    let names = r#"{"alpha_senders":[{"alpha_sender":"ACME"}]}"#;
    check(
        &[(&alpha, 200, names), (&numbers, 200, "{}"), (&codes, 200, "{}"), exists],
        &["service_ready"],
    );
    let others = r#"{"senders":[{"sender":"whatsapp:+14155551234"}]}"#;
    check(&[&empty[..], &[(&channels, 200, others), exists]].concat(), &["service_ready"]);
    check(&[&empty[..], &[(&channels, 404, "{}"), exists]].concat(), &["service_empty"]);
    for (body, expected) in [
        (r#"{"compliance":[]}"#, "a2p_unregistered"),
        (
            r#"{"compliance":[{"campaign_status":"FAILED"},{"campaign_status":"VERIFIED"}]}"#,
            "a2p_registered",
        ),
        (
            r#"{"compliance":[{"campaign_status":"FAILED"},{"campaign_status":"IN_PROGRESS"}]}"#,
            "a2p_pending",
        ),
        (r#"{"compliance":[{"campaign_status":"PENDING"}]}"#, "a2p_pending"),
        (r#"{"compliance":[{"campaign_status":"FAILED"}]}"#, "a2p_failed"),
        (r#"{"compliance":[{"campaign_status":"SUSPENDED"}]}"#, "a2p_failed"),
        (r#"{"compliance":[{"campaign_status":"NEW"}]}"#, "a2p_unknown"),
        (r#"{"compliance":[{}]}"#, "a2p_unknown"),
    ] {
        check(
            &[(&campaigns, 200, body), (&numbers, 200, us), exists],
            &["service_ready", expected],
        );
    }
    check(
        &[(&campaigns, 403, "{}"), (&numbers, 200, us), exists],
        &["service_ready", "a2p_unknown"],
    );
}

#[test]
fn a_number_is_looked_for_in_every_messaging_service() {
    let us = r#""from":"+14155551234""#;
    let other = "MGdddddddddddddddddddddddddddddddd";
    let services =
        format!(r#"{{"services":[{{"sid":"{other}"}},{{"sid":"../x"}},{{"sid":"{SERVICE}"}}]}}"#);
    let more = services.replace(r#"{"services""#, r#"{"meta":{"next_page_url":"x"},"services""#);
    let holds = r#"{"phone_numbers":[{"phone_number":"+14155551234"}]}"#;
    let (first, second) = (
        format!("/v1/Services/{other}/PhoneNumbers"),
        format!("/v1/Services/{SERVICE}/PhoneNumbers"),
    );
    let campaign = format!("/v1/Services/{SERVICE}/Compliance");
    let numbers = ("/IncomingPhoneNumbers", 200, OWNED);
    let verified = r#"{"compliance":[{"campaign_status":"VERIFIED"}]}"#;
    fn listed(list: &str) -> (&str, u16, &str) {
        ("/v1/Services?", 200, list)
    }
    let expect = |answers: &[(&str, u16, &str)], expected: &str| {
        let answers = [&[numbers], answers].concat();
        expect_after_good(us, &answers, &["sender_ready $.from", &format!("{expected} $.from")]);
    };
    let none = (first.as_str(), 200, "{}");
    expect(
        &[listed(&services), none, (&second, 200, holds), (&campaign, 200, verified)],
        "a2p_registered",
    );
    expect(&[listed(&services), none, (&second, 200, "{}")], "a2p_unregistered");
    expect(&[listed(&more), none, (&second, 200, "{}")], "a2p_unknown");
    expect(&[listed(&services), (&first, 403, "{}"), (&second, 200, "{}")], "a2p_unknown");
    expect(&[("/v1/Services?", 403, "{}")], "a2p_unknown");
}
