//! A mapping as the user writes it: when to send, and what.

use super::given::Given;
use super::read::{Integer, Setting, choice, members, object};
use super::shape::{Member, Shape};
use super::texts::Name;
use crate::path::{Path, Step};
use crate::problem::{ProblemCode, Problems};
use crate::trigger::Trigger;
use crate::twilio::address::Channel;
use crate::twilio::parameter::{SPECS, Spec};
use crate::value::Value;

/// A mapping: a trigger and the values to send.
#[derive(Debug, Default)]
pub(crate) struct Mapping {
    /// What is not a parameter of Twilio's, and the parameters every message has.
    pub(crate) base: MappingBase,
    /// The other parameters, by their place in [`SPECS`].
    pub(crate) parameters: Vec<(usize, Given)>,
}

object! {
    /// When to send, and what.
    pub struct MappingBase {
        /// What reports call it: each mapping has a name of its own. Default: its number.
        "name" name: Name, false;
        /// Whether it sends. Default: true.
        "enabled" enabled: bool, false;
        /// Which events send: a filter in Segment's filter query language, or the name of a track event.
        "trigger" trigger: Trigger, false;
        /// A condition on one value of the event, written as triggers are: traits.vip, or traits.plan = "pro". It sends only when the condition turns true for the user, not while it stays true.
        "turns_true" turns_true: Trigger, false;
        /// Who receives it. Default: traits.phone, else context.traits.phone, else the profile's phone.
        "to" to: Given, false;
        /// The recipient's time zone, for quiet hours. Default: context.timezone, else the zones of the recipient's country.
        "time_zone" time_zone: Given, false;
        /// Whether the destination's quiet hours hold for it. Default: true. What a recipient waits for, such as a code, may do without.
        "quiet_hours" quiet_hours: bool, false;
        /// What it travels over. Default: sms, or what the recipient's address says.
        "channel" channel: Channel, false;
        /// Who it is from, in place of the destination's sender.
        "from" from: Given, false;
        /// The Messaging Service it is sent by, in place of the destination's sender.
        "messaging_service_sid" messaging_service_sid: Given, false;
        /// The text. Where it maps to nothing, default_message is sent.
        "body" body: Given, false;
        /// What becomes of a template whose value is missing: drop the message, or send a blank. Default: drop.
        "missing" missing: MissingPolicy, false;
        /// What becomes of a text of more than 1,600 characters. Default: drop.
        "too_long" too_long: TooLong, false;
        /// The most segments a text may take; each one is billed. Default: no limit.
        "max_segments" max_segments: Integer<1, 70>, false;
        /// What becomes of a text that takes more than max_segments. Default: drop.
        "over_segments" over_segments: OverSegments, false;
    }
}

choice! {
    /// What becomes of a template whose value is missing.
    pub enum MissingPolicy {
        /// The value is left blank.
        Blank = "blank",
        /// The message is dropped.
        Drop = "drop",
    }
}

choice! {
    /// What becomes of a text that is too long.
    pub enum TooLong {
        /// The message is dropped.
        Drop = "drop",
        /// The text is cut.
        Truncate = "truncate",
    }
}

choice! {
    /// What becomes of a text that takes too many segments.
    pub enum OverSegments {
        /// The message is dropped.
        Drop = "drop",
        /// Characters that force UCS-2 are replaced by plain ones; if that is not enough, it is dropped.
        SmartEncoding = "smart_encoding",
        /// The text is cut.
        Truncate = "truncate",
    }
}

impl Mapping {
    /// The names of its members: `members` without what only the schema needs.
    fn names() -> Vec<&'static str> {
        MappingBase::NAMES.iter().copied().chain(SPECS.iter().map(|spec| spec.setting)).collect()
    }

    fn members() -> Vec<Member> {
        let mut members = match MappingBase::shape() {
            Shape::Object(_, _, members) => members,
            _ => Vec::new(),
        };
        for member in &mut members {
            member.required = member.name == "trigger";
        }
        members.extend(SPECS.iter().map(|spec| Member {
            name: spec.setting,
            doc: spec.doc,
            required: false,
            shape: Given::shape(),
        }));
        members
    }

    fn read_known(
        value: &Value<'_>,
        known: &[&'static str],
        at: &Path,
        problems: &mut Problems,
    ) -> Option<Self> {
        let mut base = Vec::new();
        let mut parameters: Vec<(usize, Given)> = Vec::new();
        for (name, value) in members(value, known, at, problems)? {
            match SPECS.iter().position(|spec| spec.setting == name) {
                Some(index) => {
                    let at = at.join(Step::Key(name.to_owned()));
                    let Some(given) = Given::read(value, &at, problems) else { continue };
                    let place = parameters.partition_point(|(other, _)| *other < index);
                    parameters.insert(place, (index, given));
                }
                None => base.push((name.to_owned().into(), value.clone())),
            }
        }
        let base = MappingBase::read(&Value::Map(base), at, problems)?;
        Some(Self { base, parameters })
    }

    /// The value given for a parameter.
    pub(crate) fn parameter(&self, name: &str) -> Option<(&'static Spec, &Given)> {
        self.parameters.iter().find_map(|(index, given)| {
            let spec = SPECS.get(*index).filter(|spec| spec.name == name)?;
            Some((spec, given))
        })
    }
}

impl Setting for Mapping {
    fn shape() -> Shape {
        Shape::Object("Mapping", "When to send, and what.", Self::members())
    }

    fn read(value: &Value<'_>, at: &Path, problems: &mut Problems) -> Option<Self> {
        let mapping = Self::read_known(value, &Self::names(), at, problems)?;
        if !mapping.base.given.contains(&"trigger") {
            let at = at.join(Step::Key("trigger".to_owned()));
            problems.add(ProblemCode::SettingRequired, &at, "`trigger` is missing");
        }
        Some(mapping)
    }
}

/// The mapping of rows: it has no trigger, since every row sends.
#[derive(Debug, Default)]
pub(crate) struct RowMapping(pub(crate) Mapping);

/// What only mappings of events have.
const ONLY_EVENTS: [&str; 4] = ["name", "enabled", "trigger", "turns_true"];

impl RowMapping {
    fn members() -> Vec<Member> {
        let mut members = Mapping::members();
        members.retain(|member| !ONLY_EVENTS.contains(&member.name));
        for member in &mut members {
            member.doc = match member.name {
                "to" => "Who receives it. Default: the column to.",
                "time_zone" => {
                    "The recipient's time zone, for quiet hours. Default: the column time_zone, else the zones of the recipient's country."
                }
                _ => member.doc,
            };
        }
        members
    }
}

impl Setting for RowMapping {
    fn shape() -> Shape {
        Shape::Object("RowMapping", "What to send for each row of a table.", Self::members())
    }

    fn read(value: &Value<'_>, at: &Path, problems: &mut Problems) -> Option<Self> {
        let mut known = Mapping::names();
        known.retain(|name| !ONLY_EVENTS.contains(name));
        Mapping::read_known(value, &known, at, problems).map(Self)
    }
}
