//! The sender: how fast it sends, and whether it may send at all.
//!
//! The rate is kept by GCRA, the generic cell rate algorithm: one point in time says when the
//! sender will have worked off all that was reserved. Whoever has a turn knows it, and shows it when
//! they ask again; the cell keeps only the latest turns, for answers that were lost. So its size does
//! not grow with the rate, nor with how many wait.

use serde::{Deserialize, Serialize};

use crate::outcome::Reply;
use crate::time::Timestamp;

/// A sender.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sender {
    /// When all that was reserved will have been sent: GCRA's theoretical arrival time, in
    /// microseconds since 1970.
    pub busy_until: i64,
    /// The latest turns that were given and not shown since, oldest first: an owner that asks again
    /// without its turn gets the same one.
    pub reserved: Vec<Reservation>,
    /// Why it may not send.
    pub halt: Option<Halt>,
    /// Until when it rests, because Twilio's queue for it is full.
    pub rests_until: Option<Timestamp>,
}

/// A turn that was given, and to whom.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Reservation {
    /// Whose.
    #[serde(rename = "for")]
    pub for_what: String,
    /// The turn. One that was written down before turns had a span is over.
    #[serde(default)]
    pub turn: Turn,
}

/// A turn: a time to send at, for a message of some length.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Turn {
    /// When it is, by the store's clock.
    pub at: Timestamp,
    /// How long the sender is busy with what it was given for, in microseconds. It is of no use for
    /// a message that takes longer: by then, an event's message may be another.
    pub span: i64,
}

/// Why a sender may not send.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Halt {
    /// The reply that halted it, with its remedy.
    pub reply: Reply,
    /// The fingerprint of the credentials that were refused; others lift the halt.
    pub credentials: Option<String>,
    /// When one message may be tried again.
    pub probe_at: Timestamp,
    /// How long it was to wait for that, in milliseconds: twice as long the next time.
    pub pause: i64,
    /// Who is trying.
    pub probe: Option<String>,
}

/// What is done to a sender. Spans are in milliseconds.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum SenderOperation {
    /// Stops it.
    Halt {
        /// Who found out.
        owner: String,
        /// By which reply.
        reply: Box<Reply>,
        /// The fingerprint of the credentials, if it is they that were refused.
        credentials: Option<String>,
        /// How long to wait before one message is tried again.
        pause: i64,
        /// How long at most, when it fails again and again.
        max_pause: i64,
    },
    /// Sending worked: it may go on.
    Lift {
        /// Who tried.
        owner: String,
    },
    /// Asks when to send.
    Reserve {
        /// Who asks, and for which attempt.
        #[serde(rename = "for")]
        for_what: String,
        /// Who asks: a probe belongs to it.
        owner: String,
        /// The turn that it was given, if it has one. One that is long past, or too short for the
        /// message, does not count.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        turn: Option<Turn>,
        /// How many segments.
        segments: u32,
        /// How many segments a second, in thousandths.
        millirate: u32,
        /// How many segments at once.
        burst: u32,
        /// How long the owner can wait.
        patience: i64,
        /// The fingerprint of the credentials that it would use.
        credentials: String,
        /// How long a probe may take before another is tried.
        probe: i64,
    },
    /// Lets it rest: Twilio's queue for it is full.
    Rest {
        /// For how long.
        #[serde(rename = "for")]
        lasts: i64,
    },
}

/// What a sender answers.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum SenderAnswer {
    /// Done.
    Done,
    /// There is no time to send at that the owner can wait for.
    Full {
        /// How long until there is, in milliseconds.
        for_ms: i64,
    },
    /// It may not send.
    Halted {
        /// Why.
        halt: Box<Halt>,
        /// How long until one message is tried again, in milliseconds.
        for_ms: i64,
    },
    /// It may send.
    Reserved {
        /// In how many milliseconds.
        in_ms: i64,
        /// The turn, to be shown by whoever asks again.
        turn: Turn,
        /// Whether it is halted and this is the message that is tried.
        probe: bool,
    },
}

impl Sender {
    pub(super) fn apply(&mut self, operation: SenderOperation, now: Timestamp) -> SenderAnswer {
        self.reserved.retain(|it| it.turn.is_kept(now));
        match operation {
            SenderOperation::Halt { owner, reply, credentials, pause, max_pause } => {
                self.stop(&owner, Halting { reply: *reply, credentials, pause, max_pause }, now);
                SenderAnswer::Done
            }
            SenderOperation::Lift { owner } => {
                if self.halt.as_ref().is_some_and(|halt| halt.probe.as_ref() == Some(&owner)) {
                    self.halt = None;
                }
                SenderAnswer::Done
            }
            SenderOperation::Reserve {
                for_what,
                owner,
                turn,
                segments,
                millirate,
                burst,
                patience,
                credentials,
                probe,
            } => {
                let is_probe = match self.pass_halt(&owner, &credentials, probe, now) {
                    Ok(is_probe) => is_probe,
                    Err(answer) => return answer,
                };
                let rate = Rate { segments, millirate, burst, patience };
                let answer = self.reserve(for_what, turn, rate, now);
                match (answer, &mut self.halt) {
                    (SenderAnswer::Reserved { in_ms, turn, .. }, _) => {
                        SenderAnswer::Reserved { in_ms, turn, probe: is_probe }
                    }
                    // A probe that does not send now leaves the place to another.
                    (answer, Some(halt)) if is_probe => {
                        halt.probe = None;
                        halt.probe_at = now;
                        answer
                    }
                    (answer, _) => answer,
                }
            }
            SenderOperation::Rest { lasts } => {
                let until = now.plus(lasts);
                self.rests_until = Some(self.rests_until.map_or(until, |known| known.max(until)));
                SenderAnswer::Done
            }
        }
    }

