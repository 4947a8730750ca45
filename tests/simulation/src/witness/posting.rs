//! What must hold when a host makes a create request.

use twilio_destination::cells::{Answer, ClaimAnswer};

use super::recipient::SLACK;
use super::{Intent, Witness};
use crate::jobs::Planned;

/// What a host is about to post, and what went before.
#[derive(Debug)]
pub(crate) struct Posting<'p> {
    pub(crate) intent: Intent,
    pub(crate) delivery: usize,
    pub(crate) form: &'p str,
    pub(crate) to: &'p str,
    pub(crate) sender: &'p str,
    /// When the delivery began.
    pub(crate) begun: i64,
    pub(crate) planned: &'p Planned,
    /// The message in whose place it is sent, and when the store was told that this one was not
    /// delivered; none for the first message.
    pub(crate) in_place_of: Option<(&'p str, Option<i64>)>,
    pub(crate) before: &'p Before,
    pub(crate) now: i64,
}

/// What a delivery was granted since its last request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Before {
    /// The claim, the attempt and the form.
    pub(crate) won: Option<(String, u32, String)>,
    /// When it was won.
    pub(crate) won_at: Option<i64>,
    /// The claim that was opened.
    pub(crate) opened: Option<String>,
    /// When the recipient's cell let it through, if nothing was waited for since.
    pub(crate) admitted_at: Option<i64>,
    /// What the host's clock showed when the claim was asked first.
    pub(crate) dispatched_at: Option<i64>,
    /// The keys where times were reserved, when that was, and for how long they said to wait.
    pub(crate) reserved: Vec<(String, i64, i64)>,
    /// Whether the reservation was that of a probe.
    pub(crate) is_probe: bool,
    /// When it waited for its turn, from and to.
    pub(crate) waits: Vec<(i64, i64)>,
    /// Whether this process has learned of a halt.
    pub(crate) knew_halt: bool,
    /// Whether its host's clock has jumped since it began.
    pub(crate) has_jumped: bool,
}

impl Witness {
    /// A host posts a create request.
    pub(crate) fn posts(&mut self, posting: &Posting<'_>) {
        let Posting { intent, delivery, form, to, sender, begun, planned, before, now, .. } =
            posting;
        self.truth(*intent).posted += 1;
        let who = intent.to_string();
        match &before.won {
            None => self.object(format!("{who} is posted without its claim")),
            Some((key, attempt, won)) => {
                let truth = self.truth(*intent);
                truth.key = Some(key.clone());
                truth.attempt = *attempt;
                if !self.made.insert((key.clone(), *attempt)) {
                    self.object(format!("{who} is posted twice for attempt {attempt}"));
                }
                if won != form {
                    self.object(format!("{who} is posted with other bytes than were dispatched"));
                }
            }
        }
        self.check_again(posting);
        self.answers.posts(posting);
        if !planned.consents {
            self.object(format!("{who} is posted without consent"));
        }
        match before.admitted_at {
            None => self.object(format!("{who} is posted without asking at its recipient")),
            Some(admitted) => {
                let since = self.feedback.opted_out_since(to, sender);
                if since.is_some_and(|since| since < admitted) {
                    self.object(format!("{who} is posted to somebody who said STOP"));
                }
            }
        }
        if let Some(night) = self.night.filter(|_| !before.has_jumped) {
            self.check_night(night, posting);
        }
        let whom = (to.to_string(), sender.to_string());
        let until = *now - self.opted_out_lasts + SLACK;
        if self.opted_out.get(&whom).is_some_and(|since| until < *since && since < begun) {
            self.object(format!("{who} is posted to somebody who is known to have opted out"));
        }
        let asked = self.asked.remove(intent);
        if asked.is_some_and(|it| (it.is_recorded || it.by == *delivery) && *now < it.until) {
            self.object(format!("{who} is posted before the time that Retry-After gave"));
        }
        if before.knew_halt && !before.is_probe {
            self.object(format!("{who} is posted though this process knows of a halt"));
        }
        if before.reserved.is_empty() {
            self.object(format!("{who} is posted without a reservation"));
        }
        self.charge(posting);
        for (key, at, in_ms) in &before.reserved {
            if *now < at + in_ms {
                self.object(format!("{who} is posted before its reserved time"));
            }
            let halt = self.senders.get(key).and_then(|sender| sender.halt.as_ref());
            let since = halt.map_or(i64::MIN, |halt| halt.since);
            let during = |(from, to): &(i64, i64)| at <= from && *from <= since && since < *to;
            if !before.is_probe && before.waits.iter().any(during) {
                self.object(format!("{who} is posted, and its sender was halted as it waited"));
            }
        }
        let truth = self.truth(*intent);
        let unclear = truth.posted - truth.refused;
        if unclear > self.attempts {
            self.object(format!("{who} is posted in {unclear} attempts that may have created it"));
        }
    }
}

/// Whether an answer grants a request, and for which form.
pub(crate) fn grant(answer: &Answer) -> Option<(u32, String)> {
    match answer {
        Answer::Claim(ClaimAnswer::Won { dispatched, .. }) => {
            Some((dispatched.attempt, dispatched.form.clone()))
        }
        _ => None,
    }
}
