//! What an implementation says about an input.

use std::fmt::Write as _;

use twilio_destination::phone::{Possible, Reading, Region};

use crate::corpus::Case;

/// What an implementation says about an input; none if it cannot read it.
pub type Answer = Option<Known>;

/// What an implementation says about a number.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Known {
    /// `+`, calling code, national number; of any length.
    pub e164: String,
    /// What the length says; empty if the implementation does not tell.
    pub possible: &'static str,
    /// Whether it is valid.
    pub valid: bool,
    /// The kind of number.
    pub kind: &'static str,
    /// The region; empty if there is none.
    pub region: String,
    /// The extension's digits.
    pub extension: String,
}

/// This project's answer.
pub fn ours(case: &Case) -> Answer {
    let region = case.region.as_deref().and_then(Region::parse);
    let reading = Reading::of(&case.text, region).ok()?;
    let (region, kind) = reading.classify();
    Some(Known {
        e164: format!("+{}{}", reading.calling_code(), reading.national_number()),
        possible: match reading.possible() {
            Possible::Yes => "yes",
            Possible::LocalOnly => "local_only",
            Possible::TooShort => "too_short",
            Possible::WrongLength => "wrong_length",
            Possible::TooLong => "too_long",
        },
        valid: kind != twilio_destination::phone::Kind::Unknown,
        kind: kind.code(),
        region: region.map(|region| region.as_str().to_owned()).unwrap_or_default(),
        extension: reading.extension().to_owned(),
    })
}

/// A digest of the answers to a block of inputs (FNV-1a). What need not agree is left out.
pub fn digest(answers: impl Iterator<Item = (Case, Answer)>) -> u64 {
    let mut digest = 0xcbf2_9ce4_8422_2325;
    let mut line = String::new();
    for (_, answer) in answers.filter(|(case, _)| case.is_plain()) {
        line.clear();
        if let Some(Known { e164, possible, valid, kind, region, extension }) = answer {
            let _ = write!(line, "{e164} {possible} {valid} {kind} {region} {extension}");
        }
        line.push('\n');
        for byte in line.bytes() {
            digest = (digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    digest
}
