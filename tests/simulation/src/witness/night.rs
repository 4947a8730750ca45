//! Nobody is texted at night.

use twilio_destination::time::Timestamp;

use super::{Posting, Witness};
use crate::night::Night;
use crate::twilio::value_of;

impl Witness {
    /// Nobody is texted at night: by the clock of its host, which decides, a message is dispatched
    /// outside quiet hours, or scheduled for then, and may give up before they begin.
    pub(super) fn check_night(&mut self, night: Night, posting: &Posting<'_>) {
        let Posting { intent, form, to, planned, before, .. } = posting;
        let Some(now) = before.dispatched_at else { return };
        let is_quiet = |at| night.is_quiet(planned.place, to, at);
        let time = value_of(form, "SendAt");
        if !time.is_empty() {
            let at = Timestamp::parse(&time).expect("a time").millis();
            if is_quiet(at) {
                self.object(format!("{intent} is scheduled for {time}, in quiet hours"));
            }
        } else if is_quiet(now) {
            self.object(format!("{intent} is dispatched in quiet hours"));
        } else if night.then == "shorten" {
            let seconds: i64 = value_of(form, "ValidityPeriod").parse().unwrap_or(36_000);
            if (0..seconds / 60).any(|minute| is_quiet(now + minute * 60_000)) {
                self.object(format!("{intent} may be sent in quiet hours"));
            }
        }
    }
}
