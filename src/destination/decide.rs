//! The decision itself: which mappings match, what keeps them back, what they send.

use super::{Case, Destination, InputKind};
use crate::decision::{Decision, DropCode, DropReason, Dropped, Send, Warning};
use crate::event::{Event, EventFault, EventType, Slot};
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
            return drop(DropReason::new(DropCode::DestinationDisabled).at("$.enabled"));
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
        for mapping in &self.mappings {
            if !mapping.matches(&scope) {
                continue;
            }
            matched = true;
            take(self.verdict(mapping, &scope, self.event_consent(event)));
            if !self.all_matches {
                return;
            }
        }
        if !matched {
            take(Verdict::drop(self.no_match(&scope)));
        }
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
        let integration = Integration::read(
            event.get(self.slots.integration),
            event.get(self.slots.all_integrations),
        );
        let given = self.slots.consent.as_ref().map_or(consent::Given::NOTHING, |slots| {
            let granted = |slot: &Slot| event.get(*slot) == Some(&Value::Bool(true));
            consent::Given {
                consent: event.shape(slots.consent),
                preferences: event.shape(slots.preferences),
                all_granted: slots.categories.iter().all(granted),
            }
        });
        consent::check(&self.consent, given, integration).map_err(refused)
    }

    /// A row carries no consent: where it is required, no row can send.
    fn row_consent(&self) -> Result<(), DropReason> {
        let refuse = |refusal| {
            refused(refusal).because("Consent is required, and a row carries none.").fixed_by(
                "Send rows of people who consented, by settings whose consent.require is false.",
            )
        };
        consent::check(&self.consent, consent::Given::NOTHING, Integration::Silent).map_err(refuse)
    }
}

fn refused(refusal: consent::Refusal) -> DropReason {
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
