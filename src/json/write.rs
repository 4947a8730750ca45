//! Values back to JSON text.

use crate::number;
use crate::value::Value;

/// Appends `value` as JSON, without white space. A number that JSON cannot hold becomes `null`, as
/// `JSON.stringify` has it.
pub fn write(value: &Value<'_>, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) if number.is_finite() => number::write(*number, out),
        Value::Number(_) => out.push_str("null"),
        Value::Text(text) => write_text(text, out),
        Value::List(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        Value::Map(members) => {
            out.push('{');
            for (index, (name, value)) in members.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_text(name, out);
                out.push(':');
                write(value, out);
            }
            out.push('}');
        }
    }
}

/// Appends a text as JSON, in its quotation marks.
pub(super) fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' => {
                out.push_str("\\u00");
                for half in [u32::from(c) >> 4, u32::from(c) & 15] {
                    out.extend(char::from_digit(half, 16));
                }
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{Limits, parse};

    #[test]
    fn what_is_written_is_what_serde_json_writes() {
        let text = r#"{"a":[1,-0.5,1e21,true,false,null,"é😀\"\\\n\r\t\u0001\u001f/"],"":{}}"#;
        let value = parse(text, Limits { bytes: 1_000, depth: 8 }).unwrap();
        let mut out = String::new();
        write(&value, &mut out);
        let expected: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::from_str::<serde_json::Value>(&out).unwrap(), expected);
        assert_eq!(parse(&out, Limits { bytes: 1_000, depth: 8 }).unwrap(), value);
    }

    #[test]
    fn what_json_has_no_number_for() {
        let mut out = String::new();
        write(&Value::List(vec![f64::NAN.into(), f64::INFINITY.into()]), &mut out);
        assert_eq!(out, "[null,null]");
    }
}
