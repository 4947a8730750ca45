//! When a message is to arrive, as its form says: the one thing of it that time changes.

use std::borrow::Cow;

use super::parameter::position;
use super::request::encode_form;

/// The parameters that say so.
const TIMING: [&str; 3] = ["ScheduleType", "SendAt", "ValidityPeriod"];

/// The form of an earlier attempt, to arrive when `fresh` says: by then, quiet hours may have begun
/// or be nearer. What it says, to whom and from whom stays, so that Twilio's list shows it as before.
pub(crate) fn retimed(form: &str, fresh: &str) -> String {
    let pairs = |form| form_urlencoded::parse(str::as_bytes(form));
    let is_timing = |(name, _): &(Cow<'_, str>, Cow<'_, str>)| TIMING.contains(&name.as_ref());
    if pairs(form).filter(is_timing).eq(pairs(fresh).filter(is_timing)) {
        return form.to_owned();
    }
    let kept = pairs(form).filter(|pair| !is_timing(pair));
    let mut all: Vec<_> = kept.chain(pairs(fresh).filter(is_timing)).collect();
    all.sort_by_key(|(name, _)| position(name));
    encode_form(all.iter().map(|(name, value)| (name.as_ref(), value.as_ref())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_when_it_arrives_changes() {
        let form = |body: &str, timing: &[(&str, &str)]| {
            let mut pairs = vec![
                ("To", "+447700900123"),
                ("MessagingServiceSid", "MG1"),
                ("Body", body),
                ("StatusCallback", "https://a.io/?claim=1"),
                ("MediaUrl", "https://a.io/2"),
                ("MediaUrl", "https://a.io/1"),
            ];
            pairs.extend(timing);
            pairs.sort_by_key(|(name, _)| position(name));
            encode_form(pairs)
        };
        let scheduled = [("ScheduleType", "fixed"), ("SendAt", "2026-05-04T07:00:00Z")];
        let later = [("ScheduleType", "fixed"), ("SendAt", "2026-05-05T07:00:00Z")];
        let short = [("ValidityPeriod", "60")];
        for (before, after) in [
            (&[][..], &scheduled[..]),
            (&scheduled, &later),
            (&scheduled, &[]),
            (&short, &[("ValidityPeriod", "59")]),
            (&short, &[]),
            (&short, &short),
        ] {
            assert_eq!(retimed(&form("a", before), &form("b", after)), form("a", after));
        }
    }

    #[test]
    fn what_does_not_change_stays_to_the_byte() {
        assert_eq!(retimed("To=%2b1&Body=a%20b", "To=2&Body=c"), "To=%2b1&Body=a%20b");
    }
}
