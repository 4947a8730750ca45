//! libphonenumber's own answers: what number a text holds, before any policy.
//!
//! The steps and their order are those of `parse` in Google's `PhoneNumberUtil`; the tables and
//! one pass over bytes take the place of its regular expressions.

use super::Region;
use super::extension;
use super::number::Kind;
use super::prefix::match_prefix;
use super::rfc3966;
use super::symbols::{ALPHA, BETWEEN, DIGIT, MAX_INPUT, Symbols, is};
use super::tables::{CallingCode, Territory};

/// The number in a text, as libphonenumber reads it.
///
/// It can be longer than E.164 allows and need not be possible. `Debug` hides the digits.
#[derive(Clone, Copy)]
pub struct Reading {
    calling_code: CallingCode,
    national: [u8; MAX_NATIONAL],
    national_len: u8,
    extension: [u8; MAX_EXTENSION],
    extension_len: u8,
}

impl Reading {
    /// Reads a text.
    ///
    /// # Errors
    ///
    /// [`Unreadable`] says at which step libphonenumber gives up.
    pub fn of(text: &str, default_region: Option<Region>) -> Result<Self, Unreadable> {
        if !fits(text) {
            return Err(Unreadable::InputTooLong);
        }
        let mut symbols = Symbols::new();
        extract(text, &mut symbols)?;
        if !is_viable(symbols.as_bytes()) {
            return Err(Unreadable::NotANumber);
        }
        let default = default_region.and_then(Territory::of);
        let plus = symbols.as_bytes().first() == Some(&b'+');
        if default.is_none() && !plus {
            return Err(Unreadable::NoCountryCode);
        }
        let mut extension = [0; MAX_EXTENSION];
        let mut extension_len = 0;
        if let Some(found) = extension::find(symbols.as_bytes())
            && is_viable(symbols.as_bytes().get(..found.start).unwrap_or_default())
        {
            extension_len = copy(found.digits, &mut extension);
            let start = found.start;
            symbols.truncate(start);
        }
        symbols.keep_digits();
        let digits = symbols.as_bytes();
        let mut scratches = [[0; SCRATCH]; 2];
        let [first_scratch, second_scratch] = &mut scratches;
        let (calling_code, territory, rest) =
            match international(digits, plus, default, first_scratch)? {
                Some((calling_code, rest)) => (calling_code, calling_code.main_territory(), rest),
                None => {
                    let territory = default.ok_or(Unreadable::NoCountryCode)?;
                    (territory.calling_code(), territory, digits)
                }
            };
        if rest.len() < MIN_NATIONAL {
            return Err(Unreadable::TooShort);
        }
        let stripped = strip_national_prefix(rest, territory, second_scratch);
        // Too short a rest means that the digits were no prefix after all.
        let kept = match length_verdict(stripped.len(), territory) {
            Possible::TooShort | Possible::LocalOnly | Possible::WrongLength => rest,
            Possible::Yes | Possible::TooLong => stripped,
        };
        if kept.len() < MIN_NATIONAL {
            return Err(Unreadable::TooShort);
        }
        if kept.len() > MAX_NATIONAL {
            return Err(Unreadable::TooLong);
        }
        let mut national = [0; MAX_NATIONAL];
        let national_len = copy(kept, &mut national);
        Ok(Self { calling_code, national, national_len, extension, extension_len })
    }

    /// The country calling code, from 1 to 999.
    pub fn calling_code(&self) -> u16 {
        self.calling_code.value()
    }

    /// The digits after the calling code: from 2 to 17.
    pub fn national_number(&self) -> &str {
        std::str::from_utf8(self.national_bytes()).unwrap_or_default()
    }

    /// The digits of the extension; empty without one.
    pub fn extension(&self) -> &str {
        let digits = self.extension.get(..self.extension_len.into()).unwrap_or_default();
        std::str::from_utf8(digits).unwrap_or_default()
    }

    /// What the number's length says.
    pub fn possible(&self) -> Possible {
        length_verdict(self.national_len.into(), self.calling_code.main_territory())
    }

    /// Whose number it is, and what kind: [`Kind::Unknown`] for a number that is not valid.
    ///
    /// The region of a number that is not valid is known where only one has the calling code, or
    /// where its first digits tell.
    pub fn classify(&self) -> (Option<Region>, Kind) {
        self.calling_code.classify(self.national_bytes())
    }

