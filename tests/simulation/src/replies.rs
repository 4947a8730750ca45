//! Replies as Twilio writes them.

use serde_json::{Value, json};
use twilio_destination::http::HttpReport;
use twilio_destination::time::{Civil, Timestamp};

const WEEKDAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A date as RFC 2822 and, with `GMT`, RFC 9110 have it.
pub(crate) fn date(millis: i64, zone: &str) -> String {
    let Civil { year, month, day, hour, minute, second, weekday, .. } =
        Timestamp::from_millis(millis).civil();
    let (weekday, month) = (WEEKDAYS[usize::from(weekday)], MONTHS[usize::from(month) - 1]);
    format!("{weekday}, {day:02} {month} {year} {hour:02}:{minute:02}:{second:02} {zone}")
}

/// The time that such a date tells.
pub(crate) fn undate(date: &str) -> Option<i64> {
    let words: Vec<&str> = date.split(' ').collect();
    let &[_, day, month, year, time, _] = words.as_slice() else { return None };
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    Timestamp::parse(&format!("{year}-{month:02}-{day}T{time}Z")).map(Timestamp::millis)
}

/// A reply with a JSON body.
pub(crate) fn reply(status: u16, body: &Value) -> HttpReport {
    text(status, &[], body.to_string())
}

/// A reply with headers and any body.
pub(crate) fn text(status: u16, headers: &[(&str, String)], body: String) -> HttpReport {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    HttpReport::Response { status, headers, body, complete: true }
}

/// Twilio's error object.
pub(crate) fn refusal(status: u16, code: u32) -> HttpReport {
    reply(status, &error(status, code))
}

/// The body of a refusal.
pub(crate) fn error(status: u16, code: u32) -> Value {
    json!({
        "code": code,
        "message": "Simulated",
        "more_info": format!("https://www.twilio.com/docs/errors/{code}"),
        "status": status,
    })
}

/// A request that got no reply.
pub(crate) fn failure(name: &str, code: Option<&str>, syscall: Option<&str>) -> HttpReport {
    HttpReport::Failure {
        name: name.to_owned(),
        code: code.map(str::to_owned),
        syscall: syscall.map(str::to_owned),
    }
}
