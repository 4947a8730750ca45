//! What is decided for an event: a request to send, or the reason why nothing is sent.

use std::borrow::Cow;

use serde::Serialize;

use crate::cells::Settled;
use crate::codes::codes;
use crate::time::Timestamp;
use crate::twilio::request::HttpRequest;

/// What is decided for one message.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Decision {
    /// Nothing is sent.
    Drop(Dropped),
    /// This is sent.
    Send(Send),
}

/// A message to send.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Send {
    /// The name of the mapping that sends it.
    pub mapping: String,
    /// The request, complete to the byte.
    pub request: HttpRequest,
    /// What was left out of it, and why.
    pub warnings: Vec<Warning>,
}

/// A message that is not sent.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Dropped {
    /// The name of the mapping that would have sent it; none if it did not come to that.
    pub mapping: Option<String>,
    /// Why not.
    pub reason: DropReason,
    /// What would have been left out of it, and why.
    pub warnings: Vec<Warning>,
    /// How the message ended before, if this is a duplicate.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub first: Option<Settled>,
}

/// Why nothing is sent.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct DropReason {
    /// Which reason: stable, for programs.
    pub code: DropCode,
    /// What exactly is wrong, where the code alone does not say: stable, for programs.
    pub detail: Option<String>,
    /// Where the reason lies: a path into the event, or into the settings if it begins with `$`.
    pub path: Option<Cow<'static, str>>,
    /// What happened, in one sentence. It never holds a phone number or a value of the event.
    pub cause: Cow<'static, str>,
    /// What to do about it, in one sentence.
    pub fix: Cow<'static, str>,
    /// When the reason ends, in milliseconds since 1970: decided again from then on, the message
    /// is not dropped for it. None where no time mends it.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub until: Option<Timestamp>,
}

impl DropReason {
    /// The reason with the words that belong to its code. Most events are dropped because no
    /// trigger matches, so this allocates nothing.
    pub(crate) fn new(code: DropCode) -> Self {
        Self {
            code,
            detail: None,
            path: None,
            cause: Cow::Borrowed(code.meaning()),
            fix: Cow::Borrowed(code.fix()),
            until: None,
        }
    }

    /// The same reason, with the place where it lies.
    #[must_use]
    pub(crate) fn at(mut self, path: impl Into<Cow<'static, str>>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// The same reason, with what exactly is wrong.
    #[must_use]
    pub(crate) fn detailed(mut self, detail: &str) -> Self {
        self.detail = Some(detail.to_owned());
        self
    }

    /// The same reason, with words of its own for what happened.
    #[must_use]
    pub(crate) fn because(mut self, cause: impl Into<Cow<'static, str>>) -> Self {
        self.cause = cause.into();
        self
    }

    /// The same reason, with words of its own for what to do.
    #[must_use]
    pub(crate) fn fixed_by(mut self, fix: impl Into<Cow<'static, str>>) -> Self {
        self.fix = fix.into();
        self
    }

    /// The same reason, with the time at which it ends, if there is one.
    #[must_use]
    pub(crate) fn until(mut self, until: Option<Timestamp>) -> Self {
        self.until = until;
        self
    }
}

/// Something that was left out of a message that is sent all the same.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Warning {
    /// Which warning: stable, for programs.
    pub code: WarningCode,
    /// Which of Twilio's parameters it is about.
    pub parameter: String,
    /// The setting that it comes from, as a JSON path.
    pub setting: String,
    /// What happened, in one sentence. It never holds a value of the event.
    pub cause: String,
}

