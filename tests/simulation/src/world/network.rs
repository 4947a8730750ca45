//! The way of requests to Twilio, and of replies back.

use twilio_destination::delivery::Report;
use twilio_destination::http::{FetchRequest, HttpReport};

use super::{Reply, Task, Who, World, name};
use crate::replies::{failure, refusal};
use crate::scenario::TOKENS;
use crate::twilio::{Purpose, authorization, value_of};

impl World {
    pub(super) fn start(&mut self, who: Who, request: FetchRequest, timeout: i64, not_after: i64) {
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

    pub(super) fn arrive(&mut self, who: Who, request: &FetchRequest, reply: Reply) {
        let given = request.headers.iter().find(|(name, _)| *name == "Authorization");
        let token = given
            .and_then(|(_, given)| TOKENS.into_iter().find(|token| *given == authorization(token)));
        let token = token.unwrap_or_default();
        let form = request.body.as_deref().unwrap_or_default();
        let report = match Purpose::of(request) {
            Purpose::Track => self.tracked(),
            Purpose::List if self.draw.in_100_000(self.faults.list_failed) => refusal(500, 20500),
            Purpose::List => self.twilio.list(&request.url, token, self.now),
            Purpose::Confirm(sid) => {
                let confirmed = self.twilio.confirm(sid, token, &self.faults, self.now);
                self.witness.confirmed(sid, confirmed.is_taken);
                self.count("conversions that Twilio took", u64::from(confirmed.is_taken));
                confirmed.report
            }
            Purpose::Create => {
                let answered = self.twilio.post(form, token, &self.faults, self.now);
                if let Some(sid) = &answered.created {
                    let intent = self.intent_of(who, form);
                    let posted = self.posted[&(who.delivery, who.step)];
                    self.witness.accepted(who.delivery, intent, posted);
                    self.witness.created_to(value_of(form, "To"), self.now);
                    self.witness.exists(sid, form, intent, self.user_of(intent));
                    self.plan_calls(who, sid, form, intent);
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
}

/// How long after a host gave up a request Twilio may still create its message, in milliseconds.
const GOES_ON: i64 = 30_000;
