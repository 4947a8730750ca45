//! What a hostile reader found: each test failed before.

use serde_json::{Value as Json, json};
use twilio_destination::decision::Decision;
use twilio_destination::destination::{Destination, InputKind};
use twilio_destination::facts::Facts;
use twilio_destination::json::{self, Limits};
use twilio_destination::problem::Problem;
use twilio_destination::time::Timestamp;

const LIMITS: Limits = Limits { bytes: 1 << 24, depth: 64 };

/// Settings that send by `from` unless they say otherwise.
fn settings(more: &Json) -> Json {
    let mut settings = json!({
        "account_sid": "AC0123456789abcdef0123456789abcdef",
        "auth_token": "0123456789abcdef0123456789abcdef",
        "from": "+14155551234",
    });
    let all = settings.as_object_mut().unwrap();
    for (name, value) in more.as_object().unwrap() {
        all.insert(name.clone(), value.clone());
    }
    settings
}

fn mapping(more: &Json) -> Json {
    let mut mapping = json!({ "trigger": "Order Completed" });
    mapping.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({ "mappings": [mapping] })
}

fn compile(more: &Json) -> Result<Destination, Vec<Problem>> {
    let text = settings(more).to_string();
    let settings = json::parse(&text, LIMITS).unwrap();
    Destination::compile(&settings).map_err(|error| error.problems)
}

fn event(properties: &str) -> String {
    [
        r#"{"type":"track","event":"Order Completed","context":{"traits":{"phone":"+447700900123"}},"properties":"#,
        properties,
        "}",
    ]
    .concat()
}

fn decide(destination: &Destination, event: &str) -> Decision {
    let input = destination.read_json(InputKind::Event, event);
    let now = Timestamp::parse("2026-01-15T12:00:00Z").unwrap();
    destination.decide(InputKind::Event, &input, &Facts::default(), now).remove(0)
}

/// What a mapping does with the properties of an event: the form, or why there is none.
#[track_caller]
fn sends(more: &Json, properties: &str) -> String {
    let destination = compile(&mapping(more)).unwrap();
    match decide(&destination, &event(properties)) {
        Decision::Send(send) => send.request.body,
        Decision::Drop(dropped) => dropped.reason.code.code().to_owned(),
    }
}

/// The codes and places of the problems that settings have.
fn problems(more: &Json) -> Vec<String> {
    let problems = compile(more).err().unwrap_or_default();
    problems.iter().map(|problem| format!("{} {}", problem.code.code(), problem.path)).collect()
}

