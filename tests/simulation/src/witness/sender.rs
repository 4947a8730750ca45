//! Senders: their halts, and what messages take of their rates.

use std::collections::BTreeMap;

use twilio_destination::cells::{SenderAnswer, SenderOperation};

use super::{Posting, Witness};
use crate::scenario::Rates;
use crate::twilio::value_of;

#[derive(Debug, Default)]
pub(super) struct SenderModel {
    reserved: BTreeMap<String, Reserved>,
    pub(super) halt: Option<HaltModel>,
}

#[derive(Clone, Copy, Debug)]
struct Reserved {
    /// The turn that was given, and the time that it was then said to be at.
    turn: i64,
    at: i64,
    /// How long the sender needs for the message, in milliseconds, once it is posted.
    takes: Option<i64>,
}

#[derive(Clone, Debug)]
pub(super) struct HaltModel {
    pub(super) since: i64,
    credentials: Option<String>,
    probe_from: i64,
}

impl Witness {
    pub(super) fn applied_to_sender(
        &mut self,
        key: &str,
        operation: &SenderOperation,
        answer: &SenderAnswer,
        at: i64,
        now: i64,
    ) {
        let model = self.senders.entry(key.to_owned()).or_default();
        match (operation, answer) {
            (SenderOperation::Halt { credentials, pause, .. }, _) => {
                let probe_from = at + pause;
                let credentials = credentials.clone();
                if model.halt.as_ref().is_none_or(|halt| at >= halt.probe_from) {
                    model.halt = Some(HaltModel { since: now, credentials, probe_from });
                }
            }
            (SenderOperation::Lift { .. }, _) => model.halt = None,
            (
                SenderOperation::Reserve { for_what, credentials, .. },
                SenderAnswer::Reserved { in_ms, turn, probe },
            ) => {
                // Who has its turn already gets the same one; it may be for other bytes by now.
                let reserved = Reserved { turn: turn.at.millis(), at: at + in_ms, takes: None };
                let known = model.reserved.entry(for_what.clone()).or_insert(reserved);
                if known.turn != reserved.turn {
                    *known = reserved;
                }
                let others = |halt: &HaltModel| {
                    halt.credentials.as_ref().is_some_and(|refused| refused != credentials)
                };
                if model.halt.as_ref().is_some_and(others) {
                    model.halt = None;
                }
                let Some(halt) = model.halt.clone() else { return };
                if !probe {
                    self.object(format!("{key} is halted, and a time was reserved all the same"));
                } else if at < halt.probe_from {
                    self.object(format!("{key} is halted, and was tried again too soon"));
                }
            }
            _ => {}
        }
    }

    /// Notes what a message takes of the rates, by what the settings say and Twilio gives: of its
    /// sender's, and of that of all senders.
    pub(super) fn charge(&mut self, posting: &Posting<'_>) {
        let Posting { form, to, sender, before, .. } = posting;
        let Some((claim, attempt, _)) = &before.won else { return };
        let Rates { of_sender, total } = self.rates;
        // Senders are long codes and a service, which may have a single one.
        let is_abroad = sender.starts_with('+') && !to.starts_with("+1");
        let rate = of_sender.unwrap_or(if is_abroad { 10 } else { 1 });
        let segments = segments_of(&value_of(form, "Body"));
        let has_one = before.reserved.len() == 1;
        for (place, (key, ..)) in before.reserved.iter().enumerate() {
            let rate = match (has_one, place) {
                (true, _) => rate.min(total),
                (false, 0) => total,
                (false, _) => rate,
            };
            let reserved = self.senders.get_mut(key).map(|sender| &mut sender.reserved);
            let found = reserved.and_then(|all| all.get_mut(&format!("{claim}/{attempt}")));
            match found {
                Some(reserved) => reserved.takes = Some(segments * 1_000 / rate),
                None => self.object(format!("{claim} has no time of its own at {key}")),
            }
        }
    }

    /// Nobody sends faster than their rate allows.
    pub(super) fn check_rates(&mut self) {
        let mut too_fast = Vec::new();
        for (key, sender) in &self.senders {
            let posted = sender.reserved.values();
            let mut all: Vec<(i64, i64)> =
                posted.filter_map(|it| Some((it.at, it.takes?))).collect();
            all.sort_unstable();
            for (first, (start, _)) in all.iter().enumerate() {
                let (mut sum, mut longest) = (0, BURST);
                for (at, takes) in &all[first..] {
                    sum += takes;
                    longest = longest.max(*takes);
                    // A millisecond for what was rounded.
                    if sum > at - start + longest + 1 {
                        too_fast.push(format!("{key} sends more than its rate allows"));
                    }
                }
            }
        }
        too_fast.dedup();
        self.violations.extend(too_fast);
    }
}

/// How much a sender may send at once after a rest: what it sends in ten seconds.
const BURST: i64 = 10_000;

/// How many segments a text takes: all that is sent here is ASCII, or has a letter that forces UCS-2.
fn segments_of(text: &str) -> i64 {
    let (one, each) = if text.is_ascii() { (160, 153) } else { (70, 67) };
    let length = text.chars().count();
    if length <= one { 1 } else { length.div_ceil(each) as i64 }
}
