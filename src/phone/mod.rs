//! Phone numbers: any spelling in, E.164 and a verdict out.
//!
//! [`parse`] reads what libphonenumber reads and then applies the policy in [`Accept`]. Whatever it
//! refuses, it says why ([`Refusal`]).

mod doubt;
mod extension;
mod number;
mod packed;
mod prefix;
mod reading;
mod refusal;
mod region;
mod rfc3966;
mod symbols;
mod tables;
mod verdict;

pub use number::{Kind, PhoneNumber};
pub use packed::answer_packed;
pub use reading::{Possible, Reading, Unreadable};
pub use refusal::Refusal;
pub use region::Region;
pub use tables::metadata_version;
pub use verdict::{PhoneRefusal, PhoneVerdict};

use crate::value::Value;

/// How much must be known of a number before it may be texted.
///
/// Each policy includes the one before it.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Accept {
    /// Its length is one that numbers of its country have: enough for new ranges and for the
    /// fictional numbers of examples, such as `+15551234567`.
    #[default]
    Possible,
    /// It lies in a range that is in use.
    Valid,
    /// It lies in a range of mobile numbers, or in one that fixed lines and mobiles share.
    Mobile,
}

/// Reads a phone number as a person may have written it.
///
/// Without a `default_region` only international numbers can be read: those that begin with `+`,
/// and RFC 3966 addresses that carry their context. The answer never depends on anything but the
/// arguments. A text of more than 250 UTF-16 code units is refused unread.
///
/// # Errors
///
/// [`Refusal`] says why the text names no number that may be texted.
pub fn parse(
    text: &str,
    default_region: Option<Region>,
    accept: Accept,
) -> Result<PhoneNumber, Refusal> {
    if let Some(refusal) = doubt::misread(text) {
        return Err(refusal);
    }
    judge(text, default_region, accept).map_err(|refusal| match refusal {
        Refusal::InputTooLong | Refusal::NotMobile => refusal,
        _ => doubt::explain(text, refusal),
    })
}

/// Reads a phone number from an event's value: [`parse`] for a string.
///
/// # Errors
///
/// [`Refusal::NotText`] for any value but a string, else as for [`parse`].
pub fn parse_value(
    value: &Value<'_>,
    default_region: Option<Region>,
    accept: Accept,
) -> Result<PhoneNumber, Refusal> {
    parse(value.as_text().ok_or(Refusal::NotText)?, default_region, accept)
}

