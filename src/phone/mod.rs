//! Phone numbers: any spelling in, E.164 and a verdict out.
//!
//! [`parse`] reads what libphonenumber reads and then applies the policy in [`Accept`]. Whatever it
//! refuses, it says why ([`Refusal`]).

mod number;
mod refusal;
mod region;

pub use number::{Kind, PhoneNumber};
pub use refusal::Refusal;
pub use region::Region;

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
/// and RFC 3966 addresses that carry their context.
///
/// # Errors
///
/// [`Refusal`] says why the text names no number that may be texted.
pub fn parse(
    text: &str,
    default_region: Option<Region>,
    accept: Accept,
) -> Result<PhoneNumber, Refusal> {
    // A stand-in until the tables are here: it reads plain international numbers.
    let _ = default_region;
    if text.len() > 250 {
        return Err(Refusal::InputTooLong);
    }
    let Some(digits) = text.trim().strip_prefix('+') else { return Err(Refusal::NoCountryCode) };
    let digits: String = digits.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')')).collect();
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Refusal::NotANumber);
    }
    match digits.len() {
        0..8 => return Err(Refusal::TooShort),
        8..16 => {}
        _ => return Err(Refusal::TooLong),
    }
    let number = PhoneNumber::stand_in(&digits);
    match accept {
        Accept::Possible => Ok(number),
        Accept::Valid => Err(Refusal::NotValid),
        Accept::Mobile => Err(Refusal::NotMobile),
    }
}
