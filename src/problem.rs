//! What is wrong with settings, or legal but costly: a stable code, the place, the cause, the fix.

use serde::Serialize;

use crate::codes::codes;
use crate::path::Path;

/// One problem or warning found in the settings.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Problem {
    /// Which kind of problem: stable, for programs.
    pub code: ProblemCode,
    /// Where in the settings, as a JSON path: `$.mappings[0].trigger`.
    pub path: String,
    /// What is wrong, in one sentence. It never holds a secret or a phone number.
    pub cause: String,
    /// What to do about it, in one sentence.
    pub fix: String,
}

impl Problem {
    /// A setting that is nothing that JSON could hold.
    #[cfg(any(feature = "page", feature = "wasm"))]
    pub(crate) fn unreadable(path: &Path) -> Self {
        Self {
            code: ProblemCode::SettingWrongType,
            path: written(path),
            cause: "This cannot be read: it is no plain data, or it nests too deep.".to_owned(),
            fix: "Use texts, numbers, true, false, arrays and plain objects only.".to_owned(),
        }
    }
}

/// The problems and warnings found so far.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    /// What must be mended before anything is sent.
    pub(crate) errors: Vec<Problem>,
    /// What is legal, but worth a look.
    pub(crate) warnings: Vec<Problem>,
}

impl Problems {
    /// Notes a problem, with the fix that its code suggests. A warning's code makes it a warning.
    /// The cause is a phrase; it is written as a sentence.
    pub(crate) fn add(&mut self, code: ProblemCode, path: &Path, cause: impl Into<String>) {
        self.add_with(code, path, cause, code.fix());
    }

    /// Notes a problem with a fix of its own.
    pub(crate) fn add_with(
        &mut self,
        code: ProblemCode,
        path: &Path,
        cause: impl Into<String>,
        fix: impl Into<String>,
    ) {
        let list = if code.is_warning() { &mut self.warnings } else { &mut self.errors };
        list.push(Problem {
            code,
            path: written(path),
            cause: sentence(&cause.into()),
            fix: sentence(&fix.into()),
        });
    }
}

/// A phrase as a sentence: with a capital and a full stop.
pub(crate) fn sentence(phrase: &str) -> String {
    let mut chars = phrase.chars();
    let mut out = String::with_capacity(phrase.len() + 1);
    out.extend(chars.next().into_iter().flat_map(char::to_uppercase));
    out.push_str(chars.as_str());
    if !out.ends_with(['.', '?', '!']) {
        out.push('.');
    }
    out
}

/// A path as problems show it: with the leading `$`.
pub(crate) fn written(path: &Path) -> String {
    let text = path.to_string();
    match text.chars().next() {
        Some('$') | None => text,
        Some('[') => format!("${text}"),
        Some(_) => format!("$.{text}"),
    }
}

