//! The JSON Schema and the TypeScript types of the settings, written from their [`Shape`].

use serde_json::{Map, Value, json};

use super::Settings;
use super::read::Setting as _;
use super::shape::{Member, Shape};

/// The JSON Schema (draft 2020-12) of the settings.
pub(crate) fn json_schema() -> Value {
    let mut definitions = Map::new();
    let root = schema(&Settings::shape(), &mut definitions);
    let mut out = Map::new();
    out.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
    out.insert("title".to_owned(), json!("Settings of a Twilio destination"));
    out.extend(root.as_object().cloned().unwrap_or_default());
    out.insert("$defs".to_owned(), Value::Object(definitions));
    Value::Object(out)
}

fn schema(shape: &Shape, definitions: &mut Map<String, Value>) -> Value {
    match shape {
        Shape::Any => json!({}),
        Shape::Bool => json!({ "type": "boolean" }),
        Shape::Choice(names) => json!({ "type": "string", "enum": names }),
        Shape::Either(shapes) => {
            let shapes: Vec<Value> =
                shapes.iter().map(|shape| schema(shape, definitions)).collect();
            json!({ "anyOf": shapes })
        }
        Shape::Integer(min, max) => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Shape::List(item, min, max) => {
            json!({ "type": "array", "items": schema(item, definitions), "minItems": min, "maxItems": max })
        }
        Shape::Map(value) => {
            json!({ "type": "object", "additionalProperties": schema(value, definitions) })
        }
        Shape::Number => json!({ "type": "number" }),
        Shape::Object("Settings", doc, members) => object(doc, members, definitions),
        Shape::Object(name, doc, members) => {
            let written = object(doc, members, definitions);
            definitions.insert((*name).to_owned(), written);
            json!({ "$ref": format!("#/$defs/{name}") })
        }
        // The standard's word for what may be written and not be read back.
        Shape::Secret(pattern, max) => {
            json!({ "type": "string", "maxLength": max, "pattern": pattern, "writeOnly": true })
        }
        Shape::Text(pattern, max) => {
            let mut out = json!({ "type": "string", "maxLength": max });
            if let Some(pattern) = pattern {
                out["pattern"] = json!(pattern);
            }
            out
        }
    }
}

fn object(doc: &str, members: &[Member], definitions: &mut Map<String, Value>) -> Value {
    let mut properties = Map::new();
    for member in members {
        let mut written = json!({ "description": member.doc });
        let shape = schema(&member.shape, definitions);
        if let (Some(out), Some(shape)) = (written.as_object_mut(), shape.as_object()) {
            out.extend(shape.clone());
        }
        properties.insert(member.name.to_owned(), written);
    }
    let required: Vec<&str> =
        members.iter().filter(|member| member.required).map(|member| member.name).collect();
    json!({
        "description": doc,
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

/// The TypeScript types of the settings.
pub(crate) fn typescript() -> String {
    let mut out = String::new();
    let mut seen = Vec::new();
    declare(&Settings::shape(), &mut seen, &mut out);
    out
}

fn declare(shape: &Shape, seen: &mut Vec<&'static str>, out: &mut String) {
    match shape {
        Shape::Object(name, doc, members) => {
            if seen.contains(name) {
                return;
            }
            seen.push(name);
            out.push_str(&format!("/** {doc} */\nexport interface {name} {{\n"));
            for Member { name, doc, required, shape } in members {
                let mark = if *required { "" } else { "?" };
                let null = if *required { "" } else { " | null" };
                out.push_str(&format!(
                    "  /** {doc} */\n  {name}{mark}: {}{null};\n",
                    type_of(shape)
                ));
            }
            out.push_str("}\n\n");
            for member in members {
                declare(&member.shape, seen, out);
            }
        }
        Shape::List(item, _, _) | Shape::Map(item) => declare(item, seen, out),
        Shape::Either(shapes) => shapes.iter().for_each(|shape| declare(shape, seen, out)),
        _ => {}
    }
}

fn type_of(shape: &Shape) -> String {
    match shape {
        Shape::Any => "unknown".to_owned(),
        Shape::Bool => "boolean".to_owned(),
        Shape::Choice(names) => {
            names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(" | ")
        }
        Shape::Either(shapes) => shapes.iter().map(type_of).collect::<Vec<_>>().join(" | "),
        Shape::Integer(..) | Shape::Number => "number".to_owned(),
        Shape::List(item, ..) => match item.as_ref() {
            Shape::Choice(_) | Shape::Either(_) => format!("({})[]", type_of(item)),
            item => format!("{}[]", type_of(item)),
        },
        Shape::Map(value) => format!("Record<string, {}>", type_of(value)),
        Shape::Object(name, ..) => (*name).to_owned(),
        Shape::Secret(..) | Shape::Text(..) => "string".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{self, Limits};
    use crate::path::Path;
    use crate::problem::{ProblemCode, Problems};

    /// One of these fits every setting that is a text with a form of its own.
    const TEXTS: [&str; 7] = [
        "0123456789abcdef0123456789abcdef",
        "AC0123456789abcdef0123456789abcdef",
        "MG0123456789abcdef0123456789abcdef",
        "SK0123456789abcdef0123456789abcdef",
        "https://example.com/",
        "+447700900123",
        "GB",
    ];

    #[test]
    fn what_is_kept_as_a_secret_is_published_as_one() {
        let mut texts = Vec::new();
        collect(&Settings::shape(), "@", &mut texts);
        assert!(texts.iter().any(|(_, secret)| *secret), "no setting is secret");
        for (place, secret) in texts {
            let kept: Vec<bool> = TEXTS
                .iter()
                .filter_map(|text| read(&place.replace('@', &json!(text).to_string())))
                .map(|printed| printed.contains("[secret]"))
                .collect();
            assert!(!kept.is_empty(), "no text fits {place}, so that nothing is shown");
            assert!(kept.iter().all(|kept| *kept == secret), "{place}");
        }
    }

    /// Every text among the settings: settings that hold it alone, as JSON in which `@` stands for
    /// it, and whether its shape says that it is secret.
    fn collect(shape: &Shape, place: &str, out: &mut Vec<(String, bool)>) {
        match shape {
            Shape::Secret(..) => out.push((place.to_owned(), true)),
            Shape::Text(..) => out.push((place.to_owned(), false)),
            Shape::List(item, ..) => collect(item, &place.replace('@', "[@]"), out),
            Shape::Map(item) => collect(item, &place.replace('@', "{\"name\":@}"), out),
            Shape::Either(shapes) => shapes.iter().for_each(|shape| collect(shape, place, out)),
            Shape::Object(_, _, members) => {
                for Member { name, shape, .. } in members {
                    collect(shape, &place.replace('@', &format!("{{\"{name}\":@}}")), out);
                }
            }
            _ => {}
        }
    }

    /// The settings as `Debug` prints them; none if the text was refused.
    fn read(settings: &str) -> Option<String> {
        let value = json::parse(settings, Limits { bytes: 1024, depth: 16 }).ok()?;
        let mut problems = Problems::default();
        let read = Settings::read(&value, &Path::default(), &mut problems)?;
        let refused =
            problems.errors.iter().any(|problem| problem.code != ProblemCode::SettingRequired);
        (!refused).then(|| format!("{read:?}"))
    }
}
