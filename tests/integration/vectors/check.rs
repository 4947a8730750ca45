//! Whether what came of a vector is what it expects, and what must hold for every vector.
//!
//! It reads results as the JSON that every host sees, so that it judges the crate and the wasm
//! alike.

use serde_json::Value;
use twilio_destination::time::Timestamp;

use super::format::{Decision, Explained, Place, Vector, Warning};

/// What Twilio answers where a vector names no reply.
pub(crate) const SENT: &str =
    r#"{"sid":"SM0123456789abcdef0123456789abcdef","status":"queued","num_segments":"1"}"#;

/// How much time there is, in milliseconds: enough for a request, and for no wait.
pub(crate) const DEADLINE: i64 = 1_900;

/// What came of a vector.
#[derive(Debug, PartialEq)]
pub(crate) struct Actual {
    /// `{ problems, warnings }`.
    pub(crate) report: Value,
    /// What came of its event, if it has one and the settings hold.
    pub(crate) run: Option<Run>,
}

/// What came of an event.
#[derive(Debug, PartialEq)]
pub(crate) struct Run {
    /// As `decide` answers.
    pub(crate) decisions: Value,
    /// As `preview` answers.
    pub(crate) preview: Value,
    /// As sending ends.
    pub(crate) outcomes: Value,
    /// The requests that were made.
    pub(crate) requests: Vec<Value>,
}

/// Everything that is not as it should be.
pub(crate) fn check(vector: &Vector, actual: &Actual) -> Vec<String> {
    let mut faults = Faults(Vec::new());
    let expect = &vector.expect;
    places("problems", &expect.problems, &actual.report["problems"], &mut faults);
    places("warnings", &expect.warnings, &actual.report["warnings"], &mut faults);
    match (&expect.decisions, &actual.run) {
        (Some(decisions), Some(run)) => {
            check_decisions(decisions, run, &mut faults);
            check_triggers(vector, run, &mut faults);
            check_quiet_hours(vector, run, &mut faults);
            check_conversions(vector, run, &mut faults);
            check_outcomes(vector, run, &mut faults);
        }
        (None, None) => {}
        (Some(_), None) => faults.add("the settings were refused, so there are no decisions"),
        (None, Some(_)) => faults.add("there are decisions"),
    }
    check_secrets(vector, actual, &mut faults);
    faults.0
}

/// Faults found so far.
struct Faults(Vec<String>);

impl Faults {
    fn add(&mut self, fault: impl Into<String>) {
        self.0.push(fault.into());
    }

