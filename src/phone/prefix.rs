//! Prefixes: a small backtracking machine over the programs in the tables.
//!
//! International and national prefixes need what the automaton has not: the first choice that
//! matches wins, groups capture, and `$` asks for the end.

use super::tables::program_word;

/// Where a prefix ends, and what its groups hold.
pub(super) struct Match {
    /// How many digits it has.
    pub(super) end: usize,
    /// Starts and ends of its two groups; [`NONE`] where one took no part.
    groups: [u8; 4],
}

impl Match {
    /// The range of a group (from 0), if that took part.
    pub(super) fn group(&self, group: u8) -> Option<(usize, usize)> {
        let at = usize::from(group) * 2;
        match self.groups.get(at..)? {
            [start, end, ..] if *end != NONE => Some(((*start).into(), (*end).into())),
            _ => None,
        }
    }
}

/// Runs the program at `start` over the beginning of `digits`.
pub(super) fn match_prefix(start: u16, digits: &[u8]) -> Option<Match> {
    let mut open = [(0, 0, [NONE; 4]); MOST_OPEN];
    let mut count = 0;
    let (mut pc, mut at, mut groups) = (start, 0_u8, [NONE; 4]);
    loop {
        let word = program_word(pc)?;
        let argument = word & 0x1fff;
        pc += 1;
        let goes_on = match word >> 13 {
            DIGITS => match digits.get(usize::from(at)) {
                Some(digit) if argument >> (digit & 15) & 1 == 1 => {
                    at = at.saturating_add(1);
                    true
                }
                _ => false,
            },
            SPLIT => {
                // The generator proves that there is room.
                *open.get_mut(count)? = (argument, at, groups);
                count += 1;
                true
            }
            JUMP => {
                pc = argument;
                true
            }
            SAVE => {
                *groups.get_mut(usize::from(argument))? = at;
                true
            }
            END => usize::from(at) == digits.len(),
            _ => return Some(Match { end: at.into(), groups }),
        };
        if !goes_on {
            count = count.checked_sub(1)?;
            (pc, at, groups) = *open.get(count)?;
        }
    }
}

const NONE: u8 = u8::MAX;
const MOST_OPEN: usize = 8;

/// The operations, in a word's upper three bits.
const DIGITS: u16 = 0;
const SPLIT: u16 = 1;
const JUMP: u16 = 2;
const SAVE: u16 = 3;
const END: u16 = 4;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phone::Region;
    use crate::phone::tables::Territory;

    fn national(region: &str, digits: &str) -> Option<Match> {
        let territory = Region::parse(region).and_then(Territory::of).unwrap();
        match_prefix(territory.national_prefix().unwrap().program, digits.as_bytes())
    }

    #[test]
    fn the_first_choice_that_matches_wins() {
        // `([2-9]\d{6})$|1`
        let local = national("BB", "4123456").unwrap();
        assert_eq!((local.end, local.group(0)), (7, Some((0, 7))));
        assert_eq!(
            national("BB", "12464123456").map(|found| (found.end, found.group(0))),
            Some((1, None))
        );
        assert!(national("BB", "41234567").is_none());
        // `(?:0|90)(?:(1[245]|…)(\d{10,11}))?`: with a carrier or without
        let plain = national("BR", "02199999999").unwrap();
        assert_eq!((plain.end, plain.group(1)), (1, None));
        let carrier = national("BR", "0152199999999").unwrap();
        assert_eq!(
            (carrier.end, carrier.group(0), carrier.group(1)),
            (13, Some((1, 3)), Some((3, 13)))
        );
    }

    #[test]
    fn an_unknown_program_matches_nothing() {
        assert!(match_prefix(u16::MAX, b"0").is_none());
    }
}
