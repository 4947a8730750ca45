//! How deliveries end, and the schedule.

use std::collections::BTreeMap;

use twilio_destination::decision::DropCode;
use twilio_destination::outcome::Outcome;

use super::{Task, Who, World};
use crate::conversions::CONVERSIONS;
use crate::feedback::Counts;
use crate::host::Work;
use crate::queue::{Verdict, verdict};
use crate::scenario::MAPPINGS;
use crate::witness::{Converting, Intent};

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
pub const CASES: [&str; 23] = [
    "STOP and START",
    "answers of the store that did not come in time",
    "answers told to Segment",
    "calls",
    "calls that were forged",
    "calls that were lost",
    "calls that were replayed",
    "calls told to Segment",
    "cells that were damaged",
    "cells that were taken over",
    "changes that were lost with the power",
    "changes that were texted",
    "conversions that Twilio took",
    "conversions that Twilio was told of before",
    "conversions that no message led to",
    "messages sent again",
    "messages sent again, and again",
    "messages that arrived before they were sent again",
    "messages that were not to be sent again",
    "messages that were sent again before",
    "news of claims that a callback settled",
    "requests to send after quiet hours",
    "waits for Retry-After",
];

/// How often which case came up.
pub(crate) type Seen = BTreeMap<&'static str, u64>;

impl World {
    pub(super) fn done(&mut self, who: Who, outcomes: Vec<Outcome>) {
        let host = &mut self.isolates[who.isolate];
        let host_now = self.now + host.skew;
        let running = host.running.remove(&who.delivery).expect("a delivery");
        let Work::Job(job) = running.work else { panic!("a webhook sends") };
        let (converted, sent): (Vec<&Outcome>, Vec<&Outcome>) =
            outcomes.iter().partition(|outcome| is_of_conversion(outcome));
        let planned = &self.jobs[job].planned;
        let content = &planned.content;
        let is_conversion = planned.row.is_none()
            && self.scenario.converts.is_some_and(|event| content["event"] == event);
        let converting = Converting { job, content, begun: running.begun };
        self.witness.converted(converting, &converted, is_conversion, self.now);
        let count = |code| {
            let of = |it: &&&Outcome| matches!(it, Outcome::Dropped(it) if it.reason.code == code);
            converted.iter().filter(of).count() as u64
        };
        let (again, nothing) = (count(DropCode::Duplicate), count(DropCode::MessageNotFound));
        self.count("conversions that Twilio was told of before", again);
        self.count("conversions that no message led to", nothing);
        for outcome in sent.iter().copied() {
            // With more than one message, it cannot be told which of them this was.
            if let ([Outcome::Failed(failed)], Some((to, sender))) = (&*sent, &running.whom)
                && failed.reply.twilio_code == Some(21610)
            {
                self.witness.opted_out(to, sender, self.now);
            }
            if let Some(marker) = marker_of(outcome) {
                self.witness.ended(who.delivery, Intent::first(job, marker), outcome);
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

    /// Who turned true was texted at most for that, and whoever did last was not passed over.
    pub(super) fn check_audience(&mut self) {
        for (number, job) in self.jobs.iter().enumerate() {
            let is_turner = self.audience.is_turner(number);
            let posted = self.witness.truth(Intent::first(number, VIP)).posted;
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

    /// How often Twilio was asked, and for each job how it ended and how many messages it made.
    pub(crate) fn ends(&mut self) -> (u64, Vec<(Vec<Outcome>, u32)>) {
        let jobs = self.jobs.iter().enumerate().map(|(number, job)| {
            (job.outcomes.clone(), self.witness.truth(Intent::first(number, 0)).accepted)
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
        if self.restarts == 0 && self.scenario.deadline.is_none() {
            self.witness.check_passed_over();
        }
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

/// The place of the mapping that sends on a change.
const VIP: usize = 2;

/// The mapping that an outcome is of; none if the event came to no mapping.
fn marker_of(outcome: &Outcome) -> Option<usize> {
    // A row has no mapping's name.
    name_of(outcome).map(|name| MAPPINGS.iter().position(|known| *known == name).unwrap_or(0))
}

fn is_of_conversion(outcome: &Outcome) -> bool {
    name_of(outcome).is_some_and(|name| CONVERSIONS.contains(&name))
}

/// What an outcome calls what it is of.
fn name_of(outcome: &Outcome) -> Option<&str> {
    let name = match outcome {
        Outcome::Deferred(deferred) => Some(&deferred.mapping).filter(|name| !name.is_empty()),
        Outcome::Dropped(dropped) => dropped.mapping.as_ref(),
        Outcome::Confirmed(replied)
        | Outcome::Failed(replied)
        | Outcome::Halted(replied)
        | Outcome::Sent(replied)
        | Outcome::Unknown(replied) => Some(&replied.mapping),
    };
    name.map(String::as_str)
}
