//! One schedule, from the first event to the last outcome.

mod calls;
mod ends;
mod network;
mod posts;
mod process;
mod storage;

use std::collections::BTreeMap;
use std::rc::Rc;

use twilio_destination::cells::Target;
use twilio_destination::delivery::Report;
use twilio_destination::destination::Destination;
use twilio_destination::http::FetchRequest;
use twilio_destination::json;

use crate::agenda::Agenda;
use crate::audience::Audience;
use crate::draw::Draw;
use crate::faults::Faults;
use crate::hooks::Hook;
use crate::host::{Isolate, Running, Work};
use crate::queue::Job;
use crate::scenario::{Kill, Scenario, TOKENS, Writes};
use crate::store::Store;
use crate::trace::{Trace, Tracing};
use crate::twilio::Twilio;
use crate::witness::Witness;

use self::ends::Seen;
pub use self::ends::{CASES, Ended};

/// How a schedule is run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Whether there are one or two events, and no random deaths of processes.
    pub is_small: bool,
    /// Where a process ends, beside what the seed says.
    pub kill: Option<Kill>,
    /// How much of a trace is made.
    pub tracing: Tracing,
}

/// Runs the schedule of a seed.
#[must_use]
pub fn run(seed: u64, options: Options) -> Ended {
    let mut world = World::new(seed, Scenario::new(seed, options.is_small), options);
    world.run();
    world.finish()
}

#[derive(Debug)]
pub(crate) enum Task {
    /// The queue hands a job out; the second time and later, only if nobody has done it since.
    Deliver {
        job: usize,
        after: Option<u32>,
    },
    /// An operation reaches the store. What came of it takes that long to get back, or is lost.
    Apply {
        who: Who,
        key: String,
        operation: String,
        target: Box<Target>,
        back: Option<i64>,
    },
    /// A request reaches Twilio.
    Arrive {
        who: Who,
        request: FetchRequest,
        reply: Reply,
    },
    /// A report reaches the host, if it still waits for it.
    Report {
        who: Who,
        report: Report,
        applied: i64,
    },
    /// A host's time for a delivery is up.
    GiveUp {
        who: Who,
    },
    /// Twilio calls, or somebody who says that they are Twilio.
    Call {
        hook: usize,
    },
    /// What lies under a key is put back.
    Mend {
        key: String,
    },
    Write(Writes),
    /// A request of a host that was busy for a while is to be started.
    Start {
        who: Who,
        request: FetchRequest,
        timeout: i64,
        not_after: i64,
    },
    Revoke,
    Renew,
    SwitchOff,
    SwitchOn,
    Calm,
}

/// Which step of which delivery.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Who {
    pub(crate) isolate: usize,
    life: u32,
    pub(crate) delivery: usize,
    step: u64,
}

/// What becomes of a reply on its way back.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Reply {
    Cut,
    Lost,
    Whole,
}

pub(crate) struct World {
    pub(crate) now: i64,
    pub(crate) agenda: Agenda<Task>,
    pub(crate) scenario: Scenario,
    pub(crate) faults: Faults,
    destinations: [Rc<Destination>; 2],
    /// Which token new processes get.
    token: usize,
    store: Store,
    store_skew: i64,
    pub(crate) twilio: Twilio,
    pub(crate) isolates: Vec<Isolate>,
    pub(crate) jobs: Vec<Job>,
    /// What each delivery is about; the first has the number 0.
    pub(crate) deliveries: Vec<Work>,
    pub(crate) hooks: Vec<Hook>,
    /// How many messages people have written.
    pub(crate) written: usize,
    /// How many cells were damaged.
    damaged: u32,
    audience: Audience,
    pub(crate) seen: Seen,
    /// When which step of which delivery posted.
    posted: BTreeMap<(usize, u64), i64>,
    steps: u64,
    restarts: u32,
    kill: Option<Kill>,
    is_over: bool,
    pub(crate) draw: Draw,
    pub(crate) witness: Witness,
    pub(crate) trace: Trace,
}

impl World {
    pub(crate) fn new(seed: u64, scenario: Scenario, options: Options) -> Self {
        let destinations = scenario.settings.each_ref().map(|settings| {
            let text = settings.to_string();
            let limits = json::Limits { bytes: 1 << 20, depth: 32 };
            let value = json::parse(&text, limits).expect("JSON");
            Rc::new(Destination::compile(&value).unwrap_or_else(|error| panic!("{error:?}")))
        });
        let isolates = scenario.skews.iter().map(|skew| Isolate::new(&destinations[0], *skew));
        let jobs = scenario.jobs.iter().map(|planned| Job {
            planned: planned.clone(),
            is_acknowledged: false,
            deliveries: 0,
            outcomes: Vec::new(),
        });
        let mut world = Self {
            now: scenario.start,
            agenda: Agenda::new(),
            faults: scenario.faults,
            token: 0,
            store: Store::default(),
            store_skew: scenario.store_skew,
            twilio: Twilio::new(seed, &scenario),
            isolates: isolates.collect(),
            jobs: jobs.collect(),
            deliveries: Vec::new(),
            hooks: Vec::new(),
            written: 0,
            damaged: 0,
            audience: Audience::new(scenario.profiles_last),
            seen: Seen::new(),
            posted: BTreeMap::new(),
            steps: 0,
            restarts: 0,
            kill: options.kill,
            is_over: false,
            draw: Draw::new(seed, 3),
            witness: Witness::new(&scenario),
            trace: Trace::new(options.tracing, scenario.start),
            destinations,
            scenario,
        };
        world.plan();
        world
    }