fn judge(
    text: &str,
    default_region: Option<Region>,
    accept: Accept,
) -> Result<PhoneNumber, Refusal> {
    let reading = Reading::of(text, default_region).map_err(|error| match error {
        Unreadable::InputTooLong => Refusal::InputTooLong,
        Unreadable::InvalidCountryCode => Refusal::UnknownCallingCode,
        Unreadable::NoCountryCode => Refusal::NoCountryCode,
        Unreadable::NotANumber => Refusal::NotANumber,
        Unreadable::TooLong => Refusal::TooLong,
        Unreadable::TooShort | Unreadable::TooShortAfterPrefix => Refusal::TooShort,
    })?;
    match reading.possible() {
        Possible::Yes => {}
        Possible::LocalOnly => return Err(Refusal::AreaCodeMissing),
        Possible::TooShort => return Err(Refusal::TooShort),
        Possible::WrongLength => return Err(Refusal::WrongLength),
        Possible::TooLong => return Err(Refusal::TooLong),
    }
    let number = PhoneNumber::of(&reading).ok_or(Refusal::TooLong)?;
    match accept {
        Accept::Valid if !number.is_valid() => Err(Refusal::NotValid),
        Accept::Mobile if !number.is_valid() => Err(Refusal::NotValid),
        Accept::Mobile if !number.is_mobile() => Err(Refusal::NotMobile),
        Accept::Possible | Accept::Valid | Accept::Mobile => Ok(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, region: &str, accept: Accept, expected: Result<&str, Refusal>) {
        let number = parse(text, Region::parse(region), accept);
        let number = number.as_ref().map(PhoneNumber::as_e164).map_err(|refusal| *refusal);
        assert_eq!(number, expected, "{text} {region} {accept:?}");
    }

    #[track_caller]
    fn reads(text: &str, region: &str, expected: &str) {
        check(text, region, Accept::Possible, Ok(expected));
    }

    #[track_caller]
    fn refuses(text: &str, region: &str, expected: Refusal) {
        check(text, region, Accept::Possible, Err(expected));
    }

    #[test]
    fn reads_every_way_of_writing_a_number() {
        for text in [
            "+447700900123",
            "+44 7700 900123",
            "  +44 (0)7700-900.123 ",
            "tel:+44-7700-900123",
            "tel:7700-900123;phone-context=+44",
            "++44 7700/900 123 ext. 42",
            "+44 7700 900123;ext=42",
            "＋４４ ７７００ ９００１２３",
            "+٤٤ ٧٧٠٠ ٩٠٠١٢٣",
            "+۴۴ ۷۷۰۰ ۹۰۰۱۲۳",
            "\u{202a}+44\u{a0}7700\u{2011}900123\u{202c}",
        ] {
            reads(text, "", "+447700900123");
        }
        for text in ["07700 900123", "7700900123", "0044 7700 900123", "447700900123"] {
            reads(text, "GB", "+447700900123");
        }
        reads("011 44 7700 900123", "US", "+447700900123");
        reads("+011 44 7700 900123", "US", "+447700900123");
        reads("1-800-FLOWERS", "US", "+18003569377");
        reads("8 (912) 345-67-89", "RU", "+79123456789");
        reads("0343 15-555-1212", "AR", "+5493435551212");
        reads("0 15 21 99 99 9999", "BR", "+552199999999");
        reads("06 6982 0000", "IT", "+390669820000");
        reads("412 3456", "BB", "+12464123456");
        reads("+800 1234 5678", "", "+80012345678");
    }

    #[test]
    fn the_policy_decides() {
        let fictional = "+15551234567";
        check(fictional, "", Accept::Possible, Ok(fictional));
        check(fictional, "", Accept::Valid, Err(Refusal::NotValid));
        check(fictional, "", Accept::Mobile, Err(Refusal::NotValid));
        check("+447911123456", "", Accept::Mobile, Ok("+447911123456"));
        check("+442079460958", "", Accept::Valid, Ok("+442079460958"));
        check("+442079460958", "", Accept::Mobile, Err(Refusal::NotMobile));
        check("+12025550143", "", Accept::Mobile, Ok("+12025550143"));
    }

    #[test]
    fn says_what_is_wrong() {
        refuses("", "", Refusal::NotANumber);
        refuses("ring me", "GB", Refusal::NotANumber);
        refuses("07700 900123", "", Refusal::NoCountryCode);
        refuses("07700 900123", "ZZ", Refusal::NoCountryCode);
        refuses("+999 123 4567", "", Refusal::UnknownCallingCode);
        refuses("+44 77", "", Refusal::TooShort);
        refuses("+44 7700 900123 45", "", Refusal::TooLong);
        refuses("+49 30 1234567890123", "", Refusal::TooLong);
        refuses("2530000", "US", Refusal::AreaCodeMissing);
        refuses("+1 253 0000", "", Refusal::AreaCodeMissing);
        refuses("+39 1234567890123", "", Refusal::TooLong);
        refuses("+52 1 55 1234 5678", "", Refusal::TooLong);
        refuses(&"1".repeat(251), "US", Refusal::InputTooLong);
        refuses(&"é".repeat(100_000), "US", Refusal::InputTooLong);
    }

    #[test]
    fn sees_what_a_spreadsheet_did() {
        refuses("4.477E11", "GB", Refusal::ScientificNotation);
        refuses("4,47911E+11", "DE", Refusal::ScientificNotation);
        refuses("4.4791112345e+11", "", Refusal::ScientificNotation);
        refuses("14155552671.0", "US", Refusal::DecimalNumber);
        refuses("493012345678.0", "DE", Refusal::DecimalNumber);
        refuses("447911123456", "", Refusal::LostPlus);
        refuses("447911123456", "US", Refusal::LostPlus);
        refuses("447700900123", "US", Refusal::LostPlus);
        refuses("0044 7911 123456", "US", Refusal::ForeignPrefix);
        refuses("00447911123456", "", Refusal::ForeignPrefix);
        refuses("011 44 7911 123456", "FR", Refusal::ForeignPrefix);
    }

    #[test]
    fn sees_two_numbers() {
        for text in [
            "07700 900123; 07700 900124",
            "07700 900123, 07700 900124",
            "07700 900123 or 07700 900124",
            "07700 900123 / +44 7700 900124",
            "+447700900123 +447700900124",
            "+447700900123\n+447700900124",
            "07700900123 07700900124",
            "07700900123/07700900124",
        ] {
            refuses(text, "GB", Refusal::TwoNumbers);
        }
        reads("07700 900123, 42", "GB", "+447700900123");
        reads("07700 900123,,1234567", "GB", "+447700900123");
        reads("07700 900123,,,1234567", "GB", "+447700900123");
        reads("07700 900123;ext=1234567", "GB", "+447700900123");
        reads("+49 3372/1234567", "", "+4933721234567");
        reads("Work and home: 07700 900123", "GB", "+447700900123");
    }

    #[test]
    fn knows_what_a_number_is() {
        let number = parse("+44 7911 123456 x42", None, Accept::Valid).unwrap();
        assert_eq!(number.region(), Region::parse("GG"));
        assert_eq!(number.main_region().as_str(), "GB");
        assert_eq!(number.kind(), Kind::Mobile);
        assert_eq!(number.extension(), Some("42"));
        assert_eq!(number.calling_code(), 44);
        let free = parse("+80012345678", None, Accept::Valid).unwrap();
        assert_eq!((free.region(), free.kind()), (Some(Region::WORLD), Kind::TollFree));
        let fictional = parse("+15551234567", None, Accept::Possible).unwrap();
        assert_eq!((fictional.region(), fictional.main_region().as_str()), (None, "US"));
        assert!(!fictional.is_valid() && !fictional.is_mobile());
    }

    #[test]
    fn a_value_that_is_no_string_is_refused() {
        for value in [Value::Null, Value::Number(447_700_900_123.0), Value::List(Vec::new())] {
            assert_eq!(parse_value(&value, None, Accept::Possible), Err(Refusal::NotText));
        }
        assert!(parse_value(&"+447700900123".into(), None, Accept::Possible).is_ok());
    }

    #[test]
    fn the_tables_say_what_they_were_made_from() {
        assert_eq!(metadata_version(), "9.0.33");
        assert!(Region::parse("GB").unwrap().has_numbers());
        assert!(!Region::parse("UK").unwrap().has_numbers());
    }
}
