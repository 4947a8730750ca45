//! Other implementations.

use phonenumber::metadata::DATABASE;
use rlibphonenumber::{
    NumberLengthType, PHONE_NUMBER_UTIL, PhoneNumberType, ValidationError,
    get_national_significant_number_owned,
};

use crate::answer::{Answer, Known};
use crate::corpus::Case;

/// The crate `rlibphonenumber`: a port of Google's code, on the same metadata.
pub fn rlibphonenumber(case: &Case) -> Answer {
    let region = case.region.as_deref().and_then(|id| id.parse().ok());
    let number = PHONE_NUMBER_UTIL.parse(&case.text, region).ok()?;
    let national = get_national_significant_number_owned(&number);
    let region = PHONE_NUMBER_UTIL.get_region_for_number(&number);
    Some(Known {
        e164: format!("+{}{national}", number.country_code),
        possible: match PHONE_NUMBER_UTIL.is_possible_number_with_reason(&number) {
            Ok(NumberLengthType::IsPossible) => "yes",
            Ok(NumberLengthType::IsPossibleLocalOnly) => "local_only",
            Err(ValidationError::TooShort) => "too_short",
            Err(ValidationError::InvalidLength) => "wrong_length",
            Err(ValidationError::TooLong) => "too_long",
            Err(ValidationError::InvalidCountryCode) => "invalid_country_code",
        },
        valid: PHONE_NUMBER_UTIL.is_valid_number(&number),
        kind: match PHONE_NUMBER_UTIL.get_number_type(&number) {
            PhoneNumberType::FixedLine => "fixed_line",
            PhoneNumberType::Mobile => "mobile",
            PhoneNumberType::FixedLineOrMobile => "fixed_line_or_mobile",
            PhoneNumberType::TollFree => "toll_free",
            PhoneNumberType::PremiumRate => "premium_rate",
            PhoneNumberType::SharedCost => "shared_cost",
            PhoneNumberType::PersonalNumber => "personal_number",
            PhoneNumberType::VoIP => "voip",
            PhoneNumberType::Pager => "pager",
            PhoneNumberType::UAN => "uan",
            PhoneNumberType::VoiceMail => "voicemail",
            PhoneNumberType::Unknown => "unknown",
        },
        region: region.map(|region| region.as_region_str().to_string()).unwrap_or_default(),
        extension: number.extension().to_owned(),
    })
}

/// The crate `phonenumber`. It does not tell whether a number is possible.
pub fn phonenumber(case: &Case) -> Answer {
    use phonenumber::Type;

    let region = case.region.as_deref().and_then(|id| id.parse().ok());
    let number = phonenumber::parse(region, &case.text).ok()?;
    let kind = match number.number_type(&DATABASE) {
        Type::FixedLine => "fixed_line",
        Type::Mobile => "mobile",
        Type::FixedLineOrMobile => "fixed_line_or_mobile",
        Type::TollFree => "toll_free",
        Type::PremiumRate => "premium_rate",
        Type::SharedCost => "shared_cost",
        Type::PersonalNumber => "personal_number",
        Type::Voip => "voip",
        Type::Pager => "pager",
        Type::Uan => "uan",
        Type::Voicemail => "voicemail",
        _ => "unknown",
    };
    Some(Known {
        e164: number.format().mode(phonenumber::Mode::E164).to_string(),
        possible: "",
        valid: number.is_valid(),
        kind,
        region: number.country().id().map(|id| id.as_ref().to_owned()).unwrap_or_default(),
        extension: number.extension().map(|digits| digits.to_string()).unwrap_or_default(),
    })
}
