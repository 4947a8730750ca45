//! The tables that `phone-tables` makes from Google's metadata; README.md describes their layout.

use super::Region;
use super::number::Kind;

/// A country calling code.
#[derive(Clone, Copy)]
pub(super) struct CallingCode {
    number: u8,
}

impl CallingCode {
    /// The calling code that `digits` begin with, and the digits after it.
    ///
    /// No calling code begins another, so the first that fits is the only one.
    pub(super) fn strip(digits: &[u8]) -> Option<(Self, &[u8])> {
        let mut value = 0;
        for (at, digit) in digits.iter().take(3).enumerate() {
            value = value * 10 + usize::from(digit & 15);
            if value == 0 {
                return None;
            }
            let number = CALLING_NUMBERS.get(value).copied().unwrap_or(0);
            if let Some(number) = number.checked_sub(1) {
                return Some((Self { number }, digits.get(at + 1..).unwrap_or_default()));
            }
        }
        None
    }

    /// From 1 to 999.
    pub(super) fn value(self) -> u16 {
        let [low, high, ..] = self.record();
        u16::from_le_bytes([low, high])
    }

    /// The territory whose rules hold for all its numbers.
    pub(super) fn main_territory(self) -> Territory {
        let [_, _, _, _, first, _] = self.record();
        Territory { number: first }
    }

    /// Whose a national number is, and what kind of number: none and unknown, if that is not known.
    pub(super) fn classify(self, national: &[u8]) -> (Option<Region>, Kind) {
        let [_, _, low, high, first, regions] = self.record();
        let label = label(walk(u16::from_le_bytes([low, high]), national));
        let region = match (label >> 4).checked_sub(1) {
            Some(place) => Some(u16::from(first) + place),
            None => Some(u16::from(first)).filter(|_| regions == 1),
        };
        let region = region.and_then(|number| u8::try_from(number).ok());
        (
            region.map(|number| Territory { number }.region()),
            KINDS.get(usize::from(label & 15)).copied().unwrap_or(Kind::Unknown),
        )
    }

    fn record(self) -> [u8; 6] {
        CALLING_CODES.get(usize::from(self.number)).copied().unwrap_or_default()
    }
}

/// What is known of the numbers of one region, or of one calling code that belongs to none.
#[derive(Clone, Copy)]
pub(super) struct Territory {
    number: u8,
}

impl Territory {
    /// The territory of a region; none for one that has no numbers, or for the world.
    pub(super) fn of(region: Region) -> Option<Self> {
        let [a, b] = *region.as_str().as_bytes() else { return None };
        let place = usize::from(a.wrapping_sub(b'A')) * 26 + usize::from(b.wrapping_sub(b'A'));
        let number = REGIONS.get(place)?.checked_sub(1)?;
        Some(Self { number })
    }

    pub(super) fn region(self) -> Region {
        let [a, b, c, ..] = self.record();
        Region::from_table([a, b, c])
    }

    pub(super) fn calling_code(self) -> CallingCode {
        let [_, _, _, number, ..] = self.record();
        CallingCode { number }
    }

    /// Two sets of lengths, bit n for n digits: those of its numbers, and those of numbers without
    /// their area code.
    pub(super) fn lengths(self) -> (u32, u32) {
        let [_, _, _, _, lengths, ..] = self.record();
        let [a, b, c, d, e, f, g, h] =
            LENGTHS.get(usize::from(lengths)).copied().unwrap_or_default();
        (u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h]))
    }

    /// Where the program of its international prefix begins.
    pub(super) fn international_prefix(self) -> Option<u16> {
        let [_, _, _, _, _, _, low, high, ..] = self.record();
        Some(u16::from_le_bytes([low, high])).filter(|start| *start != u16::MAX)
    }

    pub(super) fn national_prefix(self) -> Option<NationalPrefix> {
        let [_, _, _, _, _, prefix, ..] = self.record();
        let [low, high, groups, group, literal @ ..] =
            PREFIXES.get(usize::from(prefix.checked_sub(1)?))?;
        Some(NationalPrefix {
            program: u16::from_le_bytes([*low, *high]),
            groups: *groups,
            transform: group.checked_sub(1).map(|group| (literal, group)),
        })
    }

    /// Whether `national` matches what all its numbers match.
    pub(super) fn matches(self, national: &[u8]) -> bool {
        let [_, _, _, _, _, _, _, _, low, high] = self.record();
        label(walk(u16::from_le_bytes([low, high]), national)) != 0
    }

    fn record(self) -> [u8; 10] {
        TERRITORIES.get(usize::from(self.number)).copied().unwrap_or_default()
    }
}

