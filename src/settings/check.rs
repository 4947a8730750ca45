//! What several settings can get wrong together, and what is legal but costly.

use std::borrow::Cow;

use super::{
    Given, Mapping, MissingPolicy, OverSegments, QuietPolicy, Settings, TooLong, feedback,
};
use crate::mapping::{MAX_CHARACTERS, has_control_character};
use crate::path::{Path, Step};
use crate::problem::{ProblemCode, Problems};
use crate::time_zone::Zone;
use crate::twilio::address::Channel;
use crate::twilio::host;
use crate::twilio::parameter::{self, SPECS};
use crate::twilio::segments::{self, Encoding};
use crate::value::Value;

/// Checks settings that were read one by one.
pub(crate) fn check(settings: &Settings, problems: &mut Problems) {
    let root = Path::default();
    credentials(settings, &root, problems);
    place(settings, &root, problems);
    senders(settings, &root, problems);
    destination_lints(settings, &root, problems);
    quiet_hours(settings, &root, problems);
    if let Some(message) = &settings.default_message {
        let at = member(&root, "default_message");
        text_length(message, &at, problems);
        text_lint(message, &at, false, problems);
    }
    mappings(settings, &root, problems);
    feedback::check(settings, &root, problems);
}

fn member(at: &Path, name: &str) -> Path {
    at.join(Step::Key(name.to_owned()))
}

fn credentials(settings: &Settings, at: &Path, problems: &mut Problems) {
    let given = |name| settings.given.contains(&name);
    let key = given("api_key_sid") || given("api_key_secret");
    if given("auth_token") && key {
        let cause = "both the auth token and an API key are given";
        problems.add(ProblemCode::CredentialsConflict, &member(at, "auth_token"), cause);
    } else if !given("auth_token") && !key {
        let cause = "there is neither an auth token nor an API key";
        problems.add(ProblemCode::CredentialsMissing, at, cause);
    }
    for (present, missing) in [("api_key_sid", "api_key_secret"), ("api_key_secret", "api_key_sid")]
    {
        if given(present) && !given(missing) {
            let cause = format!("`{present}` stands without `{missing}`");
            problems.add(ProblemCode::CredentialsMissing, &member(at, missing), cause);
        }
    }
}

fn place(settings: &Settings, at: &Path, problems: &mut Problems) {
    let Some(region) = &settings.region else { return };
    if region.0 == "us1" || settings.given.contains(&"edge") {
        return;
    }
    let cause = format!("the host of region {} can only be reached by an edge", region.0);
    let at = member(at, "edge");
    match host::edge_of(region.0) {
        Some(edge) => {
            let fix = format!("Add the edge {edge}.");
            problems.add_with(ProblemCode::RegionWithoutEdge, &at, cause, fix);
        }
        None => {
            let fix = "Add an edge, or use a region whose edge Twilio names: ie1 with dublin, au1 with sydney, jp1 with tokyo.";
            problems.add_with(ProblemCode::RegionWithoutEdge, &at, cause, fix);
        }
    }
}

fn senders(settings: &Settings, at: &Path, problems: &mut Problems) {
    let both = "the Messaging Service is used, and from is not sent";
    if settings.from.is_some() && settings.messaging_service_sid.is_some() {
        problems.add(ProblemCode::BothSenders, &member(at, "from"), both);
    }
    for (index, route) in settings.senders.iter().flat_map(|list| &list.0).enumerate() {
        let at = member(at, "senders").join(Step::Index(index));
        let given = |name| route.given.contains(&name);
        if !given("from") && !given("messaging_service_sid") {
            let cause = "no sender is given for these countries";
            let fix = "Add from or messaging_service_sid to this route.";
            problems.add_with(ProblemCode::SenderMissing, &at, cause, fix);
        }
        if route.from.is_some() && route.messaging_service_sid.is_some() {
            problems.add(ProblemCode::BothSenders, &member(&at, "from"), both);
        }
    }
    let given = |name| settings.given.contains(&name);
    let mapped = settings
        .mappings
        .as_ref()
        .is_some_and(|mappings| !mappings.0.is_empty() && mappings.0.iter().all(has_sender));
    if !given("from") && !given("messaging_service_sid") && !given("senders") && !mapped {
        problems.add(ProblemCode::SenderMissing, at, "there is no sender");
    }
}

