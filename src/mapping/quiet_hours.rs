//! Quiet hours: whose clock counts, and what becomes of a message that would arrive in them.

use std::borrow::Cow;

use super::field::{Binder, Field, Scope, is_blank};
use super::message::{Entry, Origin};
use super::parameters::{Context, MAX_SCHEDULE_LEAD};
use crate::decision::{DropCode, DropReason, Warning, WarningCode};
use crate::gates::countries::Home;
use crate::gates::quiet_hours::Hours;
use crate::path::{Path, Step};
use crate::settings::{Given, MissingPolicy, QuietPolicy};
use crate::time::Timestamp;
use crate::time_zone::Zone;
use crate::twilio::parameter;

/// Time for the request to reach Twilio before what it schedules is too near, in milliseconds.
const SCHEDULE_MARGIN: i64 = 60_000;

/// The shortest validity period: with less, a text has expired before it is sent.
const MIN_VALIDITY_SECONDS: i64 = 5;

/// How long Twilio keeps a text waiting if it is not told otherwise.
const MAX_VALIDITY_SECONDS: i64 = 36_000;

/// Twilio's name of it.
const VALIDITY_PERIOD: &str = "ValidityPeriod";

/// The setting that quiet hours come from.
const SETTING: &str = "$.quiet_hours";

/// A destination's quiet hours.
#[derive(Debug)]
pub(crate) struct Policy {
    /// Which hours they are.
    pub(crate) hours: Hours,
    /// What becomes of a message.
    pub(crate) then: QuietPolicy,
    /// The zone of recipients of whom none is known.
    pub(crate) default_zone: Option<Zone>,
}

/// Where the time zone of a mapping's recipients stands, the first first.
#[derive(Debug, Default)]
pub(crate) struct ZoneFields(Vec<(Field, ZoneSource)>);

/// What told a recipient's time zone.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum ZoneSource {
    /// `context.timezone` of the event.
    Context,
    /// The country of the recipient's number.
    Country,
    /// The destination's `default_time_zone`.
    Default,
    /// The mapping's `time_zone`, or the column of a row.
    Mapping,
    /// Nothing.
    Unknown,
}

impl ZoneSource {
    /// The stable name.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Context => "context",
            Self::Country => "country",
            Self::Default => "default",
            Self::Mapping => "mapping",
            Self::Unknown => "unknown",
        }
    }

    /// Why these zones count, in one sentence.
    pub(crate) fn meaning(self) -> &'static str {
        match self {
            Self::Context => "The event's context.timezone tells the recipient's time zone.",
            Self::Country => "The recipient may be in any time zone of the number's country.",
            Self::Default => {
                "Nothing tells the recipient's time zone, so default_time_zone counts."
            }
            Self::Mapping => "The mapping's time_zone tells the recipient's time zone.",
            Self::Unknown => "Nothing tells the recipient's time zone, so every hour may be quiet.",
        }
    }
}

/// What was found when a message was held against quiet hours.
#[derive(Debug)]
pub(crate) struct Checked {
    /// When the message would go out.
    pub(crate) at: Timestamp,
    /// What told the zones.
    pub(crate) source: ZoneSource,
    /// The zones of which none may have quiet hours; none of them if nothing is known.
    pub(crate) zones: Vec<Zone>,
    /// The first moment from `at` on that is in nobody's quiet hours.
    pub(crate) end: Option<Timestamp>,
}

impl Checked {
    /// Whether the message would go out in quiet hours.
    pub(crate) fn is_quiet(&self) -> bool {
        self.end != Some(self.at)
    }
}

impl ZoneFields {
    /// Where an event or a row tells the time zone; `given` is the mapping's own.
    pub(crate) fn new(given: Option<Given>, at: &str, binder: &mut Binder<'_>) -> Self {
        let setting = format!("{at}.time_zone");
        let mut fields = Vec::with_capacity(2);
        if let Some(given) = given {
            fields.push((Field::new(given, setting, binder), ZoneSource::Mapping));
        } else if binder.is_for_rows() {
            let field = Field::default_path(&path(&["time_zone"]), setting, binder);
            fields.push((field, ZoneSource::Mapping));
        }
        if !binder.is_for_rows() {
            let path = path(&["context", "timezone"]);
            let field = Field::default_path(&path, SETTING.to_owned(), binder);
            fields.push((field, ZoneSource::Context));
        }
        Self(fields)
    }

