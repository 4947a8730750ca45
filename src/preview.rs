//! A decision with everything that led to it, for people: nothing in it can be sent.

mod consent;
mod quiet_hours;
mod text;

pub use consent::{CategoryView, ConsentTrace};
pub use quiet_hours::{ClockView, QuietHoursTrace};
pub use text::{SegmentText, SmartEncodingView, TextView};

use serde::Serialize;

use crate::decision::{Dropped, Warning};
use crate::destination::{Case, Conversion, Destination, Input, InputKind};
use crate::facts::Facts;
use crate::mapping::{BoundTrigger, Entry, Field, Mapping, Message, Origin, Scope};
use crate::phone::{self, Accept, PhoneNumber};
use crate::time::Timestamp;
use crate::twilio::address::Channel;
use crate::twilio::request::HttpRequest;
use crate::twilio::segments;

/// What would be done with an event, and why.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Preview {
    /// What is decided, one for each message: under `match: first` exactly one.
    pub decisions: Vec<PreviewDecision>,
    /// Which mappings were tried, in order, and why each did or did not match.
    pub triggers: Vec<TriggerTrace>,
    /// What the event says of consent; none of a row, or of an event that could not be read.
    pub consent: Option<ConsentTrace>,
    /// How each message was held against quiet hours, in the order of the decisions; without those
    /// that quiet hours do not hold for, or that were dropped for another reason.
    #[serde(rename = "quietHours")]
    pub quiet_hours: Vec<QuietHoursTrace>,
    /// Which conversions were tried, and why the event is one or is not. Whether there is a message
    /// that it is credited to is known where there is a store.
    pub conversions: Vec<ConversionTrace>,
}

/// A decision, with the credentials hidden and every part explained.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum PreviewDecision {
    /// Nothing would be sent.
    Drop(Dropped),
    /// This would be sent.
    Send(PreviewSend),
}

/// A message that would be sent.
#[derive(Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PreviewSend {
    /// The name of the mapping that sends it.
    pub mapping: String,
    /// The request, with the credentials hidden.
    pub request: HttpRequest,
    /// What it travels over.
    pub channel: String,
    /// The recipient's country, where the number tells.
    pub country: Option<String>,
    /// The number's calling code, such as 44; none of an id that is no number.
    #[serde(rename = "callingCode")]
    pub calling_code: Option<u16>,
    /// The region that speaks for the calling code; of use where the number tells no country.
    #[serde(rename = "mainRegion")]
    pub main_region: Option<String>,
    /// What the number is for: `mobile`, `fixed_line` and so on; `unknown` if it lies in no range
    /// that is known to be in use.
    pub kind: Option<&'static str>,
    /// How the text is billed; none without a text, or on other channels than SMS.
    pub segments: Option<SegmentsView>,
    /// The text, segment by segment; there when `segments` is.
    pub text: Option<TextView>,
    /// For each part of the form, where it comes from.
    pub explain: Vec<Explained>,
    /// What was left out of it, and why.
    pub warnings: Vec<Warning>,
}

/// It holds a phone number and a text: it is not printed.
impl std::fmt::Debug for PreviewSend {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PreviewSend").field("mapping", &self.mapping).finish_non_exhaustive()
    }
}

/// How a text is billed.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct SegmentsView {
    /// `GSM-7` or `UCS-2`.
    pub encoding: &'static str,
    /// How many segments: each one is billed.
    pub count: usize,
    /// How many units the text has: septets in GSM-7, UTF-16 code units in UCS-2.
    pub units: usize,
    /// The characters that force UCS-2, each once, in order.
    pub forced_by: Vec<String>,
}

/// Where a part of the form comes from.
#[derive(Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Explained {
    /// Twilio's name of the parameter.
    pub parameter: String,
    /// Its value.
    pub value: String,
    /// The setting that gives it, as a JSON path.
    pub setting: String,
    /// Whether the setting is not there and its default applies.
    pub default: bool,
    /// The event paths that the setting reads, where they were found: `context.traits.phone` for
    /// a trait of the context, `profile.traits.phone` for one of the profile.
    pub paths: Vec<String>,
}

/// It holds a value of the message: it is not printed.
impl std::fmt::Debug for Explained {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Explained").field("parameter", &self.parameter).finish_non_exhaustive()
    }
}

/// Whether a mapping's trigger matched, and why.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TriggerTrace {
    /// The mapping's name.
    pub mapping: String,
    /// Whether it is switched on. One that is not never matches.
    pub enabled: bool,
    /// Whether the trigger matches the event.
    pub matched: bool,
    /// Each condition of the trigger, in order, and then that of turns_true. Whether it was true
    /// before is known where there is a store.
    pub checks: Vec<CheckView>,
}

/// Whether an event is a conversion, and why.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct ConversionTrace {
    /// The conversion's name.
    pub name: String,
    /// The mapping whose messages it counts for; none if it counts for all.
    pub mapping: Option<String>,
    /// How long before the event the message was sent at most, in seconds.
    #[cfg_attr(test, ts(type = "number"))]
    pub within_seconds: i64,
    /// Whether Twilio would be told of it.
    pub matched: bool,
    /// Each condition of the trigger, in order.
    pub checks: Vec<CheckView>,
}

/// A condition of a trigger.
#[derive(Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct CheckView {
    /// The condition as it is written.
    pub text: String,
    /// The event path that it reads.
    pub path: String,
    /// Whether it holds.
    pub holds: bool,
    /// Why it does or does not.
    pub why: String,
}

/// The condition may name a person: it is not printed.
impl std::fmt::Debug for CheckView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CheckView")
            .field("path", &self.path)
            .field("holds", &self.holds)
            .field("why", &self.why)
            .finish_non_exhaustive()
    }
}

