//! A phone number that was read and accepted.

use std::fmt;
use std::hash::{Hash, Hasher};

use super::Region;
use super::reading::Reading;

/// A phone number in E.164 form, with what is known about it.
///
/// It cannot print itself: `Debug` and `Display` hide the digits, so that no log line leaks them.
/// Whoever needs the digits asks for them with [`as_e164`](Self::as_e164).
#[derive(Clone, Copy)]
pub struct PhoneNumber {
    e164: [u8; MAX_E164],
    e164_len: u8,
    reading: Reading,
}

impl PhoneNumber {
    /// The number of a reading, unless it has more than the 15 digits of E.164.
    pub(super) fn of(reading: &Reading) -> Option<Self> {
        let mut e164 = [0; MAX_E164];
        let code = reading.calling_code();
        let code = [code / 100, code / 10 % 10, code % 10].map(|digit| b'0' + digit as u8);
        let code = code.iter().skip_while(|digit| **digit == b'0');
        let digits = [b'+'].iter().chain(code).chain(reading.national_bytes());
        let mut places = e164.iter_mut();
        for digit in digits {
            *places.next()? = *digit;
        }
        let left = places.len();
        let e164_len = (MAX_E164 - left) as u8;
        Some(Self { e164, e164_len, reading: *reading })
    }

    /// `+`, the calling code and the national number: at most 15 digits.
    pub fn as_e164(&self) -> &str {
        let digits = self.e164.get(..self.e164_len.into()).unwrap_or_default();
        std::str::from_utf8(digits).unwrap_or_default()
    }

    /// The country calling code, from 1 to 999.
    pub fn calling_code(&self) -> u16 {
        self.reading.calling_code()
    }

    /// The extension, if one was written: up to 20 digits. E.164 has no place for it.
    pub fn extension(&self) -> Option<&str> {
        Some(self.reading.extension()).filter(|digits| !digits.is_empty())
    }

    /// [`region`](Self::region) and [`kind`](Self::kind) in one: each looks the number up anew.
    pub fn classify(&self) -> (Option<Region>, Kind) {
        self.reading.classify()
    }

    /// Whether it is valid and a mobile's: [`Kind::Mobile`] or [`Kind::FixedLineOrMobile`].
    pub fn is_mobile(&self) -> bool {
        self.kind().is_mobile()
    }

    /// Whether it lies in a range that is in use.
    pub fn is_valid(&self) -> bool {
        self.kind() != Kind::Unknown
    }

    /// What the number is for; [`Kind::Unknown`] if it is not valid.
    pub fn kind(&self) -> Kind {
        self.reading.classify().1
    }

    /// The region that speaks for the calling code: `US` for `+1`, `GB` for `+44`, `001` for a code
    /// of no country. It is known of every number.
    pub fn main_region(&self) -> Region {
        self.reading.main_region()
    }

    /// The region it belongs to, as libphonenumber tells it.
    ///
    /// None for a number that is not valid where several regions share the calling code. The answer
    /// can be finer than a person expects (`+44 7911 123456` is Guernsey's), so it is no ground to
    /// refuse a number.
    pub fn region(&self) -> Option<Region> {
        self.reading.classify().0
    }
}

/// Two numbers are equal if their E.164 forms and their extensions are.
impl PartialEq for PhoneNumber {
    fn eq(&self, other: &Self) -> bool {
        self.as_e164() == other.as_e164() && self.extension() == other.extension()
    }
}

impl Eq for PhoneNumber {}

impl Hash for PhoneNumber {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_e164().hash(state);
        self.extension().hash(state);
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneNumber(hidden)")
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(phone number hidden)")
    }
}

/// What a range of numbers is used for, in libphonenumber's terms.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Kind {
    /// A fixed line.
    FixedLine,
    /// Either: the plan does not tell them apart, as in the United States.
    FixedLineOrMobile,
    /// A mobile.
    Mobile,
    /// A pager.
    Pager,
    /// A number that follows a person from line to line.
    PersonalNumber,
    /// The caller pays extra.
    PremiumRate,
    /// The caller and the called share the cost.
    SharedCost,
    /// The called pays.
    TollFree,
    /// A universal access number: one number for all of a company.
    Uan,
    /// It lies in no range that is known: the number is not valid.
    Unknown,
    /// A voice mailbox.
    Voicemail,
    /// Voice over IP.
    Voip,
}

impl Kind {
    /// Whether it is a mobile's, or may be one.
    pub fn is_mobile(self) -> bool {
        matches!(self, Self::Mobile | Self::FixedLineOrMobile)
    }

    /// A stable snake_case name.
    pub fn code(self) -> &'static str {
        match self {
            Self::FixedLine => "fixed_line",
            Self::FixedLineOrMobile => "fixed_line_or_mobile",
            Self::Mobile => "mobile",
            Self::Pager => "pager",
            Self::PersonalNumber => "personal_number",
            Self::PremiumRate => "premium_rate",
            Self::SharedCost => "shared_cost",
            Self::TollFree => "toll_free",
            Self::Uan => "uan",
            Self::Unknown => "unknown",
            Self::Voicemail => "voicemail",
            Self::Voip => "voip",
        }
    }
}

const MAX_E164: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_cannot_print_itself() {
        let number = PhoneNumber::of(&Reading::of("+44 7700 900123", None).unwrap()).unwrap();
        assert_eq!(number.as_e164(), "+447700900123");
        for shown in [format!("{number:?}"), format!("{number:#?}"), format!("{number}")] {
            assert!(!shown.bytes().any(|byte| byte.is_ascii_digit()), "{shown}");
        }
    }
}
