//! A phone number that was read and accepted.

use std::fmt;

use super::Region;

/// A phone number in E.164 form, with what is known about it.
///
/// It cannot print itself: `Debug` and `Display` hide the digits, so that no log line leaks them.
/// Whoever needs the digits asks for them with [`as_e164`](Self::as_e164).
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct PhoneNumber {
    e164: [u8; MAX_E164],
    e164_len: u8,
    extension: [u8; MAX_EXTENSION],
    extension_len: u8,
    calling_code: u16,
    region: Option<Region>,
    kind: Kind,
}

impl PhoneNumber {
    /// `+`, the calling code and the national number: at most 15 digits.
    pub fn as_e164(&self) -> &str {
        text(&self.e164, self.e164_len)
    }

    /// The country calling code, from 1 to 999.
    pub fn calling_code(&self) -> u16 {
        self.calling_code
    }

    /// The extension, if one was written: up to 20 digits. E.164 has no place for it.
    pub fn extension(&self) -> Option<&str> {
        Some(text(&self.extension, self.extension_len)).filter(|digits| !digits.is_empty())
    }

    /// Whether it is valid and a mobile's: [`Kind::Mobile`] or [`Kind::FixedLineOrMobile`].
    pub fn is_mobile(&self) -> bool {
        matches!(self.kind, Kind::Mobile | Kind::FixedLineOrMobile)
    }

    /// Whether it lies in a range that is in use.
    pub fn is_valid(&self) -> bool {
        self.kind != Kind::Unknown
    }

    /// What the number is for; [`Kind::Unknown`] if it is not valid.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The region it belongs to, as libphonenumber tells it.
    ///
    /// None for a number that is not valid where several regions share the calling code. The answer
    /// can be finer than a person expects (`+44 7911 123456` is Guernsey's), so it is no ground to
    /// refuse a number.
    pub fn region(&self) -> Option<Region> {
        self.region
    }

    /// For the first version only.
    pub(super) fn stand_in(digits: &str) -> Self {
        let mut e164 = [0; MAX_E164];
        for (to, from) in e164.iter_mut().zip(std::iter::once(b'+').chain(digits.bytes())) {
            *to = from;
        }
        Self {
            e164,
            e164_len: u8::try_from(digits.len() + 1).unwrap_or_default(),
            extension: [0; MAX_EXTENSION],
            extension_len: 0,
            calling_code: 1,
            region: None,
            kind: Kind::Unknown,
        }
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
const MAX_EXTENSION: usize = 20;

fn text(bytes: &[u8], len: u8) -> &str {
    let digits = bytes.get(..usize::from(len)).unwrap_or_default();
    std::str::from_utf8(digits).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_cannot_print_itself() {
        let number = PhoneNumber::stand_in("447700900123");
        assert_eq!(number.as_e164(), "+447700900123");
        for shown in [format!("{number:?}"), format!("{number:#?}"), format!("{number}")] {
            assert!(!shown.bytes().any(|byte| byte.is_ascii_digit()), "{shown}");
        }
    }
}
