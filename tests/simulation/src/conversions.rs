//! Conversions: the events that show what messages led to, as the settings name them.

use serde_json::{Value, json};

use crate::draw::Draw;
use crate::scenario::{DAY_MS, MAPPINGS};

/// The names of the conversions.
pub(crate) const CONVERSIONS: [&str; 2] = ["bought", "came_back"];

/// A conversion that the settings name.
#[derive(Clone, Debug)]
pub(crate) struct Conversion {
    pub(crate) name: &'static str,
    /// The mapping whose messages count; none if all do.
    pub(crate) mapping: Option<&'static str>,
    /// How long before the event a message may have been noted, in milliseconds.
    pub(crate) within: i64,
}

impl Conversion {
    /// The conversion as a setting; `event` triggers it.
    pub(crate) fn setting(&self, event: &str) -> Value {
        let mut setting = json!({ "name": self.name, "trigger": event });
        if let Some(mapping) = self.mapping {
            setting["mapping"] = json!(mapping);
        }
        if self.within != WEEK {
            setting["within_seconds"] = json!(self.within / 1_000);
        }
        setting
    }
}

/// How long before a conversion a message counts if the settings do not say, in milliseconds.
const WEEK: i64 = 7 * DAY_MS;

/// One conversion for all messages, and perhaps one for those of the first mapping.
pub(crate) fn conversions(draw: &mut Draw) -> Vec<Conversion> {
    let within = |draw: &mut Draw| *draw.pick(&[WEEK, WEEK, 60_000, 3_600_000]);
    let mut all = vec![Conversion { name: CONVERSIONS[0], mapping: None, within: within(draw) }];
    if draw.in_1000(400) {
        let (name, mapping) = (CONVERSIONS[1], Some(MAPPINGS[0]));
        all.push(Conversion { name, mapping, within: within(draw) });
    }
    all
}
