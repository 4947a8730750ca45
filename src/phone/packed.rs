//! A request for a verdict and the verdict, each as one text: objects cost several times as much to
//! cross into wasm and out as the number costs to read.
//!
//! Fields are separated by U+001F. A request has the default region (or nothing), the policy (or
//! nothing, for `possible`), `t` for a text or `v` for any other value, and the text. An answer has
//! the members of [`PhoneVerdict`](super::PhoneVerdict) in their order, nothing for none and `1` for true.

use super::{Accept, Kind, PhoneNumber, Refusal, Region, verdict};

const FIELD: char = '\u{1f}';

/// Answers a packed request with a packed verdict.
pub fn answer_packed(request: &str) -> String {
    let mut fields = request.splitn(4, FIELD);
    let region = fields.next().and_then(Region::parse);
    let accept = match fields.next() {
        Some("valid") => Accept::Valid,
        Some("mobile") => Accept::Mobile,
        _ => Accept::Possible,
    };
    let is_text = fields.next() == Some("t");
    match fields.next() {
        Some(text) if is_text => {
            let (number, refusal) = verdict::read(text, region, accept);
            pack(number.as_ref(), refusal)
        }
        _ => pack(None, Some(Refusal::NotText)),
    }
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

    #[test]
    fn answers_in_the_order_of_the_verdict() {
        let answer = answer_packed("GB\u{1f}mobile\u{1f}t\u{1f}07911 123456 ext 7");
        assert_eq!(
            answer.split(FIELD).collect::<Vec<_>>(),
            ["1", "+447911123456", "7", "GG", "GB", "mobile", "1", "1", "", "", ""]
        );
    }

    #[test]
    fn what_is_no_text_is_refused() {
        for request in ["", "GB", "GB\u{1f}\u{1f}v\u{1f}", "GB\u{1f}\u{1f}v\u{1f}+447911123456"] {
            assert_eq!(answer_packed(request).split(FIELD).nth(8), Some("not_text"), "{request}");
        }
    }
}
