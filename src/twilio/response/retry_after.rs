//! The `Retry-After` header (RFC 9110, 10.2.3).

use crate::time::Timestamp;
use crate::twilio::date::MONTHS;

/// How long `text` asks to wait from `now`, in milliseconds.
///
/// It is a number of seconds or one of HTTP's three forms of a date; a date that is over asks for
/// nothing. Longer waits count as [`LONGEST`]. Anything else is no answer.
pub(super) fn parse(text: &str, now: Timestamp) -> Option<u64> {
    let text = text.trim();
    let wait = if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        // Too many digits for a number is still a long wait.
        text.parse::<u64>().map_or(LONGEST, |seconds| seconds.saturating_mul(1000))
    } else {
        let wait = date(text)?.millis().saturating_sub(now.millis());
        u64::try_from(wait).unwrap_or(0)
    };
    Some(wait.min(LONGEST))
}

/// Seven days: nothing in Twilio's limits lasts longer, and a mistake should not last for ever.
const LONGEST: u64 = 7 * 86_400_000;

/// `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` or `Sun Nov  6 08:49:37 1994`.
fn date(text: &str) -> Option<Timestamp> {
    let mut words = text.split([' ', ',', '-']).filter(|word| !word.is_empty());
    let mut word = || words.next();
    let (_weekday, second, third, fourth, fifth) = (word()?, word()?, word()?, word()?, word()?);
    let (day, month, year, time) = match (word(), word()) {
        (Some("GMT"), None) => (second, third, fourth, fifth),
        (None, None) => (third, second, fifth, fourth),
        _ => return None,
    };
    // A year of two digits is one from 1970 to 2069.
    let century = match year.len() {
        2 if year < "70" => "20",
        2 => "19",
        _ => "",
    };
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    if time.len() != "08:49:37".len() {
        return None;
    }
    Timestamp::parse(&format!("{century}{year}-{month:02}-{day:0>2}T{time}Z"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(784_111_777_000);

    #[test]
    fn seconds_and_every_form_of_date() {
        assert_eq!(parse("0", NOW), Some(0));
        assert_eq!(parse(" 120 ", NOW), Some(120_000));
        for date in [
            "Sun, 06 Nov 1994 08:50:37 GMT",
            "Sunday, 06-Nov-94 08:50:37 GMT",
            "Sun Nov  6 08:50:37 1994",
        ] {
            assert_eq!(parse(date, NOW), Some(60_000), "{date}");
        }
        assert_eq!(parse("Sun, 06 Nov 1994 08:49:37 GMT", NOW), Some(0));
        assert_eq!(parse("Sun, 06 Nov 1994 08:49:36 GMT", NOW), Some(0), "over");
    }

    #[test]
    fn a_year_of_two_digits_is_a_near_one() {
        assert_eq!(date("Tuesday, 31-Dec-69 00:00:00 GMT"), Timestamp::parse("2069-12-31"));
        assert_eq!(date("Thursday, 01-Jan-70 00:00:00 GMT"), Timestamp::parse("1970-01-01"));
    }

    #[test]
    fn long_waits_are_bounded() {
        assert_eq!(parse("99999999999999999999999", NOW), Some(LONGEST));
        assert_eq!(parse("604801", NOW), Some(LONGEST));
        let last = "Fri, 31 Dec 9999 23:59:59 GMT";
        assert_eq!(parse(last, Timestamp::from_millis(i64::MIN)), Some(LONGEST));
        assert_eq!(parse(last, Timestamp::from_millis(i64::MAX)), Some(0));
    }

    #[test]
    fn anything_else_is_no_answer() {
        for text in [
            "",
            "-1",
            "1.5",
            "+3",
            "soon",
            "06 Nov 1994",
            "Sun, 06 Nov 1994 08:49:37",
            "Sun, 06 Non 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:49:37 GMT",
            "Sun, 06 Nov 1994 08:49 GMT",
            "Sun, 06 Nov 1994 08:49:37:1 GMT",
            "Sun, 00 Nov 1994 08:49:37 GMT",
            "Wed, 31 Feb 1996 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 GMT x",
            "Sun, 06 Nov 19940 08:49:37 GMT",
            "Sun, 06 Nov 194 08:49:37 GMT",
            "Sun, 06 Nov é 08:49:37 GMT",
        ] {
            assert_eq!(parse(text, NOW), None, "{text}");
        }
    }
}
