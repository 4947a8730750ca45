//! What processes do: one step after another, until they end.

use twilio_destination::delivery::{Action, Content, Delivery, Place, Report, Step, Terms};
use twilio_destination::destination::InputKind;
use twilio_destination::time::Timestamp;

use super::{MOST_RESTARTS, Task, Who, World, name};
use crate::host::{Running, Work};
use crate::twilio::Purpose;

impl World {
    pub(super) fn deliver(&mut self, job: usize) {
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

    pub(super) fn restart(&mut self, isolate: usize, is_noticed: bool) {
        self.restarts += 1;
        let all = self.isolates[isolate].restart(&self.destinations[self.token]);
        self.trace.say(self.now, || format!("process {isolate} ends and starts again"));
        if self.scenario.has_journal {
            let lost = self.store.lose_power(&mut self.draw);
            self.count("changes that were lost with the power", lost.len() as u64);
            for key in lost {
                self.witness.lost_of_recipient(&key, |claim| self.store.admits(&key, claim));
            }
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

    pub(super) fn perform(&mut self, who: Who, step: Step) {
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
    pub(super) fn strikes(&mut self, in_100_000: u64) -> bool {
        self.draw.in_100_000(in_100_000) && self.restarts < MOST_RESTARTS
    }

    pub(super) fn act(&mut self, who: Who, Step { why, action }: Step) {
        match action {
            Action::Done { outcomes } => self.done(who, outcomes),
            Action::Handled { handled } => self.handled(who, &handled),
            Action::Fetch { request, timeout_ms, not_after } => {
                match (Purpose::of(&request), self.deliveries[who.delivery]) {
                    (Purpose::Track, Work::Hook(hook)) => self.check_track(hook, &request),
                    (Purpose::Track, Work::Job(_)) => panic!("an event is told to Segment"),
                    (Purpose::Confirm(sid), _) => self.confirm_granted(who, sid),
                    (Purpose::Create, _) => self.post_granted(who, &request),
                    (Purpose::List, _) => {}
                }
                let stall = match self.draw.in_100_000(self.faults.stalls) {
                    true => self.draw.between(0, 20_000),
                    false => 0,
                };
                let (timeout, not_after) = (i64::from(timeout_ms), not_after.millis());
                let task = Task::Start { who, request, timeout, not_after };
                self.agenda.add(self.now + stall, task);
            }
            Action::Store { key, operation, timeout_ms } => {
                let text = serde_json::to_string(&operation).expect("JSON");
                self.witness.check_store_step(&key, &text);
                let shown = self.now + self.isolates[who.isolate].skew;
                self.running(who).asks(&key, &operation.to, shown);
                self.check_nothing_forged(who);
                self.ask_store(who, key, text, (operation.to, i64::from(timeout_ms)));
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

    pub(super) fn report(&mut self, who: Who, report: Report, applied: i64) {
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
            Report::StoreLate => self.count("answers of the store that did not come in time", 1),
        }
        let host_now = Timestamp::from_millis(now + self.isolates[who.isolate].skew);
        let running = self.running(who);
        let step = running.delivery.resume(report, host_now);
        running.step += 1;
        self.perform(Who { step: who.step + 1, ..who }, step);
    }
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
