//! The decision itself: which mappings match, what keeps them back, what they send.

use super::{Case, Destination, InputKind};
use crate::decision::{Decision, DropCode, DropReason, Dropped, Send, Warning};
use crate::event::{Event, EventFault, EventType, id_text};
use crate::facts::Facts;
use crate::gates::consent::{self, Integration};
use crate::mapping::{Checked, Mapping, Message, Scope};
use crate::time::Timestamp;
use crate::value::Value;

/// What is decided for one mapping, before it is written down.
pub(crate) struct Verdict<'d> {
    /// The mapping; none if it did not come to one.
    pub(crate) mapping: Option<&'d Mapping>,
    /// The message, or why there is none.
    pub(crate) message: Result<Message<'d>, DropReason>,
    /// What was left out of it.
    pub(crate) warnings: Vec<Warning>,
    /// How it was held against quiet hours; none if it was not.
    pub(crate) quiet_hours: Option<Checked>,
}

impl Verdict<'_> {
    /// A drop that no mapping came to.
    fn drop(reason: DropReason) -> Self {
        Self { mapping: None, message: Err(reason), warnings: Vec::new(), quiet_hours: None }
    }
}

impl Destination {
    /// Decides what an event or a row sends: one decision for each message, and at least one.
    ///
    /// `now` is only read where a message is scheduled, where quiet hours are set, or where a
    /// template asks for the time. A host that sends later than it decided decides again.
    pub fn decide(
        &self,
        kind: InputKind,
        input: &super::Input<'_>,
        facts: &Facts<'_>,
        now: Timestamp,
    ) -> Vec<Decision> {
        let case = Case { kind, input, facts, now };
        let mut decisions = Vec::with_capacity(1);
        self.verdicts(&case, |verdict| decisions.push(self.write(verdict)));
        decisions
    }

    fn write(&self, verdict: Verdict<'_>) -> Decision {
        let mapping = verdict.mapping.map(|mapping| mapping.name.clone());
        match verdict.message {
            Ok(message) => Decision::Send(Send {
                mapping: mapping.unwrap_or_default(),
                request: self.endpoint.request(message.form()),
                warnings: verdict.warnings,
            }),
            Err(reason) => {
                Decision::Drop(Dropped { mapping, reason, warnings: verdict.warnings, first: None })
            }
        }
    }

