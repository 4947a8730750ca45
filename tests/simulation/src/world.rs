//! One schedule, from the first event to the last outcome.

use std::collections::BTreeMap;
use std::rc::Rc;

use twilio_destination::cells::{Answer, ClaimAnswer, ProfileOperation, RecipientAnswer, Target};
use twilio_destination::decision::DropCode;
use twilio_destination::delivery::{Action, Content, Delivery, Place, Report, Step, Terms};
use twilio_destination::destination::{Destination, InputKind};
use twilio_destination::http::{FetchRequest, HttpReport};
use twilio_destination::json;
use twilio_destination::outcome::Outcome;
use twilio_destination::time::Timestamp;

use crate::agenda::Agenda;
use crate::audience::Audience;
use crate::draw::Draw;
use crate::faults::Faults;
use crate::feedback::Counts;
use crate::hooks::{Hook, Says};
use crate::host::{Isolate, Running, Work};
use crate::queue::{Job, Verdict, verdict};
use crate::replies::{failure, undate};
use crate::scenario::{Kill, MAPPINGS, MARKERS, Scenario, TOKENS, Writes};
use crate::store::Store;
use crate::trace::{Trace, Tracing};
use crate::twilio::{Twilio, authorization, sender_of, value_of};
use crate::witness::{Intent, Posting, Witness};

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

/// What came of a schedule.
#[derive(Debug)]
pub struct Ended {
    /// What must not have happened; nothing if all is well.
    pub violations: Vec<String>,
    /// How many steps hosts performed.
    pub steps: u64,
    /// How many requests to create a message were made.
    pub posted: u64,
    /// How many messages were created.
    pub created: u64,
    /// Whether Twilio's list was slower than the settings allow for.
    pub is_lag_beyond: bool,
    /// Whether that did harm, as it has to: a message made twice, or taken for another.
    pub is_harmed_by_lag: bool,
    /// How often which class of faults and cases came up.
    pub(crate) seen: Seen,
    /// The hash of the trace.
    pub hash: u64,
    /// The trace's lines, if they were asked for.
    pub lines: Vec<String>,
}

/// Cases that have to come up in many schedules: a check of what never does sees nothing.
pub const CASES: [&str; 13] = [
    "STOP and START",
    "answers told to Segment",
    "calls",
    "calls that were forged",
    "calls that were lost",
    "calls that were replayed",
    "calls told to Segment",
    "cells that were damaged",
    "cells that were taken over",
    "changes that were texted",
    "news of claims that a callback settled",
    "requests to send after quiet hours",
    "waits for Retry-After",
];

/// How often which case came up.
pub(crate) type Seen = BTreeMap<&'static str, u64>;

/// Runs the schedule of a seed.
#[must_use]
pub fn run(seed: u64, options: Options) -> Ended {
    let mut world = World::new(seed, Scenario::new(seed, options.is_small), options);
    world.run();
    world.finish()
}

/// The place of the mapping that sends on a change.
const VIP: usize = 2;

/// How many tasks a schedule may take: one that needs more does not end.
const MOST_TASKS: u64 = 200_000;

/// How often processes end by chance in a schedule at most. Where many deliveries are under way, each of
/// which can bring the process down, none would get anywhere before the faults are over.
const MOST_RESTARTS: u32 = 200;

/// How many cells are damaged in a schedule at most.
const MOST_DAMAGED: u32 = 3;