fn has_sender(mapping: &Mapping) -> bool {
    let given = |name| mapping.base.given.contains(&name);
    given("from") || given("messaging_service_sid")
}

fn destination_lints(settings: &Settings, at: &Path, problems: &mut Problems) {
    if settings.enabled == Some(false) {
        let cause = "nothing is sent while the destination is switched off";
        problems.add(ProblemCode::DestinationDisabled, &member(at, "enabled"), cause);
    }
    if settings.only_to.is_some() {
        let cause = "only test recipients are texted";
        problems.add(ProblemCode::OnlyTestRecipients, &member(at, "only_to"), cause);
    }
    let categories = settings.consent.as_ref().and_then(|consent| consent.categories.as_ref());
    let refused = settings.given.contains(&"consent") && settings.consent.is_none();
    if !refused && categories.is_none_or(|categories| categories.0.is_empty()) {
        let cause = "no consent categories are set, so events send whatever their consent says";
        problems.add(ProblemCode::ConsentCategoriesMissing, &member(at, "consent"), cause);
    }
}

fn quiet_hours(settings: &Settings, at: &Path, problems: &mut Problems) {
    let Some(quiet_hours) = &settings.quiet_hours else { return };
    let at = member(at, "quiet_hours");
    let (from, to) = quiet_hours.times();
    if from == to {
        let cause = "quiet hours end when they begin";
        let fix = "Give two different times, or remove quiet_hours.";
        problems.add_with(ProblemCode::SettingNotAllowed, &member(&at, "to"), cause, fix);
    }
    if quiet_hours.then == Some(QuietPolicy::Schedule) && !some_may_use_service(settings) {
        let cause = "only a Messaging Service can schedule, and no message goes through one";
        let fix = "Add messaging_service_sid, or set then to drop or shorten.";
        let at = member(&at, "then");
        problems.add_with(ProblemCode::ParameterNeedsAnother, &at, cause, fix);
    }
}

/// Whether some message of any mapping can go through a Messaging Service.
fn some_may_use_service(settings: &Settings) -> bool {
    let events = settings.mappings.iter().flat_map(|list| &list.0);
    let rows = settings.row.iter().map(|row| &row.0);
    // What is not mapped, rows among it, has the destination's sender.
    events.chain(rows).any(|mapping| may_use_service(mapping, settings))
        || may_use_service(&Mapping::default(), settings)
}

fn mappings(settings: &Settings, at: &Path, problems: &mut Problems) {
    if let Some(row) = &settings.row {
        mapping(&row.0, settings, &member(at, "row"), problems);
    }
    let Some(list) = &settings.mappings else { return };
    let at = member(at, "mappings");
    let first = settings.matching.is_none_or(|policy| policy == super::MatchPolicy::First);
    let mut names: Vec<&str> = Vec::new();
    let mut all_tracks_taken = false;
    for (index, this) in list.0.iter().enumerate() {
        let at = at.join(Step::Index(index));
        mapping(this, settings, &at, problems);
        if let Some(name) = &this.base.name {
            if names.contains(&name.0.as_str()) {
                let cause = format!("another mapping is named `{}`", name.0);
                problems.add(ProblemCode::NameTaken, &member(&at, "name"), cause);
            } else if is_number_of_another(&name.0, index, &list.0) {
                let cause = format!("mapping {} has no name and goes by its number", name.0);
                problems.add(ProblemCode::NameTaken, &member(&at, "name"), cause);
            }
            names.push(&name.0);
        }
        turns_true(this, settings, &at, problems);
        let Some(trigger) = &this.base.trigger else { continue };
        if this.base.enabled == Some(false) {
            continue;
        }
        if all_tracks_taken && trigger.matches_tracks_only() {
            let cause = "a mapping before it already takes every track event";
            problems.add(ProblemCode::MappingUnreachable, &member(&at, "trigger"), cause);
        }
        if trigger.matches_every_track() && this.base.turns_true.is_none() {
            let cause = "every track event matches, and each one is a billed text";
            problems.add(ProblemCode::TriggerMatchesEveryTrack, &member(&at, "trigger"), cause);
            all_tracks_taken |= first;
        }
    }
}