    fn stop(&mut self, owner: &str, halting: Halting, now: Timestamp) {
        let Halting { reply, credentials, pause, max_pause } = halting;
        let pause = match &self.halt {
            // Said twice by the same owner, or by others that were under way: once is enough.
            Some(halt) if halt.probe.as_deref() != Some(owner) && now < halt.probe_at => return,
            Some(halt) if halt.probe.as_deref() == Some(owner) => {
                halt.pause.saturating_mul(2).min(max_pause)
            }
            _ => pause,
        };
        let probe_at = now.plus(pause);
        self.halt = Some(Halt { reply, credentials, probe_at, pause, probe: None });
    }

    /// Whether a halt stands in the way; if not, whether this is the probe of one.
    fn pass_halt(
        &mut self,
        owner: &str,
        credentials: &str,
        lease: i64,
        now: Timestamp,
    ) -> Result<bool, SenderAnswer> {
        let Some(halt) = &mut self.halt else { return Ok(false) };
        if halt.credentials.as_deref().is_some_and(|refused| refused != credentials) {
            self.halt = None;
            return Ok(false);
        }
        if halt.probe.as_deref() == Some(owner) {
            return Ok(true);
        }
        if now < halt.probe_at {
            let for_ms = halt.probe_at.millis() - now.millis();
            return Err(SenderAnswer::Halted { halt: Box::new(halt.clone()), for_ms });
        }
        halt.probe = Some(owner.to_owned());
        halt.probe_at = now.plus(lease);
        Ok(true)
    }

    fn reserve(
        &mut self,
        for_what: String,
        shown: Option<Turn>,
        rate: Rate,
        now: Timestamp,
    ) -> SenderAnswer {
        if let Some(until) = self.rests_until {
            if now < until {
                return SenderAnswer::Full { for_ms: until.millis() - now.millis() };
            }
            self.rests_until = None;
        }
        let span = rate.span_us(rate.segments.max(1));
        let shown = shown.filter(|turn| turn.is_kept(now) && turn.span >= span);
        let known = self.reserved.iter().position(|it| it.for_what == for_what);
        let told = known.and_then(|known| Some(self.reserved.get(known)?.turn));
        let told = told.filter(|turn| turn.span >= span);
        if let Some(known) = known.filter(|_| shown.is_some() || told.is_none()) {
            // Its answer was heard, so that nobody needs to be told again, or it is too short.
            self.reserved.remove(known);
        }
        if let Some(turn) = shown.or(told) {
            let in_ms = (turn.at.millis() - now.millis()).max(0);
            return SenderAnswer::Reserved { in_ms, turn, probe: false };
        }
        let now_us = now.millis().saturating_mul(1_000);
        // What a burst may run ahead; a message longer than the burst must still be sent some day.
        let ahead = rate.span_us(rate.burst.max(rate.segments).max(1));
        let busy_until = self.busy_until.max(now_us).saturating_add(span);
        let at_us = busy_until.saturating_sub(ahead).max(now_us);
        // Rounded up: a millisecond too early would be too fast.
        let in_ms = at_us.saturating_sub(now_us).saturating_add(999) / 1_000;
        if in_ms > rate.patience {
            return SenderAnswer::Full { for_ms: in_ms };
        }
        self.busy_until = busy_until;
        let turn = Turn { at: now.plus(in_ms), span };
        if self.reserved.len() >= MAX_RESERVED {
            self.reserved.remove(0);
        }
        self.reserved.push(Reservation { for_what, turn });
        SenderAnswer::Reserved { in_ms, turn, probe: false }
    }

    /// Everybody who was at work is gone: a halt's probe too.
    pub(super) fn take_over(mut self, now: Timestamp) -> Self {
        if let Some(halt) = self.halt.as_mut().filter(|halt| halt.probe.is_some()) {
            halt.probe = None;
            halt.probe_at = now;
        }
        self
    }

    pub(super) fn expires_at(&self) -> Option<Timestamp> {
        if self.halt.is_some() {
            return None;
        }
        let busy = Timestamp::from_millis(self.busy_until / 1_000 + 1).plus(TURN_KEPT);
        Some(self.rests_until.map_or(busy, |rests| rests.max(busy)))
    }
}

impl Turn {
    /// Whether it can be taken still.
    pub(super) fn is_kept(&self, now: Timestamp) -> bool {
        self.at.plus(TURN_KEPT) > now
    }
}

struct Halting {
    reply: Reply,
    credentials: Option<String>,
    pause: i64,
    max_pause: i64,
}

struct Rate {
    segments: u32,
    millirate: u32,
    burst: u32,
    patience: i64,
}

impl Rate {
    /// How long so many segments take, in microseconds, rounded up.
    fn span_us(&self, segments: u32) -> i64 {
        let rate = i64::from(self.millirate.max(1));
        (i64::from(segments) * 1_000_000_000 + rate - 1) / rate
    }
}

/// How long a turn can be taken once it has come, in milliseconds. Those who come later wait anew:
/// many old turns taken at once would be too fast.
pub(super) const TURN_KEPT: i64 = 60_000;

/// How many turns a cell keeps for those who have not shown theirs. Whoever asks again after so many
/// others costs the sender a turn that nobody takes, and never gives two the same one.
const MAX_RESERVED: usize = 16;
