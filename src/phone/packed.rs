//! A request for a verdict and the verdict, each as one text: objects cost several times as much to
//! cross into wasm and out as the number costs to read.
//!
//! Fields are separated by U+001F. A request has the default region (or nothing), the policy (or
//! nothing, for `possible`), `t` for a text or `v` for any other value, and the text. An answer has
//! the members of [`PhoneVerdict`] in their order, nothing for none and `1` for true.

use super::{Accept, PhoneVerdict, Refusal, Region};

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
    let verdict = match fields.next() {
        Some(text) if is_text => PhoneVerdict::of(text, region, accept),
        _ => PhoneVerdict::refused(Refusal::NotText),
    };
    pack(&verdict)
}

fn pack(verdict: &PhoneVerdict) -> String {
    let flag = |truth: bool| if truth { "1" } else { "" };
    let text = |text: &Option<String>| text.as_deref().unwrap_or_default().to_owned();
    let refusal = verdict.refusal.as_ref();
    let mut out = String::with_capacity(96);
    out.push_str(flag(verdict.accepted));
    for field in [&verdict.e164, &verdict.extension, &verdict.region, &verdict.main_region] {
        out.push(FIELD);
        out.push_str(&text(field));
    }
    let fields = [
        verdict.kind.unwrap_or_default(),
        flag(verdict.valid),
        flag(verdict.mobile),
        refusal.map_or("", |refusal| refusal.code),
        refusal.map_or("", |refusal| &refusal.message),
        refusal.and_then(|refusal| refusal.hint).unwrap_or_default(),
    ];
    for field in fields {
        out.push(FIELD);
        out.push_str(field);
    }
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