codes! {
    /// The reasons why nothing is sent.
    pub enum DropCode(&'static str);
    /// The event grants no consent, and consent is required.
    ConsentMissing = "consent_missing",
        "Send the user's consent in context.consent.categoryPreferences, or set consent.require to false.";
    /// The user has not granted every category that this destination needs.
    ConsentRefused = "consent_refused",
        "Nothing: the user does not want it. Check consent.categories if you think otherwise.";
    /// The recipient's country is on the list of countries that are not texted.
    CountryDenied = "country_denied",
        "Remove the country from countries.deny if it should be texted.";
    /// The recipient's country is not on the list of countries that are texted.
    CountryNotAllowed = "country_not_allowed",
        "Add the country to countries.allow if it should be texted.";
    /// The destination is switched off.
    DestinationDisabled = "destination_disabled",
        "Set enabled to true to send.";
    /// The event was delivered before, and its message has ended.
    Duplicate = "duplicate",
        "Nothing: the first outcome stands.";
    /// The event is not JSON.
    EventNotJson = "event_not_json",
        "Send the event as a JSON object.";
    /// The event is JSON, but not an object.
    EventNotObject = "event_not_object",
        "Send one JSON object for each event.";
    /// A text that is needed holds half of a surrogate pair, which is no character.
    EventNotUnicode = "event_not_unicode",
        "Cut texts between characters, never inside one, where the event is made.";
    /// The event nests too deep.
    EventTooDeep = "event_too_deep",
        "Send a flatter event: 32 levels are read.";
    /// The event has more bytes than are read.
    EventTooLarge = "event_too_large",
        "Send a smaller event, or raise max_event_bytes.";
    /// The event has no type.
    EventTypeMissing = "event_type_missing",
        "Set type to track, identify, page, screen, group or alias.";
    /// The event's type is none of Segment's.
    EventTypeUnknown = "event_type_unknown",
        "Set type to track, identify, page, screen, group or alias.";
    /// The event could not be read: a property of it throws, or it refers to itself.
    EventUnreadable = "event_unreadable",
        "Send plain data: objects as JSON.parse makes them.";
    /// The event's integrations object switches this destination off.
    IntegrationDisabled = "integration_disabled",
        "Nothing, if that is meant; else change the event's integrations object.";
    /// The text holds a control character, which no phone shows.
    MessageControlCharacter = "message_control_character",
        "Remove it where the text is made; line breaks and tabs are fine.";
    /// There is nothing to say: no body, no default message, no media and no content template.
    MessageEmpty = "message_empty",
        "Map a body, or set default_message.";
    /// The event is a conversion, and no message was sent to its user that it could be credited to.
    MessageNotFound = "message_not_found",
        "Nothing, if nobody texted them; else see that the mapping sets provide_feedback, and raise within_seconds.";
    /// The text has more than 1,600 characters.
    MessageTooLong = "message_too_long",
        "Shorten the template, or set too_long to truncate.";
    /// The text takes more segments than max_segments allows.
    MessageTooManySegments = "message_too_many_segments",
        "Shorten the template, raise max_segments, or set over_segments.";
    /// No mapping's trigger matches the event.
    NoMappingMatched = "no_mapping_matched",
        "Nothing, if this event should not send; else correct the trigger.";
    /// The recipient is not one of the test recipients.
    NotATestRecipient = "not_a_test_recipient",
        "Add the recipient to only_to, or remove only_to when the test is over.";
    /// A parameter that decides whether, when or how privately the message is sent is wrong.
    ParameterInvalid = "parameter_invalid",
        "Correct the value, or what it is mapped from.";
    /// The message would reach the recipient in quiet hours.
    QuietHours = "quiet_hours",
        "Send it again when `until` comes, or set quiet_hours.then to schedule.";
    /// The recipient is no phone number that can be texted.
    RecipientInvalid = "recipient_invalid",
        "Store numbers with their country code, such as +447700900123.";
    /// The recipient has had as many messages as recipient_limit allows.
    RecipientLimit = "recipient_limit",
        "Nothing, or raise recipient_limit.";
    /// The event names no recipient.
    RecipientMissing = "recipient_missing",
        "Send the phone number with the event, or map the recipient from where it stands.";
    /// The recipient's number is not a string. A JSON number loses its plus sign and its zeros.
    RecipientNotText = "recipient_not_text",
        "Send the phone number as a string.";
    /// The recipient has opted out, or the number cannot be reached.
    RecipientSuppressed = "recipient_suppressed",
        "Nothing, until the recipient opts in again.";
    /// The message in whose place it was to be sent arrived after all, or failed for a reason that stays.
    ResendNeedless = "resend_needless",
        "Nothing: another message would be one too many, or would fail as well.";
    /// The time to send at is too near, too far or not a time.
    SendAtOutOfRange = "send_at_out_of_range",
        "Give a time from 15 minutes to 35 days ahead.";
    /// The sender is none of the kinds that Twilio knows.
    SenderInvalid = "sender_invalid",
        "Correct the sender, or what it is mapped from.";
    /// There is no sender for this recipient's country or channel.
    SenderMissing = "sender_missing",
        "Add from or messaging_service_sid, or a sender for this country or channel.";
    /// A number in a template is infinite or none, as after a division by zero.
    TemplateNumberNotFinite = "template_number_not_finite",
        "Keep the template from dividing by zero.";
    /// A template's output is longer than any text.
    TemplateOutputTooLong = "template_output_too_long",
        "Use the truncate filter on what comes from the event.";
    /// A value that the message needs is missing: a text with a gap is not sent, nor one that lost its time.
    TemplateValueMissing = "template_value_missing",
        "Send the value, give it a default filter, or set missing to blank.";
    /// A template would print an object.
    TemplateValueNotText = "template_value_not_text",
        "Name a member of the object in the template.";
    /// What the mapping sends on was true before the event already.
    Unchanged = "unchanged",
        "Nothing: a text was due when it turned true. Remove turns_true to send at every event.";
    /// The event names no user, and whether something turned true is known user by user.
    UserMissing = "user_missing",
        "Send userId or anonymousId with the event, or remove turns_true.";
}

impl DropCode {
    /// What to do about it, in one sentence.
    pub fn fix(self) -> &'static str {
        self.row().0
    }
}

codes! {
    /// What can be left out of a message.
    pub enum WarningCode(&'static str);
    /// A text was mapped, but a content template is sent in its place.
    BodyIgnored = "body_ignored",
        "Map either body or content_sid.";
    /// A text was cut to what may be sent.
    BodyTruncated = "body_truncated",
        "Shorten the template.";
    /// Characters that force UCS-2 were replaced by plain ones.
    BodySmartEncoded = "body_smart_encoded",
        "Use plain quotes, dashes and spaces in the template.";
    /// A parameter's value was wrong, and the message is sent without it.
    ParameterLeftOut = "parameter_left_out",
        "Correct the value, or what it is mapped from.";
    /// What is given as the recipient's time zone is none, so quiet hours were told otherwise.
    TimeZoneUnknown = "time_zone_unknown",
        "Use a name of the IANA database, such as Europe/London.";
}

impl WarningCode {
    /// What to do about it, in one sentence.
    pub fn fix(self) -> &'static str {
        self.row().0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_their_codes() {
        for code in DropCode::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.code());
            assert!(code.fix().ends_with('.') && code.meaning().ends_with('.'), "{code:?}");
        }
        for code in WarningCode::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.code());
        }
    }
}
