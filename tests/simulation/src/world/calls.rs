//! Webhooks: what Twilio calls with after a message was created, and what people write.

use std::borrow::Cow;

use twilio_destination::delivery::{Handled, Terms};
use twilio_destination::http::{FetchRequest, HttpReport};
use twilio_destination::time::Timestamp;
use twilio_destination::twilio::webhook::Request;

use super::{Task, Who, World};
use crate::hooks::{Hook, Said, Says, Told, Word, career};
use crate::host::Work;
use crate::replies::{refusal, text};
use crate::scenario::{SENDERS, SERVICE, Scenario, Writes};
use crate::twilio::{sender_of, value_of};
use crate::witness::Intent;

impl World {
    /// What becomes of a message is reported to the URL that its request gave: some of it before
    /// the reply, some of it twice, in another order, or never.
    pub(crate) fn plan_calls(&mut self, sid: &str, form: &str, intent: Intent) {
        let callback = value_of(form, "StatusCallback");
        if callback.is_empty() {
            return;
        }
        let planned = &self.jobs[intent.0].planned;
        let user = planned.content["userId"].as_str().map(str::to_owned);
        let mut at = self.now;
        for (status, error) in career(&mut self.draw) {
            at += *self.draw.pick(&[1, 15, 500, 20_000, 200_000]);
            let (to, sender) = (value_of(form, "To"), sender_of(form));
            let (sid, user) = (sid.to_owned(), user.clone());
            let told = Told { sid, status, error, to, sender, user };
            let hook = Hook::status(told, &callback, self.twilio.token, &mut self.draw);
            let early = self.draw.in_1000(150);
            self.plan_call(hook, if early { self.now } else { at });
        }
    }

    /// Somebody writes STOP or START to a sender.
    pub(crate) fn write(&mut self, writes: Writes) {
        let Writes { person, sender, word, .. } = writes;
        let number = Scenario::number(person);
        let sender = match sender == 0 && self.scenario.by_service {
            true => SERVICE,
            false => SENDERS[sender],
        };
        self.trace.say(self.now, || format!("{number} writes {word:?} to {sender}"));
        let whom = (number.clone(), sender.to_owned());
        if word == Word::Stop {
            self.twilio.opted_out.insert(whom);
        } else {
            self.twilio.opted_out.remove(&whom);
        }
        self.written += 1;
        let sid = format!("SM{:032x}", 0xffff_0000 + self.written);
        let said = Said { sid, number, sender: sender.to_owned(), word };
        let own = self.scenario.own_number();
        let hook = Hook::inbound(said, own, self.twilio.token, &mut self.draw);
        let at = self.now + self.draw.between(50, 5_000);
        self.plan_call(hook, at);
    }

    fn plan_call(&mut self, hook: Hook, at: i64) {
        if self.draw.in_100_000(self.faults.call_forged) {
            let forged = hook.forged(&mut self.draw);
            let at = self.now + self.draw.between(0, 60_000);
            self.add_call(forged, at);
        }
        if self.draw.in_100_000(self.faults.call_lost) {
            return self.count("calls that were lost", 1);
        }
        if self.draw.in_100_000(self.faults.call_repeated) {
            // By Twilio, or much later by somebody who saw it.
            let later = *self.draw.pick(&[0, 5, 30_000, 900_000]);
            self.add_call(hook.clone(), at + later);
        }
        self.add_call(hook, at);
    }

    fn add_call(&mut self, hook: Hook, at: i64) {
        self.agenda.add(at, Task::Call { hook: self.hooks.len() });
        self.hooks.push(hook);
    }

    /// A call comes in.
    pub(crate) fn call(&mut self, number: usize) {
        let isolate = self.draw.between(0, self.isolates.len() as i64 - 1) as usize;
        let seed = self.draw.any();
        let hook = &self.hooks[number];
        let host = &self.isolates[isolate];
        let now = self.now + host.skew;
        let headers = [
            (Cow::from("Content-Type"), Cow::from("application/x-www-form-urlencoded")),
            (Cow::from("X-Twilio-Signature"), Cow::from(hook.signature.as_str())),
        ];
        let request = Request {
            method: "POST",
            url: &hook.url,
            headers: &headers,
            body: hook.form.as_bytes(),
        };
        let terms = Terms {
            now: Timestamp::from_millis(now),
            seed,
            deadline: self.scenario.deadline.map(|lasts| Timestamp::from_millis(now + lasts)),
            place: None,
            facts: None,
        };
        let begun = host.dispatcher.begin_webhook(&request, &terms);
        self.trace.say(self.now, || format!("somebody calls: {}", hook.name()));
        self.run_begun(isolate, Work::Hook(number), begun);
    }

    /// A call was not taken: it comes again, as long as its sender has patience.
    pub(crate) fn call_again(&mut self, number: usize) {
        let hook = &mut self.hooks[number];
        if hook.is_forged || hook.again == 0 {
            return;
        }
        hook.again -= 1;
        let pause = self.draw.between(1_000, 120_000);
        self.agenda.add(self.now + pause, Task::Call { hook: number });
    }

    /// A call has been dealt with.
    pub(crate) fn handled(&mut self, who: Who, handled: &Handled) {
        let isolate = &mut self.isolates[who.isolate];
        let running = isolate.running.remove(&who.delivery).expect("a delivery");
        let Work::Hook(number) = running.work else { panic!("an event is handled") };
        let wrong = self.witness.feedback.handled(&self.hooks[number], handled);
        self.witness.violations.extend(wrong);
        if handled.http_status == 503 {
            self.call_again(number);
        }
    }

    /// Nothing comes of what Twilio did not sign.
    pub(crate) fn check_nothing_forged(&mut self, who: Who) {
        if let Work::Hook(number) = self.deliveries[who.delivery]
            && self.hooks[number].is_forged
        {
            let name = self.hooks[number].name();
            self.witness.object(format!("{name} is taken at its word"));
        }
    }

    /// Segment is told of a call.
    pub(crate) fn check_track(&mut self, number: usize, request: &FetchRequest) {
        let hook = &self.hooks[number];
        if matches!(hook.says, Says::Inbound(_)) {
            *self.seen.entry("answers told to Segment").or_default() += 1;
        }
        let numbers = &self.witness.numbers;
        let wrong = self.witness.feedback.tracks(hook, request, numbers);
        self.witness.violations.extend(wrong);
    }

    /// What Segment answers.
    pub(crate) fn tracked(&mut self) -> HttpReport {
        if self.draw.in_100_000(self.faults.server_error) {
            return refusal(500, 20_500);
        }
        text(200, &[], r#"{"success":true}"#.to_owned())
    }
}
