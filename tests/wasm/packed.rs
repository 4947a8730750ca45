//! Reads the one text in which decisions come out (see src/wasm/pack.rs).

use serde_json::{Value, json};

/// The decisions, as the shim hands them on.
pub(crate) fn decisions(text: &str, envelope: &Value) -> Value {
    let mut decisions: Vec<Value> = Vec::new();
    for record in text.split('\u{1e}') {
        let fields: Vec<&str> = record.split('\u{1f}').collect();
        match fields.as_slice() {
            ["s", mapping, body] => {
                let mut request = envelope.clone();
                request["body"] = json!(body);
                decisions.push(json!({
                    "type": "send", "mapping": mapping, "request": request, "warnings": [],
                }));
            }
            ["d", mapping, code, detail, path, cause, fix, until] => decisions.push(json!({
                "type": "drop",
                "mapping": filled(mapping),
                "reason": {
                    "code": code, "detail": filled(detail), "path": filled(path), "cause": cause,
                    "fix": fix, "until": filled(until).map(|until| until.parse::<i64>().unwrap()),
                },
                "warnings": [],
            })),
            ["w", code, parameter, setting, cause] => {
                let warnings = decisions.last_mut().unwrap()["warnings"].as_array_mut().unwrap();
                warnings.push(json!({
                    "code": code, "parameter": parameter, "setting": setting, "cause": cause,
                }));
            }
            _ => panic!("no record of a decision: {record:?}"),
        }
    }
    Value::Array(decisions)
}

fn filled(field: &str) -> Option<&str> {
    Some(field).filter(|field| !field.is_empty())
}
