//! What a message says.

use std::borrow::Cow;

use super::field::{Binder, Field, FieldFault, Scope, is_blank};
use super::message::{Entry, Origin};
use crate::decision::{DropCode, DropReason, Warning, WarningCode};
use crate::number;
use crate::settings::{Given, MissingPolicy, OverSegments, TooLong};
use crate::twilio::segments;
use crate::value::Value;

/// The most characters of a text, counted in UTF-16 code units: of the ways of counting that
/// Twilio's page on error 21617 allows, the one that takes the fewest characters.
pub(crate) const MAX_CHARACTERS: usize = 1_600;

/// What becomes of texts that are not as they should be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Policy {
    pub(crate) missing: MissingPolicy,
    pub(crate) too_long: TooLong,
    pub(crate) max_segments: Option<usize>,
    pub(crate) over_segments: OverSegments,
}

/// The mapped text.
#[derive(Debug)]
pub(crate) struct Body {
    pub(crate) policy: Policy,
    /// The setting, whether it is there or not.
    pub(crate) setting: String,
    field: Option<Field>,
}

impl Body {
    pub(crate) fn new(
        given: Option<Given>,
        policy: Policy,
        at: &str,
        binder: &mut Binder<'_>,
    ) -> Self {
        let setting = format!("{at}.body");
        let field = match given {
            Some(given) => Some(Field::new(given, setting.clone(), binder)),
            None => binder
                .default_body()
                .map(|path| Field::default_path(&path, setting.clone(), binder)),
        };
        Self { policy, setting, field }
    }

