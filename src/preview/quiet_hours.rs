//! How a message was held against quiet hours: whose clocks count, and what they show.

use serde::Serialize;

use crate::mapping::Checked;
use crate::time::Timestamp;

/// How a message was held against quiet hours.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct QuietHoursTrace {
    /// The mapping's name.
    pub mapping: String,
    /// When the message would go out, as ISO 8601: now, or when it is scheduled.
    pub at: String,
    /// What told the recipient's time zone: `mapping`, `context`, `country`, `default`, or
    /// `unknown` if nothing did.
    pub source: &'static str,
    /// Why these zones count, in one sentence.
    pub why: &'static str,
    /// The clocks of which none may show quiet hours.
    pub clocks: Vec<ClockView>,
    /// Whether the message would go out in quiet hours.
    pub quiet: bool,
    /// When it may go out, as ISO 8601; none if there is no such time within 35 days.
    pub end: Option<String>,
}

/// What a clock shows when the message would go out.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ClockView {
    /// The name of its time zone.
    pub zone: &'static str,
    /// The time of day: `07:59`.
    pub time: String,
}

impl QuietHoursTrace {
    pub(super) fn of(mapping: String, checked: &Checked) -> Self {
        let clocks = checked.zones.iter().flat_map(|zone| {
            let time = |clock: &crate::time_zone::Clock| clock.time_of_day(checked.at).to_string();
            zone.clocks()
                .iter()
                .map(move |clock| ClockView { zone: zone.name(), time: time(clock) })
        });
        Self {
            mapping,
            at: checked.at.to_iso_seconds(),
            source: checked.source.code(),
            why: checked.source.meaning(),
            clocks: clocks.collect(),
            quiet: checked.is_quiet(),
            end: checked.end.map(Timestamp::to_iso_seconds),
        }
    }
}
