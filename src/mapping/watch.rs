//! Conditions that a mapping sends on when they turn true.

use super::field::{Binder, Scope};
use super::{BoundTrigger, Mapping};
use crate::trigger::Trigger;

/// A condition on one value of the event, whose turning true is watched.
#[derive(Debug)]
pub(crate) struct Watch(pub(super) BoundTrigger);

impl Watch {
    pub(super) fn new(condition: Trigger, binder: &mut Binder<'_>) -> Self {
        Self(BoundTrigger::new(condition, binder))
    }

    /// What tells it from other conditions, as far as users' histories go.
    pub(crate) fn source(&self) -> &str {
        self.0.trigger.source()
    }

    /// Whether it is true of an event.
    pub(crate) fn holds(&self, scope: &Scope<'_>) -> bool {
        self.0.trigger.matches(&self.0.lookup(scope))
    }

    /// Whether an event says anything of it: it has the value, be it null.
    fn is_told(&self, scope: &Scope<'_>) -> bool {
        self.0.lookup(scope)(0).is_some()
    }
}

impl Mapping {
    /// The condition that it sends on, if an event of that type says anything of it.
    ///
    /// The trigger need not match: what turns a condition false is seldom what sends. But it must
    /// be able to match some event of that type, since a group's traits are not its members'.
    pub(crate) fn watch_told(&self, kind: &str, scope: &Scope<'_>) -> Option<&Watch> {
        let may_match = |bound: &BoundTrigger| bound.trigger.may_match(kind);
        self.watch
            .as_ref()
            .filter(|watch| watch.is_told(scope) && self.trigger.as_ref().is_none_or(may_match))
    }

    /// The types of events that its trigger can match, as one text.
    pub(crate) fn watched_kinds(&self) -> String {
        let may_match =
            |kind: &&str| self.trigger.as_ref().is_none_or(|bound| bound.trigger.may_match(kind));
        let kinds = ["alias", "group", "identify", "page", "screen", "track"];
        kinds.into_iter().filter(may_match).collect::<Vec<_>>().join(",")
    }
}