codes! {
    /// The kinds of problems that settings can have.
    #[non_exhaustive]
    pub enum ProblemCode(bool, &'static str);
    /// The account SID is not `AC` and 32 hexadecimal digits.
    AccountSidInvalid = "account_sid_invalid", false,
        "Copy the Account SID from the Twilio Console's start page.";
    /// The API key's secret is empty or holds characters that no secret has.
    ApiKeySecretInvalid = "api_key_secret_invalid", false,
        "Paste the secret exactly as Twilio showed it when the key was made, or make a new key.";
    /// The API key SID is not `SK` and 32 hexadecimal digits.
    ApiKeySidInvalid = "api_key_sid_invalid", false,
        "Copy the key's SID from the Console under Account, API keys & tokens.";
    /// Both a status callback and an application are given; Twilio ignores the application.
    ApplicationIgnored = "application_ignored", true,
        "Remove one of the two.";
    /// An auth token is not 32 hexadecimal digits.
    AuthTokenInvalid = "auth_token_invalid", false,
        "Copy the Auth Token from the Twilio Console's start page.";
    /// A text in the settings is sent as UCS-2: each part holds 70 characters instead of 160.
    BodyForcesUcs2 = "body_forces_ucs2", true,
        "Replace the characters named, or set over_segments to smart_encoding with max_segments.";
    /// A mapping gives both a body and a content template; the template is what is sent.
    BodyIgnored = "body_ignored", true,
        "Remove body, or remove content_sid.";
    /// Both a sender and a Messaging Service are given; the Messaging Service is used.
    BothSenders = "both_senders", true,
        "Remove one of the two.";
    /// No consent categories are set, so an event is sent whatever its consent says.
    ConsentCategoriesMissing = "consent_categories_missing", true,
        "Set consent.categories to the categories that a recipient must have granted.";
    /// Something is not the two-letter code of a country that has phone numbers.
    CountryUnknown = "country_unknown", false,
        "Use the ISO 3166 code in capitals, such as GB or US.";
    /// Both the auth token and an API key are given.
    CredentialsConflict = "credentials_conflict", false,
        "Keep the API key or the auth token, not both; a token for callbacks goes into webhook_auth_tokens.";
    /// There is nothing to authenticate with.
    CredentialsMissing = "credentials_missing", false,
        "Add auth_token, or api_key_sid and api_key_secret.";
    /// The destination is switched off: nothing is sent.
    DestinationDisabled = "destination_disabled", true,
        "Set enabled to true to send.";
    /// The edge is none of Twilio's.
    EdgeUnknown = "edge_unknown", false,
        "Use one of Twilio's edge locations, such as dublin.";
    /// A mapping can never be reached, since one before it matches every event that it matches.
    MappingUnreachable = "mapping_unreachable", true,
        "Move it up, or narrow the trigger of the mapping before it.";
    /// The secret for keys is too short or too long.
    KeySecretInvalid = "key_secret_invalid", false,
        "Use 16 to 256 characters, such as the output of openssl rand -hex 32.";
    /// A maximum price is given; Twilio has ignored it since 2024-06-03.
    MaxPriceObsolete = "max_price_obsolete", true,
        "Remove max_price.";
    /// Two mappings have the same name.
    NameTaken = "name_taken", false,
        "Give each mapping a name of its own: reports and claims tell mappings apart by it.";
    /// Only test recipients are texted; everybody else is dropped.
    OnlyTestRecipients = "only_test_recipients", true,
        "Remove only_to when the test is over.";
    /// A parameter's value breaks one of Twilio's rules.
    ParameterInvalid = "parameter_invalid", false,
        "Use a value that Twilio accepts for this parameter.";
    /// A parameter needs another one that is not there.
    ParameterNeedsAnother = "parameter_needs_another", false,
        "Add the parameter that it needs, or remove it.";
    /// A path cannot be read.
    PathInvalid = "path_invalid", false,
        "Write names joined by dots, such as $.traits.phone; put names with dots in brackets.";
    /// Something is not a phone number in international form.
    PhoneInvalid = "phone_invalid", false,
        "Write it with its country code, such as +447700900123.";
    /// The region is none of Twilio's.
    RegionUnknown = "region_unknown", false,
        "Use us1, ie1, au1 or jp1.";
    /// A region stands without its edge: that host no longer exists.
    RegionWithoutEdge = "region_without_edge", false,
        "Add the edge of that region: dublin for ie1, sydney for au1, tokyo for jp1.";
    /// The sender is none of the kinds that Twilio knows.
    SenderInvalid = "sender_invalid", false,
        "Use a number such as +14155551234, a short code of 5 or 6 digits, a sender ID of at most 11 letters and digits, a channel address or a Messaging Service SID.";
    /// There is no sender.
    SenderMissing = "sender_missing", false,
        "Add from or messaging_service_sid, or a sender for each country under senders.";
    /// A setting is not one of the values that are allowed.
    SettingNotAllowed = "setting_not_allowed", false,
        "Use one of the allowed values.";
    /// A number or a length is outside its limits.
    SettingOutOfRange = "setting_out_of_range", false,
        "Stay within the limits.";
    /// A setting that must be there is not.
    SettingRequired = "setting_required", false,
        "Add it.";
    /// There is no such setting.
    SettingUnknown = "setting_unknown", false,
        "Remove it, or correct its name.";
    /// A setting is of the wrong type.
    SettingWrongType = "setting_wrong_type", false,
        "Give it the type that is expected.";
    /// The URL for callbacks or media is not a public https URL.
    UrlInvalid = "url_invalid", false,
        "Use an absolute https URL with a public host name without underscores.";
    /// A template cannot be read.
    TemplateInvalid = "template_invalid", false,
        "Correct the template at the column named.";
    /// Something is no time zone.
    TimeZoneUnknown = "time_zone_unknown", false,
        "Use a name of the IANA database, such as Europe/London.";
    /// A trigger cannot be read.
    TriggerInvalid = "trigger_invalid", false,
        "Correct the trigger at the column named.";
    /// A trigger matches every track event: each one is a billed text.
    TriggerMatchesEveryTrack = "trigger_matches_every_track", true,
        "Name the event that should send, such as: event = \"Order Completed\".";
    /// A validity period under 5 seconds: the text may expire before it is sent.
    ValidityPeriodShort = "validity_period_short", true,
        "Use 6 seconds or more.";
    /// The Segment write key is empty or holds characters that no key has.
    WriteKeyInvalid = "write_key_invalid", false,
        "Copy the write key of an HTTP API source from Segment, under Settings, API Keys.";
}

impl ProblemCode {
    /// Whether settings with it still send.
    pub fn is_warning(self) -> bool {
        self.row().0
    }

    /// What to do about it, in one sentence.
    pub fn fix(self) -> &'static str {
        self.row().1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_their_codes() {
        for code in ProblemCode::ALL {
            let written = serde_json::to_value(code).unwrap();
            assert_eq!(written, code.code());
            assert!(code.fix().ends_with('.') && code.meaning().ends_with('.'), "{code:?}");
        }
    }
}