    fn same(&mut self, what: &str, actual: &Value, expected: &Value) {
        // Hosts write a whole number with a fraction of nothing, or without.
        let same_number = actual.as_f64().is_some() && actual.as_f64() == expected.as_f64();
        if actual != expected && !same_number {
            self.add(format!("{what}: expected {expected}, found {actual}"));
        }
    }
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn optional(text: Option<&str>) -> Value {
    text.map_or(Value::Null, Value::from)
}

fn places(what: &str, expected: &[Place], actual: &Value, faults: &mut Faults) {
    let expected_places: Vec<Value> =
        expected.iter().map(|place| Value::from(vec![&*place.code, &*place.path])).collect();
    let actual_places: Vec<Value> = items(actual)
        .iter()
        .map(|place| Value::from(vec![text(&place["code"]), text(&place["path"])]))
        .collect();
    faults.same(what, &actual_places.into(), &expected_places.into());
    for (place, actual) in expected.iter().zip(items(actual)) {
        words(what, actual, place.cause.as_deref(), place.fix.as_deref(), faults);
    }
    for actual in items(actual) {
        sentence(what, &actual["cause"], faults);
        sentence(what, &actual["fix"], faults);
    }
}

fn words(what: &str, actual: &Value, cause: Option<&str>, fix: Option<&str>, faults: &mut Faults) {
    for (name, expected) in [("cause", cause), ("fix", fix)] {
        if let Some(expected) = expected {
            faults.same(&format!("{what}, {name}"), &actual[name], &expected.into());
        }
    }
}

/// What people read is written for them: with a capital and a full stop.
fn sentence(what: &str, actual: &Value, faults: &mut Faults) {
    let text = text(actual);
    let begins = text.chars().next().is_some_and(|c| !c.is_lowercase() && !c.is_whitespace());
    if !begins || !text.ends_with(['.', '?']) || text.ends_with("..") || text.contains("  ") {
        faults.add(format!("{what}: not a sentence: `{text}`"));
    }
}

fn check_decisions(expected: &[Decision], run: &Run, faults: &mut Faults) {
    let actual = items(&run.decisions);
    let previews = items(&run.preview["decisions"]);
    if actual.len() != expected.len() || previews.len() != expected.len() {
        faults.add(format!("expected {} decisions, found {}", expected.len(), run.decisions));
        return;
    }
    for (at, expected) in expected.iter().enumerate() {
        check_decision(expected, &actual[at], &previews[at], faults);
        check_warnings(expected.warnings(), &actual[at]["warnings"], faults);
        same_in_preview(&actual[at], &previews[at], faults);
    }
}

fn check_decision(expected: &Decision, actual: &Value, preview: &Value, faults: &mut Faults) {
    match expected {
        Decision::Drop { mapping, code, path, detail, cause, fix, until, .. } => {
            faults.same("type", &actual["type"], &"drop".into());
            faults.same("mapping", &actual["mapping"], &optional(mapping.as_deref()));
            let reason = &actual["reason"];
            faults.same("code", &reason["code"], &code.as_str().into());
            faults.same("path", &reason["path"], &optional(path.as_deref()));
            faults.same("detail", &reason["detail"], &optional(detail.as_deref()));
            let until = until.as_deref().and_then(Timestamp::parse).map(Timestamp::millis);
            faults.same("until", &reason["until"], &until.map_or(Value::Null, Value::from));
            words("drop", reason, cause.as_deref(), fix.as_deref(), faults);
            sentence("cause", &reason["cause"], faults);
            sentence("fix", &reason["fix"], faults);
        }
        Decision::Send {
            mapping,
            form,
            url,
            headers,
            body,
            channel,
            country,
            segments,
            explain,
            ..
        } => {
            if actual["type"] != "send" {
                faults.add(format!("expected a send, found {}", actual["reason"]));
                return;
            }
            faults.same("mapping", &actual["mapping"], &mapping.as_str().into());
            let request = &actual["request"];
            faults.same("method", &request["method"], &"POST".into());
            check_body(text(&request["body"]), form, faults);
            let given = |value: &Option<String>| value.as_deref().map(Value::from);
            let pairs = headers.as_ref().map(|headers| pairs_value(headers));
            for (name, expected, actual) in [
                ("url", given(url), &request["url"]),
                ("body", given(body), &request["body"]),
                ("headers", pairs, &request["headers"]),
                ("channel", given(channel), &preview["channel"]),
                ("country", given(country), &preview["country"]),
                ("segments", segments.clone(), &preview["segments"]),
            ] {
                if let Some(expected) = expected {
                    faults.same(name, actual, &expected);
                }
            }
            check_explanation(form, explain.as_deref(), &preview["explain"], faults);
        }
    }
}

fn pairs_value(pairs: &[(String, String)]) -> Value {
    pairs.iter().map(|(name, value)| Value::from(vec![name.as_str(), value])).collect()
}

fn check_body(body: &str, form: &[(String, String)], faults: &mut Faults) {
    let decoded: Vec<(String, String)> = serde_urlencoded::from_str(body).unwrap_or_default();
    faults.same("form", &pairs_value(&decoded), &pairs_value(form));
    if serde_urlencoded::to_string(form).as_deref() != Ok(body) {
        faults.add(format!("the body `{body}` is not written as a form is"));
    }
    let names: Vec<&str> = decoded.iter().map(|(name, _)| name.as_str()).collect();
    let count = |name: &str| names.iter().filter(|other| **other == name).count();
    if count("To") != 1 || count("From") + count("MessagingServiceSid") != 1 {
        faults.add(format!("not one recipient and one sender: {names:?}"));
    }
}

fn check_explanation(
    form: &[(String, String)],
    expected: Option<&[Explained]>,
    actual: &Value,
    faults: &mut Faults,
) {
    let explained: Vec<(String, String)> = items(actual)
        .iter()
        .map(|part| (text(&part["parameter"]).to_owned(), text(&part["value"]).to_owned()))
        .collect();
    if explained != form {
        faults.add(format!("the explanation is not of this form: {actual}"));
    }
    let Some(expected) = expected else { return };
    let expected: Vec<Value> = expected
        .iter()
        .map(|Explained { parameter, setting, default, paths }| {
            serde_json::json!([parameter, setting, default, paths])
        })
        .collect();
    let actual: Vec<Value> = items(actual)
        .iter()
        .map(|part| {
            let members = ["parameter", "setting", "default", "paths"];
            members.map(|member| part[member].clone()).to_vec().into()
        })
        .collect();
    faults.same("explain", &actual.into(), &expected.into());
}

fn check_warnings(expected: &[Warning], actual: &Value, faults: &mut Faults) {
    let expected_codes: Vec<Value> =
        expected.iter().map(|warning| vec![&*warning.code, &*warning.parameter].into()).collect();
    let actual_codes: Vec<Value> = items(actual)
        .iter()
        .map(|warning| vec![text(&warning["code"]), text(&warning["parameter"])].into())
        .collect();
    faults.same("message warnings", &actual_codes.into(), &expected_codes.into());
    for (expected, actual) in expected.iter().zip(items(actual)) {
        words("warning", actual, expected.cause.as_deref(), None, faults);
        sentence("warning", &actual["cause"], faults);
    }
}

/// A preview is the decision, but for the credentials.
fn same_in_preview(actual: &Value, preview: &Value, faults: &mut Faults) {
    for member in ["type", "mapping", "reason", "warnings"] {
        faults.same("preview", &preview[member], &actual[member]);
    }
    for member in ["method", "url", "body"] {
        faults.same("preview", &preview["request"][member], &actual["request"][member]);
    }
    if actual["type"] == "send" {
        let hidden = serde_json::json!(["Authorization", "Basic [hidden]"]);
        faults.same("hidden header", &preview["request"]["headers"][0], &hidden);
        let begins = text(&actual["request"]["headers"][0][1]).starts_with("Basic ");
        if !begins {
            faults.add("the request has no Basic header");
        }
    }
}

fn check_triggers(vector: &Vector, run: &Run, faults: &mut Faults) {
    let Some(expected) = &vector.expect.triggers else { return };
    let actual = items(&run.preview["triggers"]);
    if actual.len() != expected.len() {
        faults.add(format!("triggers: found {}", run.preview["triggers"]));
        return;
    }
    for (expected, actual) in expected.iter().zip(actual) {
        faults.same("trigger", &actual["mapping"], &expected.mapping.as_str().into());
        faults.same("trigger", &actual["enabled"], &expected.enabled.into());
        faults.same("trigger", &actual["matched"], &expected.matched.into());
        if let Some(checks) = &expected.checks {
            faults.same("trigger", &actual["checks"], &Value::from(checks.clone()));
        }
    }
}

fn check_quiet_hours(vector: &Vector, run: &Run, faults: &mut Faults) {
    let actual = &run.preview["quietHours"];
    if let Some(expected) = &vector.expect.quiet_hours {
        faults.same("quiet hours", actual, expected);
    }
    items(actual).iter().for_each(|trace| sentence("why", &trace["why"], faults));
}

fn check_conversions(vector: &Vector, run: &Run, faults: &mut Faults) {
    let traces = items(&run.preview["conversions"]);
    let matched = traces.iter().filter(|trace| trace["matched"] == true).count();
    faults.same("conversions", &matched.into(), &vector.expect.conversions.into());
}

fn check_outcomes(vector: &Vector, run: &Run, faults: &mut Faults) {
    let decisions = items(&run.decisions);
    let outcomes = items(&run.outcomes);
    if outcomes.len() != decisions.len() + vector.expect.conversions {
        let what = "there is not one outcome for each decision and conversion";
        faults.add(format!("{what}: {}", run.outcomes));
        return;
    }
    match &vector.expect.sent {
        Some(sent) => check_sent(sent, run, faults),
        None => check_requests(vector, run, faults),
    }
    let Some(expected) = &vector.expect.outcomes else { return };
    if expected.len() != outcomes.len() {
        faults.add(format!("expected {} outcomes, found {}", expected.len(), outcomes.len()));
    }
    for (expected, outcome) in expected.iter().zip(outcomes) {
        for (name, expected) in expected {
            let inside = if outcome["type"] == "dropped" { "reason" } else { "reply" };
            let place = if matches!(name.as_str(), "type" | "mapping") {
                &outcome[name]
            } else {
                &outcome[inside][name]
            };
            faults.same(&format!("outcome, {name}"), place, expected);
        }
    }
}

/// What is sent was decided.
fn check_requests(vector: &Vector, run: &Run, faults: &mut Faults) {
    let decisions = items(&run.decisions);
    for (outcome, decision) in items(&run.outcomes).iter().zip(decisions) {
        check_outcome(outcome, decision, faults);
    }
    for request in &run.requests {
        if !decisions.iter().any(|decision| decision["request"] == *request) {
            faults.add("a request was made that was not decided");
        }
    }
    let sends = decisions.iter().filter(|decision| decision["type"] == "send").count();
    let requests = vector.expect.requests.unwrap_or(sends);
    if run.requests.len() != requests {
        faults.add(format!("expected {requests} requests, found {}", run.requests.len()));
    }
}

/// What is sent was decided with what earlier events said.
fn check_sent(sent: &[Vec<(String, String)>], run: &Run, faults: &mut Faults) {
    if run.requests.len() != sent.len() {
        faults.add(format!("expected {} requests, found {}", sent.len(), run.requests.len()));
    }
    for (request, form) in run.requests.iter().zip(sent) {
        if form.iter().any(|(name, _)| name == "Outcome") {
            faults.same("feedback", &request["body"], &"Outcome=confirmed".into());
        } else {
            check_body(text(&request["body"]), form, faults);
        }
    }
}

fn check_outcome(outcome: &Value, decision: &Value, faults: &mut Faults) {
    faults.same("outcome", &outcome["mapping"], &decision["mapping"]);
    faults.same("outcome", &outcome["warnings"], &decision["warnings"]);
    if decision["type"] == "drop" {
        faults.same("outcome", &outcome["type"], &"dropped".into());
        faults.same("outcome", &outcome["reason"], &decision["reason"]);
    } else {
        // What is decided may still be a duplicate, or one too many.
        let inside = if outcome["type"] == "dropped" { "reason" } else { "reply" };
        sentence("outcome's cause", &outcome[inside]["cause"], faults);
        sentence("outcome's fix", &outcome[inside]["fix"], faults);
    }
}

/// Neither secrets nor, in outcomes, phone numbers may come out.
fn check_secrets(vector: &Vector, actual: &Actual, faults: &mut Faults) {
    let report = actual.report.to_string();
    let (preview, outcomes) = actual
        .run
        .as_ref()
        .map(|run| (run.preview.to_string(), run.outcomes.to_string()))
        .unwrap_or_default();
    for secret in secrets(&vector.settings) {
        for (name, shown) in [("report", &report), ("preview", &preview), ("outcomes", &outcomes)] {
            if shown.contains(&secret) {
                faults.add(format!("the {name} holds a secret"));
            }
        }
    }
    let without_examples = |shown: &str| {
        let mut shown = serde_json::from_str(shown).unwrap_or_default();
        remove_fixes(&mut shown);
        shown.to_string()
    };
    for (name, shown) in [("report", &report), ("outcomes", &outcomes)] {
        if phone_number(&without_examples(shown)).is_some() {
            faults.add(format!("the {name} holds a phone number"));
        }
    }
}

/// Fixes hold examples of numbers, which are nobody's.
fn remove_fixes(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(remove_fixes),
        Value::Object(members) => {
            members.remove("fix");
            members.values_mut().for_each(remove_fixes);
        }
        _ => {}
    }
}