    /// The zones that count for a message.
    fn zones(
        &self,
        scope: &Scope<'_>,
        home: Option<Home>,
        default: Option<Zone>,
        warnings: &mut Vec<Warning>,
    ) -> (ZoneSource, Vec<Zone>) {
        for (field, source) in &self.0 {
            let value = match field.resolve(scope, MissingPolicy::Drop) {
                Ok(Some(value)) if !is_blank(&value) => value,
                _ => continue,
            };
            let zone = value.as_text().and_then(|text| Zone::find(text.trim()));
            match zone {
                None => warnings.push(unknown(field, *source, "is no time zone")),
                Some(zone) if *source == ZoneSource::Context && !zone.is_place() => {
                    warnings.push(unknown(field, *source, "does not tell where the recipient is"));
                }
                Some(zone) => return (*source, vec![zone]),
            }
        }
        let country = home.map(|home| home.region.unwrap_or(home.main_region));
        let zones: Vec<Zone> = country.into_iter().flat_map(Zone::of_country).collect();
        match default {
            _ if !zones.is_empty() => (ZoneSource::Country, zones),
            Some(zone) => (ZoneSource::Default, vec![zone]),
            None => (ZoneSource::Unknown, zones),
        }
    }
}

impl Policy {
    /// Holds a message against quiet hours: changes its parameters so that it does not arrive in
    /// them, or drops it. `home` is where the recipient's number belongs.
    pub(crate) fn keep(
        &self,
        fields: &ZoneFields,
        context: &Context<'_, '_>,
        home: Option<Home>,
        entries: &mut Vec<Entry<'_>>,
        warnings: &mut Vec<Warning>,
    ) -> (Checked, Result<(), DropReason>) {
        let (source, zones) = fields.zones(context.scope, home, self.default_zone, warnings);
        let send_at = value_of(entries, "SendAt").and_then(Timestamp::parse);
        let at = send_at.unwrap_or(context.scope.now);
        let end = self.hours.end(&zones, at);
        let checked = Checked { at, source, zones, end };
        let kept = match self.then {
            _ if source == ZoneSource::Unknown => Err(unknown_zone()),
            QuietPolicy::Shorten if !checked.is_quiet() => self.shorten(&checked, entries),
            _ if !checked.is_quiet() => Ok(()),
            _ if end.is_none() => Err(never()),
            QuietPolicy::Schedule => self.schedule(&checked, context, entries),
            QuietPolicy::Drop | QuietPolicy::Shorten if send_at.is_some() => {
                Err(at_send_at(entries))
            }
            QuietPolicy::Drop | QuietPolicy::Shorten => Err(self.put_off(&checked.zones, end)),
        };
        (checked, kept)
    }

    /// The same for a message that was sent before and is sent again at `now`: nothing is scheduled.
    pub(crate) fn keep_again(
        &self,
        zones: &[Zone],
        now: Timestamp,
        form: &mut Vec<(String, String)>,
    ) -> Result<(), DropReason> {
        let end = self.hours.end(zones, now);
        if end != Some(now) {
            return Err(not_again(self.put_off(zones, end)));
        }
        if self.then != QuietPolicy::Shorten {
            return Ok(());
        }
        let Some(start) = self.hours.next_start(zones, now) else { return Ok(()) };
        let left = (start.millis() - now.millis()) / 1_000;
        if left < MIN_VALIDITY_SECONDS {
            return Err(not_again(self.about_to_begin(zones, start)));
        }
        let place = |name: &str| parameter::position(name);
        let period = form.iter().position(|(name, _)| name == VALIDITY_PERIOD);
        let given = period.and_then(|at| form.get(at)).and_then(|(_, text)| text.parse().ok());
        if left < given.unwrap_or(MAX_VALIDITY_SECONDS) {
            form.retain(|(name, _)| name != VALIDITY_PERIOD);
            let behind = |(name, _): &(String, String)| place(name) > place(VALIDITY_PERIOD);
            let at = form.iter().position(behind).unwrap_or(form.len());
            form.insert(at, (VALIDITY_PERIOD.to_owned(), left.to_string()));
        }
        Ok(())
    }

    /// What is dropped now and may be sent when quiet hours are over, by the recipient's own clock.
    fn put_off(&self, zones: &[Zone], until: Option<Timestamp>) -> DropReason {
        let reason = put_off(until);
        let shown = until.and_then(|end| Some((end, self.hours.shown_at_end(zones, end)?)));
        match shown {
            Some((end, (time, zone))) => reason.because(format!(
                "The recipient has quiet hours until {time} in {} ({end}).",
                zone.name()
            )),
            None => reason,
        }
    }

    fn about_to_begin(&self, zones: &[Zone], start: Timestamp) -> DropReason {
        put_off(self.hours.end(zones, start))
            .because("Quiet hours begin too soon for a text to be sent before them.")
            .detailed("about_to_begin")
    }