/// What may stand before a national number, and what takes its place.
pub(super) struct NationalPrefix {
    /// Where its program begins.
    pub(super) program: u16,
    /// How many groups it has.
    pub(super) groups: u8,
    /// Digits (padded with zero bytes) and the group (from 0) that take the prefix's place.
    pub(super) transform: Option<(&'static [u8; 4], u8)>,
}

/// A word of the programs.
pub(super) fn program_word(at: u16) -> Option<u16> {
    PROGRAMS.get(usize::from(at)).map(|word| u16::from_le_bytes(*word))
}

/// The version of Google's metadata that the tables were made from, such as `9.0.33`.
pub fn metadata_version() -> &'static str {
    std::str::from_utf8(section(0)).unwrap_or_default()
}

/// The state of the automaton after `digits`.
fn walk(start: u16, digits: &[u8]) -> u16 {
    let mut state = start;
    for digit in digits {
        let digit = digit & 15;
        let word = automaton_word(state.into());
        let class = CLASSES.get(usize::from(word & 0xfff)).copied().unwrap_or_default();
        let pair = class.get(usize::from(digit >> 1)).copied().unwrap_or_default();
        let target = pair >> (digit << 2 & 4) & 15;
        if target == 0 {
            return 0;
        }
        let at = usize::from(state) + usize::from(word >> 14 & 1) + usize::from(target);
        let follows = u16::from(target) == word >> 12 & 3;
        state = if follows { at as u16 } else { target_at(at) };
    }
    state
}

/// The state that a word leads to: where it begins, or how far after the word.
fn target_at(at: usize) -> u16 {
    let word = automaton_word(at);
    let ahead = word & 0x7fff;
    if word == ahead { word } else { ahead.wrapping_add(at as u16) }
}

/// The label of a state; 0 is none.
fn label(state: u16) -> u16 {
    let at = usize::from(state);
    if automaton_word(at) >> 14 == 0 { 0 } else { automaton_word(at + 1) }
}

fn automaton_word(at: usize) -> u16 {
    AUTOMATON.get(at).map_or(0, |word| u16::from_le_bytes(*word))
}

/// The tables number the kinds so.
const KINDS: [Kind; 12] = [
    Kind::Unknown,
    Kind::FixedLine,
    Kind::Mobile,
    Kind::FixedLineOrMobile,
    Kind::TollFree,
    Kind::PremiumRate,
    Kind::SharedCost,
    Kind::PersonalNumber,
    Kind::Voip,
    Kind::Pager,
    Kind::Uan,
    Kind::Voicemail,
];

const TABLES: &[u8] = include_bytes!("tables.bin");
const SECTIONS: usize = 10;

const REGIONS: &[u8] = section(1);
const CALLING_NUMBERS: &[u8] = section(2);
const CALLING_CODES: &[[u8; 6]] = section(3).as_chunks().0;
const TERRITORIES: &[[u8; 10]] = section(4).as_chunks().0;
const LENGTHS: &[[u8; 8]] = section(5).as_chunks().0;
const PREFIXES: &[[u8; 8]] = section(6).as_chunks().0;
const PROGRAMS: &[[u8; 2]] = section(7).as_chunks().0;
const CLASSES: &[[u8; 5]] = section(8).as_chunks().0;
const AUTOMATON: &[[u8; 2]] = section(9).as_chunks().0;

/// Evaluated when the crate is compiled: tables that were cut off do not compile.
const fn section(number: usize) -> &'static [u8] {
    let start = if number == 0 { 0 } else { section_end(number - 1) };
    let (_, sections) = TABLES.split_at(4 * SECTIONS);
    let (_, from_start) = sections.split_at(start);
    from_start.split_at(section_end(number) - start).0
}

const fn section_end(number: usize) -> usize {
    let (_, from_end) = TABLES.split_at(4 * number);
    match from_end.first_chunk() {
        Some(end) => u32::from_le_bytes(*end) as usize,
        None => 0,
    }
}
