use std::collections::HashSet;

use serde_json::Value;

use super::*;

fn listed() -> Vec<Value> {
    let text = include_str!("../../../tests/data/error_codes.json");
    let mut file: Value = serde_json::from_str(text).unwrap();
    serde_json::from_value(file["codes"].take()).unwrap()
}

#[test]
fn the_table_is_that_of_the_data() {
    let listed = listed();
    assert_eq!((listed.len(), TABLE.len(), TEXTS.len()), (220, 220, 220));
    for (entry, expected) in TABLE.iter().zip(&listed) {
        let text = |key: &str| expected[key].as_str().unwrap_or_default();
        assert_eq!(expected["code"], entry.code);
        assert_eq!(entry.title(), text("title").trim().trim_end_matches('.'), "{}", entry.code);
        let phase = match entry.phase {
            Phase::Both => "both",
            Phase::Delivery => "delivery",
            Phase::Request => "request",
        };
        assert_eq!(phase, text("phase"), "{}", entry.code);
        let scope = match text("scope") {
            "brand" | "campaign" => Scope::Sender,
            "carrier" | "channel" | "platform" => Scope::Platform,
            "recipient-country" | "recipient-prefix" => Scope::Region,
            "recipient (trial account)" | "recipient" => Scope::Recipient,
            "pair" => Scope::Pair,
            both if both.contains('+') => Scope::Pair,
            "account" => Scope::Account,
            "config" => Scope::Configuration,
            "inbound" => Scope::Inbound,
            "message" => Scope::Message,
            "sender" => Scope::Sender,
            other => panic!("{other}"),
        };
        assert_eq!(entry.scope, scope, "{}", entry.code);
        let advice = match (text("recommended_outcome"), text("retry").starts_with("long")) {
            ("ambiguous", _) => Advice::Unknown,
            ("failed", _) => Advice::Failed,
            ("halt", _) => Advice::Halted,
            ("halt_or_long_retry", _) | ("retry", true) => Advice::RetryLong,
            ("info", _) => Advice::Info,
            ("later", _) => Advice::Later,
            ("retry", false) => Advice::Retry,
            ("transient", _) => Advice::Transient,
            other => panic!("{other:?}"),
        };
        assert_eq!(entry.advice, advice, "{}", entry.code);
    }
}

#[test]
fn tables_are_sorted_and_every_code_is_found() {
    assert!(TABLE.is_sorted_by(|one, next| one.code < next.code));
    assert!(TEXTS.is_sorted_by(|one, next| one.0 < next.0));
    for entry in ErrorCode::all() {
        assert_eq!(ErrorCode::find(entry.code), Some(entry));
    }
    assert_eq!(ErrorCode::find(0), None);
    assert_eq!(ErrorCode::find(21209), None);
    assert_eq!(ErrorCode::find(u32::MAX), None);
}

#[test]
fn causes_and_remedies_are_sentences_of_our_own() {
    let mut causes = HashSet::new();
    let mut remedies = HashSet::new();
    for entry in ErrorCode::all() {
        let (cause, remedy) = (entry.cause(), entry.remedy());
        for text in [cause, remedy] {
            assert!(text.len() >= 20 && text.len() <= 200, "{}: {text}", entry.code);
            let sentence = text.strip_suffix('.').unwrap();
            assert!(!sentence.ends_with(['.', '!', ' ']) && !sentence.contains(". "), "{text}");
            assert!(text.starts_with(char::is_uppercase), "{}: {text}", entry.code);
            assert_eq!(text.matches('`').count() % 2, 0, "{}", entry.code);
        }
        assert_ne!(cause, remedy);
        let bare = cause.trim_end_matches('.').to_lowercase();
        assert_ne!(bare, entry.title().to_lowercase(), "{}", entry.code);
        causes.insert(cause);
        remedies.insert(remedy);
    }
    assert!(causes.len() >= 215, "{} causes", causes.len());
    assert!(remedies.len() >= 190, "{} remedies", remedies.len());
}

#[test]
fn settings_are_called_by_their_names() {
    let schema = include_str!("../../../host-shim/settings.schema.json");
    let mut named = 0;
    for entry in ErrorCode::all() {
        for word in entry.remedy().split('`').skip(1).step_by(2) {
            let name = word.rsplit('.').next().unwrap();
            let is_value = ["discard", "fixed", "obfuscate", "retain"].contains(&name);
            if !is_value && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') {
                assert!(schema.contains(&format!("\"{name}\"")), "{}: {word}", entry.code);
                named += 1;
            }
        }
    }
    assert!(named > 50, "{named}");
}

#[test]
fn the_address_of_twilios_page() {
    assert_eq!(twilio_docs_url(21211), "https://www.twilio.com/docs/errors/21211");
}
