//! Tries to make the reader panic: `phone-fuzz [INPUTS]`. Build it with overflow checks, as the
//! profile `trial` does.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a developer's tool")]

use phone_oracle::SEEDS;
use phone_oracle::corpus::Corpus;
use phone_oracle::fuzz::{check, mutated};

fn main() {
    let count =
        std::env::args().nth(1).map_or(10_000_000, |count| count.parse().expect("a number"));
    let corpus = Corpus::new(SEEDS);
    let threads = 2_u64;
    let accepted: u64 = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|thread| {
                let corpus = &corpus;
                scope.spawn(move || {
                    let numbers = (thread..count).step_by(threads as usize);
                    numbers.map(|number| u64::from(check(&mutated(corpus, number)))).sum::<u64>()
                })
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().expect("no panic")).sum()
    });
    println!("{count} inputs, {accepted} accepted, no panic");
}
