//! Prefix patterns as programs for a small backtracking machine.
//!
//! International and national prefixes need what an automaton has not: the first choice that
//! matches wins, groups capture, and `$` asks for the end. A program is a list of words; the upper
//! three bits of a word are the operation, the lower thirteen its argument.

use regex_syntax::hir::{Hir, HirKind, Look};

use crate::automaton::{class_digits, digit, parse};

/// The digit here must be in the set.
pub const DIGITS: u16 = 0;
/// Go on with the next word; if that fails, at the argument.
pub const SPLIT: u16 = 1;
/// Go on at the argument.
pub const JUMP: u16 = 2;
/// Note the position: twice the group's number, plus one for its end.
pub const SAVE: u16 = 3;
/// This must be the end.
pub const END: u16 = 4;
/// The pattern has matched.
pub const MATCH: u16 = 5;

/// How many choices may be open at a time; the machine has room for no more.
pub const MOST_OPEN: usize = 8;

/// Appends the program of `pattern`. Answers how many groups the pattern has.
///
/// # Panics
///
/// If the pattern asks for what the machine cannot do.
pub fn compile(pattern: &str, program: &mut Vec<u16>) -> usize {
    let hir = parse(pattern);
    let groups = hir.properties().explicit_captures_len();
    assert!(groups <= 2, "`{pattern}` has {groups} groups");
    let start = program.len();
    append(&hir, program);
    program.push(MATCH << 13);
    let open = most_open(program, start);
    assert!(open <= MOST_OPEN, "`{pattern}` leaves {open} choices open");
    groups
}

fn append(hir: &Hir, program: &mut Vec<u16>) {
    match hir.kind() {
        HirKind::Empty => {}
        HirKind::Literal(literal) => {
            program.extend(literal.0.iter().map(|&byte| word(DIGITS, 1 << digit(byte))));
        }
        HirKind::Class(class) => program.push(word(DIGITS, class_digits(class).into())),
        HirKind::Look(Look::End) => program.push(word(END, 0)),
        HirKind::Look(look) => panic!("a prefix has an assertion: {look:?}"),
        HirKind::Repetition(repetition) => {
            assert!(repetition.greedy, "a repetition is lazy");
            let most = repetition.max.expect("the language is finite");
            let mut open = Vec::new();
            for round in 0..most {
                if round >= repetition.min {
                    open.push(program.len());
                    program.push(0);
                }
                append(&repetition.sub, program);
            }
            for at in open {
                program[at] = word(SPLIT, program.len());
            }
        }
        HirKind::Capture(capture) => {
            let group = capture.index as usize - 1;
            program.push(word(SAVE, 2 * group));
            append(&capture.sub, program);
            program.push(word(SAVE, 2 * group + 1));
        }
        HirKind::Concat(parts) => parts.iter().for_each(|part| append(part, program)),
        HirKind::Alternation(choices) => {
            let mut ends = Vec::new();
            let (last, others) = choices.split_last().expect("an alternation has choices");
            for choice in others {
                let split = program.len();
                program.push(0);
                append(choice, program);
                ends.push(program.len());
                program.push(0);
                program[split] = word(SPLIT, program.len());
            }
            append(last, program);
            for at in ends {
                program[at] = word(JUMP, program.len());
            }
        }
    }
}

fn word(operation: u16, argument: usize) -> u16 {
    let argument = u16::try_from(argument).expect("a program is short");
    assert!(argument < 1 << 13, "a program is too long");
    operation << 13 | argument
}

/// The most choices that can be open at once: every jump leads onward, so one pass backward does.
fn most_open(program: &[u16], start: usize) -> usize {
    let mut open = vec![0; program.len()];
    for at in (start..program.len()).rev() {
        let argument = usize::from(program[at] & 0x1fff);
        open[at] = match program[at] >> 13 {
            MATCH => 0,
            JUMP => {
                assert!(argument > at, "a program loops");
                open[argument]
            }
            SPLIT => {
                assert!(argument > at, "a program loops");
                open[argument].max(open[at + 1] + 1)
            }
            _ => open[at + 1],
        };
    }
    open[start]
}
