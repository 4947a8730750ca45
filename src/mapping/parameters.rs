//! The parameters beside recipient, sender and text.

use std::borrow::Cow;
use std::fmt;

use super::Defaults;
use super::field::{Binder, Field, FieldFault, Scope, is_blank};
use super::message::{Entry, Origin};
use crate::decision::{DropCode, DropReason, Warning, WarningCode};
use crate::settings::{Given, MissingPolicy};
use crate::time::Timestamp;
use crate::twilio::parameter::{self, SPECS, Spec};

/// How far ahead Twilio schedules a message: 35 days, in milliseconds.
pub(super) const MAX_SCHEDULE_LEAD: i64 = 35 * 24 * 60 * 60 * 1_000;

/// The mapped parameters, in the order of the form.
#[derive(Debug)]
pub(crate) struct Parameters(Vec<Parameter>);

struct Parameter {
    spec: &'static Spec,
    field: Field,
    /// What a literal is written as; it was checked when the settings were.
    fixed: Option<Vec<String>>,
}

/// A literal may be a phone number: it is not printed.
impl fmt::Debug for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parameter")
            .field("name", &self.spec.name)
            .field("field", &self.field)
            .finish_non_exhaustive()
    }
}

/// What deciding on parameters takes.
pub(crate) struct Context<'c, 'm> {
    pub(crate) scope: &'c Scope<'m>,
    pub(crate) defaults: &'m Defaults,
    pub(crate) missing: MissingPolicy,
    /// Whether the message goes through a Messaging Service.
    pub(crate) by_service: bool,
}

impl Parameters {
    pub(crate) fn new(given: Vec<(usize, Given)>, at: &str, binder: &mut Binder<'_>) -> Self {
        let bind = |(index, given): (usize, Given)| {
            let spec = SPECS.get(index)?;
            let fixed = given.as_literal().and_then(|value| {
                let mut texts = Vec::new();
                parameter::write(spec.kind, &value, &mut texts).ok().map(|()| texts)
            });
            let field = Field::new(given, format!("{at}.{}", spec.setting), binder);
            Some(Parameter { spec, field, fixed })
        };
        Self(given.into_iter().filter_map(bind).collect())
    }

    /// Whether one of that name is mapped.
    pub(super) fn give(&self, name: &str) -> bool {
        self.0.iter().any(|parameter| parameter.spec.name == name)
    }

    /// A row's parameter that is read from a column of its own name unless it is mapped.
    pub(crate) fn default_column(&mut self, name: &str, at: &str, binder: &mut Binder<'_>) {
        let Some(position) = parameter::position(name) else { return };
        let Some(spec) = SPECS.get(position) else { return };
        if self.0.iter().any(|parameter| parameter.spec.name == name) {
            return;
        }
        let path =
            crate::path::Path::from_steps(vec![crate::path::Step::Key(spec.setting.to_owned())]);
        let field = Field::default_path(&path, format!("{at}.{}", spec.setting), binder);
        let place = self.0.iter().filter(|other| {
            parameter::position(other.spec.name).is_some_and(|other| other < position)
        });
        let place = place.count();
        self.0.insert(place, Parameter { spec, field, fixed: None });
    }

    pub(crate) fn resolve<'m>(
        &'m self,
        context: &Context<'_, 'm>,
        warnings: &mut Vec<Warning>,
    ) -> Result<Vec<Entry<'m>>, DropReason> {
        let mut entries: Vec<Entry<'m>> = Vec::new();
        let mut callback = context.defaults.status_callback.as_deref();
        for parameter in &self.0 {
            let spec = parameter.spec;
            if callback.is_some() && after_callback(spec) {
                entries.extend(default_callback(callback.take()));
            }
            if let Some(texts) = &parameter.fixed {
                let texts = texts.iter().map(|text| Cow::Borrowed(text.as_str()));
                push(&mut entries, parameter, texts);
            } else {
                let mut texts = Vec::new();
                let is_text = spec.name == "ContentVariables"
                    && entries.iter().any(|entry| entry.parameter == "ContentSid");
                parameter.write(context, is_text, &mut texts, warnings)?;
                push(&mut entries, parameter, texts.into_iter().map(Cow::Owned));
            }
            if spec.name == "StatusCallback"
                && entries.last().is_some_and(|e| e.parameter == spec.name)
            {
                callback = None;
            }
            self.check_needs(parameter, context, &mut entries, warnings)?;
        }
        entries.extend(default_callback(callback));
        Ok(entries)
    }

    /// Drops or leaves out the parameter that was just written if what it needs is not there.
    fn check_needs<'m>(
        &'m self,
        parameter: &'m Parameter,
        context: &Context<'_, 'm>,
        entries: &mut Vec<Entry<'m>>,
        warnings: &mut Vec<Warning>,
    ) -> Result<(), DropReason> {
        let name = parameter.spec.name;
        let Some(last) = entries.last().filter(|entry| entry.parameter == name) else {
            return Ok(());
        };
        let lacks = match name {
            "SendAt" => {
                context.check_send_at(parameter, &last.text)?;
                (!context.by_service).then_some("needs a Messaging Service")
            }
            "ShortenUrls" if last.text == "true" => {
                (!context.by_service).then_some("needs a Messaging Service")
            }
            "FallbackFrom" => (!context.by_service).then_some("needs a Messaging Service"),
            "ContentVariables" => {
                let has_content = entries.iter().any(|entry| entry.parameter == "ContentSid");
                (!has_content).then_some("needs a content template")
            }
            // It says nothing by itself: with SendAt it is added below, without it is refused.
            "ScheduleType" => {
                entries.pop();
                None
            }
            _ => None,
        };
        if let Some(lacks) = lacks {
            entries.pop();
            let fix = "Give the message what the parameter needs, or do not map it.";
            parameter
                .fail(context, lacks.to_owned(), warnings)
                .map_err(|reason| reason.fixed_by(fix))?;
        } else if name == "SendAt" {
            let at = entries.len().saturating_sub(1);
            let origin = Origin::Field(&parameter.field);
            let entry = Entry { parameter: "ScheduleType", text: Cow::Borrowed("fixed"), origin };
            entries.insert(at, entry);
        }
        Ok(())
    }
}

