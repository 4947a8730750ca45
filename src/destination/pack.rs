//! Decisions as one text.
//!
//! Records are separated by U+001E, their fields by U+001F. A decision is a record, and each of its
//! warnings is a record behind it:
//!
//! | first field | the others |
//! |---|---|
//! | `s` | mapping, body |
//! | `d` | mapping (nothing for none), code, detail, path, cause, fix, until |
//! | `w` | code, parameter, setting, cause |
//!
//! URL and headers are the same in every request and cross once, in [`About`](crate::about::About).

use super::decide::Verdict;
use super::{Case, Destination, Input, InputKind};
use crate::decision::Warning;
use crate::facts::Facts;
use crate::time::Timestamp;
use crate::twilio::request::encode_form_into;

const RECORD: char = '\u{1e}';
const FIELD: char = '\u{1f}';

impl Destination {
    /// Decides as [`Destination::decide`] does, and writes the decisions down as one text without
    /// making requests of them first.
    pub fn decide_packed(
        &self,
        kind: InputKind,
        input: &Input<'_>,
        facts: &Facts<'_>,
        now: Timestamp,
    ) -> String {
        let mut out = String::with_capacity(512);
        let case = Case { kind, input, facts, now };
        self.verdicts(&case, |Verdict { mapping, message, warnings: left_out, .. }| {
            let mapping = mapping.map_or("", |mapping| mapping.name.as_str());
            match message {
                Ok(message) => {
                    record(&mut out, &["s", mapping, ""]);
                    encode_form_into(&mut out, message.form());
                }
                Err(reason) => {
                    let fields = [
                        "d",
                        mapping,
                        reason.code.code(),
                        reason.detail.as_deref().unwrap_or_default(),
                        reason.path.as_deref().unwrap_or_default(),
                        &reason.cause,
                        &reason.fix,
                        &reason.until.map(|until| until.millis().to_string()).unwrap_or_default(),
                    ];
                    record(&mut out, &fields);
                }
            }
            warnings(&mut out, &left_out);
        });
        out
    }
}

fn warnings(out: &mut String, warnings: &[Warning]) {
    for warning in warnings {
        let fields =
            ["w", warning.code.code(), &warning.parameter, &warning.setting, &warning.cause];
        record(out, &fields);
    }
}

fn record(out: &mut String, fields: &[&str]) {
    if !out.is_empty() {
        out.push(RECORD);
    }
    for (index, field) in fields.iter().enumerate() {
        if index > 0 {
            out.push(FIELD);
        }
        // A path in the settings may hold any character; those two would tear the text apart.
        if field.bytes().any(|byte| matches!(byte, 0x1e | 0x1f)) {
            out.extend(field.chars().filter(|c| !matches!(*c, RECORD | FIELD)));
        } else {
            out.push_str(field);
        }
    }
}
