//! Many schedules: those of a row of seeds, and small ones in which a process ends at every step.

use std::collections::BTreeMap;

use crate::{Ended, Kill, Options, run};

/// What many schedules came to.
#[derive(Debug, Default)]
pub struct Sums {
    /// How many schedules were run.
    pub schedules: u64,
    /// How many of them ended a process at one of their steps.
    pub killed: u64,
    /// How many steps hosts performed.
    pub steps: u64,
    /// How many requests to create a message were made.
    pub posted: u64,
    /// How many messages were created.
    pub created: u64,
    /// In how many schedules Twilio's list was slower than the settings allow for.
    pub beyond: u64,
    /// In how many of those that did harm.
    pub harmed: u64,
    /// How often which case came up.
    pub seen: BTreeMap<&'static str, u64>,
    /// What must not have happened, each with the arguments that replay it.
    pub failures: Vec<Failure>,
}

/// A schedule in which something happened that must not.
#[derive(Debug)]
pub struct Failure {
    /// What happened.
    pub violation: String,
    /// The arguments of the command that shows it.
    pub replay: String,
}

impl Sums {
    /// Runs the schedules of `seeds`, and at every hundredth the small one of that seed, once for
    /// each step and each side of it at which a process can end. `is_first_enough` ends it with the
    /// first failure.
    #[must_use]
    pub fn of(seeds: impl Iterator<Item = u64>, is_first_enough: bool) -> Self {
        let mut sums = Self::default();
        for seed in seeds {
            if is_first_enough && !sums.failures.is_empty() {
                break;
            }
            sums.add(&run(seed, Options::default()), || format!("--replay {seed}"));
            if seed % 100 == 0 {
                sums.kill_everywhere(seed);
            }
        }
        sums
    }

    fn kill_everywhere(&mut self, seed: u64) {
        let small = Options { is_small: true, ..Options::default() };
        let whole = run(seed, small);
        self.add(&whole, || format!("--replay {seed} --small"));
        for step in 0..whole.steps {
            for is_done in [false, true] {
                let kill = Some(Kill { step, is_done });
                let when = if is_done { "after" } else { "before" };
                self.killed += 1;
                self.add(&run(seed, Options { kill, ..small }), || {
                    format!("--replay {seed} --small --kill {when}:{step}")
                });
            }
        }
    }

    fn add(&mut self, ended: &Ended, replay: impl FnOnce() -> String) {
        self.schedules += 1;
        self.steps += ended.steps;
        self.posted += ended.posted;
        self.created += ended.created;
        self.beyond += u64::from(ended.is_lag_beyond);
        self.harmed += u64::from(ended.is_harmed_by_lag);
        self.see(&ended.seen);
        if let Some(violation) = ended.violations.first() {
            self.failures.push(Failure { violation: violation.clone(), replay: replay() });
        }
    }

    fn see(&mut self, seen: &BTreeMap<&'static str, u64>) {
        for (what, count) in seen {
            *self.seen.entry(what).or_default() += count;
        }
    }

    /// Takes in what others came to.
    pub fn join(&mut self, other: Self) {
        self.schedules += other.schedules;
        self.killed += other.killed;
        self.steps += other.steps;
        self.posted += other.posted;
        self.created += other.created;
        self.beyond += other.beyond;
        self.harmed += other.harmed;
        self.see(&other.seen);
        self.failures.extend(other.failures);
    }
}
