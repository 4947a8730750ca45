//! Phone numbers: any spelling in, E.164 and a verdict out.
//!
//! [`parse`] reads what libphonenumber reads and then applies the policy in [`Accept`]. Whatever it
//! refuses, it says why ([`Refusal`]).

mod extension;
mod number;
mod prefix;
mod reading;
mod refusal;
mod region;
mod rfc3966;
mod symbols;
mod tables;

pub use number::{Kind, PhoneNumber};
pub use reading::{Possible, Reading, Unreadable};
pub use refusal::Refusal;
pub use region::Region;
pub use tables::metadata_version;

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
    let reading = Reading::of(text, default_region).map_err(|_| Refusal::NotANumber)?;
    if reading.possible() != Possible::Yes {
        return Err(Refusal::TooShort);
    }
    let number = PhoneNumber::of(&reading).ok_or(Refusal::TooLong)?;
    match accept {
        Accept::Possible => Ok(number),
        Accept::Valid => {
            if number.is_valid() {
                Ok(number)
            } else {
                Err(Refusal::NotValid)
            }
        }
        Accept::Mobile => {
            if number.is_mobile() {
                Ok(number)
            } else {
                Err(Refusal::NotMobile)
            }
        }
    }
}
