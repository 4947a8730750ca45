//! Answers the differential test of templates: one JSON case a line in, one JSON answer a line out.
//!
//! A case is `{ "template", "data", "now", "missing"? }`, `now` being milliseconds since 1970. An
//! answer is `{ "text" }`, `{ "parse": message }` or `{ "error": code, "path"? }`.

use std::error::Error;
use std::io::{BufRead as _, BufWriter, Write as _, stdin, stdout};

use serde_json::{Value as Json, json};
use twilio_destination::path::Path;
use twilio_destination::template::{Missing, RenderError, Template};
use twilio_destination::time::Timestamp;
use twilio_destination::value::Value;

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = BufWriter::new(stdout().lock());
    for line in stdin().lock().lines() {
        writeln!(out, "{}", answer(&serde_json::from_str(&line?)?))?;
    }
    out.flush()?;
    Ok(())
}

fn answer(case: &Json) -> Json {
    let field = |name: &str| case.get(name).unwrap_or(&Json::Null);
    let template = match Template::parse(field("template").as_str().unwrap_or_default()) {
        Ok(template) => template,
        Err(error) => return json!({ "parse": error.to_string() }),
    };
    let data = value(field("data"));
    let now = Timestamp::from_millis(field("now").as_i64().unwrap_or_default());
    let missing = match field("missing").as_str() {
        Some("drop") => Missing::Drop,
        _ => Missing::Blank,
    };
    let found: Vec<_> = template.paths().iter().map(|path| path.find(&data)).collect();
    let lookup = |path: usize| found.get(path).copied().flatten();
    let path = |path: usize| template.paths().get(path).map(Path::to_string);
    let mut text = String::new();
    match template.render(&lookup, missing, now, &mut text) {
        Ok(()) => json!({ "text": text }),
        Err(RenderError::Missing { path: at }) => json!({ "error": "missing", "path": path(at) }),
        Err(RenderError::NotText { path: at }) => json!({ "error": "object", "path": path(at) }),
        Err(RenderError::NotFinite { .. }) => json!({ "error": "not-finite" }),
        Err(RenderError::TooLong) => json!({ "error": "too-long" }),
    }
}

fn value(json: &Json) -> Value<'_> {
    match json {
        Json::Null => Value::Null,
        Json::Bool(truth) => Value::Bool(*truth),
        Json::Number(number) => Value::Number(number.as_f64().unwrap_or_default()),
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(items) => Value::List(items.iter().map(value).collect()),
        Json::Object(members) => Value::Map(
            members.iter().map(|(key, member)| (key.as_str().into(), value(member))).collect(),
        ),
    }
}
