//! From an event and a mapping to a message: who receives it, who it is from, what it says.

mod body;
mod field;
mod message;
mod parameters;
mod quiet_hours;
mod recipient;
mod sender;
mod watch;

pub(crate) use body::{MAX_CHARACTERS, has_control_character};
pub(crate) use field::{Binder, Field, Scope, TraitSource};
pub(crate) use message::{Entry, Message, Origin};
pub(crate) use quiet_hours::{Checked, Policy as QuietHoursPolicy};
pub(crate) use sender::SenderRoutes;
pub(crate) use watch::Watch;

use crate::decision::{DropCode, DropReason, Warning};
use crate::event::Slot;
use crate::settings;
use crate::trigger::Trigger;
use crate::twilio::address::{Channel, Sender};
use crate::value::{Value, is_invisible};
use body::Body;
use parameters::Parameters;
use quiet_hours::ZoneFields;
use recipient::To;
use sender::From;

/// A mapping, compiled.
#[derive(Debug)]
pub(crate) struct Mapping {
    /// What reports call it.
    pub(crate) name: String,
    /// Whether it sends.
    pub(crate) enabled: bool,
    /// Which events send; none for rows, which all do.
    pub(crate) trigger: Option<BoundTrigger>,
    /// What has to turn true for it to send.
    watch: Option<Watch>,
    to: To,
    from: From,
    body: Body,
    parameters: Parameters,
    /// None if quiet hours do not hold for it.
    zones: Option<ZoneFields>,
}

/// A trigger with the slots of its paths.
#[derive(Debug)]
pub(crate) struct BoundTrigger {
    /// The trigger.
    pub(crate) trigger: Trigger,
    slots: Vec<Slot>,
}

impl BoundTrigger {
    pub(crate) fn new(trigger: Trigger, binder: &mut Binder<'_>) -> Self {
        let slots = trigger.paths().iter().map(|path| binder.slot(path)).collect();
        Self { trigger, slots }
    }

    /// A look-up of the trigger's paths in an event.
    pub(crate) fn lookup<'s, 'v>(
        &'s self,
        scope: &'s Scope<'v>,
    ) -> impl Fn(usize) -> Option<&'v Value<'v>> + 's {
        move |index| scope.event.get(*self.slots.get(index)?)
    }
}

/// What all mappings of a destination share.
#[derive(Debug)]
pub(crate) struct Defaults {
    /// Senders by country, and the one for all others.
    pub(crate) senders: SenderRoutes,
    /// The text for events that map none.
    pub(crate) event_message: Option<Field>,
    /// The text for rows that map none.
    pub(crate) row_message: Option<Field>,
    /// Where Twilio reports.
    pub(crate) status_callback: Option<String>,
    /// What recipients have to be.
    pub(crate) recipients: recipient::Policy,
    /// Whether any bad parameter drops the message.
    pub(crate) strict: bool,
    /// How far ahead a scheduled message must lie, in milliseconds.
    pub(crate) min_schedule_lead: i64,
    /// When nobody is texted.
    pub(crate) quiet_hours: Option<QuietHoursPolicy>,
}

pub(crate) use recipient::{Policy as RecipientPolicy, suppressed};

impl Mapping {
    /// Compiles a mapping of events; `at` is its path in the settings. `has_quiet_hours` says
    /// whether the destination has any.
    pub(crate) fn new(
        mapping: settings::Mapping,
        name: String,
        at: &str,
        has_quiet_hours: bool,
        binder: &mut Binder<'_>,
    ) -> Self {
        let base = mapping.base;
        let is_kept = has_quiet_hours && base.quiet_hours.unwrap_or(true);
        let trigger = base.trigger.map(|trigger| BoundTrigger::new(trigger, binder));
        let watch = base.turns_true.map(|condition| Watch::new(condition, binder));
        Self {
            name,
            enabled: base.enabled.unwrap_or(true),
            trigger,
            watch,
            to: To::new(base.to, base.channel, at, binder),
            from: From::new(base.from, base.messaging_service_sid, at, binder),
            body: Body::new(
                base.body,
                body::Policy {
                    missing: base.missing.unwrap_or(settings::MissingPolicy::Drop),
                    too_long: base.too_long.unwrap_or(settings::TooLong::Drop),
                    max_segments: base.max_segments.map(|limit| limit.0.unsigned_abs() as usize),
                    over_segments: base.over_segments.unwrap_or(settings::OverSegments::Drop),
                },
                at,
                binder,
            ),
            parameters: Parameters::new(mapping.parameters, at, binder),
            zones: is_kept.then(|| ZoneFields::new(base.time_zone, at, binder)),
        }
    }

