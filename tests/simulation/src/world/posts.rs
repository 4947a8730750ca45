//! Create requests: what went before one, and what a host learns by its reply.

use twilio_destination::http::{FetchRequest, HttpReport};
use twilio_destination::time::Timestamp;

use super::{Who, World};
use crate::host::Work;
use crate::replies::undate;
use crate::scenario::MARKERS;
use crate::twilio::{sender_of, value_of};
use crate::witness::{Converting, Intent, Posting};

impl World {
    /// What a host about to post was granted.
    pub(super) fn post_granted(&mut self, who: Who, request: &FetchRequest) {
        let Some(form) = &request.body else { return };
        let intent = self.intent_of(who, form);
        let mut before = self.running(who).posts();
        let sender = sender_of(form);
        before.knew_halt = self.isolates[who.isolate].knows_halt(&sender, self.now);
        before.has_jumped = self.running(who).has_jumped;
        let told_at = self.running(who).told_at;
        let undelivered = self.undelivered(who).map(|told| told.sid.clone());
        let planned = &self.jobs[intent.job].planned;
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
            in_place_of: undelivered.as_deref().map(|sid| (sid, told_at)),
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

    /// A host is about to tell Twilio of a conversion.
    pub(super) fn confirm_granted(&mut self, who: Who, sid: &str) {
        let Work::Job(job) = self.deliveries[who.delivery] else {
            return self.witness.object("a call is taken for a conversion");
        };
        let running = &self.isolates[who.isolate].running[&who.delivery];
        let content = &self.jobs[job].planned.content;
        let converting = Converting { job, content, begun: running.begun };
        self.witness.confirms(sid, converting, &running.before);
    }

    /// What a host can know by a reply.
    pub(super) fn learn(&mut self, who: Who, report: &HttpReport) {
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

    pub(super) fn intent_of(&self, who: Who, form: &str) -> Intent {
        let job = match self.deliveries[who.delivery] {
            Work::Job(job) => job,
            Work::Hook(_) => {
                return self.undelivered(who).expect("a status").intent.once_more();
            }
        };
        let body = value_of(form, "Body");
        let marker = MARKERS.iter().position(|marker| body.starts_with(marker));
        Intent::first(job, marker.expect("a marker"))
    }
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
