//! A request for a verdict and the verdict, as small as they can be: objects, and even short texts,
//! cost more to cross into wasm and out than the number costs to read.
//!
//! A region is its two letters as one number, the first letter's code times 256 plus the second's;
//! a policy is its place among possible, valid and mobile. An answer is a text of fields separated
//! by U+001F: a digit (1 for accepted, 2 for valid, 4 for mobile, added up), then E.164, extension,
//! region, main region and kind, nothing for none; and behind a refusal its code, message and hint.

use super::{Accept, Kind, PhoneNumber, Refusal, Region, verdict};

const FIELD: char = '\u{1f}';

/// How many fields tell of the number; those behind them, of the refusal.
const NUMBER_FIELDS: usize = 6;

/// Answers with a packed verdict; without a text, that whatever it was is no text.
pub fn answer_packed(text: Option<&str>, region: u16, accept: u8) -> String {
    let Some(text) = text else { return pack(None, Some(Refusal::NotText)) };
    let region = std::str::from_utf8(&region.to_be_bytes()).ok().and_then(Region::parse);
    let accept = match accept {
        0 => Accept::Possible,
        1 => Accept::Valid,
        _ => Accept::Mobile,
    };
    let (number, refusal) = verdict::read(text, region, accept);
    pack(number.as_ref(), refusal)
}

fn pack(number: Option<&PhoneNumber>, refusal: Option<Refusal>) -> String {
    const FLAGS: [&str; 8] = ["0", "1", "2", "3", "4", "5", "6", "7"];

    let (region, kind) = number.map(PhoneNumber::classify).unzip();
    let region = region.flatten();
    let main_region = number.map(PhoneNumber::main_region);
    let valid = kind.is_some_and(|kind| kind != Kind::Unknown);
    let mobile = kind.is_some_and(Kind::is_mobile);
    let flags = usize::from(refusal.is_none()) + 2 * usize::from(valid) + 4 * usize::from(mobile);
    let fields = [
        FLAGS.get(flags).copied().unwrap_or_default(),
        number.map_or("", PhoneNumber::as_e164),
        number.and_then(PhoneNumber::extension).unwrap_or_default(),
        region.as_ref().map_or("", Region::as_str),
        main_region.as_ref().map_or("", Region::as_str),
        kind.map_or("", Kind::code),
        refusal.map_or("", Refusal::code),
        refusal.map_or("", Refusal::message),
        refusal.and_then(Refusal::hint).unwrap_or_default(),
    ];
    let fields = if refusal.is_some() { &fields[..] } else { fields.split_at(NUMBER_FIELDS).0 };
    // As long as it has to be: on its way out, a longer one would be copied into one that fits.
    let length = fields.iter().map(|field| field.len() + 1).sum::<usize>() - 1;
    let mut out = String::with_capacity(length);
    for (index, field) in fields.iter().enumerate() {
        if index > 0 {
            out.push(FIELD);
        }
        out.push_str(field);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const GB: u16 = u16::from_be_bytes(*b"GB");

    #[test]
    fn answers_in_the_order_of_the_verdict() {
        let answer = answer_packed(Some("07911 123456 ext 7"), GB, 2);
        assert_eq!(
            answer.split(FIELD).collect::<Vec<_>>(),
            ["7", "+447911123456", "7", "GG", "GB", "mobile"]
        );
    }

    #[test]
    fn no_region_and_no_text_are_what_they_are() {
        let code = |answer: String| answer.split(FIELD).nth(6).map(str::to_owned);
        assert_eq!(code(answer_packed(Some("07911 123456"), 0, 0)).unwrap(), "no_country_code");
        assert_eq!(code(answer_packed(None, GB, 0)).unwrap(), "not_text");
    }
}