/// What turns true is one value of the event, and it is remembered in profiles.
fn turns_true(mapping: &Mapping, settings: &Settings, at: &Path, problems: &mut Problems) {
    let Some(condition) = &mapping.base.turns_true else { return };
    let at = member(at, "turns_true");
    let mut refuse = |cause: &'static str, fix: &'static str| {
        problems.add_with(ProblemCode::SettingNotAllowed, &at, cause, fix);
    };
    let names = |step: Option<&Step>, names: &[&str]| matches!(step, Some(Step::Key(key)) if names.contains(&key.as_str()));
    match condition.paths() {
        [path] if names(path.steps().last(), &["audience_key", "trait_key"]) => refuse(
            "this names the audience, both when somebody enters it and when they leave it",
            "Name the value that turns true, such as properties.vip for an audience with the key vip.",
        ),
        [path] if names(path.steps().first(), &["context", "properties", "traits"]) => {}
        _ => refuse(
            "it does not read exactly one value below traits, properties or context",
            "Name the one value that turns true, and put all else into the trigger.",
        ),
    }
    if settings.profiles.as_ref().and_then(|profiles| profiles.enabled) == Some(false) {
        refuse(
            "what was true before is remembered in profiles, which are switched off",
            "Remove profiles.enabled, or remove turns_true.",
        );
    }
}

/// Whether `name` is what an unnamed mapping other than the one at `index` is called.
fn is_number_of_another(name: &str, index: usize, mappings: &[Mapping]) -> bool {
    let Ok(number) = name.parse::<usize>() else { return false };
    let other = number.checked_sub(1).filter(|other| *other != index);
    let is_unnamed = |mapping: &Mapping| mapping.base.name.is_none();
    number.to_string() == name && other.and_then(|at| mappings.get(at)).is_some_and(is_unnamed)
}

fn mapping(mapping: &Mapping, settings: &Settings, at: &Path, problems: &mut Problems) {
    for (index, given) in &mapping.parameters {
        if let Some(spec) = SPECS.get(*index) {
            let at = member(at, spec.setting);
            literal_parameter(spec, given, &at, problems);
            if spec.name == "ContentVariables"
                && mapping.base.missing != Some(MissingPolicy::Blank)
                && let Some(name) =
                    given.as_literal().and_then(|value| parameter::variable_gap(&value))
            {
                let cause = "the variable says nothing, and a text with a gap is not sent";
                problems.add(ProblemCode::ParameterInvalid, &member(&at, &name), cause);
            }
        }
    }
    literal_sender(mapping, at, problems);
    literal_time_zone(mapping, at, problems);
    needs_quiet_hours(mapping, settings, at, problems);
    literal_recipient(mapping, settings, at, problems);
    needs(mapping, settings, at, problems);
    if let Some(body) = &mapping.base.body {
        let at = member(at, "body");
        if mapping.base.too_long != Some(TooLong::Truncate) {
            text_length(body, &at, problems);
        }
        // Only texts of SMS are counted in segments.
        if mapping.base.channel.is_none_or(|channel| channel == Channel::Sms) {
            text_lint(body, &at, is_smart_encoded(mapping), problems);
        } else {
            one_text(body, &at, problems);
        }
        if mapping.parameter("ContentSid").is_some() {
            let cause = "the content template is sent, and the body is not";
            problems.add(ProblemCode::BodyIgnored, &at, cause);
        }
    }
}

/// Whatever is literal can be checked now; what comes from events is checked when they come.
fn literal_parameter(spec: &parameter::Spec, given: &Given, at: &Path, problems: &mut Problems) {
    let Some(value) = given.as_literal() else { return };
    if value == Value::Null {
        return;
    }
    let mut written = Vec::new();
    if let Err(faults) = parameter::write(spec.kind, &value, &mut written) {
        for fault in faults {
            let cause = format!("the value {}", fault.cause);
            problems.add(ProblemCode::ParameterInvalid, at, cause);
        }
        return;
    }
    match (spec.name, written.first().map(String::as_str)) {
        ("ValidityPeriod", Some("1" | "2" | "3" | "4")) => {
            let cause = "a text that waits this long has expired before it is sent";
            problems.add(ProblemCode::ValidityPeriodShort, at, cause);
        }
        ("MaxPrice", _) => {
            let cause = "Twilio ignores the maximum price";
            problems.add(ProblemCode::MaxPriceObsolete, at, cause);
        }
        _ => {}
    }
}

