//! A parameter's value as it stands in the form.

use std::borrow::Cow;

use super::Kind;
use crate::json;
use crate::number;
use crate::time::Timestamp;
use crate::twilio::address::Sender;
use crate::twilio::{sid, url};
use crate::value::{Value, is_invisible};

/// The most characters of one content variable (error 21658).
const MAX_VARIABLE: usize = 1_600;

/// How much JSON a parameter may hold.
const JSON_LIMITS: json::Limits = json::Limits { bytes: 16_384, depth: 4 };

/// Why a value cannot stand in a parameter: it completes "the value …".
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Fault {
    /// What is wrong, without the value itself.
    pub cause: String,
    /// Whether only a part was left out and the rest was written.
    pub partial: bool,
}

impl Fault {
    fn whole(cause: impl Into<String>) -> Self {
        Self { cause: cause.into(), partial: false }
    }
}

/// Writes `value` as parameters of this kind are written: one text for each time the key is sent.
///
/// Texts are taken for other types where they read as one: templates can only make texts.
///
/// # Errors
///
/// Every [`Fault`] found. Where all of them are partial, what remains was written and can be sent.
pub fn write(kind: Kind, value: &Value<'_>, out: &mut Vec<String>) -> Result<(), Vec<Fault>> {
    let one = |text: Result<String, String>| text.map_err(|cause| vec![Fault::whole(cause)]);
    let text = match kind {
        Kind::Bool => one(bool(value))?,
        Kind::Choice(choices) => one(choice(value, choices))?,
        Kind::Integer(min, max) => one(integer(value, min, max))?,
        Kind::Price => one(price(value))?,
        Kind::Sender => one(sender(value))?,
        Kind::Sid(prefix) => one(sid(value, prefix))?,
        Kind::Time => one(time(value))?,
        Kind::Url => one(https_url(value))?,
        Kind::Texts => {
            return list(value, out, |item| text_of(item).ok_or("is no text".to_owned()));
        }
        Kind::Urls => return list(value, out, https_url),
        Kind::Variables => one(variables(value))?,
        Kind::Tags => return tags(value, out),
    };
    out.push(text);
    Ok(())
}

fn text_of(value: &Value<'_>) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone().into_owned()),
        Value::Number(number) if number.is_finite() => {
            let mut out = String::new();
            number::write(*number, &mut out);
            Some(out)
        }
        Value::Bool(truth) => Some(if *truth { "true" } else { "false" }.to_owned()),
        _ => None,
    }
}

fn bool(value: &Value<'_>) -> Result<String, String> {
    text_of(value)
        .map(|text| text.trim().to_ascii_lowercase())
        .filter(|text| matches!(text.as_str(), "true" | "false"))
        .ok_or_else(|| "is neither true nor false".to_owned())
}

fn choice(value: &Value<'_>, choices: &[&str]) -> Result<String, String> {
    let text = value.as_text().map(|text| text.trim().to_ascii_lowercase()).unwrap_or_default();
    match choices.iter().find(|choice| **choice == text) {
        Some(choice) => Ok((*choice).to_owned()),
        None if choices.len() == 1 => Err(format!("is not {}", choices.concat())),
        None => Err(format!("is none of {}", choices.join(", "))),
    }
}

fn integer(value: &Value<'_>, min: i64, max: i64) -> Result<String, String> {
    let fault = || format!("is not a whole number from {min} to {max}");
    let number = match value {
        Value::Number(number) => *number,
        Value::Text(text) => {
            let text = text.trim();
            if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(fault());
            }
            number::read(text).ok_or_else(fault)?
        }
        _ => return Err(fault()),
    };
    #[expect(clippy::cast_possible_truncation, reason = "checked to be whole and in range")]
    if number.fract() == 0.0 && (min as f64..=max as f64).contains(&number) {
        return Ok((number as i64).to_string());
    }
    Err(fault())
}

fn price(value: &Value<'_>) -> Result<String, String> {
    let fault = || "is not a price of at least 0".to_owned();
    let number = match value {
        Value::Number(number) => *number,
        Value::Text(text) => number::read(text.trim()).ok_or_else(fault)?,
        _ => return Err(fault()),
    };
    if !(0.0..1e6).contains(&number) {
        return Err(fault());
    }
    let mut price = String::new();
    number::write_plain(number, &mut price);
    Ok(price)
}

fn sender(value: &Value<'_>) -> Result<String, String> {
    match Sender::parse(value.as_text().unwrap_or_default()) {
        Ok(Sender::MessagingService(_)) => Err("is a Messaging Service, not a sender".to_owned()),
        Ok(sender) => Ok(sender.as_str().to_owned()),
        Err(cause) => Err(cause.to_owned()),
    }
}

fn sid(value: &Value<'_>, prefix: &str) -> Result<String, String> {
    let text = value.as_text().unwrap_or_default().trim();
    if sid::is_sid(text, prefix) {
        return Ok(text.to_owned());
    }
    Err(format!("is not {prefix} and 32 hexadecimal digits"))
}

fn time(value: &Value<'_>) -> Result<String, String> {
    value
        .as_text()
        .and_then(|text| Timestamp::parse(text.trim()))
        .map(Timestamp::to_iso_seconds)
        .ok_or_else(|| "is not an ISO 8601 time such as 2026-01-31T09:00:00Z".to_owned())
}

fn https_url(value: &Value<'_>) -> Result<String, String> {
    let Some(text) = value.as_text() else { return Err("is no text".to_owned()) };
    let text = text.trim();
    url::check(text).map(|()| text.to_owned()).map_err(str::to_owned)
}

/// The most times a key may be repeated (error 21623 for media).
const MAX_REPEATS: usize = 10;

