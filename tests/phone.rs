//! Phone numbers: the answers of another implementation of libphonenumber, pinned.
//!
//! `answers.txt` holds a digest for each block of inputs of the corpus. Where one differs, the
//! programs in `tests/phone` show the inputs and both answers; `src/phone/README.md` has the
//! commands.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "shared with a developer's tool, which stops where an assumption breaks"
)]

#[path = "phone/src/answer.rs"]
pub mod answer;
#[path = "phone/src/corpus.rs"]
pub mod corpus;
#[path = "phone/src/fuzz.rs"]
pub mod fuzz;

use answer::{digest, ours};
use corpus::Corpus;

const BLOCK: u64 = 1024;

fn corpus() -> Corpus {
    Corpus::new(include_str!("phone/seeds.tsv"))
}

#[test]
fn answers_are_those_of_libphonenumber() {
    let corpus = corpus();
    let pins = include_str!("phone/answers.txt").lines().filter(|line| !line.starts_with('#'));
    let mut plain = 0;
    for (block, pin) in (0..).zip(pins) {
        let cases = (block * BLOCK..(block + 1) * BLOCK).map(|number| corpus.case(number));
        let cases: Vec<_> = cases.collect();
        plain += cases.iter().filter(|case| case.is_plain()).count();
        let digest = digest(cases.into_iter().map(|case| (case.clone(), ours(&case))));
        assert_eq!(format!("{digest:016x}"), pin, "inputs from {} on", block * BLOCK);
    }
    assert!(plain >= 100_000, "only {plain} inputs were compared");
}

#[test]
fn no_text_is_too_strange() {
    let corpus = corpus();
    let accepted = (0..50_000).filter(|number| fuzz::check(&fuzz::mutated(&corpus, *number)));
    assert!(accepted.count() > 5_000);
}
