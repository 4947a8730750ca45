//! What is left to chance, drawn from the seed.

use twilio_destination::random::Random;

/// A stream of choices.
#[derive(Clone, Debug)]
pub(crate) struct Draw(Random);

impl Draw {
    /// The stream of a seed that has this name: streams do not shift each other.
    pub(crate) fn new(seed: u64, name: u64) -> Self {
        let mut mixed = Random::new(seed);
        let start = mixed.draw() ^ name.wrapping_mul(0xd6e8_feb8_6659_fd93);
        Self(Random::new(start))
    }

    /// A number from `least` to `most`.
    pub(crate) fn between(&mut self, least: i64, most: i64) -> i64 {
        least + self.0.up_to((most - least).unsigned_abs()) as i64
    }

    /// True in so many of a hundred thousand cases.
    pub(crate) fn in_100_000(&mut self, count: u64) -> bool {
        self.0.up_to(99_999) < count
    }

    /// True in so many of a thousand cases.
    pub(crate) fn in_1000(&mut self, count: u64) -> bool {
        self.0.up_to(999) < count
    }

    /// One of them.
    pub(crate) fn pick<'c, T>(&mut self, choices: &'c [T]) -> &'c T {
        &choices[self.0.up_to(choices.len() as u64 - 1) as usize]
    }

    /// Any number.
    pub(crate) fn any(&mut self) -> u64 {
        self.0.draw()
    }
}
