//! Answers the differential test of the triggers: reads one `{"filter", "events"}` a line, writes
//! one `{"matches"}` or `{"error"}` a line.

use std::borrow::Cow;
use std::io::{BufRead as _, Write as _};

use twilio_destination::trigger::Trigger;
use twilio_destination::value::Value;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let case: serde_json::Value = serde_json::from_str(&line?)?;
        let filter = case.get("filter").and_then(|filter| filter.as_str()).unwrap_or_default();
        let events = case.get("events").and_then(|events| events.as_array());
        let answer = match Trigger::parse(filter) {
            Ok(trigger) => {
                let matches: Vec<bool> =
                    events.into_iter().flatten().map(|event| matches(&trigger, event)).collect();
                serde_json::json!({ "matches": matches })
            }
            Err(error) => {
                serde_json::json!({ "error": error.message, "column": error.column })
            }
        };
        writeln!(out, "{answer}")?;
    }
    out.flush()?;
    Ok(())
}

fn matches(trigger: &Trigger, event: &serde_json::Value) -> bool {
    let event = value(event);
    let found: Vec<_> = trigger.paths().iter().map(|path| path.find(&event)).collect();
    trigger.matches(&|index| found.get(index).copied().flatten())
}

fn value(json: &serde_json::Value) -> Value<'_> {
    match json {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(truth) => Value::Bool(*truth),
        serde_json::Value::Number(number) => Value::Number(number.as_f64().unwrap_or(f64::NAN)),
        serde_json::Value::String(text) => Value::Text(Cow::Borrowed(text)),
        serde_json::Value::Array(items) => Value::List(items.iter().map(value).collect()),
        serde_json::Value::Object(members) => Value::Map(
            members
                .iter()
                .map(|(key, member)| (Cow::Borrowed(key.as_str()), value(member)))
                .collect(),
        ),
    }
}
