//! What is set for what Twilio reports, and would come to nothing.

use super::{Mapping, Settings};
use crate::path::{Path, Step};
use crate::problem::{ProblemCode, Problems};

/// Warns of settings that have no effect without others.
pub(super) fn check(settings: &Settings, at: &Path, problems: &mut Problems) {
    callbacks(settings, at, problems);
    tokens(settings, at, problems);
    conversions(settings, at, problems);
}

fn member(at: &Path, name: &str) -> Path {
    at.join(Step::Key(name.to_owned()))
}

fn mappings(settings: &Settings) -> impl Iterator<Item = &Mapping> {
    settings.mappings.iter().flat_map(|list| &list.0)
}

/// Whether some message may name a URL for its callbacks. That of a row stands in a column.
fn has_callback(settings: &Settings) -> bool {
    let names = |mapping: &Mapping| mapping.parameter("StatusCallback").is_some();
    settings.given.contains(&"status_callback")
        || settings.row.is_some()
        || mappings(settings).any(names)
}

fn callbacks(settings: &Settings, at: &Path, problems: &mut Problems) {
    let mut warn = |at: &Path, cause: &str, fix: &str| {
        problems.add_with(ProblemCode::SettingWithoutEffect, at, cause.to_owned(), fix.to_owned());
    };
    let delivery = settings.delivery.as_ref();
    let has_parameter =
        delivery.is_some_and(|delivery| delivery.given.contains(&"callback_parameter"));
    let inside = |name| member(&member(at, "delivery"), name);
    if has_parameter && !has_callback(settings) {
        warn(
            &inside("callback_parameter"),
            "no message names a status callback, so Twilio calls nobody",
            "Add status_callback, or remove callback_parameter.",
        );
    }
    let resends = delivery.and_then(|delivery| delivery.resend_undelivered.as_ref());
    if resends.is_some_and(|most| most.0 > 0) && !has_parameter {
        warn(
            &inside("resend_undelivered"),
            "no callback finds its message, so none is known to be undelivered",
            "Add callback_parameter, or remove resend_undelivered.",
        );
    }
    if settings.segment.is_some() && settings.status_callback.is_some() && !has_parameter {
        warn(
            &member(at, "segment"),
            "no callback finds its message, so no status is reported as its user's",
            "Add delivery.callback_parameter, or hand over who it is about yourself.",
        );
    }
}

/// Twilio signs with the account's token, whatever requests are made with.
fn tokens(settings: &Settings, at: &Path, problems: &mut Problems) {
    let given = |name| settings.given.contains(&name);
    let has_parameter = settings
        .delivery
        .as_ref()
        .is_some_and(|delivery| delivery.given.contains(&"callback_parameter"));
    let has_tokens = given("auth_token")
        || settings.webhook_auth_tokens.as_ref().is_some_and(|it| !it.0.is_empty());
    let refused = given("webhook_auth_tokens") && settings.webhook_auth_tokens.is_none();
    if (has_parameter || settings.segment.is_some())
        && given("api_key_sid")
        && !has_tokens
        && !refused
    {
        let cause = "an API key verifies no webhook, so every one is refused";
        let fix = "Add the account's auth token to webhook_auth_tokens.";
        let at = member(at, "webhook_auth_tokens");
        problems.add_with(ProblemCode::SettingWithoutEffect, &at, cause, fix);
    }
}

fn conversions(settings: &Settings, at: &Path, problems: &mut Problems) {
    let at = member(at, "conversions");
    let waits = |mapping: &Mapping| mapping.parameter("ProvideFeedback").is_some();
    for (index, conversion) in settings.conversions.iter().flat_map(|list| &list.0).enumerate() {
        let at = at.join(Step::Index(index));
        let Some(name) = &conversion.mapping else {
            if !mappings(settings).any(waits) {
                without_feedback("no mapping sets provide_feedback", &at, problems);
            }
            continue;
        };
        let at = member(&at, "mapping");
        let named = mappings(settings).enumerate().find(|(index, mapping)| {
            let own = mapping.base.name.as_ref().map(|name| name.0.clone());
            own.unwrap_or_else(|| (index + 1).to_string()) == name.0
        });
        match named {
            None => {
                let cause = format!("no mapping is named `{}`", name.0);
                let fix = "Name one of the mappings, or leave this out.";
                problems.add_with(ProblemCode::SettingNotAllowed, &at, cause, fix);
            }
            Some((_, mapping)) if !waits(mapping) => {
                without_feedback("this mapping does not set provide_feedback", &at, problems);
            }
            Some(_) => {}
        }
    }
}

fn without_feedback(why: &str, at: &Path, problems: &mut Problems) {
    let cause = format!("{why}, so Twilio waits for feedback on no message");
    let fix = "Set provide_feedback to true in the mapping whose messages it is about.";
    problems.add_with(ProblemCode::SettingWithoutEffect, at, cause, fix);
}
