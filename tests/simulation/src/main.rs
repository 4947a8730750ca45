//! Runs schedules: `simulate [--schedules N] [--seed S]`, or one of them with its trace:
//! `simulate --replay S [--small] [--kill STEP:before|after]`.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a developer's tool")]

use std::process::ExitCode;

use simulation::{Ended, Kill, Options, Tracing, run};

const THREADS: u64 = 2;

#[derive(Default)]
struct Sums {
    schedules: u64,
    steps: u64,
    posted: u64,
    created: u64,
    beyond: u64,
    doubled: u64,
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let value = |flag: &str| {
        let at = args.iter().position(|arg| arg == flag)?;
        args.get(at + 1).cloned()
    };
    let number = |flag: &str| value(flag).map(|text| text.parse::<u64>().expect("a number"));
    if let Some(seed) = number("--replay") {
        let kill = value("--kill").map(|text| {
            let (step, when) = text.split_once(':').expect("STEP:before or STEP:after");
            Kill { step: step.parse().expect("a number"), is_done: when == "after" }
        });
        let is_small = args.iter().any(|arg| arg == "--small");
        let ended = run(seed, Options { is_small, kill, tracing: Tracing::Lines });
        for line in &ended.lines {
            println!("{line}");
        }
        return say(&ended);
    }
    let schedules = number("--schedules").unwrap_or(20_000);
    let seed = number("--seed").unwrap_or(1);
    let start = std::time::Instant::now();
    let (sums, failures) = run_all(schedules, seed);
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{} schedules, {} steps, {} requests, {} messages in {seconds:.1} s ({:.0} schedules a second)",
        sums.schedules,
        sums.steps,
        sums.posted,
        sums.created,
        sums.schedules as f64 / seconds
    );
    println!(
        "{} schedules with a list slower than its bound, {} of them with a message made twice",
        sums.beyond, sums.doubled
    );
    for failure in failures.iter().take(500) {
        println!("{failure}");
    }
    println!("{} failed", failures.len());
    if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn say(ended: &Ended) -> ExitCode {
    println!("trace {:016x}", ended.hash);
    for violation in &ended.violations {
        println!("VIOLATION: {violation}");
    }
    if ended.violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn run_all(schedules: u64, seed: u64) -> (Sums, Vec<String>) {
    let parts: Vec<(Sums, Vec<String>)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..THREADS)
            .map(|thread| {
                scope.spawn(move || {
                    let mut sums = Sums::default();
                    let mut failures = Vec::new();
                    for number in (thread..schedules).step_by(THREADS as usize) {
                        let seed = seed + number;
                        let ended = run(seed, Options::default());
                        sums.add(&ended);
                        if let Some(first) = ended.violations.first() {
                            failures.push(format!(
                                "seed {seed}: {first}\n  npm run simulate -- --replay {seed}"
                            ));
                        }
                    }
                    (sums, failures)
                })
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().expect("no panic")).collect()
    });
    let mut all = (Sums::default(), Vec::new());
    for (sums, failures) in parts {
        all.0.schedules += sums.schedules;
        all.0.steps += sums.steps;
        all.0.posted += sums.posted;
        all.0.created += sums.created;
        all.0.beyond += sums.beyond;
        all.0.doubled += sums.doubled;
        all.1.extend(failures);
    }
    all
}

impl Sums {
    fn add(&mut self, ended: &Ended) {
        self.schedules += 1;
        self.steps += ended.steps;
        self.posted += ended.posted;
        self.created += ended.created;
        self.beyond += u64::from(ended.is_lag_beyond);
        self.doubled += u64::from(ended.doubled_beyond);
    }
}