fn list(
    value: &Value<'_>,
    out: &mut Vec<String>,
    write_one: impl Fn(&Value<'_>) -> Result<String, String>,
) -> Result<(), Vec<Fault>> {
    let Value::List(items) = value else {
        out.push(write_one(value).map_err(|cause| vec![Fault::whole(cause)])?);
        return Ok(());
    };
    let mut faults = Vec::new();
    let before = out.len();
    for (index, item) in items.iter().enumerate() {
        if out.len() - before == MAX_REPEATS || faults.len() == MAX_REPEATS {
            faults.push(Fault { cause: "has more than 10 items".to_owned(), partial: true });
            break;
        }
        match write_one(item) {
            Ok(text) => out.push(text),
            Err(cause) => {
                faults.push(Fault { cause: format!("at [{index}] {cause}"), partial: true })
            }
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

/// An object, or the JSON text of one.
fn with_members<T>(value: &Value<'_>, then: impl FnOnce(&[(&str, &Value<'_>)]) -> T) -> Option<T> {
    match value {
        Value::Map(members) => Some(then(&in_order(members))),
        Value::Text(text) => match json::parse(text, JSON_LIMITS) {
            Ok(Value::Map(members)) => Some(then(&in_order(&members))),
            _ => None,
        },
        _ => None,
    }
}

/// The members as JavaScript has them: indices first, in their order, then names in the order in
/// which they first stood; of two with the same name the last value. An event that crossed as an
/// object would otherwise make other bytes than the same event as JSON.
fn in_order<'m, 'v>(members: &'m [(Cow<'v, str>, Value<'v>)]) -> Vec<(&'m str, &'m Value<'v>)> {
    // Sorted by name first, then by place: one type, so that the sort is compiled once.
    let mut found: Vec<(u32, &str, usize, usize)> =
        members.iter().enumerate().map(|(at, (name, _))| (0, name.as_ref(), at, at)).collect();
    found.sort_unstable();
    found.dedup_by(|later, first| {
        let is_same = later.1 == first.1;
        if is_same {
            first.3 = later.3;
        }
        is_same
    });
    for (index, name, ..) in &mut found {
        (*index, *name) = (index_of(name).unwrap_or(u32::MAX), "");
    }
    found.sort_unstable();
    let members = found.iter().filter_map(|(.., last)| members.get(*last));
    members.map(|(name, value)| (name.as_ref(), value)).collect()
}

/// The array index that a name is (ECMA-262, "array index").
fn index_of(name: &str) -> Option<u32> {
    let is_plain = name == "0" || name.starts_with(|c: char| matches!(c, '1'..='9'));
    name.parse().ok().filter(|index| is_plain && *index < u32::MAX)
}

/// The first content variable that says nothing: its name.
pub fn variable_gap(value: &Value<'_>) -> Option<String> {
    with_members(value, |members| {
        members.iter().find(|(_, value)| is_gap(value)).map(|(name, _)| (*name).to_owned())
    })
    .flatten()
}

fn is_gap(value: &Value<'_>) -> bool {
    match value {
        Value::Null => true,
        Value::Text(text) => text.chars().all(is_invisible),
        _ => false,
    }
}

fn variables(value: &Value<'_>) -> Result<String, String> {
    with_members(value, |members| {
        let mut out = String::from("{");
        // One that says nothing is left to the template's own default: Twilio takes no null.
        for (name, value) in members.iter().filter(|(_, value)| !is_gap(value)) {
            let text = text_of(value).ok_or("holds a value that is no text")?;
            if text.encode_utf16().count() > MAX_VARIABLE {
                return Err("holds a value of more than 1,600 characters".to_owned());
            }
            if out.len() > 1 {
                out.push(',');
            }
            json_string(name, &mut out);
            out.push(':');
            json_string(&text, &mut out);
        }
        out.push('}');
        Ok(out)
    })
    .unwrap_or_else(|| Err("is not an object".to_owned()))
}

/// The most tags of a message, and the most characters of a tag's name or value: the limits that
/// Segment's own Twilio destination keeps to.
const MAX_TAGS: usize = 10;
const MAX_TAG: usize = 128;

fn tags(value: &Value<'_>, out: &mut Vec<String>) -> Result<(), Vec<Fault>> {
    let mut faults = Vec::new();
    let written = with_members(value, |members| {
        let mut written = String::from("{");
        let mut count = 0;
        for (name, value) in members {
            let text = text_of(value).unwrap_or_default();
            let cause = if count == MAX_TAGS {
                "has more than 10 tags"
            } else if !is_tag(name) || !is_tag(&text) {
                "has a tag whose name or value is not 1 to 128 letters, digits, spaces, - and _"
            } else {
                if count > 0 {
                    written.push(',');
                }
                json_string(name, &mut written);
                written.push(':');
                json_string(&text, &mut written);
                count += 1;
                continue;
            };
            if faults.iter().all(|fault: &Fault| fault.cause != cause) {
                faults.push(Fault { cause: cause.to_owned(), partial: true });
            }
        }
        written.push('}');
        (count > 0).then_some(written)
    });
    match written {
        None => return Err(vec![Fault::whole("is not an object")]),
        Some(written) => out.extend(written),
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

fn is_tag(text: &str) -> bool {
    (1..=MAX_TAG).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'-' | b'_'))
}

/// Writes a JSON string (RFC 8259, section 7).
pub(crate) fn json_string(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0'..='\u{1f}' => {
                out.push_str("\\u00");
                let code = u32::from(c);
                out.extend(char::from_digit(code >> 4, 16));
                out.extend(char::from_digit(code & 15, 16));
            }
            _ => out.push(c),
        }
    }
    out.push('"');
}