    /// The text for an event: the mapped one, else the default message. With a content template
    /// there is none.
    pub(crate) fn resolve<'m>(
        &'m self,
        scope: &Scope<'m>,
        default: Option<&'m Field>,
        by_template: bool,
        warnings: &mut Vec<Warning>,
    ) -> Result<Option<Entry<'m>>, DropReason> {
        if by_template {
            if let Some(field) = self.field.as_ref().filter(|field| !field.is_default) {
                warnings.push(self.warning(
                    WarningCode::BodyIgnored,
                    &field.setting,
                    "The content template is sent, and the body is not.",
                ));
            }
            return Ok(None);
        }
        for field in self.field.iter().chain(default) {
            if let Some(text) = self.text(field, scope)? {
                let entry = Entry { parameter: "Body", text, origin: Origin::Field(field) };
                return self.cut(entry, warnings).map(Some);
            }
        }
        Ok(None)
    }

    fn text<'m>(
        &self,
        field: &'m Field,
        scope: &Scope<'m>,
    ) -> Result<Option<Cow<'m, str>>, DropReason> {
        let place = || field.paths().into_iter().next().unwrap_or(field.setting.clone());
        let value = match field.resolve(scope, self.policy.missing) {
            Ok(Some(value)) if !is_blank(&value) => value,
            Ok(_) => return Ok(None),
            Err(FieldFault::Missing(path)) => {
                let cause =
                    format!("The template needs `{path}`, and the event has no value there.");
                return Err(DropReason::new(DropCode::TemplateValueMissing)
                    .at(path)
                    .because(cause));
            }
            Err(FieldFault::NotText(path)) => {
                return Err(DropReason::new(DropCode::TemplateValueNotText).at(path));
            }
            Err(FieldFault::NotFinite) => {
                return Err(
                    DropReason::new(DropCode::TemplateNumberNotFinite).at(field.setting.clone())
                );
            }
            Err(FieldFault::TooLong) => {
                let setting = field.setting.clone();
                return Err(DropReason::new(DropCode::TemplateOutputTooLong).at(setting));
            }
        };
        let text = match value {
            Cow::Borrowed(Value::Text(text)) => Cow::Borrowed(text.as_ref()),
            Cow::Owned(Value::Text(text)) => Cow::Owned(text.into_owned()),
            other => match *other {
                Value::Number(number) => {
                    let mut text = String::new();
                    number::write(number, &mut text);
                    Cow::Owned(text)
                }
                Value::Bool(truth) => Cow::Borrowed(if truth { "true" } else { "false" }),
                _ => return Err(DropReason::new(DropCode::TemplateValueNotText).at(place())),
            },
        };
        if has_control_character(&text) {
            return Err(DropReason::new(DropCode::MessageControlCharacter).at(place()));
        }
        Ok(Some(text))
    }

    fn cut<'m>(
        &self,
        mut entry: Entry<'m>,
        warnings: &mut Vec<Warning>,
    ) -> Result<Entry<'m>, DropReason> {
        // A text of so few bytes cannot have more characters: most texts are not counted at all.
        if entry.text.len() <= MAX_CHARACTERS {
            return Ok(entry);
        }
        let mut units = 0;
        let end = entry.text.char_indices().find_map(|(at, c)| {
            units += c.len_utf16();
            (units > MAX_CHARACTERS).then_some(at)
        });
        let Some(end) = end else { return Ok(entry) };
        if self.policy.too_long == TooLong::Drop {
            return Err(DropReason::new(DropCode::MessageTooLong).at(self.setting.clone()));
        }
        entry.text.to_mut().truncate(end);
        let cause = "The text was cut to 1,600 characters.";
        warnings.push(self.warning(WarningCode::BodyTruncated, &self.setting, cause));
        Ok(entry)
    }

    /// Fits a text into the segments that it may take. `smart` says that Twilio will replace
    /// characters that force UCS-2 by itself.
    pub(crate) fn fit<'m>(
        &self,
        mut entry: Entry<'m>,
        smart: bool,
        warnings: &mut Vec<Warning>,
    ) -> Result<Entry<'m>, DropReason> {
        let Some(max) = self.policy.max_segments else { return Ok(entry) };
        let counted = if smart {
            segments::smart_encode(&entry.text)
        } else {
            Cow::Borrowed(entry.text.as_ref())
        };
        let count = segments::count(&counted).count;
        if count <= max {
            return Ok(entry);
        }
        match self.policy.over_segments {
            OverSegments::Drop => {}
            OverSegments::SmartEncoding => {
                let plain = segments::smart_encode(&entry.text).into_owned();
                if segments::count(&plain).count <= max {
                    entry.text = Cow::Owned(plain);
                    let cause = "Characters that force UCS-2 were replaced by plain ones.";
                    warnings.push(self.warning(
                        WarningCode::BodySmartEncoded,
                        &self.setting,
                        cause,
                    ));
                    return Ok(entry);
                }
            }
            OverSegments::Truncate => {
                let text = segments::truncate(&counted, max).trim_end().to_owned();
                entry.text = Cow::Owned(text);
                let cause = format!("The text was cut to {max} of {count} segments.");
                warnings.push(self.warning(WarningCode::BodyTruncated, &self.setting, &cause));
                return Ok(entry);
            }
        }
        Err(DropReason::new(DropCode::MessageTooManySegments)
            .at(self.setting.clone())
            .because(format!("The text takes {count} segments, and max_segments is {max}.")))
    }

    fn warning(&self, code: WarningCode, setting: &str, cause: &str) -> Warning {
        Warning {
            code,
            parameter: "Body".to_owned(),
            setting: setting.to_owned(),
            cause: cause.to_owned(),
        }
    }
}

/// Whether a text holds a control character that no phone shows; line breaks and tabs are fine.
pub(crate) fn has_control_character(text: &str) -> bool {
    let suspicious = |byte: u8| !(0x20..0x7f).contains(&byte);
    text.bytes().any(suspicious)
        && text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
}

impl Binder<'_> {
    /// Where a row's text stands when nothing is mapped.
    fn default_body(&self) -> Option<crate::path::Path> {
        use crate::path::{Path, Step};
        self.is_for_rows().then(|| Path::from_steps(vec![Step::Key("body".to_owned())]))
    }
}