    /// Hands each verdict to `take`.
    pub(crate) fn verdicts<'c>(&'c self, case: &Case<'c>, mut take: impl FnMut(Verdict<'c>)) {
        let mut drop = |reason| take(Verdict::drop(reason));
        if !self.enabled {
            return drop(disabled());
        }
        let event = match case.input {
            Ok(event) => event,
            Err(fault) => return drop(unreadable(*fault)),
        };
        let scope = Scope { event, facts: case.facts, now: case.now };
        if case.kind == InputKind::Row {
            return take(self.verdict(&self.row, &scope, self.row_consent()));
        }
        if let Err(reason) = self.check_type(event) {
            return drop(reason);
        }
        let mut matched = false;
        let mut unchanged = None;
        for (index, mapping) in self.mappings.iter().enumerate() {
            if !mapping.matches(&scope) {
                continue;
            }
            if let Err(reason) = self.check_change(index, mapping, &scope) {
                let verdict = Verdict { mapping: Some(mapping), ..Verdict::drop(reason) };
                if self.all_matches {
                    matched = true;
                    take(verdict);
                } else {
                    // What did not turn true does not take the event from the mappings behind it.
                    unchanged.get_or_insert(verdict);
                }
                continue;
            }
            matched = true;
            take(self.verdict(mapping, &scope, self.event_consent(event)));
            if !self.all_matches {
                return;
            }
        }
        if !matched {
            take(unchanged.unwrap_or_else(|| Verdict::drop(self.no_match(&scope))));
        }
    }

    /// Whether what the mapping sends on turned true by this event, as far as that is known.
    fn check_change(
        &self,
        index: usize,
        mapping: &Mapping,
        scope: &Scope<'_>,
    ) -> Result<(), DropReason> {
        let Some(ids) = self.users.filter(|_| mapping.watches()) else { return Ok(()) };
        if !ids.iter().any(|slot| scope.event.get(*slot).and_then(id_text).is_some()) {
            return Err(DropReason::new(DropCode::UserMissing).at("userId"));
        }
        if scope.facts.unchanged.contains(&index) {
            let at = format!("$.mappings[{index}].turns_true");
            return Err(DropReason::new(DropCode::Unchanged).at(at));
        }
        Ok(())
    }

    /// Why no mapping sends: none matches, or the one that does is switched off.
    fn no_match(&self, scope: &Scope<'_>) -> DropReason {
        let reason = DropReason::new(DropCode::NoMappingMatched);
        let off = |mapping: &Mapping| !mapping.enabled && mapping.triggers(scope);
        match self.mappings.iter().position(off) {
            Some(index) => reason
                .at(format!("$.mappings[{index}].enabled"))
                .because("The only mapping that matches the event is switched off.")
                .fixed_by("Nothing, if that is meant; else set its enabled to true.")
                .detailed("mapping_disabled"),
            None => reason.at("$.mappings"),
        }
    }

    fn verdict<'c>(
        &'c self,
        mapping: &'c Mapping,
        scope: &Scope<'c>,
        consent: Result<(), DropReason>,
    ) -> Verdict<'c> {
        let mut warnings = Vec::new();
        let mut quiet_hours = None;
        let message = consent
            .and_then(|()| mapping.compose(scope, &self.defaults, &mut warnings, &mut quiet_hours));
        Verdict { mapping: Some(mapping), message, warnings, quiet_hours }
    }

    fn check_type(&self, event: &Event<'_>) -> Result<(), DropReason> {
        match event.get(self.slots.kind) {
            None | Some(Value::Null) => Err(DropReason::new(DropCode::EventTypeMissing).at("type")),
            Some(value) if value.as_text().and_then(EventType::parse).is_some() => Ok(()),
            Some(_) => Err(DropReason::new(DropCode::EventTypeUnknown).at("type")),
        }
    }

    fn event_consent(&self, event: &Event<'_>) -> Result<(), DropReason> {
        let (given, integration) = self.consent_of(event);
        consent::check(&self.consent, given, integration).map_err(refusal)
    }

    /// A row carries no consent: where it is required, no row can send.
    fn row_consent(&self) -> Result<(), DropReason> {
        let refuse = |found| {
            refusal(found).because("Consent is required, and a row carries none.").fixed_by(
                "Send rows of people who consented, by settings whose consent.require is false.",
            )
        };
        consent::check(&self.consent, consent::Given::NOTHING, Integration::Silent).map_err(refuse)
    }
}

/// Why a destination that is switched off sends nothing.
pub(super) fn disabled() -> DropReason {
    DropReason::new(DropCode::DestinationDisabled).at("$.enabled")
}

/// Why consent keeps a message back, in words.
pub(super) fn refusal(refusal: consent::Refusal) -> DropReason {
    match refusal {
        consent::Refusal::IntegrationOff => {
            DropReason::new(DropCode::IntegrationDisabled).at("integrations")
        }
        consent::Refusal::Missing => {
            DropReason::new(DropCode::ConsentMissing).at("context.consent")
        }
        consent::Refusal::Refused => {
            DropReason::new(DropCode::ConsentRefused).at("context.consent.categoryPreferences")
        }
    }
}

fn unreadable(fault: EventFault) -> DropReason {
    match fault {
        EventFault::NotJson(expected, offset) => DropReason::new(DropCode::EventNotJson)
            .because(format!("The event is not JSON: expected {expected} at byte {offset}.")),
        EventFault::NotObject => DropReason::new(DropCode::EventNotObject),
        EventFault::NotUnicode => DropReason::new(DropCode::EventNotUnicode),
        EventFault::TooDeep => DropReason::new(DropCode::EventTooDeep),
        EventFault::TooLarge => DropReason::new(DropCode::EventTooLarge),
        EventFault::Unreadable => DropReason::new(DropCode::EventUnreadable),
    }
}