    fn plan(&mut self) {
        for (job, planned) in self.scenario.jobs.iter().enumerate() {
            for at in &planned.at {
                self.agenda.add(*at, Task::Deliver { job, after: None });
            }
        }
        for writes in &self.scenario.writes {
            self.agenda.add(writes.at, Task::Write(*writes));
        }
        if let Some((from, to)) = self.scenario.renewal {
            self.agenda.add(from, Task::Revoke);
            self.agenda.add(to, Task::Renew);
        }
        if let Some((from, to)) = self.scenario.outage {
            self.agenda.add(from, Task::SwitchOff);
            self.agenda.add(to, Task::SwitchOn);
        }
        self.agenda.add(self.scenario.calm, Task::Calm);
    }

    pub(crate) fn run(&mut self) {
        for _ in 0..MOST_TASKS {
            let Some((at, task)) = self.agenda.next() else {
                self.is_over = true;
                return;
            };
            self.now = self.now.max(at);
            self.perform_task(task);
        }
    }

    fn perform_task(&mut self, task: Task) {
        match task {
            Task::Deliver { job, after } => {
                let again = after.is_none_or(|after| {
                    !self.jobs[job].is_acknowledged && self.jobs[job].deliveries == after
                });
                if again {
                    self.deliver(job);
                }
            }
            // What a process asked its journal for ends with it.
            Task::Apply { who, .. }
                if self.scenario.has_journal && self.isolates[who.isolate].life != who.life => {}
            Task::Apply { who, key, operation, target, back } => {
                let at = self.now + self.store_skew;
                let updated = self.store.update(&key, &operation, at);
                let answer = &updated.answer;
                self.trace.say(self.now, || format!("store {key} {operation} -> {answer:?}"));
                self.witness.applied((&key, &target), &updated, at, self.now);
                self.note_applied(who, &target, answer, at);
                let answer = updated.answer;
                if let Some(back) = back {
                    let report = Report::Store(answer);
                    let task = Task::Report { who, report, applied: self.now };
                    self.agenda.add(self.now + back, task);
                }
            }
            Task::Arrive { who, request, reply } => self.arrive(who, &request, reply),
            Task::Start { who, request, timeout, not_after } => {
                if self.isolates[who.isolate].life == who.life {
                    self.start(who, request, timeout, not_after);
                }
            }
            Task::Report { who, report, applied } => self.report(who, report, applied),
            Task::GiveUp { who } => {
                let isolate = &mut self.isolates[who.isolate];
                let ended = (isolate.life == who.life)
                    .then(|| isolate.running.remove(&who.delivery))
                    .flatten();
                if let Some(ended) = ended {
                    self.trace.say(self.now, || format!("{} is out of time", name(who)));
                    if let Work::Hook(hook) = ended.work {
                        self.call_again(hook);
                    }
                }
            }
            Task::Call { hook } => self.call(hook),
            Task::Mend { key } => {
                self.trace.say(self.now, || format!("{key} is put back"));
                self.store.mend(&key);
            }
            Task::Write(writes) => self.write(writes),
            Task::Revoke => {
                self.trace.say(self.now, || "the token is revoked".to_owned());
                self.twilio.token = TOKENS[1];
            }
            Task::Renew => {
                self.trace.say(self.now, || "the hosts get the new token".to_owned());
                self.token = 1;
                for isolate in 0..self.isolates.len() {
                    self.restart(isolate, true);
                }
            }
            Task::SwitchOff => {
                self.trace.say(self.now, || "the sender is switched off".to_owned());
                self.twilio.is_sender_off = true;
            }
            Task::SwitchOn => {
                self.trace.say(self.now, || "the sender is switched on".to_owned());
                self.twilio.is_sender_off = false;
            }
            Task::Calm => {
                self.trace.say(self.now, || "no more faults".to_owned());
                self.faults = Faults::default();
                self.store.mend_all();
                self.forget();
            }
        }
    }

    fn running(&mut self, who: Who) -> &mut Running {
        self.isolates[who.isolate].running.get_mut(&who.delivery).expect("a delivery")
    }

    pub(crate) fn count(&mut self, what: &'static str, count: u64) {
        *self.seen.entry(what).or_default() += count;
    }
}

/// How many tasks a schedule may take: one that needs more does not end.
const MOST_TASKS: u64 = 200_000;

/// How often processes end by chance in a schedule at most. Where many deliveries are under way, each of
/// which can bring the process down, none would get anywhere before the faults are over.
const MOST_RESTARTS: u32 = 200;

pub(super) fn name(who: Who) -> String {
    format!("process {} delivery {}", who.isolate, who.delivery)
}
