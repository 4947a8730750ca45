//! Decisions as one text.
//!
//! Records are separated by U+001E, their fields by U+001F. A decision is a record, and each of its
//! warnings is a record behind it:
//!
//! | first field | the others |
//! |---|---|
//! | `s` | mapping, body |
//! | `d` | mapping (nothing for none), code, detail, path, cause, fix |
//! | `w` | code, parameter, setting, cause |
//!
//! URL and headers are the same in every request and cross once, in `About`.

use crate::decision::{Decision, Warning};

const RECORD: char = '\u{1e}';
const FIELD: char = '\u{1f}';

pub(super) fn decisions(decisions: &[Decision]) -> String {
    let mut out = String::with_capacity(256);
    for decision in decisions {
        match decision {
            Decision::Send(send) => {
                record(&mut out, &["s", &send.mapping, &send.request.body]);
                warnings(&mut out, &send.warnings);
            }
            Decision::Drop(dropped) => {
                let reason = &dropped.reason;
                let fields = [
                    "d",
                    dropped.mapping.as_deref().unwrap_or_default(),
                    reason.code.code(),
                    reason.detail.as_deref().unwrap_or_default(),
                    reason.path.as_deref().unwrap_or_default(),
                    &reason.cause,
                    &reason.fix,
                ];
                record(&mut out, &fields);
                warnings(&mut out, &dropped.warnings);
            }
        }
    }
    out
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
        if field.contains([RECORD, FIELD]) {
            out.extend(field.chars().filter(|c| !matches!(*c, RECORD | FIELD)));
        } else {
            out.push_str(field);
        }
    }
}