/// How long after a host gave up a request Twilio may still create its message, in milliseconds.
const GOES_ON: i64 = 30_000;

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

    fn deliver(&mut self, job: usize) {
        let isolate = self.draw.between(0, self.isolates.len() as i64 - 1) as usize;
        let seed = self.draw.any();
        let entry = &mut self.jobs[job];
        entry.deliveries += 1;
        let number = entry.deliveries;
        // What comes again and again comes less often.
        let visibility = self.scenario.visibility << (number / 4).min(12);
        self.agenda.add(self.now + visibility, Task::Deliver { job, after: Some(number) });
        let host = &mut self.isolates[isolate];
        let now = self.now + host.skew;
        let planned = &self.jobs[job].planned;
        let kind = if planned.row.is_some() { InputKind::Row } else { InputKind::Event };
        let terms = Terms {
            now: Timestamp::from_millis(now),
            seed,
            deadline: self.scenario.deadline.map(|lasts| Timestamp::from_millis(now + lasts)),
            place: planned.row.map(|row| Place { run: "run".to_owned(), row }),
            facts: None,
        };
        let content = Content::Json(planned.content.to_string().into_bytes());
        let begun = host.dispatcher.begin(kind, content, terms);
        self.run_begun(isolate, Work::Job(job), begun);
    }

    /// Performs the first step of a delivery.
    pub(crate) fn run_begun(&mut self, isolate: usize, work: Work, begun: (Delivery, Step)) {
        let (delivery, step) = begun;
        let number = self.deliveries.len();
        self.deliveries.push(work);
        let host = &mut self.isolates[isolate];
        let who = Who { isolate, life: host.life, delivery: number, step: 0 };
        host.running.insert(number, Running::new(delivery, work, self.now));
        self.trace.say(self.now, || format!("{} begins {work:?}", name(who)));
        if let Some(lasts) = self.scenario.deadline {
            self.agenda.add(self.now + lasts + 1_000, Task::GiveUp { who });
        }
        self.perform(who, step);
    }

    fn restart(&mut self, isolate: usize, is_noticed: bool) {
        self.restarts += 1;
        let all = self.isolates[isolate].restart(&self.destinations[self.token]);
        self.trace.say(self.now, || format!("process {isolate} ends and starts again"));
        if self.scenario.has_journal {
            let taken = self.store.take_over(self.now + self.store_skew);
            self.count("cells that were taken over", taken);
        }
        for work in all {
            match work {
                Work::Job(job) if is_noticed => {
                    let after = Some(self.jobs[job].deliveries);
                    self.agenda.add(self.now + 100, Task::Deliver { job, after });
                }
                Work::Job(_) => {}
                Work::Hook(hook) => self.call_again(hook),
            }
        }
    }

    fn perform(&mut self, who: Who, step: Step) {
        let number = self.steps;
        self.steps += 1;
        self.trace
            .say(self.now, || format!("{} {:?}: {}", name(who), step.why, told(&step.action)));
        let kill = self.kill.filter(|kill| kill.step == number);
        if kill.is_some_and(|kill| !kill.is_done) || self.strikes(self.faults.killed / 2) {
            return self.restart(who.isolate, false);
        }
        self.act(who, step);
        if kill.is_some() || self.strikes(self.faults.killed / 2) {
            self.restart(who.isolate, false);
        } else if self.strikes(self.faults.trapped) {
            self.restart(who.isolate, true);
        }
    }

    /// Whether chance ends the process now.
    fn strikes(&mut self, in_100_000: u64) -> bool {
        self.draw.in_100_000(in_100_000) && self.restarts < MOST_RESTARTS
    }

    fn act(&mut self, who: Who, Step { why, action }: Step) {
        match action {
            Action::Done { outcomes } => self.done(who, outcomes),
            Action::Handled { handled } => self.handled(who, &handled),
            Action::Fetch { request, timeout_ms, not_after } => {
                match self.deliveries[who.delivery] {
                    Work::Hook(hook) => self.check_track(hook, &request),
                    Work::Job(_) => self.post_granted(who, &request),
                }
                let stall = match self.draw.in_100_000(self.faults.stalls) {
                    true => self.draw.between(0, 20_000),
                    false => 0,
                };
                let (timeout, not_after) = (i64::from(timeout_ms), not_after.millis());
                let task = Task::Start { who, request, timeout, not_after };
                self.agenda.add(self.now + stall, task);
            }
            Action::Store { key, operation } => {
                let text = serde_json::to_string(&operation).expect("JSON");
                self.witness.check_store_step(&key, &text);
                let shown = self.now + self.isolates[who.isolate].skew;
                self.running(who).asks(&key, &operation.to, shown);
                self.check_nothing_forged(who);
                self.ask_store(who, key, text, operation.to);
            }
            Action::Wait { until, .. } => {
                let host_now = self.now + self.isolates[who.isolate].skew;
                let mut lasts = (until.millis() - host_now).max(0);
                if self.draw.in_100_000(self.faults.oversleeps) {
                    lasts += self.draw.between(0, 90_000);
                }
                let mut report = Report::Waited;
                if self.draw.in_1000(self.faults.stops) {
                    lasts = self.draw.between(0, lasts);
                    report = Report::Stopped;
                }
                let now = self.now;
                self.running(who).waits(why, now);
                let task = Task::Report { who, report, applied: now };
                self.agenda.add(self.now + lasts, task);
            }
        }
    }

    fn running(&mut self, who: Who) -> &mut Running {
        self.isolates[who.isolate].running.get_mut(&who.delivery).expect("a delivery")
    }

    fn ask_store(&mut self, who: Who, key: String, operation: String, target: Target) {
        let now = self.now;
        let there = self.draw.between(1, 10);
        let mut back = self.draw.between(1, 10);
        if self.draw.in_100_000(self.faults.forgets) {
            self.forget();
        }
        // A store whose cells break all the time lets nothing happen.
        if self.damaged < MOST_DAMAGED && self.draw.in_100_000(self.faults.damages) {
            self.damage(&key);
        }
        if self.draw.in_100_000(self.faults.store_slow) {
            back += self.draw.between(0, 20_000);
        }
        let target = Box::new(target);
        let failed = Task::Report { who, report: Report::StoreFailed, applied: now };
        if self.draw.in_100_000(self.faults.store_failed_before) {
            self.agenda.add(now + there + back, failed);
        } else if self.draw.in_100_000(self.faults.store_failed_after) {
            self.agenda.add(now + there, Task::Apply { who, key, operation, target, back: None });
            self.agenda.add(now + there + back, failed);
        } else if self.draw.in_100_000(self.faults.store_late) {
            let late = self.draw.between(1_000, 60_000);
            self.agenda.add(now + 1_000, failed);
            self.agenda.add(now + late, Task::Apply { who, key, operation, target, back: None });
        } else {
            if self.draw.in_100_000(self.faults.store_twice) {
                // Somebody on the way asks again, though the first answer does arrive.
                let late = self.draw.between(0, 60_000);
                let (key, operation, target) = (key.clone(), operation.clone(), target.clone());
                let again = Task::Apply { who, key, operation, target, back: None };
                self.agenda.add(now + there + late, again);
            }
            let back = Some(back);
            self.agenda.add(now + there, Task::Apply { who, key, operation, target, back });
        }
    }

    fn damage(&mut self, key: &str) {
        self.trace.say(self.now, || format!("{key} is damaged"));
        self.damaged += 1;
        self.count("cells that were damaged", 1);
        self.store.damage(key, &mut self.draw);
        let lasts = self.draw.between(1_000, 300_000);
        self.agenda.add(self.now + lasts, Task::Mend { key: key.to_owned() });
    }

    fn forget(&mut self) {
        let at = self.now + self.store_skew;
        self.store.forget(at);
        self.audience.forget(at);
    }

    pub(crate) fn count(&mut self, what: &'static str, count: u64) {
        *self.seen.entry(what).or_default() += count;
    }

    /// What the models beside the cells make of an update.
    fn note_applied(&mut self, who: Who, target: &Target, answer: &Answer, at: i64) {
        match (self.deliveries[who.delivery], target, answer) {
            (Work::Job(job), Target::Profile(operation), Answer::Profile(_)) => {
                let Some(said) = self.jobs[job].planned.vip else { return };
                if matches!(operation, ProfileOperation::Watch { .. }) {
                    self.audience.hear(job, said);
                }
                self.audience.touch(at);
            }
            (Work::Hook(hook), _, Answer::Recipient(RecipientAnswer::Heard { news: true, .. })) => {
                if let Says::Inbound(said) = &self.hooks[hook].says {
                    self.witness.hears(said, self.scenario.own_number(), self.now);
                }
            }
            (
                Work::Hook(_),
                _,
                Answer::Claim(ClaimAnswer::Reported { settled, news: true, .. }),
            ) if settled.code == "reported" => {
                self.count("news of claims that a callback settled", 1);
            }
            _ => {}
        }
    }

    fn start(&mut self, who: Who, request: FetchRequest, timeout: i64, not_after: i64) {
        let now = self.now;
        let answer = |at: i64, report: HttpReport| {
            (at, Task::Report { who, report: Report::Http(report), applied: at })
        };
        let faults = self.faults;
        if now + self.isolates[who.isolate].skew > not_after {
            let (at, task) = answer(now, HttpReport::NotStarted);
            return self.agenda.add(at, task);
        }
        let gives_up = answer(now + timeout, failure("TimeoutError", None, None));
        let travel = self.draw.between(20, 400);
        if self.draw.in_100_000(faults.connection_refused) {
            let report = failure("TypeError", Some("ECONNREFUSED"), Some("connect"));
            let (at, task) = answer(now + travel, report);
            return self.agenda.add(at, task);
        }
        self.agenda.add(gives_up.0, gives_up.1);
        if self.draw.in_100_000(faults.request_lost) {
            if self.draw.in_1000(500) {
                let report = failure("TypeError", Some("ECONNRESET"), None);
                let (at, task) = answer(now + travel, report);
                self.agenda.add(at, task);
            }
            return;
        }
        let reply = match () {
            () if self.draw.in_100_000(faults.reply_lost) => Reply::Lost,
            () if self.draw.in_100_000(faults.reply_cut) => Reply::Cut,
            () => Reply::Whole,
        };
        let late = match self.draw.in_100_000(faults.late) {
            true => self.draw.between(0, timeout + GOES_ON - travel),
            false => 0,
        };
        self.agenda.add(now + travel + late, Task::Arrive { who, request, reply });
    }

    fn arrive(&mut self, who: Who, request: &FetchRequest, reply: Reply) {
        let given = request.headers.iter().find(|(name, _)| *name == "Authorization");
        let token = given
            .and_then(|(_, given)| TOKENS.into_iter().find(|token| *given == authorization(token)));
        let token = token.unwrap_or_default();
        let report = match &request.body {
            Some(_) if matches!(self.deliveries[who.delivery], Work::Hook(_)) => self.tracked(),
            None if self.draw.in_100_000(self.faults.list_failed) => {
                crate::replies::refusal(500, 20500)
            }
            None => self.twilio.list(&request.url, token, self.now),
            Some(form) => {
                let answered = self.twilio.post(form, token, &self.faults, self.now);
                if let Some(sid) = &answered.created {
                    let intent = self.intent_of(who, form);
                    let posted = self.posted[&(who.delivery, who.step)];
                    self.witness.accepted(who.delivery, intent, posted);
                    self.witness.created_to(value_of(form, "To"), self.now);
                    self.plan_calls(sid, form, intent);
                }
                answered.report
            }
        };
        self.trace.say(self.now, || {
            format!("twilio {} {}: {report:?}, {reply:?}", request.method, name(who))
        });
        let report = match (reply, report) {
            (Reply::Whole, report) => report,
            (Reply::Cut, HttpReport::Response { status, headers, body, .. }) => {
                let body = body.chars().take(body.chars().count() / 2).collect();
                HttpReport::Response { status, headers, body, complete: false }
            }
            (Reply::Lost | Reply::Cut, _) => failure("TypeError", Some("ECONNRESET"), None),
        };
        let travel = self.draw.between(20, 400);
        let task = Task::Report { who, report: Report::Http(report), applied: self.now };
        self.agenda.add(self.now + travel, task);
    }

    fn report(&mut self, who: Who, report: Report, applied: i64) {
        let now = self.now;
        let isolate = &mut self.isolates[who.isolate];
        if isolate.life != who.life {
            return;
        }
        let is_awaited = isolate.running.get(&who.delivery).is_some_and(|it| it.step == who.step);
        if !is_awaited {
            return;
        }
        if self.draw.in_100_000(self.faults.jumps) {
            let jump = self.draw.between(-3_600_000, 3_600_000);
            isolate.skew += jump;
            isolate.has_jumped = true;
            isolate.running.values_mut().for_each(|running| running.has_jumped = true);
            self.trace.say(now, || format!("the clock of process {} jumps", who.isolate));
        }
        match &report {
            Report::Store(answer) => {
                if let Some(key) = self.running(who).answered(answer, applied) {
                    self.witness.saw_open(who.delivery, &key, applied);
                }
            }
            Report::Waited | Report::Stopped => self.running(who).waited(now),
            Report::Http(report) => self.learn(who, report),
            Report::StoreFailed => {}
        }
        let host_now = Timestamp::from_millis(now + self.isolates[who.isolate].skew);
        let running = self.running(who);
        let step = running.delivery.resume(report, host_now);
        running.step += 1;
        self.perform(Who { step: who.step + 1, ..who }, step);
    }

    /// What a host about to post was granted.
    fn post_granted(&mut self, who: Who, request: &FetchRequest) {
        let Some(form) = &request.body else { return };
        let intent = self.intent_of(who, form);
        let mut before = self.running(who).posts();
        let sender = sender_of(form);
        before.knew_halt = self.isolates[who.isolate].knows_halt(&sender, self.now);
        before.has_jumped = self.running(who).has_jumped;
        let planned = &self.jobs[intent.0].planned;
        let running = self.isolates[who.isolate].running.get_mut(&who.delivery);
        let running = running.expect("a delivery");
        let (to, begun, now) = (value_of(form, "To"), running.begun, self.now);
        running.whom = Some((to.clone(), sender.clone()));
        let posting = Posting {
            intent,
            delivery: who.delivery,
            form,
            to: &to,
            sender: &sender,
            begun,
            planned,
            before: &before,
            now,
        };
        self.witness.posts(&posting);
        if form.contains("&SendAt=") {
            self.count("requests to send after quiet hours", 1);
        }
        self.posted.insert((who.delivery, who.step), self.now);
        self.running(who).posted = Some((intent, sender));
        let running = self.isolates[who.isolate].running.values();
        let under_way = running.filter(|running| running.posted.is_some()).count();
        if under_way > self.scenario.at_once {
            self.witness.object(format!("{under_way} requests are under way at once"));
        }
    }

    /// What a host can know by a reply.
    fn learn(&mut self, who: Who, report: &HttpReport) {
        let now = self.now;
        let Some((intent, sender)) = self.running(who).posted.take() else { return };
        let meaning = twilio_destination::twilio::response::interpret_report(
            report,
            Timestamp::from_millis(now + self.isolates[who.isolate].skew),
        );
        use twilio_destination::twilio::response::Verdict as Means;
        match meaning.verdict() {
            Means::Sent | Means::Unknown => {}
            Means::Failed | Means::Halted | Means::Retry => self.witness.truth(intent).refused += 1,
        }
        let halts = &mut self.isolates[who.isolate].halts;
        match meaning.verdict() {
            Means::Halted => drop(halts.insert(sender, now)),
            Means::Failed | Means::Sent => drop(halts.remove(&sender)),
            Means::Retry | Means::Unknown => {}
        }
        let shown = now + self.isolates[who.isolate].skew;
        let has_jumped = self.running(who).has_jumped;
        let waits = header(report, "retry-after").and_then(|text| waits(text, shown, has_jumped));
        if let Some(wait) = waits.filter(|_| meaning.verdict() == Means::Retry) {
            self.witness.wait(who.delivery, intent, now + wait);
            self.count("waits for Retry-After", 1);
        }
    }

    /// Who turned true was texted at most for that, and whoever did last was not passed over.
    fn check_audience(&mut self) {
        for (number, job) in self.jobs.iter().enumerate() {
            let is_turner = self.audience.is_turner(number);
            let posted = self.witness.truth((number, VIP)).posted;
            *self.seen.entry("changes that were texted").or_default() += u64::from(posted > 0);
            if posted > 0 && !is_turner {
                self.witness.object(format!("job {number} is texted, and turned nothing true"));
            }
            let is_passed_over = job.outcomes.iter().any(|outcome| {
                matches!(outcome, Outcome::Dropped(it) if it.reason.code == DropCode::Unchanged)
            });
            if is_passed_over && self.audience.last_turner() == Some(number) {
                self.witness.object(format!("job {number} turned it true, and is passed over"));
            }
        }
    }

    fn intent_of(&self, who: Who, form: &str) -> Intent {
        let Work::Job(job) = self.deliveries[who.delivery] else { panic!("a webhook posts") };
        let body = value_of(form, "Body");
        let marker = MARKERS.iter().position(|marker| body.starts_with(marker));
        (job, marker.expect("a marker"))
    }

    fn done(&mut self, who: Who, outcomes: Vec<Outcome>) {
        let host = &mut self.isolates[who.isolate];
        let host_now = self.now + host.skew;
        let running = host.running.remove(&who.delivery).expect("a delivery");
        let Work::Job(job) = running.work else { panic!("a webhook sends") };
        for outcome in &outcomes {
            // With more than one message, it cannot be told which of them this was.
            if let ([Outcome::Failed(failed)], Some((to, sender))) = (&*outcomes, &running.whom)
                && failed.reply.twilio_code == Some(21610)
            {
                self.witness.opted_out(to, sender, self.now);
            }
            if let Some(marker) = marker_of(outcome) {
                self.witness.ended(who.delivery, (job, marker), outcome);
            }
        }
        let after = Some(self.jobs[job].deliveries);
        match verdict(&outcomes) {
            Verdict::Acknowledge => self.jobs[job].is_acknowledged = true,
            Verdict::Again => {
                let pause = self.draw.between(1_000, 5_000);
                self.agenda.add(self.now + pause, Task::Deliver { job, after });
            }
            Verdict::AgainAt(at) => {
                let pause = (at - host_now).max(0);
                self.agenda.add(self.now + pause, Task::Deliver { job, after });
            }
        }
        self.jobs[job].outcomes = outcomes;
    }

    /// How often Twilio was asked, and for each job how it ended and how many messages it made.
    pub(crate) fn ends(&mut self) -> (u64, Vec<(Vec<Outcome>, u32)>) {
        let jobs =
            self.jobs.iter().enumerate().map(|(number, job)| {
                (job.outcomes.clone(), self.witness.truth((number, 0)).accepted)
            });
        (self.twilio.calls, jobs.collect())
    }

    pub(crate) fn finish(mut self) -> Ended {
        if !self.is_over {
            self.witness.object("the schedule does not end");
        }
        for (number, job) in self.jobs.iter().enumerate() {
            if self.is_over && !job.is_acknowledged {
                let outcomes = &job.outcomes;
                self.witness.object(format!("job {number} has no outcome: {outcomes:?}"));
            }
        }
        self.check_audience();
        self.witness.finish();
        let Counts { calls, forged, replayed, opted, tracked } = self.witness.feedback.counts;
        self.count("calls", calls);
        self.count("calls that were forged", forged);
        self.count("calls that were replayed", replayed);
        self.count("STOP and START", opted);
        self.count("calls told to Segment", tracked);
        let (hash, lines) = self.trace.finish();
        let truths = self.witness.totals();
        Ended {
            violations: self.witness.violations,
            steps: self.steps,
            posted: truths.0,
            created: truths.1,
            is_lag_beyond: self.scenario.is_lag_beyond,
            is_harmed_by_lag: self.witness.is_harmed_by_lag,
            seen: self.seen,
            hash,
            lines,
        }
    }
}

