//! A number and all that is known of it, for forms and audits.

use serde::Serialize;

use super::{Accept, Kind, PhoneNumber, Refusal, Region, parse};

/// What is known of a text that should hold a phone number.
///
/// It is made to be shown to whoever asked, so it holds the number; `Debug` hides it.
#[derive(Clone, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct PhoneVerdict {
    /// Whether the policy accepts it.
    pub accepted: bool,
    /// The number in E.164 form; also of a number that exists but is not valid, or not a mobile's.
    pub e164: Option<String>,
    /// The digits of its extension.
    pub extension: Option<String>,
    /// The region it belongs to: two letters, or `001` for none. Not always known.
    pub region: Option<String>,
    /// The region that speaks for its calling code.
    pub main_region: Option<String>,
    /// What the number is for: `mobile`, `fixed_line` and so on, or `unknown`.
    pub kind: Option<&'static str>,
    /// Whether it lies in a range that is in use.
    pub valid: bool,
    /// Whether it is valid and a mobile's, or may be one.
    pub mobile: bool,
    /// Why it is not accepted.
    pub refusal: Option<PhoneRefusal>,
}

/// Why a text is not accepted as a phone number.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct PhoneRefusal {
    /// A stable name in snake_case.
    pub code: &'static str,
    /// What is wrong, in one sentence. It never holds a digit of the number.
    pub message: String,
    /// What would put it right, where that can be said.
    pub hint: Option<&'static str>,
}

impl PhoneVerdict {
    /// Reads a text as [`parse`] does, and tells all that is known.
    pub fn of(text: &str, default_region: Option<Region>, accept: Accept) -> Self {
        let (number, refusal) = read(text, default_region, accept);
        let number = number.as_ref();
        let (region, kind) = number.map(PhoneNumber::classify).unzip();
        Self {
            accepted: refusal.is_none(),
            e164: number.map(|number| number.as_e164().to_owned()),
            extension: number.and_then(|number| number.extension()).map(str::to_owned),
            region: region.flatten().map(|region| region.as_str().to_owned()),
            main_region: number.map(|number| number.main_region().to_string()),
            kind: kind.map(Kind::code),
            valid: kind.is_some_and(|kind| kind != Kind::Unknown),
            mobile: kind.is_some_and(Kind::is_mobile),
            refusal: refusal.map(PhoneRefusal::from),
        }
    }
}

/// The number, if there is one, and why the policy refuses it, if it does.
pub(super) fn read(
    text: &str,
    default_region: Option<Region>,
    accept: Accept,
) -> (Option<PhoneNumber>, Option<Refusal>) {
    match parse(text, default_region, accept) {
        Ok(number) => (Some(number), None),
        Err(refusal @ (Refusal::NotValid | Refusal::NotMobile)) => {
            (parse(text, default_region, Accept::Possible).ok(), Some(refusal))
        }
        Err(refusal) => (None, Some(refusal)),
    }
}

impl From<Refusal> for PhoneRefusal {
    fn from(refusal: Refusal) -> Self {
        Self { code: refusal.code(), message: refusal.message().to_owned(), hint: refusal.hint() }
    }
}

impl std::fmt::Debug for PhoneVerdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PhoneVerdict")
            .field("accepted", &self.accepted)
            .field("refusal", &self.refusal)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, region: &str, accept: Accept, expected: &serde_json::Value) {
        let verdict = PhoneVerdict::of(text, Region::parse(region), accept);
        assert_eq!(serde_json::to_value(&verdict).unwrap(), *expected);
        assert!(!format!("{verdict:?}").bytes().any(|byte| byte.is_ascii_digit()));
    }

    #[test]
    fn tells_all_that_is_known() {
        check(
            "07911 123456 ext 7",
            "GB",
            Accept::Mobile,
            &serde_json::json!({
                "accepted": true, "e164": "+447911123456", "extension": "7", "region": "GG",
                "mainRegion": "GB", "kind": "mobile", "valid": true, "mobile": true,
                "refusal": null,
            }),
        );
        check(
            "020 7946 0958",
            "GB",
            Accept::Mobile,
            &serde_json::json!({
                "accepted": false, "e164": "+442079460958", "extension": null, "region": "GB",
                "mainRegion": "GB", "kind": "fixed_line", "valid": true, "mobile": false,
                "refusal": {
                    "code": "not_mobile",
                    "message": "the phone number is not a mobile number",
                    "hint": null,
                },
            }),
        );
        check(
            "447911123456",
            "US",
            Accept::Valid,
            &serde_json::json!({
                "accepted": false, "e164": null, "extension": null, "region": null,
                "mainRegion": null, "kind": null, "valid": false, "mobile": false,
                "refusal": {
                    "code": "lost_plus",
                    "message": "the phone number has lost its `+`",
                    "hint": "write `+` before the country code",
                },
            }),
        );
    }
}