fn push<'m>(
    entries: &mut Vec<Entry<'m>>,
    parameter: &'m Parameter,
    texts: impl Iterator<Item = Cow<'m, str>>,
) {
    entries.extend(texts.map(|text| Entry {
        parameter: parameter.spec.name,
        text,
        origin: Origin::Field(&parameter.field),
    }));
}

/// Whether a parameter stands behind StatusCallback in the form.
fn after_callback(spec: &Spec) -> bool {
    let callback = SPECS.iter().position(|other| other.name == "StatusCallback");
    parameter::position(spec.name) > callback
}

fn default_callback<'m>(url: Option<&'m str>) -> Option<Entry<'m>> {
    Some(Entry {
        parameter: "StatusCallback",
        text: Cow::Borrowed(url?),
        origin: Origin::Setting(Cow::Borrowed("$.status_callback")),
    })
}

impl Parameter {
    /// Writes the value. `is_text` says that it is the message's text: a gap in it is a gap there.
    fn write(
        &self,
        context: &Context<'_, '_>,
        is_text: bool,
        texts: &mut Vec<String>,
        warnings: &mut Vec<Warning>,
    ) -> Result<(), DropReason> {
        // A gap in any other parameter is the absence of that parameter; but in the text it would show,
        // and a message that lost its time would go out at once.
        let needs_value =
            (is_text || self.spec.name == "SendAt") && context.missing == MissingPolicy::Drop;
        let place = || self.field.paths().into_iter().next().unwrap_or(self.field.setting.clone());
        let gap = |path: String| Err(DropReason::new(DropCode::TemplateValueMissing).at(path));
        let value = match self.field.resolve(context.scope, context.missing) {
            Ok(Some(value)) if !is_blank(&value) => value,
            Ok(_) if needs_value => return gap(place()),
            Ok(_) => return Ok(()),
            Err(FieldFault::Missing(path)) if is_text => return gap(path),
            Err(FieldFault::Missing(path)) => {
                return self.fail(context, format!("lacks the value at `{path}`"), warnings);
            }
            Err(FieldFault::NotText(path)) => {
                return self.fail(context, format!("would print the object at `{path}`"), warnings);
            }
            Err(FieldFault::NotFinite) => {
                return self.fail(context, "divides by zero".to_owned(), warnings);
            }
            Err(FieldFault::TooLong) => {
                return self.fail(context, "is too long".to_owned(), warnings);
            }
        };
        // Which variable it is stays unsaid: its name may be a value of the event.
        if is_text && needs_value && parameter::variable_gap(&value).is_some() {
            return gap(place());
        }
        if let Err(faults) = parameter::write(self.spec.kind, &value, texts) {
            for fault in faults {
                if is_text {
                    return self.refuse(&fault.cause);
                }
                self.fail(context, fault.cause, warnings)?;
            }
        }
        Ok(())
    }

    fn refuse(&self, cause: &str) -> Result<(), DropReason> {
        Err(DropReason::new(DropCode::ParameterInvalid)
            .at(self.field.setting.clone())
            .because(format!("{} {cause}.", self.spec.name)))
    }

    /// Drops the message, or warns and leaves the parameter out.
    fn fail(
        &self,
        context: &Context<'_, '_>,
        cause: String,
        warnings: &mut Vec<Warning>,
    ) -> Result<(), DropReason> {
        if self.spec.essential || context.defaults.strict {
            return self.refuse(&cause);
        }
        let cause = format!("{} {cause}.", self.spec.name);
        warnings.push(Warning {
            code: WarningCode::ParameterLeftOut,
            parameter: self.spec.name.to_owned(),
            setting: self.field.setting.clone(),
            cause,
        });
        Ok(())
    }
}

impl Context<'_, '_> {
    fn check_send_at(&self, parameter: &Parameter, text: &str) -> Result<(), DropReason> {
        let lead = Timestamp::parse(text)
            .map_or(0, |time| time.millis().saturating_sub(self.scope.now.millis()));
        let cause = if lead < self.defaults.min_schedule_lead {
            "SendAt is too near, or past."
        } else if lead > MAX_SCHEDULE_LEAD {
            "SendAt is more than 35 days ahead."
        } else {
            return Ok(());
        };
        Err(DropReason::new(DropCode::SendAtOutOfRange)
            .at(parameter.field.setting.clone())
            .because(cause))
    }
}
