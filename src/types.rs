//! The TypeScript types and the JSON Schema that the package publishes, and the proof that they are
//! those of the Rust types. `UPDATE_TYPES=1 cargo test types` writes them anew.

use std::path::PathBuf;

use ts_rs::{Config, TS};

use crate::settings::schema;
use crate::{
    about, cells, decision, delivery, http, live_check, outcome, phone, preview, problem,
    segment_api, twilio,
};

const HEADER: &str =
    "// Generated from the Rust types by `UPDATE_TYPES=1 cargo test types`. Do not edit.\n\n";

fn typescript() -> String {
    let config = Config::default();
    let mut out = HEADER.to_owned();
    out.push_str(&schema::typescript());
    macro_rules! declare {
        ($($type:ty),+ $(,)?) => {$(
            if let Some(doc) = <$type as TS>::docs() {
                out.push_str(doc.trim_end());
                out.push('\n');
            }
            out.push_str("export ");
            out.push_str(&<$type as TS>::decl(&config));
            out.push_str("\n\n");
        )+};
    }
    declare!(
        problem::Problem,
        problem::ProblemCode,
        about::Report,
        about::About<'static>,
        about::ReadStep<'static>,
        twilio::request::HttpRequest,
        decision::Decision,
        decision::Send,
        decision::Dropped,
        decision::DropReason,
        decision::DropCode,
        decision::Warning,
        decision::WarningCode,
        outcome::Outcome,
        outcome::Replied,
        outcome::Reply,
        outcome::Deferred,
        outcome::Deferral,
        cells::Settled,
        cells::SettledAs,
        cells::Trait,
        delivery::Step,
        delivery::Action,
        delivery::Why,
        delivery::Handled,
        delivery::HandledAs,
        delivery::Resent,
        delivery::Opted,
        delivery::OptedAs,
        delivery::Tracked,
        http::FetchRequest,
        crate::time::Timestamp,
        twilio::webhook::Receipt,
        twilio::webhook::Received,
        twilio::webhook::Callback,
        twilio::webhook::Click,
        twilio::webhook::Inbound,
        twilio::webhook::OptOut,
        twilio::webhook::StatusUpdate,
        twilio::webhook::DeliveryError,
        twilio::webhook::Refusal,
        twilio::webhook::RefusalCode,
        twilio::webhook::SignatureVerdict,
        segment_api::Origin,
        segment_api::Tracking,
        segment_api::Untracked,
        live_check::CheckStep,
        live_check::Finding,
        live_check::FindingCode,
        live_check::Level,
        phone::PhoneVerdict,
        phone::PhoneRefusal,
        preview::Preview,
        preview::PreviewDecision,
        preview::PreviewSend,
        preview::SegmentsView,
        preview::TextView,
        preview::SegmentText,
        preview::SmartEncodingView,
        preview::Explained,
        preview::TriggerTrace,
        preview::ConversionTrace,
        preview::CheckView,
        preview::ConsentTrace,
        preview::CategoryView,
        preview::QuietHoursTrace,
        preview::ClockView,
    );
    out.trim_end().to_owned() + "\n"
}

/// A file of the package, and what it holds now.
pub(crate) fn file(name: &str) -> (PathBuf, String) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("host-shim").join(name);
    #[expect(clippy::disallowed_methods, reason = "a test may read files")]
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    (path, found)
}

/// Whether generated files are to be written anew.
pub(crate) fn updating() -> bool {
    #[expect(clippy::disallowed_methods, reason = "a test may read its environment")]
    std::env::var("UPDATE_TYPES").is_ok()
}

#[track_caller]
fn check_fresh(name: &str, written: &str) {
    let (path, found) = file(name);
    if updating() {
        std::fs::write(path, written).unwrap();
        return;
    }
    assert!(found == written, "{name} is stale: run UPDATE_TYPES=1 cargo test types");
}

#[test]
fn typescript_is_fresh() {
    check_fresh("types.ts", &typescript());
}

#[test]
fn json_schema_is_fresh() {
    let schema = serde_json::to_string_pretty(&schema::json_schema()).unwrap();
    check_fresh("settings.schema.json", &(schema + "\n"));
}

/// The playground draws each step with what its reason means.
#[test]
fn meanings_of_steps_are_fresh() {
    let whys = delivery::Why::ALL.iter().map(|why| (why.code(), why.meaning()));
    let meanings: std::collections::BTreeMap<_, _> = whys.collect();
    let written = serde_json::to_string_pretty(&meanings).unwrap();
    check_fresh("../www/rehearsal/whys.json", &(written + "\n"));
}