/// Every form in which a secret of these settings could come out: raw and in the Basic header.
pub(crate) fn secrets(settings: &Value) -> Vec<String> {
    let mut secrets = Vec::new();
    let mut add = |value: &Value| {
        let secret = text(value).trim();
        if secret.len() < 8 {
            return;
        }
        secrets.push(secret.to_owned());
        for user in ["account_sid", "api_key_sid"] {
            let pair = format!("{}:{secret}", text(&settings[user]));
            secrets.push(base64(pair.as_bytes()));
        }
    };
    add(&settings["auth_token"]);
    add(&settings["api_key_secret"]);
    items(&settings["webhook_auth_tokens"]).iter().for_each(add);
    secrets
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let mut triple = [0; 3];
        triple[..chunk.len()].copy_from_slice(chunk);
        let bits = u32::from_be_bytes([0, triple[0], triple[1], triple[2]]);
        for place in 0..=chunk.len() {
            out.push(char::from(ALPHABET[(bits >> (18 - 6 * place)) as usize & 63]));
        }
        out.extend(std::iter::repeat_n('=', 3 - chunk.len()));
    }
    out
}

/// The first thing that looks like a phone number: a plus sign and seven digits or more.
pub(crate) fn phone_number(shown: &str) -> Option<String> {
    shown.split('+').skip(1).find_map(|behind| {
        let digits: String = behind.chars().take_while(char::is_ascii_digit).collect();
        (digits.len() >= 7).then(|| format!("+{digits}"))
    })
}