    /// Compiles the mapping of rows: what it does not map is read from columns.
    pub(crate) fn for_rows(
        mapping: settings::Mapping,
        has_quiet_hours: bool,
        binder: &mut Binder<'_>,
    ) -> Self {
        let mut row = Self::new(mapping, "row".to_owned(), "$.row", has_quiet_hours, binder);
        for name in ["MediaUrl", "StatusCallback"] {
            row.parameters.default_column(name, "$.row", binder);
        }
        row
    }

    /// Each of its settings that gives a sender, with the sender if it is the same for every event.
    pub(crate) fn sender_settings(&self) -> impl Iterator<Item = (&str, Option<Sender>)> {
        self.from.settings()
    }

    /// Whether it gives a value for one of Twilio's parameters beside recipient, sender and text.
    pub(crate) fn gives(&self, parameter: &str) -> bool {
        self.parameters.give(parameter)
    }

    /// Whether quiet hours hold for it.
    pub(crate) fn keeps_quiet_hours(&self) -> bool {
        self.zones.is_some()
    }

    /// Whether it sends for this event.
    pub(crate) fn matches(&self, scope: &Scope<'_>) -> bool {
        self.enabled && self.triggers(scope)
    }

    /// Whether its trigger matches and what has to turn true is true, be it switched on or off.
    pub(crate) fn triggers(&self, scope: &Scope<'_>) -> bool {
        self.conditions().all(|bound| bound.trigger.matches(&bound.lookup(scope)))
    }

    /// Its trigger, and what has to turn true.
    pub(crate) fn conditions(&self) -> impl Iterator<Item = &BoundTrigger> {
        self.trigger.iter().chain(self.watch.iter().map(|watch| &watch.0))
    }

    /// Whether it sends only when something turns true.
    pub(crate) fn watches(&self) -> bool {
        self.watch.is_some()
    }

    /// The message for an event, or why there is none. `warnings` says what was left out of it,
    /// `quiet_hours` how it was held against them, if it came to that.
    pub(crate) fn compose<'m>(
        &'m self,
        scope: &Scope<'m>,
        defaults: &'m Defaults,
        warnings: &mut Vec<Warning>,
        quiet_hours: &mut Option<Checked>,
    ) -> Result<Message<'m>, DropReason> {
        let missing = self.body.policy.missing;
        let recipient = self.to.resolve(scope, &defaults.recipients)?;
        let from = self.from.resolve(scope, &recipient, &defaults.senders)?;
        let context = parameters::Context { scope, defaults, missing, by_service: from.is_service };
        let parameters = self.parameters.resolve(&context, warnings)?;
        let has = |name: &str| parameters.iter().any(|entry| entry.parameter == name);
        let template = has("ContentSid");
        let default = match self.trigger {
            Some(_) => defaults.event_message.as_ref(),
            None => defaults.row_message.as_ref(),
        };
        let body = self.body.resolve(scope, default, template, warnings)?;
        if body.is_none() && !template && !has("MediaUrl") {
            return Err(DropReason::new(DropCode::MessageEmpty).at(self.body.setting.clone()));
        }
        let smart = parameters
            .iter()
            .any(|entry| entry.parameter == "SmartEncoded" && entry.text == "true");
        let counts = recipient.channel == Channel::Sms;
        let body = match body {
            Some(body) if counts => Some(self.body.fit(body, smart, warnings)?),
            other => other,
        };
        // What was cut off may have been all there was to see.
        if body.as_ref().is_some_and(|body| body.text.chars().all(is_invisible)) {
            return Err(DropReason::new(DropCode::MessageEmpty).at(self.body.setting.clone()));
        }
        let mut entries = Vec::with_capacity(4 + parameters.len());
        entries.push(recipient.entry);
        entries.push(from.entry);
        entries.extend(body);
        entries.extend(parameters);
        // Last of all: a message that could never be sent is not put off.
        if let (Some(policy), Some(zones)) = (&defaults.quiet_hours, &self.zones) {
            let (checked, kept) =
                policy.keep(zones, &context, recipient.home, &mut entries, warnings);
            *quiet_hours = Some(checked);
            kept?;
        }
        Ok(Message {
            entries,
            channel: recipient.channel,
            region: recipient.home.and_then(|home| home.region),
        })
    }
}