    /// The region that speaks for the calling code: `US` for 1, `GB` for 44.
    pub fn main_region(&self) -> Region {
        self.calling_code.main_territory().region()
    }

    pub(super) fn national_bytes(&self) -> &[u8] {
        self.national.get(..self.national_len.into()).unwrap_or_default()
    }
}

impl std::fmt::Debug for Reading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Reading(hidden)")
    }
}

/// Whether numbers of a calling code can have so many digits.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Possible {
    /// Yes.
    Yes,
    /// Only numbers without their area code.
    LocalOnly,
    /// They all have more.
    TooShort,
    /// Some have more and some have fewer.
    WrongLength,
    /// They all have fewer.
    TooLong,
}

/// At which step libphonenumber gives up on a text.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Unreadable {
    /// More than 250 UTF-16 code units.
    InputTooLong,
    /// No such country code exists.
    InvalidCountryCode,
    /// There is no country code, nor a default region that has one.
    NoCountryCode,
    /// It is not made like a phone number.
    NotANumber,
    /// More than 17 digits after the country code.
    TooLong,
    /// Fewer than two digits after the country code.
    TooShort,
    /// Too little follows the international prefix.
    TooShortAfterPrefix,
}

/// Whether a text has at most [`MAX_INPUT`] UTF-16 code units, of which each takes at most three
/// bytes.
fn fits(text: &str) -> bool {
    if text.len() <= MAX_INPUT {
        return true;
    }
    let is_unit = |byte: &&u8| !matches!(byte, 0x80..=0xbf);
    let is_second_unit = |byte: &&u8| matches!(byte, 0xf0..);
    let units = |bytes: &[u8]| {
        bytes.iter().filter(is_unit).count() + bytes.iter().filter(is_second_unit).count()
    };
    text.len() <= MAX_INPUT * 3 && units(text.as_bytes()) <= MAX_INPUT
}

/// The part of the text that can be a number.
fn extract(text: &str, symbols: &mut Symbols) -> Result<(), Unreadable> {
    if !rfc3966::read(text, symbols).map_err(|_| Unreadable::NotANumber)? {
        symbols.push_text(text, true);
        let is_end = |byte: &u8| is(*byte, DIGIT | ALPHA) || *byte == b'#';
        let bytes = symbols.as_bytes();
        let len = bytes.iter().rposition(is_end).map_or(0, |last| last + 1);
        let len = second_number(bytes.get(..len).unwrap_or_default()).unwrap_or(len);
        symbols.truncate(len);
    }
    if let Some(at) = rfc3966::find_subaddress(symbols.as_bytes()) {
        symbols.truncate(at);
    }
    Ok(())
}

/// Where a second extension begins, as in `(530) 583-6985 x302/x2303`.
fn second_number(symbols: &[u8]) -> Option<usize> {
    let mut slash = None;
    for (at, byte) in symbols.iter().enumerate() {
        match byte {
            b'/' | b'\\' => slash = Some(at),
            b' ' => {}
            b'x' if slash.is_some() => return slash,
            _ => slash = None,
        }
    }
    None
}

/// Whether it is made like a phone number: at least three digits, and nothing but digits, letters
/// and the usual punctuation up to the extension. Two lone digits pass too.
fn is_viable(symbols: &[u8]) -> bool {
    if let [a, b] = symbols {
        return is(*a, DIGIT) && is(*b, DIGIT);
    }
    let mut digits = 0;
    let mut third = 0;
    let mut at = symbols.iter().take_while(|byte| **byte == b'+').count();
    for byte in symbols.get(at..).unwrap_or_default() {
        let between = if digits < 3 { BETWEEN } else { BETWEEN | ALPHA };
        if !is(*byte, DIGIT | between) {
            break;
        }
        at += 1;
        digits += u32::from(is(*byte, DIGIT));
        if digits < 3 {
            third = at + 1;
        }
    }
    if digits < 3 || at == symbols.len() {
        return digits >= 3;
    }
    // What is left must be an extension, which may begin within what has been read.
    extension::find(symbols).is_some_and(|found| (third..=at).contains(&found.start))
}

