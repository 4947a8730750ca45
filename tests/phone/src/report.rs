//! Which numbers change their verdict from one version of the tables to another.
//!
//! Both automata are walked at once, so the counts are of all numbers, not of samples.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

/// Describes the changes from `old` tables to `new` ones, one a line; empty if there are none.
///
/// # Panics
///
/// If either is not made as the present layout says.
pub fn report(old: &[u8], new: &[u8]) -> String {
    let (old, new) = (Tables::of(old), Tables::of(new));
    let mut report = String::new();
    let mut codes: Vec<u16> = old.codes.keys().chain(new.codes.keys()).copied().collect();
    codes.sort_unstable();
    codes.dedup();
    for code in codes {
        match (old.codes.get(&code), new.codes.get(&code)) {
            (Some(_), None) => drop(writeln!(report, "+{code} is gone")),
            (None, Some(_)) => drop(writeln!(report, "+{code} is new")),
            (Some(before), Some(after)) => {
                let mut walk = Walk { old: &old, new: &new, before, after, known: HashMap::new() };
                for ((from, to), (count, example)) in walk.changes(before.start, after.start, 0) {
                    let _ = writeln!(
                        report,
                        "+{code} {from} -> {to}: {count} numbers, such as +{code}{example}"
                    );
                }
            }
            (None, None) => {}
        }
    }
    for (id, rules) in &new.rules {
        match old.rules.get(id) {
            None => drop(writeln!(report, "{id} is new")),
            Some(before) => {
                for ((name, before), (_, after)) in before.iter().zip(rules) {
                    if before != after {
                        let _ = writeln!(report, "{id}: {name} change");
                    }
                }
            }
        }
    }
    for id in old.rules.keys().filter(|id| !new.rules.contains_key(*id)) {
        let _ = writeln!(report, "{id} is gone");
    }
    report
}

type Changes = BTreeMap<(String, String), (u128, String)>;

struct Walk<'t> {
    old: &'t Tables,
    new: &'t Tables,
    before: &'t Code,
    after: &'t Code,
    known: HashMap<(u16, u16, usize), Changes>,
}

impl Walk<'_> {
    /// The changes among the numbers that begin with the digits which led here.
    fn changes(&mut self, old: u16, new: u16, depth: usize) -> Changes {
        if let Some(known) = self.known.get(&(old, new, depth)) {
            return known.clone();
        }
        let mut changes = Changes::new();
        let meanings =
            (self.before.meaning(self.old.label(old)), self.after.meaning(self.new.label(new)));
        if meanings.0 != meanings.1 {
            changes.insert(meanings, (1, String::new()));
        }
        if depth < MOST_DIGITS && (old, new) != (0, 0) {
            for digit in 0..10 {
                let next = (self.old.next(old, digit), self.new.next(new, digit));
                for (change, (count, rest)) in self.changes(next.0, next.1, depth + 1) {
                    let entry =
                        changes.entry(change).or_insert_with(|| (0, format!("{digit}{rest}")));
                    entry.0 += count;
                }
            }
        }
        self.known.insert((old, new, depth), changes.clone());
        changes
    }
}

struct Code {
    start: u16,
    regions: Vec<String>,
}

impl Code {
    fn meaning(&self, label: u16) -> String {
        let kind = KINDS[usize::from(label & 15)];
        match usize::from(label >> 4).checked_sub(1) {
            Some(region) => format!("{} {kind}", self.regions[region]),
            None if self.regions.len() == 1 => format!("{} {kind}", self.regions[0]),
            None => kind.to_owned(),
        }
    }
}

struct Tables {
    codes: BTreeMap<u16, Code>,
    /// What else a territory has, by its name.
    rules: BTreeMap<String, Vec<(&'static str, Vec<u8>)>>,
    classes: Vec<u8>,
    words: Vec<u16>,
}

impl Tables {
    fn of(bytes: &[u8]) -> Self {
        let end = |number: usize| {
            let end: [u8; 4] = bytes[4 * number..4 * number + 4].try_into().expect("four bytes");
            4 * SECTIONS + u32::from_le_bytes(end) as usize
        };
        let section = |number: usize| match number {
            0 => &bytes[4 * SECTIONS..end(0)],
            _ => &bytes[end(number - 1)..end(number)],
        };
        let word = |bytes: &[u8]| u16::from_le_bytes([bytes[0], bytes[1]]);
        let (lengths, prefixes) = (section(5), section(6));
        let programs: Vec<u16> = section(7).chunks(2).map(word).collect();
        let records: Vec<&[u8]> = section(4).chunks(10).collect();
        let id =
            |record: &[u8]| String::from_utf8_lossy(&record[..3]).trim_end_matches('\0').to_owned();
        let mut codes = BTreeMap::new();
        let mut rules = BTreeMap::new();
        for code in section(3).chunks(6) {
            let (first, count) = (usize::from(code[4]), usize::from(code[5]));
            let own = &records[first..first + count];
            let regions = own.iter().map(|record| id(record)).collect();
            codes.insert(word(code), Code { start: word(&code[2..]), regions });
            for record in own {
                let lengths = &lengths[8 * usize::from(record[4])..][..8];
                let prefix = match usize::from(record[5]).checked_sub(1) {
                    None => Vec::new(),
                    Some(at) => {
                        let prefix = &prefixes[8 * at..][..8];
                        [&prefix[2..], &program(&programs, word(prefix))].concat()
                    }
                };
                let own = vec![
                    ("lengths", lengths.to_vec()),
                    ("national prefixes", prefix),
                    ("international prefixes", program(&programs, word(&record[6..]))),
                ];
                rules.insert(format!("{} +{}", id(record), word(code)), own);
            }
        }
        let words = section(9).chunks(2).map(word).collect();
        Self { codes, rules, classes: section(8).to_vec(), words }
    }

    fn next(&self, state: u16, digit: usize) -> u16 {
        let word = self.words[usize::from(state)];
        let class = usize::from(word & 0xfff) * 5;
        let target = self.classes[class + digit / 2] >> (digit % 2 * 4) & 15;
        if target == 0 {
            return 0;
        }
        let at = state + (word >> 14 & 1) + u16::from(target);
        if word >> 12 & 3 == u16::from(target) {
            return at;
        }
        match self.words[usize::from(at)] {
            near if near >> 15 == 1 => at + (near & 0x7fff),
            begins => begins,
        }
    }

    fn label(&self, state: u16) -> u16 {
        let at = usize::from(state);
        if self.words[at] >> 14 & 1 == 1 { self.words[at + 1] } else { 0 }
    }
}

/// A program's words up to its end, with jumps counted from its start.
fn program(programs: &[u16], start: u16) -> Vec<u8> {
    let own = programs.get(usize::from(start)..).unwrap_or_default();
    let len = own.iter().position(|word| word >> 13 == MATCH).map_or(0, |at| at + 1);
    let relative = |word: &u16| if matches!(word >> 13, 1 | 2) { word - start } else { *word };
    own[..len].iter().flat_map(|word| relative(word).to_le_bytes()).collect()
}

const SECTIONS: usize = 10;
const MATCH: u16 = crate::program::MATCH;
/// libphonenumber reads no longer national numbers.
const MOST_DIGITS: usize = 17;
const KINDS: [&str; 12] = [
    "invalid",
    "fixed line",
    "mobile",
    "fixed line or mobile",
    "toll free",
    "premium rate",
    "shared cost",
    "personal number",
    "VoIP",
    "pager",
    "UAN",
    "voicemail",
];
