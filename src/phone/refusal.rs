//! Why a text names no phone number that may be texted.

use std::error::Error;
use std::fmt;

/// Why [`parse`](super::parse) refused.
///
/// It never holds a digit of the number.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Refusal {
    /// The digits are a local number, one without its area code.
    AreaCodeMissing,
    /// A spreadsheet turned it into a decimal number: `14155552671.0`.
    DecimalNumber,
    /// It begins with an international prefix, `00` or `011`, that does not apply: the default
    /// region uses another one, or there is no default region.
    ForeignPrefix,
    /// The text is longer than a phone number can be: over 250 UTF-16 code units.
    InputTooLong,
    /// It has a calling code but lost its `+`, as happens in spreadsheets.
    LostPlus,
    /// It has no country code, and there is no default region to take one from.
    NoCountryCode,
    /// It holds no phone number.
    NotANumber,
    /// The policy wants a mobile number.
    NotMobile,
    /// The value is a JSON number, an object, an array or the like, not a string.
    NotText,
    /// The policy wants a valid number, and this lies in no range in use.
    NotValid,
    /// A spreadsheet rounded it: `4.477E11`. The lost digits cannot be brought back.
    ScientificNotation,
    /// More digits than numbers of its country have, or more than the 15 of E.164.
    TooLong,
    /// Fewer digits than numbers of its country have.
    TooShort,
    /// The field holds two numbers.
    TwoNumbers,
    /// No country or network has that calling code.
    UnknownCallingCode,
    /// A length between those that numbers of its country have.
    WrongLength,
}

impl Refusal {
    /// Every refusal.
    pub const ALL: &[Self] = &[
        Self::AreaCodeMissing,
        Self::DecimalNumber,
        Self::ForeignPrefix,
        Self::InputTooLong,
        Self::LostPlus,
        Self::NoCountryCode,
        Self::NotANumber,
        Self::NotMobile,
        Self::NotText,
        Self::NotValid,
        Self::ScientificNotation,
        Self::TooLong,
        Self::TooShort,
        Self::TwoNumbers,
        Self::UnknownCallingCode,
        Self::WrongLength,
    ];

    /// What is wrong, in one phrase without a digit of the number.
    pub fn message(self) -> &'static str {
        match self {
            Self::AreaCodeMissing => "the phone number has no area code",
            Self::DecimalNumber => "the phone number was stored as a decimal number",
            Self::ForeignPrefix => {
                "the phone number begins with an international prefix that does not apply here"
            }
            Self::InputTooLong => "the text is too long to be a phone number",
            Self::LostPlus => "the phone number has lost its `+`",
            Self::NoCountryCode => "the phone number has no country code",
            Self::NotANumber => "the text is not a phone number",
            Self::NotMobile => "the phone number is not a mobile number",
            Self::NotText => "the phone number is not a string",
            Self::NotValid => "the phone number lies in no range in use",
            Self::ScientificNotation => {
                "the phone number was stored in scientific notation, which loses digits"
            }
            Self::TooLong => "the phone number has too many digits",
            Self::TooShort => "the phone number has too few digits",
            Self::TwoNumbers => "the field holds two phone numbers",
            Self::UnknownCallingCode => "the country code of the phone number does not exist",
            Self::WrongLength => {
                "the phone number has a number of digits that its country does not use"
            }
        }
    }

    /// A stable snake_case name.
    pub fn code(self) -> &'static str {
        match self {
            Self::AreaCodeMissing => "area_code_missing",
            Self::DecimalNumber => "decimal_number",
            Self::ForeignPrefix => "foreign_prefix",
            Self::InputTooLong => "input_too_long",
            Self::LostPlus => "lost_plus",
            Self::NoCountryCode => "no_country_code",
            Self::NotANumber => "not_a_number",
            Self::NotMobile => "not_mobile",
            Self::NotText => "not_text",
            Self::NotValid => "not_valid",
            Self::ScientificNotation => "scientific_notation",
            Self::TooLong => "too_long",
            Self::TooShort => "too_short",
            Self::TwoNumbers => "two_numbers",
            Self::UnknownCallingCode => "unknown_calling_code",
            Self::WrongLength => "wrong_length",
        }
    }

    /// What would put it right, where that can be said.
    pub fn hint(self) -> Option<&'static str> {
        match self {
            Self::AreaCodeMissing => Some("add the area code"),
            Self::DecimalNumber => {
                Some("store phone numbers as text, so that no spreadsheet counts with them")
            }
            Self::ForeignPrefix => Some("write `+` in place of the international prefix"),
            Self::LostPlus => Some("write `+` before the country code"),
            Self::NoCountryCode => Some("write `+` and the country code, or set a default region"),
            Self::NotText => Some("send the phone number as a string"),
            Self::ScientificNotation => {
                Some("take the number from its source again, and store it as text")
            }
            Self::TwoNumbers => Some("keep one number in the field"),
            Self::InputTooLong
            | Self::NotANumber
            | Self::NotMobile
            | Self::NotValid
            | Self::TooLong
            | Self::TooShort
            | Self::UnknownCallingCode
            | Self::WrongLength => None,
        }
    }
}

impl Error for Refusal {}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_has_its_own_code_and_sentence() {
        for (at, refusal) in Refusal::ALL.iter().enumerate() {
            let sentence = refusal.to_string();
            assert!(!sentence.ends_with('.') && sentence.starts_with("the "), "{sentence}");
            for other in Refusal::ALL.iter().skip(at + 1) {
                assert_ne!(refusal.code(), other.code());
                assert_ne!(sentence, other.to_string());
            }
        }
    }
}