/// Takes off what makes a number international: its plus sign, the default region's international
/// prefix, or that region's calling code where the rest makes a better number.
fn international<'d>(
    digits: &'d [u8],
    plus: bool,
    default: Option<Territory>,
    scratch: &'d mut [u8; SCRATCH],
) -> Result<Option<(CallingCode, &'d [u8])>, Unreadable> {
    if plus {
        if digits.len() <= MIN_NATIONAL {
            return Err(Unreadable::TooShortAfterPrefix);
        }
        if let Some(found) = CallingCode::strip(digits) {
            return Ok(Some(found));
        }
        // Someone wrote a plus sign before an international prefix: `+0044`.
        return match from_default(digits, default, scratch)? {
            None => Err(Unreadable::InvalidCountryCode),
            found => Ok(found),
        };
    }
    from_default(digits, default, scratch)
}

fn from_default<'d>(
    digits: &'d [u8],
    default: Option<Territory>,
    scratch: &'d mut [u8; SCRATCH],
) -> Result<Option<(CallingCode, &'d [u8])>, Unreadable> {
    let Some(territory) = default.filter(|_| !digits.is_empty()) else { return Ok(None) };
    let prefix = territory.international_prefix().and_then(|idd| match_prefix(idd, digits));
    if let Some(rest) = prefix.and_then(|prefix| digits.get(prefix.end..))
        && rest.first() != Some(&b'0')
    {
        if rest.len() <= MIN_NATIONAL {
            return Err(Unreadable::TooShortAfterPrefix);
        }
        return CallingCode::strip(rest).map(Some).ok_or(Unreadable::InvalidCountryCode);
    }
    let calling_code = territory.calling_code();
    if let Some((found, rest)) = CallingCode::strip(digits)
        && found.value() == calling_code.value()
    {
        let national = strip_national_prefix(rest, territory, scratch);
        let better = !territory.matches(digits) && territory.matches(national);
        if better || length_verdict(digits.len(), territory) == Possible::TooLong {
            return Ok(Some((calling_code, national)));
        }
    }
    Ok(None)
}

/// Takes the national prefix off, or puts what belongs there in its place, unless that would turn
/// a number that fits its territory into one that does not.
fn strip_national_prefix<'d>(
    number: &'d [u8],
    territory: Territory,
    scratch: &'d mut [u8; SCRATCH],
) -> &'d [u8] {
    let Some(prefix) = territory.national_prefix() else { return number };
    let Some(found) = match_prefix(prefix.program, number) else { return number };
    let rest = number.get(found.end..).unwrap_or_default();
    let last_group = prefix.groups.checked_sub(1).and_then(|last| found.group(last));
    let stripped = match prefix.transform {
        Some((literal, group)) if last_group.is_some() => {
            let (start, end) = found.group(group).unwrap_or_default();
            let captured = number.get(start..end).unwrap_or_default();
            let literal = literal.iter().take_while(|byte| **byte != 0);
            let len = copy(literal.chain(captured).chain(rest), scratch);
            scratch.get(..len.into()).unwrap_or_default()
        }
        _ => rest,
    };
    if territory.matches(stripped) || !territory.matches(number) { stripped } else { number }
}

fn length_verdict(len: usize, territory: Territory) -> Possible {
    let (lengths, local) = territory.lengths();
    let len = u32::try_from(len).unwrap_or(u32::MAX);
    let has = |lengths: u32| lengths.checked_shr(len).is_some_and(|rest| rest & 1 == 1);
    if has(local) {
        Possible::LocalOnly
    } else if has(lengths) {
        Possible::Yes
    } else if len < lengths.trailing_zeros() {
        Possible::TooShort
    } else if lengths.checked_shr(len).unwrap_or(0) == 0 {
        Possible::TooLong
    } else {
        Possible::WrongLength
    }
}

/// Copies as many bytes as there is room for, and answers how many those are.
fn copy<'b>(from: impl IntoIterator<Item = &'b u8>, to: &mut [u8]) -> u8 {
    let mut len = 0;
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from;
        len += 1;
    }
    len
}

const MIN_NATIONAL: usize = 2;
/// The ITU says 15 with the calling code; libphonenumber has seen longer ones.
const MAX_NATIONAL: usize = 17;
pub(super) const MAX_EXTENSION: usize = 20;
/// A number that fills this is too long by far, so that it does not matter what is cut off.
const SCRATCH: usize = 40;
