//! A request for a verdict and the verdict, as small as they can be: objects, and even short texts,
//! cost more to cross into wasm and out than the number costs to read.
//!
//! A region is its two letters as one number, the first letter's code times 256 plus the second's;
//! a policy is its place among possible, valid and mobile. An answer is a text of fields separated
//! by U+001F: the members of [`PhoneVerdict`](super::PhoneVerdict) in their order, nothing for none
//! and `1` for true.

use super::{Accept, Kind, PhoneNumber, Refusal, Region, verdict};

const FIELD: char = '\u{1f}';

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
    let flag = |truth: bool| if truth { "1" } else { "" };
    let mut out = String::with_capacity(96);
    out.push_str(flag(refusal.is_none()));
    let mut push = |field: &str| {
        out.push(FIELD);
        out.push_str(field);
    };
    let (region, kind) = number.map(PhoneNumber::classify).unzip();
    let region = region.flatten();
    let main_region = number.map(PhoneNumber::main_region);
    push(number.map_or("", PhoneNumber::as_e164));
    push(number.and_then(PhoneNumber::extension).unwrap_or_default());
    push(region.as_ref().map_or("", Region::as_str));
    push(main_region.as_ref().map_or("", Region::as_str));
    push(kind.map_or("", Kind::code));
    push(flag(kind.is_some_and(|kind| kind != Kind::Unknown)));
    push(flag(kind.is_some_and(Kind::is_mobile)));
    push(refusal.map_or("", Refusal::code));
    push(refusal.map_or("", Refusal::message));
    push(refusal.and_then(Refusal::hint).unwrap_or_default());
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
            ["1", "+447911123456", "7", "GG", "GB", "mobile", "1", "1", "", "", ""]
        );
    }

    #[test]
    fn no_region_and_no_text_are_what_they_are() {
        let code = |answer: String| answer.split(FIELD).nth(8).map(str::to_owned);
        assert_eq!(code(answer_packed(Some("07911 123456"), 0, 0)).unwrap(), "no_country_code");
        assert_eq!(code(answer_packed(None, GB, 0)).unwrap(), "not_text");
    }
}
