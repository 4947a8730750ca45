//! Which events show that a message led to what it was sent for.

use super::Destination;
use crate::event::Event;
use crate::facts::Facts;
use crate::mapping::{Binder, BoundTrigger, Scope};
use crate::settings;
use crate::time::Timestamp;

/// How long before the event a message counts if the settings do not say, in milliseconds: a week.
const WITHIN: i64 = 604_800_000;

/// A conversion, compiled.
#[derive(Debug)]
pub(crate) struct Conversion {
    /// What reports call it.
    pub(crate) name: String,
    /// The mapping whose messages it counts for; none if it counts for all.
    pub(crate) mapping: Option<String>,
    /// How long before the event the message was sent at most, in milliseconds.
    pub(crate) within: i64,
    pub(crate) trigger: BoundTrigger,
}

impl Conversion {
    /// Compiles a conversion; `index` is its place in the settings.
    pub(crate) fn new(
        given: settings::Conversion,
        index: usize,
        binder: &mut Binder<'_>,
    ) -> Option<Self> {
        Some(Self {
            name: given.name.map_or_else(|| format!("conversion {}", index + 1), |name| name.0),
            mapping: given.mapping.map(|name| name.0),
            within: given.within_seconds.map_or(WITHIN, |seconds| seconds.0 * 1_000),
            trigger: BoundTrigger::new(given.trigger?, binder),
        })
    }
}

impl Destination {
    /// The conversions that an event is.
    pub(crate) fn conversions_of(&self, event: &Event<'_>, now: Timestamp) -> Vec<&Conversion> {
        let facts = Facts::default();
        let scope = Scope { event, facts: &facts, now };
        self.conversions.iter().filter(|it| self.is_conversion(it, &scope)).collect()
    }

    /// Whether an event is a conversion: none is while the destination is switched off.
    pub(crate) fn is_conversion(&self, conversion: &Conversion, scope: &Scope<'_>) -> bool {
        let trigger = &conversion.trigger;
        self.enabled && trigger.trigger.matches(&trigger.lookup(scope))
    }

    /// All conversions that the settings name, in their order.
    pub(crate) fn conversions(&self) -> &[Conversion] {
        &self.conversions
    }
}