/// The mapping that an outcome is of; none if the event came to no mapping.
fn marker_of(outcome: &Outcome) -> Option<usize> {
    let mapping = match outcome {
        Outcome::Deferred(deferred) => Some(&deferred.mapping).filter(|name| !name.is_empty()),
        Outcome::Dropped(dropped) => dropped.mapping.as_ref(),
        Outcome::Confirmed(replied)
        | Outcome::Failed(replied)
        | Outcome::Halted(replied)
        | Outcome::Sent(replied)
        | Outcome::Unknown(replied) => Some(&replied.mapping),
    };
    // A row has no mapping's name.
    mapping.map(|mapping| MAPPINGS.iter().position(|name| name == mapping).unwrap_or(0))
}

fn header<'r>(report: &'r HttpReport, name: &str) -> Option<&'r str> {
    let HttpReport::Response { headers, .. } = report else { return None };
    headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// How long a Retry-After asks to wait, in milliseconds, by a clock that shows `shown`. How far off a
/// date is cannot be told by one that has jumped.
fn waits(text: &str, shown: i64, has_jumped: bool) -> Option<i64> {
    match text.parse::<i64>() {
        Ok(seconds) => Some(seconds * 1_000),
        Err(_) if has_jumped => None,
        Err(_) => Some(undate(text)? - shown),
    }
}

fn name(who: Who) -> String {
    format!("process {} delivery {}", who.isolate, who.delivery)
}

/// A step in words, without what would make a line too long.
fn told(action: &Action) -> String {
    match action {
        Action::Done { outcomes } => format!("{outcomes:?}"),
        Action::Handled { handled } => format!("{handled:?}"),
        Action::Fetch { request, timeout_ms, .. } => {
            let body = request.body.as_deref().unwrap_or_default();
            format!("{} {} {body} within {timeout_ms} ms", request.method, request.url)
        }
        Action::Store { key, .. } => key.clone(),
        Action::Wait { until, aside } => {
            format!("until {until} ({}), aside {aside}", until.millis())
        }
    }
}