#[test]
fn a_name_that_nobody_can_see_is_missing() {
    let mapping = json!({ "body": "Hi {{ properties.name }}," });
    for name in ["\u{200b}", "\u{2060} ", "\u{3164}", "\u{2800}", "\u{ad}", "\u{feff}"] {
        let properties = json!({ "name": name }).to_string();
        assert_eq!(sends(&mapping, &properties), "template_value_missing", "{name:?}");
        assert_eq!(
            sends(&json!({ "body": "{{ properties.name }}" }), &properties),
            "message_empty"
        );
    }
    // What only joins visible characters does not count.
    assert!(sends(&mapping, r#"{"name":"👩‍🚀"}"#).starts_with("To="));
}

#[test]
fn a_gap_in_content_variables_is_a_gap_in_the_text() {
    let template = "HX00112233445566778899aabbccddeeff";
    let mapped = json!({ "content_sid": template, "content_variables": "$.properties.vars" });
    for vars in [r#""#, r#""vars":null"#, r#""vars":"""#] {
        assert_eq!(sends(&mapped, &format!("{{{vars}}}")), "template_value_missing", "{vars}");
    }
    for one in ["null", r#""""#, r#"" ""#, r#""\u200b""#] {
        let properties = format!(r#"{{"vars":{{"1":{one},"2":"x"}}}}"#);
        assert_eq!(sends(&mapped, &properties), "template_value_missing", "{one}");
        let as_text = json!({ "vars": format!(r#"{{"1":{one},"2":"x"}}"#) }).to_string();
        assert_eq!(sends(&mapped, &as_text), "template_value_missing", "{one} in a text");
        let mut blank = mapped.clone();
        blank["missing"] = json!("blank");
        assert!(sends(&blank, &properties).ends_with("ContentVariables=%7B%222%22%3A%22x%22%7D"));
    }
    for vars in ["{\"1\":{}}", "{\"1\":[]}", "[]", "5"] {
        let properties = format!(r#"{{"vars":{vars}}}"#);
        assert_eq!(sends(&mapped, &properties), "parameter_invalid", "{vars}");
    }
    let literal = json!({ "content_sid": template, "content_variables": { "1": " ", "2": "x" } });
    assert_eq!(
        problems(&mapping(&literal)),
        ["parameter_invalid $.mappings[0].content_variables.1"]
    );
    // Without a template the variables are nobody's text.
    let fallback = json!({
        "body": "Hi",
        "content_sid": "$.properties.template",
        "content_variables": "$.properties.vars",
    });
    assert!(sends(&fallback, "{}").ends_with("Body=Hi"));
}

#[test]
fn members_stand_in_the_order_that_javascript_gives_them() {
    let mapped = json!({
        "content_sid": "HX00112233445566778899aabbccddeeff",
        "content_variables": "$.properties.vars",
    });
    let first = sends(&mapped, r#"{"vars":{"b":"x","10":"t","2":"y","01":"z","b":"w"}}"#);
    let parsed = sends(&mapped, r#"{"vars":{"2":"y","10":"t","b":"w","01":"z"}}"#);
    assert!(first.starts_with("To=") && first == parsed, "{first} {parsed}");
}

#[test]
fn a_long_list_of_faults_is_cut_short() {
    let destination = compile(&json!({
        "max_event_bytes": 1_048_576,
        "mappings": [{
            "trigger": "Order Completed",
            "body": "Hi",
            "media_url": "$.properties.media",
            "tags": "$.properties.tags",
        }],
    }))
    .unwrap();
    let tags: serde_json::Map<String, Json> =
        (0..5_000).map(|at| (format!("é{at}"), json!("x"))).collect();
    let properties = json!({ "media": vec![1; 5_000], "tags": tags }).to_string();
    let Decision::Send(send) = decide(&destination, &event(&properties)) else { panic!() };
    assert!(send.warnings.len() < 20, "{}", send.warnings.len());
}

#[test]
fn no_number_of_the_settings_is_printed() {
    let destination = compile(&json!({
        "senders": [{ "countries": ["US"], "from": "+14155551235" }],
        "messaging_service_sid": "MG0123456789abcdef0123456789abcdef",
        "default_message": "Call +44 20 7946 0018, {{ traits.name | default: '+442079460018' }}",
        "mappings": [{
            "trigger": "type = \"track\" and traits.phone != \"+447700900123\"",
            "to": "+447700900123",
            "body": "Call +44 20 7946 0018, {{ traits.name | default: '+442079460018' }}",
            "fallback_from": "+14155551237",
        }, {
            "trigger": "Order Completed",
            "from": "whatsapp:+14155551236",
        }],
    }))
    .unwrap();
    let text = event("{}");
    let input = destination.read_json(InputKind::Event, &text);
    let now = Timestamp::from_millis(0);
    let preview = destination.preview(InputKind::Event, &input, &Facts::default(), now);
    for printed in [format!("{destination:?}"), format!("{preview:?}")] {
        for number in ["1415555", "4477009", "4420794", "7946 0018"] {
            assert!(!printed.contains(number), "{number} in {printed}");
        }
    }
    let unknown = compile(&json!({ "+447700900123": "ACME" })).unwrap_err();
    assert!(!format!("{unknown:?}").contains("7700900"));
}

#[test]
fn literals_that_no_event_can_mend_are_found_before_the_first_send() {
    let at = |name: &str, value: Json| problems(&mapping(&json!({ name: value })));
    for to in [json!(447_700_900_123_u64), json!([]), json!({}), json!(true)] {
        assert_eq!(at("to", to), ["setting_wrong_type $.mappings[0].to"]);
    }
    for to in ["07700 900123", "nobody", "", "messenger:a b", "whatsapp:12"] {
        assert_eq!(at("to", json!(to)), ["phone_invalid $.mappings[0].to"], "{to}");
    }
    assert_eq!(at("to", json!("whatsapp:+44 7700 900123")), [""; 0]);
    for name in ["body", "from", "messaging_service_sid"] {
        let problem = format!("setting_wrong_type $.mappings[0].{name}");
        assert_eq!(at(name, json!(["$.properties.a"])), [problem.as_str()]);
        assert_eq!(at(name, json!({ "a": "$.properties.a" })), [problem.as_str()]);
    }
    assert_eq!(
        problems(&json!({ "default_message": [] })),
        ["setting_wrong_type $.default_message"]
    );
    assert_eq!(at("body", json!("a\u{1}b")), ["setting_out_of_range $.mappings[0].body"]);
    assert_eq!(
        at("media_url", json!(vec!["$.properties.a"; 101])),
        ["setting_out_of_range $.mappings[0].media_url"]
    );
    assert_eq!(at("shorten_urls", json!(false)), [""; 0]);
}

#[test]
fn what_is_encoded_or_not_counted_forces_nothing() {
    let warnings = |more: Json| {
        let destination = compile(&mapping(&more)).unwrap();
        destination.warnings().iter().any(|warning| warning.code.code() == "body_forces_ucs2")
    };
    assert!(warnings(json!({ "body": "“Hi”" })));
    assert!(!warnings(json!({ "body": "“Hi”", "smart_encoded": true })));
    let smart = json!({ "body": "“Hi”", "max_segments": 1, "over_segments": "smart_encoding" });
    assert!(!warnings(smart));
    assert!(warnings(json!({ "body": "Hi 😀", "smart_encoded": true })));
    assert!(!warnings(json!({ "body": "Hi 😀", "channel": "whatsapp" })));
}

#[test]
fn an_event_whose_only_mapping_is_off_is_told_so() {
    let destination = compile(&json!({ "mappings": [
        { "trigger": "Other" },
        { "trigger": "Order Completed", "enabled": false },
    ]}))
    .unwrap();
    let Decision::Drop(dropped) = decide(&destination, &event("{}")) else { panic!() };
    assert_eq!(dropped.reason.code.code(), "no_mapping_matched");
    assert_eq!(dropped.reason.detail.as_deref(), Some("mapping_disabled"));
    assert_eq!(dropped.reason.path.as_deref(), Some("$.mappings[1].enabled"));
}

#[test]
fn a_mapped_messaging_service_is_one() {
    let mapped = json!({ "body": "Hi", "messaging_service_sid": "$.properties.service" });
    assert_eq!(sends(&mapped, r#"{"service":"ACME"}"#), "sender_invalid");
    assert_eq!(sends(&mapped, r#"{"service":12345}"#), "sender_invalid");
    let sid = "MG0123456789abcdef0123456789abcdef";
    assert!(sends(&mapped, &json!({ "service": sid }).to_string()).contains(sid));
}

#[test]
fn thousands_of_paths_are_compiled_in_no_time() {
    let body = |mapping: usize| {
        (0..200).map(|path| format!("{{{{ properties.m{mapping}.p{path} }}}}")).collect::<String>()
    };
    let mappings: Vec<Json> = (0..100)
        .map(|at| json!({ "trigger": "Order Completed", "body": body(at), "missing": "blank" }))
        .collect();
    #[expect(clippy::disallowed_methods, reason = "it took half a minute, and a test may look")]
    let start = std::time::Instant::now();
    let destination = compile(&json!({ "mappings": mappings })).unwrap();
    let Decision::Send(send) = decide(&destination, &event(r#"{"m0":{"p0":"a","p199":"b"}}"#))
    else {
        panic!()
    };
    assert!(send.request.body.ends_with("Body=ab"), "{}", send.request.body);
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
}

#[test]
fn a_text_that_was_cut_to_nothing_is_not_sent() {
    let cut = json!({
        "body": "$.properties.a",
        "max_segments": 1,
        "over_segments": "truncate",
        "too_long": "truncate",
    });
    for spaces in [200, 1_700] {
        let properties = json!({ "a": format!("{}Hi", " ".repeat(spaces)) }).to_string();
        assert_eq!(sends(&cut, &properties), "message_empty");
    }
}
