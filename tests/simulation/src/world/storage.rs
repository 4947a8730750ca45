//! The way to the store and back, and what happens to cells on their own.

use twilio_destination::cells::{
    Answer, ClaimAnswer, ClaimOperation, ProfileOperation, RecipientAnswer, Target,
};
use twilio_destination::delivery::Report;

use super::{Task, Who, World};
use crate::hooks::Says;
use crate::host::Work;

impl World {
    pub(super) fn ask_store(
        &mut self,
        who: Who,
        key: String,
        operation: String,
        (target, timeout): (Target, i64),
    ) {
        let now = self.now;
        // Whatever comes before it ends the step, and after it the step is over.
        let late = Task::Report { who, report: Report::StoreLate, applied: now };
        self.agenda.add(now + timeout, late);
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
            back += self.draw.between(0, 45_000);
        }
        let target = Box::new(target);
        let failed = Task::Report { who, report: Report::StoreFailed, applied: now };
        if self.draw.in_100_000(self.faults.store_failed_before) {
            self.agenda.add(now + there + back, failed);
        } else if self.draw.in_100_000(self.faults.store_failed_after) {
            self.agenda.add(now + there, Task::Apply { who, key, operation, target, back: None });
            self.agenda.add(now + there + back, failed);
        } else if self.draw.in_100_000(self.faults.store_silent) {
            // No answer ever comes, and what was asked for is done at once, late or never.
            let late = *self.draw.pick(&[None, Some(0), Some(20_000), Some(90_000)]);
            if let Some(most) = late {
                let late = self.draw.between(0, most);
                let task = Task::Apply { who, key, operation, target, back: None };
                self.agenda.add(now + there + late, task);
            }
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

    pub(super) fn damage(&mut self, key: &str) {
        self.trace.say(self.now, || format!("{key} is damaged"));
        self.damaged += 1;
        self.count("cells that were damaged", 1);
        self.store.damage(key, &mut self.draw);
        let lasts = self.draw.between(1_000, 300_000);
        self.agenda.add(self.now + lasts, Task::Mend { key: key.to_owned() });
    }

    pub(super) fn forget(&mut self) {
        let at = self.now + self.store_skew;
        self.store.forget(at);
        self.audience.forget(at);
    }

    /// What the models beside the cells make of an update.
    pub(super) fn note_applied(&mut self, who: Who, target: &Target, answer: &Answer, at: i64) {
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
                Work::Hook(hook),
                Target::Claim(ClaimOperation::Report { .. }),
                Answer::Claim(ClaimAnswer::Reported { settled, news, .. }),
            ) => {
                if let Says::Status(told) = &self.hooks[hook].says {
                    self.witness.resends.told(who.delivery, told, self.now);
                }
                if *news && settled.code == "reported" {
                    self.count("news of claims that a callback settled", 1);
                }
            }
            _ => {}
        }
    }
}

/// How many cells are damaged in a schedule at most.
const MOST_DAMAGED: u32 = 3;
