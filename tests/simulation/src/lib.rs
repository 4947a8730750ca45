//! The core, run through faults in virtual time.
//!
//! One seed makes one schedule: hosts, a store, a queue that delivers at least once, and a Twilio,
//! all of them simulated; only what `twilio-destination` decides is real. The same seed gives the
//! same schedule and the same trace, on every machine and inside wasm.
//!
//! A tool of the project's developers: it panics where something is not as it should be.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a developer's tool stops, loudly, where an assumption breaks"
)]

mod agenda;
mod audience;
mod compare;
mod conversions;
mod draw;
mod faults;
mod feedback;
mod hooks;
mod host;
mod jobs;
mod night;
mod queue;
mod replies;
mod scenario;
mod store;
mod sweep;
mod trace;
mod twilio;
mod witness;
mod world;

pub use compare::{Compared, compare};
pub use scenario::Kill;
pub use sweep::{Failure, Sums};
pub use trace::Tracing;
pub use world::{CASES, Ended, Options, run};

/// The hashes of the traces of the first `count` seeds.
pub fn hashes(count: u64) -> impl Iterator<Item = u64> {
    let options = Options { tracing: Tracing::Hash, ..Options::default() };
    (1..=count).map(move |seed| run(seed, options).hash)
}
