//! Webhooks: what Twilio calls with after a message was created, and what people write.

use std::borrow::Cow;

use twilio_destination::decision::DropCode;
use twilio_destination::delivery::{Handled, Resent, Terms, Tracked};
use twilio_destination::http::{FetchRequest, HttpReport};
use twilio_destination::outcome::Outcome;
use twilio_destination::segment_api::Untracked;
use twilio_destination::time::Timestamp;
use twilio_destination::twilio::webhook::Request;

use super::{Task, Who, World};
use crate::feedback::again_at;
use crate::hooks::{Hook, Said, Says, Told, Word, career};
use crate::host::Work;
use crate::replies::{refusal, text};
use crate::scenario::{SENDERS, SERVICE, Scenario, Writes};
use crate::twilio::{sender_of, value_of};
use crate::witness::{Intent, Named};

impl World {
    /// What becomes of a message is reported to the URL that its request gave: some of it before
    /// the reply, some of it twice, in another order, or never.
    pub(crate) fn plan_calls(&mut self, who: Who, sid: &str, form: &str, intent: Intent) {
        let callback = value_of(form, "StatusCallback");
        if callback.is_empty() {
            return;
        }
        let user = self.user_of(intent);
        let first = self.undelivered(who).map_or(sid, |told| &told.first).to_owned();
        let mut at = self.now;
        for (status, error) in career(&mut self.draw, self.scenario.resends > 0) {
            at += *self.draw.pick(&[1, 15, 500, 20_000, 200_000]);
            let (to, sender) = (value_of(form, "To"), sender_of(form));
            let (sid, user, first) = (sid.to_owned(), user.clone(), first.clone());
            let told = Told { sid, status, error, to, sender, user, intent, first };
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
        self.call_again_at(number, None);
    }

    fn call_again_at(&mut self, number: usize, at: Option<i64>) {
        let hook = &mut self.hooks[number];
        if hook.is_forged || hook.again == 0 {
            return;
        }
        hook.again -= 1;
        let pause = self.draw.between(1_000, 120_000);
        let at = at.map_or(self.now + pause, |at| at.max(self.now));
        self.agenda.add(at, Task::Call { hook: number });
    }

    /// A call has been dealt with.
    pub(crate) fn handled(&mut self, who: Who, handled: &Handled) {
        let isolate = &mut self.isolates[who.isolate];
        let skew = isolate.skew;
        let running = isolate.running.remove(&who.delivery).expect("a delivery");
        let Work::Hook(number) = running.work else { panic!("an event is handled") };
        let wrong = self.witness.feedback.handled(&self.hooks[number], handled);
        self.witness.violations.extend(wrong);
        let missing = Untracked::IdentityMissing;
        if matches!(handled.tracked, Some(Tracked::Untracked { code, .. }) if code == missing) {
            self.check_answer(number, &Named::default());
        }
        let again_at = self.resent(who, (number, running.told_at), handled);
        if handled.http_status == 503 {
            self.call_again_at(number, again_at.map(|at| at - skew));
        }
    }

    /// What came of sending a message again. Answers when the call is to be handed in again for that,
    /// by the host's clock.
    fn resent(
        &mut self,
        who: Who,
        (hook, told_at): (usize, Option<i64>),
        handled: &Handled,
    ) -> Option<i64> {
        let Says::Status(told) = self.hooks[hook].says.clone() else { return None };
        if told.error == Some(21_610) && handled.news {
            self.witness.opted_out(&told.to, &told.sender, self.now);
        }
        if let Some(at) = told_at {
            let is_answered = handled.resent.is_some();
            self.witness.resends.handled((who.delivery, at), told.intent, is_answered);
        }
        let Resent { number, outcome } = handled.resent.as_ref()?;
        let intent = told.intent.once_more();
        if *number != intent.again {
            self.witness.object(format!("{intent} is told of as number {number}"));
        }
        self.witness.ended(who.delivery, intent, outcome);
        if matches!(outcome, Outcome::Failed(it) if it.reply.twilio_code == Some(21_610)) {
            self.witness.opted_out(&told.to, &told.sender, self.now);
        }
        let case = match outcome {
            Outcome::Sent(_) if *number > 1 => "messages sent again, and again",
            Outcome::Sent(_) => "messages sent again",
            Outcome::Dropped(it) if it.first.is_some() => "messages that were sent again before",
            Outcome::Dropped(it) if it.reason.code == DropCode::ResendNeedless => {
                "messages that arrived before they were sent again"
            }
            Outcome::Dropped(_) => "messages that were not to be sent again",
            _ => return again_at(outcome),
        };
        self.count(case, 1);
        None
    }

    /// The message in whose place a delivery sends one, if it does.
    pub(super) fn undelivered(&self, who: Who) -> Option<&Told> {
        let Work::Hook(hook) = self.deliveries[who.delivery] else { return None };
        match &self.hooks[hook].says {
            Says::Status(told) => Some(told),
            Says::Inbound(_) => None,
        }
    }

    /// The user whose event wants a message.
    pub(super) fn user_of(&self, intent: Intent) -> Option<String> {
        self.jobs[intent.job].planned.content["userId"].as_str().map(str::to_owned)
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

    /// Somebody's answer is taken for one to this message.
    fn check_answer(&mut self, number: usize, named: &Named) {
        if let Says::Inbound(said) = &self.hooks[number].says {
            let wrong = self.witness.answers.is_to(&said.number, &said.sid, named);
            self.witness.violations.extend(wrong);
        }
    }

    /// Segment is told of a call.
    pub(crate) fn check_track(&mut self, number: usize, request: &FetchRequest) {
        let named = Named::of_event(request.body.as_deref().unwrap_or_default());
        self.check_answer(number, &named);
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
