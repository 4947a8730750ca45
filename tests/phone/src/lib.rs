//! Makes the phone tables of `twilio-destination` and compares its answers with other
//! implementations. A tool of the project's developers: it panics where something is not as it
//! should be.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a developer's tool stops, loudly, where an assumption breaks"
)]

pub mod answer;
pub mod automaton;
pub mod corpus;
pub mod fuzz;
pub mod layout;
pub mod metadata;
pub mod oracles;
pub mod program;
pub mod report;
pub mod seeds;

/// The tables, as they are checked in.
pub const TABLES: &[u8] = include_bytes!("../../../src/phone/tables.bin");

/// The seeds of the corpus, as they are checked in.
pub const SEEDS: &str = include_str!("../seeds.tsv");
