//! The command behind `npm run simulate`.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a developer's tool reports on the terminal, and measures its own speed"
)]

use std::process::ExitCode;
use std::time::Instant;

use simulation::{CASES, Compared, Kill, Options, Sums, Tracing, compare, hashes, run};

const USAGE: &str = "\
usage: npm run simulate -- [--schedules N] [--seed S] [--first]
       npm run simulate -- --replay S [--small] [--kill before:STEP|after:STEP]
       npm run simulate -- --compare [--messages N] [--seed S]
       npm run simulate -- --traces N";

/// How many failures are shown.
const SHOWN: usize = 5;

#[derive(Default)]
struct Args {
    schedules: Option<u64>,
    seed: Option<u64>,
    replay: Option<u64>,
    is_small: bool,
    is_first_enough: bool,
    kill: Option<Kill>,
    traces: Option<u64>,
    compares: bool,
    messages: Option<u64>,
}

fn main() -> ExitCode {
    let Some(args) = read(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::FAILURE;
    };
    if let Some(seed) = args.replay {
        return replay(seed, &args);
    }
    if let Some(count) = args.traces {
        for hash in hashes(count) {
            println!("{hash:016x}");
        }
        return ExitCode::SUCCESS;
    }
    if args.compares {
        say_compared(&compare(args.messages.unwrap_or(100_000), args.seed.unwrap_or(1)));
        return ExitCode::SUCCESS;
    }
    sweep(&args)
}

fn read(mut words: impl Iterator<Item = String>) -> Option<Args> {
    let mut args = Args::default();
    while let Some(word) = words.next() {
        let mut number = || words.next()?.parse().ok();
        match word.as_str() {
            "--schedules" => args.schedules = Some(number()?),
            "--seed" => args.seed = Some(number()?),
            "--replay" => args.replay = Some(number()?),
            "--traces" => args.traces = Some(number()?),
            "--messages" => args.messages = Some(number()?),
            "--compare" => args.compares = true,
            "--small" => args.is_small = true,
            "--first" => args.is_first_enough = true,
            "--kill" => {
                let word = words.next()?;
                let (when, step) = word.split_once(':')?;
                let is_done = match when {
                    "before" => false,
                    "after" => true,
                    _ => return None,
                };
                args.kill = Some(Kill { step: step.parse().ok()?, is_done });
            }
            _ => return None,
        }
    }
    Some(args)
}

fn replay(seed: u64, args: &Args) -> ExitCode {
    let (is_small, kill) = (args.is_small, args.kill);
    let ended = run(seed, Options { is_small, kill, tracing: Tracing::Lines });
    for line in &ended.lines {
        println!("{line}");
    }
    println!("trace {:016x}", ended.hash);
    for violation in &ended.violations {
        println!("VIOLATION: {violation}");
    }
    if ended.violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn say_compared(all: &[Compared]) {
    println!(
        "| rule | messages | delivered | duplicates | lost | reported wrongly | calls a message |"
    );
    println!("|---|--:|--:|--:|--:|--:|--:|");
    for Compared { rule, messages, delivered, duplicates, lost, misreported, calls } in all {
        let of_100 = 100.0 * *delivered as f64 / *messages as f64;
        let each = *calls as f64 / *messages as f64;
        println!(
            "| {rule} | {messages} | {of_100:.2} % | {duplicates} | {lost} | {misreported} | {each:.3} |"
        );
    }
}

fn sweep(args: &Args) -> ExitCode {
    let (schedules, seed) = (args.schedules.unwrap_or(20_000), args.seed.unwrap_or(1));
    let is_first_enough = args.is_first_enough;
    let start = Instant::now();
    let threads = std::thread::available_parallelism().map_or(2, |count| count.get() as u64);
    let mut sums = Sums::default();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|thread| {
                let step = usize::try_from(threads).expect("few threads");
                let seeds = (seed + thread..seed + schedules).step_by(step);
                scope.spawn(move || Sums::of(seeds, is_first_enough))
            })
            .collect();
        for worker in workers {
            sums.join(worker.join().expect("no panic"));
        }
    });
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{} schedules from seed {seed}, {} of them with a process ended at a chosen step",
        sums.schedules, sums.killed
    );
    println!(
        "{} steps, {} requests, {} messages in {seconds:.1} s: {:.0} schedules a second",
        sums.steps,
        sums.posted,
        sums.created,
        sums.schedules as f64 / seconds
    );
    println!(
        "{} with a list slower than its bound, {} of them with the harm that has to do",
        sums.beyond, sums.harmed
    );
    let seen = |case: &str| sums.seen.get(case).copied().unwrap_or(0);
    for case in CASES {
        println!("{:>10} {case}", seen(case));
    }
    for failure in sums.failures.iter().take(SHOWN) {
        println!("\n{}\n  npm run simulate -- {}", failure.violation, failure.replay);
    }
    // Of so many lists that are too slow, some do harm, and no case never comes up: checks that see
    // nothing check nothing.
    let is_blind =
        sums.beyond >= 1_000 && (sums.harmed == 0 || CASES.iter().any(|case| seen(case) == 0));
    if is_blind {
        println!(
            "\nA list slower than its bound did no harm, or a case never came up: checks are blind."
        );
    }
    let failed = sums.failures.len() as u64 + u64::from(is_blind);
    println!("{} passed, {failed} failed", sums.schedules - sums.failures.len() as u64);
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
