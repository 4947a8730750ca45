//! The dates in Twilio's replies (RFC 2822, section 3.3).

use crate::time::Timestamp;

/// Reads `Mon, 16 Aug 2010 03:45:01 +0000`. Anything else is none.
pub fn parse(text: &str) -> Option<Timestamp> {
    let (_, date) = text.split_once(", ")?;
    let mut words = date.split(' ').filter(|word| !word.is_empty());
    let (day, month, year, time, zone) =
        (words.next()?, words.next()?, words.next()?, words.next()?, words.next()?);
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    let zone = if zone == "GMT" { "Z" } else { zone };
    if words.next().is_some() || time.len() != "03:45:01".len() {
        return None;
    }
    Timestamp::parse(&format!("{year}-{month:02}-{day:0>2}T{time}{zone}"))
}

/// The months' names, as RFC 2822 and RFC 9110 have them.
pub(crate) const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twilios_dates() {
        let at = Timestamp::parse("2010-08-16T03:45:01Z");
        assert_eq!(parse("Mon, 16 Aug 2010 03:45:01 +0000"), at);
        assert_eq!(parse("Mon, 16 Aug 2010 05:45:01 +0200"), at);
        assert_eq!(parse("Mon, 16 Aug 2010 03:45:01 GMT"), at);
        for text in ["", "2010-08-16T03:45:01Z", "Mon, 16 Agu 2010 03:45:01 +0000", "Mon, 16 Aug"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