/// A recipient that no event can change is checked as events' recipients are.
fn literal_recipient(mapping: &Mapping, settings: &Settings, at: &Path, problems: &mut Problems) {
    use crate::phone::{self, Accept};
    use crate::twilio::address::{Channel, is_channel_id};

    let Some(to) = &mapping.base.to else { return };
    let at = member(at, "to");
    one_text(to, &at, problems);
    let Some(value) = to.literal().filter(|value| **value != Value::Null) else { return };
    let Some(text) = super::read::text(value, &at, problems) else { return };
    let (written, rest) = Channel::split(text.trim());
    if written == Channel::Messenger || mapping.base.channel == Some(Channel::Messenger) {
        if !is_channel_id(rest) {
            problems.add(ProblemCode::PhoneInvalid, &at, "not the id of a Messenger user");
        }
        return;
    }
    let accept = settings.accept.map_or(Accept::Possible, Accept::from);
    if let Err(refusal) = phone::parse(rest, settings.default_region, accept) {
        let fix = refusal.hint().unwrap_or_else(|| ProblemCode::PhoneInvalid.fix());
        problems.add_with(ProblemCode::PhoneInvalid, &at, refusal.to_string(), fix);
    }
}

/// A list or an object, whatever it holds, can be nobody's number and no text.
fn one_text(given: &Given, at: &Path, problems: &mut Problems) {
    let found = match given {
        Given::List(_) => Value::List(Vec::new()),
        Given::Map(_) => Value::Map(Vec::new()),
        Given::Literal(_) | Given::Path(_) | Given::Template(_) => return,
    };
    super::read::wrong_type(&found, "a string", at, problems);
}

fn literal_sender(mapping: &Mapping, at: &Path, problems: &mut Problems) {
    use super::read::Setting as _;
    use crate::twilio::address::Sender;
    use crate::twilio::sid::MessagingServiceSid;

    for (given, name) in [
        (&mapping.base.from, "from"),
        (&mapping.base.messaging_service_sid, "messaging_service_sid"),
    ] {
        if let Some(given) = given {
            one_text(given, &member(at, name), problems);
        }
    }
    if let Some(value) = mapping.base.from.as_ref().and_then(Given::literal) {
        Sender::read(value, &member(at, "from"), problems);
    }
    if let Some(value) = mapping.base.messaging_service_sid.as_ref().and_then(Given::literal) {
        MessagingServiceSid::read(value, &member(at, "messaging_service_sid"), problems);
    }
    if mapping.base.from.is_some() && mapping.base.messaging_service_sid.is_some() {
        let cause = "the Messaging Service is used, and from is not sent";
        problems.add(ProblemCode::BothSenders, &member(at, "from"), cause);
    }
}

/// Whoever writes these expects that somebody keeps quiet hours.
fn needs_quiet_hours(mapping: &Mapping, settings: &Settings, at: &Path, problems: &mut Problems) {
    if settings.given.contains(&"quiet_hours") {
        return;
    }
    let given = [
        ("time_zone", mapping.base.time_zone.is_some()),
        ("quiet_hours", mapping.base.quiet_hours == Some(true)),
    ];
    for (name, _) in given.into_iter().filter(|(_, is_given)| *is_given) {
        let cause = "the destination has no quiet hours, so texts go out at any time";
        let fix = format!("Add quiet_hours to the destination, or remove {name}.");
        problems.add_with(ProblemCode::ParameterNeedsAnother, &member(at, name), cause, fix);
    }
}

fn literal_time_zone(mapping: &Mapping, at: &Path, problems: &mut Problems) {
    use super::read::Setting as _;

    let Some(given) = &mapping.base.time_zone else { return };
    let at = member(at, "time_zone");
    one_text(given, &at, problems);
    if let Some(value) = given.literal().filter(|value| **value != Value::Null) {
        Zone::read(value, &at, problems);
    }
}

fn needs(mapping: &Mapping, settings: &Settings, at: &Path, problems: &mut Problems) {
    let mut need = |name: &str, other: &str, add: &str| {
        if let Some((spec, _)) = mapping.parameter(name) {
            let cause = format!("{name} needs {other}");
            let fix = format!("Add {add}, or remove {}.", spec.setting);
            let at = member(at, spec.setting);
            problems.add_with(ProblemCode::ParameterNeedsAnother, &at, cause, fix);
        }
    };
    if mapping.parameter("ContentSid").is_none() {
        need("ContentVariables", "ContentSid", "content_sid");
    }
    if mapping.parameter("SendAt").is_none() {
        need("ScheduleType", "SendAt", "send_at");
    }
    if !may_use_service(mapping, settings) {
        for name in ["SendAt", "ShortenUrls", "FallbackFrom"] {
            // To say that links are not to be shortened takes nothing.
            let is_off = mapping
                .parameter(name)
                .is_some_and(|(_, given)| given.as_literal() == Some(Value::Bool(false)));
            if !is_off {
                need(name, "a Messaging Service", "messaging_service_sid");
            }
        }
    }
    let callback =
        mapping.parameter("StatusCallback").is_some() || settings.status_callback.is_some();
    if callback && let Some((spec, _)) = mapping.parameter("ApplicationSid") {
        let cause = "Twilio ignores the application beside a status callback";
        problems.add(ProblemCode::ApplicationIgnored, &member(at, spec.setting), cause);
    }
}