impl Destination {
    /// Shows what would be done with an event or a row, and why. Nothing in it can be sent: the
    /// credentials are hidden.
    pub fn preview(
        &self,
        kind: InputKind,
        input: &Input<'_>,
        facts: &Facts<'_>,
        now: Timestamp,
    ) -> Preview {
        let case = Case { kind, input, facts, now };
        let mut decisions = Vec::new();
        let mut quiet_hours = Vec::new();
        self.verdicts(&case, |verdict| {
            let mapping = verdict.mapping.map(|mapping| mapping.name.clone());
            let number = verdict.message.as_ref().ok().and_then(recipient_number);
            quiet_hours.extend(
                verdict.quiet_hours.as_ref().map(|checked| {
                    QuietHoursTrace::of(mapping.clone().unwrap_or_default(), checked)
                }),
            );
            decisions.push(match verdict.message {
                Ok(message) => PreviewDecision::Send(PreviewSend {
                    mapping: mapping.unwrap_or_default(),
                    request: self.endpoint().hidden_request(message.form()),
                    channel: channel_name(message.channel).to_owned(),
                    country: message.region.map(|region| region.as_str().to_owned()),
                    calling_code: number.as_ref().map(PhoneNumber::calling_code),
                    main_region: number.as_ref().map(|number| number.main_region().to_string()),
                    kind: number.as_ref().map(|number| number.kind().code()),
                    segments: segments_view(&message),
                    text: text::text_view(&message),
                    explain: message.entries.iter().map(|entry| explain(entry, &case)).collect(),
                    warnings: verdict.warnings,
                }),
                Err(reason) => PreviewDecision::Drop(Dropped {
                    mapping,
                    reason,
                    warnings: verdict.warnings,
                    first: None,
                }),
            });
        });
        let consent = match (kind, input) {
            (InputKind::Event, Ok(event)) => Some(self.trace_consent(event)),
            _ => None,
        };
        let (triggers, conversions) = match (kind, input) {
            (InputKind::Event, Ok(event)) => {
                let scope = Scope { event, facts, now };
                // What is known of the user makes no event a conversion.
                let alone = Scope { facts: &Facts::default(), ..scope };
                (self.trace_mappings(&scope), self.trace_conversions(&alone))
            }
            _ => Default::default(),
        };
        Preview { decisions, triggers, consent, quiet_hours, conversions }
    }

    fn trace_mappings(&self, scope: &Scope<'_>) -> Vec<TriggerTrace> {
        let trace = |mapping: &Mapping| TriggerTrace {
            mapping: mapping.name.clone(),
            enabled: mapping.enabled,
            matched: mapping.triggers(scope),
            checks: mapping.conditions().flat_map(|bound| checks(bound, scope)).collect(),
        };
        self.mappings().iter().map(trace).collect()
    }

    fn trace_conversions(&self, scope: &Scope<'_>) -> Vec<ConversionTrace> {
        let trace = |conversion: &Conversion| ConversionTrace {
            name: conversion.name.clone(),
            mapping: conversion.mapping.clone(),
            within_seconds: conversion.within / 1_000,
            matched: self.is_conversion(conversion, scope),
            checks: checks(&conversion.trigger, scope),
        };
        self.conversions().iter().map(trace).collect()
    }
}

fn checks(bound: &BoundTrigger, scope: &Scope<'_>) -> Vec<CheckView> {
    let views = bound.trigger.explain(&bound.lookup(scope)).into_iter().map(|check| CheckView {
        text: check.text.to_string(),
        path: check.path.to_string(),
        holds: check.holds,
        why: check.why.to_string(),
    });
    views.collect()
}

fn channel_name(channel: Channel) -> &'static str {
    match channel {
        Channel::Messenger => "messenger",
        Channel::Rcs => "rcs",
        Channel::Sms => "sms",
        Channel::Whatsapp => "whatsapp",
    }
}

/// The number that a message goes to, if it goes to one.
fn recipient_number(message: &Message<'_>) -> Option<PhoneNumber> {
    let to = message.entries.iter().find(|entry| entry.parameter == "To")?;
    let (_, number) = Channel::split(&to.text);
    phone::parse(number, None, Accept::Possible).ok()
}

fn segments_view(message: &Message<'_>) -> Option<SegmentsView> {
    let counted = message.segments()?;
    let body = message.entries.iter().find(|entry| entry.parameter == "Body")?;
    Some(SegmentsView {
        encoding: counted.encoding.name(),
        count: counted.count,
        units: counted.units,
        forced_by: forced_by(&body.text),
    })
}

impl SegmentsView {
    fn of(text: &str) -> Self {
        let counted = segments::count(text);
        Self {
            encoding: counted.encoding.name(),
            count: counted.count,
            units: counted.units,
            forced_by: forced_by(text),
        }
    }
}

fn forced_by(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (_, c) in segments::forcing(text) {
        let c = c.to_string();
        if !found.contains(&c) {
            found.push(c);
        }
    }
    found
}

fn explain(entry: &Entry<'_>, case: &Case<'_>) -> Explained {
    let paths = |field: &Field| match case.input {
        Ok(event) => field.found_paths(&Scope { event, facts: case.facts, now: case.now }),
        Err(_) => field.paths(),
    };
    let (setting, default, paths) = match &entry.origin {
        Origin::Field(field) => (field.setting.clone(), field.is_default, paths(field)),
        Origin::Setting(setting) => (setting.clone().into_owned(), false, Vec::new()),
    };
    Explained {
        parameter: entry.parameter.to_owned(),
        value: entry.text.clone().into_owned(),
        setting,
        default,
        paths,
    }
}