    /// Has the message given up when quiet hours begin.
    fn shorten(&self, checked: &Checked, entries: &mut Vec<Entry<'_>>) -> Result<(), DropReason> {
        let Some(start) = self.hours.next_start(&checked.zones, checked.at) else { return Ok(()) };
        let left = (start.millis() - checked.at.millis()) / 1_000;
        if left < MIN_VALIDITY_SECONDS {
            return Err(self.about_to_begin(&checked.zones, start));
        }
        let given = value_of(entries, VALIDITY_PERIOD).and_then(|text| text.parse().ok());
        if left < given.unwrap_or(MAX_VALIDITY_SECONDS) {
            set(entries, VALIDITY_PERIOD, left.to_string());
        }
        Ok(())
    }

    /// Has the message sent when quiet hours are over.
    fn schedule(
        &self,
        checked: &Checked,
        context: &Context<'_, '_>,
        entries: &mut Vec<Entry<'_>>,
    ) -> Result<(), DropReason> {
        if !context.by_service {
            return Err(put_off(checked.end)
                .because("Only a Messaging Service can schedule, and this sender is none.")
                .fixed_by("Send it again when `until` comes, or through a Messaging Service.")
                .detailed("no_messaging_service"));
        }
        let now = context.scope.now;
        let nearest = now.plus(context.defaults.min_schedule_lead).plus(SCHEDULE_MARGIN);
        let time = self.hours.end(&checked.zones, in_whole_seconds(nearest).max(checked.at));
        let is_near_enough = |time: &Timestamp| *time <= now.plus(MAX_SCHEDULE_LEAD);
        let Some(time) = time.filter(is_near_enough) else { return Err(never()) };
        set(entries, "ScheduleType", "fixed".to_owned());
        set(entries, "SendAt", time.to_iso_seconds());
        Ok(())
    }
}

fn path(names: &[&str]) -> Path {
    Path::from_steps(names.iter().map(|name| Step::Key((*name).to_owned())).collect())
}

fn unknown(field: &Field, source: ZoneSource, cause: &str) -> Warning {
    let what = match source {
        ZoneSource::Context => "The event's context.timezone",
        _ => "The mapped time zone",
    };
    Warning {
        code: WarningCode::TimeZoneUnknown,
        parameter: "To".to_owned(),
        setting: field.setting.clone(),
        cause: format!("{what} {cause}."),
    }
}

/// What is dropped now and may be sent later.
fn put_off(until: Option<Timestamp>) -> DropReason {
    DropReason::new(DropCode::QuietHours).at(SETTING).until(until)
}

fn not_again(reason: DropReason) -> DropReason {
    reason.fixed_by("Nothing: a message that was not delivered is not sent again in quiet hours.")
}

fn unknown_zone() -> DropReason {
    put_off(None)
        .because("Nothing tells the recipient's time zone, so every hour may be a quiet one.")
        .fixed_by("Map time_zone, or set quiet_hours.default_time_zone.")
        .detailed("time_zone_unknown")
}

fn never() -> DropReason {
    put_off(None)
        .because("Within 35 days, no time is outside quiet hours wherever the recipient may be.")
        .fixed_by("Map time_zone, so that fewer zones count, or shorten quiet hours.")
        .detailed("never")
}

fn at_send_at(entries: &[Entry<'_>]) -> DropReason {
    let entry = entries.iter().find(|entry| entry.parameter == "SendAt");
    let setting = match entry.map(|entry| &entry.origin) {
        Some(Origin::Field(field)) => field.setting.clone(),
        _ => SETTING.to_owned(),
    };
    put_off(None)
        .at(setting)
        .because("The time to send at is in quiet hours.")
        .fixed_by("Give a time outside quiet hours, or set quiet_hours.then to schedule.")
        .detailed("send_at")
}

fn in_whole_seconds(time: Timestamp) -> Timestamp {
    time.plus((-time.millis()).rem_euclid(1_000))
}

fn value_of<'e>(entries: &'e [Entry<'_>], parameter: &str) -> Option<&'e str> {
    entries.iter().find(|entry| entry.parameter == parameter).map(|entry| entry.text.as_ref())
}

/// Sets a parameter, at its place in the form if it is not there yet.
fn set(entries: &mut Vec<Entry<'_>>, parameter: &'static str, text: String) {
    let origin = Origin::Setting(Cow::Borrowed(SETTING));
    let entry = Entry { parameter, text: Cow::Owned(text), origin };
    if let Some(given) = entries.iter_mut().find(|given| given.parameter == parameter) {
        *given = entry;
        return;
    }
    let place = parameter::position(parameter);
    let behind = |other: &Entry<'_>| parameter::position(other.parameter) > place;
    let at = entries.iter().position(behind).unwrap_or(entries.len());
    entries.insert(at, entry);
}
