//! The seeds of the corpus, from the metadata.

use std::fmt::Write as _;

use regex_syntax::hir::{Hir, HirKind};

use crate::automaton::{class_digits, parse};
use crate::metadata::Metadata;

/// An example of every region and kind, and prefixes that each region dials.
pub fn seeds(metadata: &Metadata) -> String {
    let mut seeds = format!(
        "# From the metadata of libphonenumber {}, made by phone-tables: region, calling code, sort, digits\n",
        metadata.version
    );
    for territory in &metadata.territories {
        let mut line = |sort: &str, digits: &str| {
            let _ = writeln!(seeds, "{}\t{}\t{sort}\t{digits}", territory.id, territory.code);
        };
        for (kind, numbers) in &territory.kinds {
            if let Some(example) = &numbers.example {
                line(&format!("{kind:?}"), example);
            }
        }
        for (sort, pattern) in
            [("idd", &territory.idd), ("national_prefix", &territory.national_prefix)]
        {
            let Some(pattern) = pattern else { continue };
            let hir = parse(pattern);
            let mut known = Vec::new();
            for round in 0..24 {
                let mut digits = String::new();
                sample(&hir, &mut (round * 7919), &mut digits);
                if known.len() < 5 && !digits.is_empty() && !known.contains(&digits) {
                    line(sort, &digits);
                    known.push(digits);
                }
            }
        }
    }
    seeds
}

/// Appends digits that a pattern matches; `state` chooses.
fn sample(hir: &Hir, state: &mut usize, digits: &mut String) {
    let mut choose = |count: usize| {
        *state = (*state * 1_103_515_245 + 12_345) & 0x7fff_ffff;
        (*state >> 12) % count
    };
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => digits.push_str(&String::from_utf8_lossy(&literal.0)),
        HirKind::Class(class) => {
            let set = class_digits(class);
            let members: Vec<u8> = (0..10).filter(|digit| set & 1 << digit != 0).collect();
            digits.push(char::from(b'0' + members[choose(members.len())]));
        }
        HirKind::Repetition(repetition) => {
            let (least, most) = (repetition.min, repetition.max.unwrap_or(repetition.min));
            for _ in 0..least as usize + choose((most - least + 1) as usize) {
                sample(&repetition.sub, state, digits);
            }
        }
        HirKind::Capture(capture) => sample(&capture.sub, state, digits),
        HirKind::Concat(parts) => parts.iter().for_each(|part| sample(part, state, digits)),
        HirKind::Alternation(choices) => {
            let chosen = choose(choices.len());
            sample(&choices[chosen], state, digits);
        }
    }
}