/// Whether some message of this mapping can go through a Messaging Service.
fn may_use_service(mapping: &Mapping, settings: &Settings) -> bool {
    use crate::twilio::address::Sender;

    let is_service = |sender: &Option<Sender>| matches!(sender, Some(Sender::MessagingService(_)));
    let base = &mapping.base;
    if base.given.contains(&"messaging_service_sid") {
        return true;
    }
    if let Some(from) = &base.from {
        return match from.literal() {
            Some(value) => value
                .as_text()
                .is_some_and(|text| matches!(Sender::parse(text), Ok(Sender::MessagingService(_)))),
            None => true,
        };
    }
    settings.given.contains(&"messaging_service_sid")
        || is_service(&settings.from)
        || settings
            .senders
            .iter()
            .flat_map(|list| &list.0)
            .any(|route| route.given.contains(&"messaging_service_sid") || is_service(&route.from))
}

/// Whether Twilio or we replace characters that force UCS-2.
fn is_smart_encoded(mapping: &Mapping) -> bool {
    let by_twilio = mapping.parameter("SmartEncoded").is_some_and(|(_, given)| {
        given.as_literal().is_some_and(|value| match value {
            Value::Bool(truth) => truth,
            Value::Text(text) => text.trim().eq_ignore_ascii_case("true"),
            _ => false,
        })
    });
    let by_us = mapping.base.max_segments.is_some()
        && mapping.base.over_segments == Some(OverSegments::SmartEncoding);
    by_twilio || by_us
}

/// A text that is too long whatever the event holds would never be sent.
fn text_length(given: &Given, at: &Path, problems: &mut Problems) {
    let literal = |text: &&str| text.encode_utf16().count();
    let length: usize = given.literal_texts().iter().map(literal).sum();
    if given.literal().is_some() && length > MAX_CHARACTERS {
        let cause = format!("the text has {length} characters, and a message at most 1,600");
        problems.add_with(ProblemCode::SettingOutOfRange, at, cause, "Shorten the text.");
    }
}

/// `encoded` says that characters which force UCS-2 are replaced by plain ones before sending.
fn text_lint(given: &Given, at: &Path, encoded: bool, problems: &mut Problems) {
    one_text(given, at, problems);
    let texts: Vec<Cow<'_, str>> = given.literal_texts().into_iter().map(Cow::Borrowed).collect();
    if texts.iter().any(|text| has_control_character(text)) {
        let cause = "the text holds a control character, which no phone shows";
        problems.add_with(ProblemCode::SettingOutOfRange, at, cause, "Remove it.");
    }
    let texts: Vec<Cow<'_, str>> = if encoded {
        texts.iter().map(|text| Cow::Owned(segments::smart_encode(text).into_owned())).collect()
    } else {
        texts
    };
    let forcing: String = texts
        .iter()
        .flat_map(|text| segments::forcing(text).map(|(_, c)| c))
        .fold(String::new(), |mut seen, c| {
            if !seen.contains(c) && seen.chars().count() < 5 {
                seen.push(c);
            }
            seen
        });
    let is_ucs2 = texts.iter().any(|text| segments::count(text).encoding == Encoding::Ucs2);
    if is_ucs2 {
        let shown: Vec<String> = forcing
            .chars()
            .map(|c| {
                if c.is_whitespace() || c.is_control() {
                    format!("U+{:04X}", u32::from(c))
                } else {
                    format!("`{c}`")
                }
            })
            .collect();
        let cause = format!(
            "{} cannot be sent in GSM-7, so a segment holds 70 characters instead of 160",
            shown.join(", ")
        );
        problems.add(ProblemCode::BodyForcesUcs2, at, cause);
    }
}
