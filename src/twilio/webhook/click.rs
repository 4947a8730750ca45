//! Clicks on links that Twilio shortened (`ShortenUrls`).

use serde::Serialize;

use super::expose_optional;
use super::params::Params;
use super::refusal::RefusalCode;
use crate::redact::Pii;
use crate::twilio::sid::MessageSid;

/// A click on a shortened link.
///
/// The names of its parameters are those of Twilio's page on link shortening (`sms_sid`), or of its
/// event `link-clicked` (`message_sid`): either is read, as a form or as flat JSON.
#[derive(Clone, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Click {
    /// The message that the link stood in.
    #[cfg_attr(test, ts(type = "string"))]
    pub message_sid: MessageSid,
    /// The link as it was before it was shortened. It may hold what was personal in the text.
    #[cfg_attr(test, ts(type = "string | null"))]
    #[serde(serialize_with = "expose_optional")]
    pub link: Option<Pii>,
    /// When it was clicked, in Twilio's words: ISO 8601.
    pub click_time: Option<String>,
    /// The program that it was opened with. Many of them only look for a preview.
    pub user_agent: Option<String>,
    /// Who the message was sent to, as Twilio writes it.
    #[cfg_attr(test, ts(type = "string | null"))]
    #[serde(serialize_with = "expose_optional")]
    pub to: Option<Pii>,
    /// Who sent it.
    #[cfg_attr(test, ts(type = "string | null"))]
    #[serde(serialize_with = "expose_optional")]
    pub from: Option<Pii>,
    /// The Messaging Service that sent it.
    pub messaging_service_sid: Option<String>,
}

impl Click {
    pub(super) fn is(params: &Params) -> bool {
        params.get("event_type") == Some("click") || params.get("click_time").is_some()
    }

    pub(super) fn read(params: &Params) -> Result<Self, RefusalCode> {
        let message_sid = params.any(&["sms_sid", "message_sid"]).and_then(MessageSid::parse);
        let pii = |name| params.get(name).map(|text| Pii::new(text.to_owned()));
        Ok(Self {
            message_sid: message_sid.ok_or(RefusalCode::CallbackIncomplete)?,
            link: pii("link"),
            click_time: params.get("click_time").map(str::to_owned),
            user_agent: params.get("user_agent").map(str::to_owned),
            to: pii("to"),
            from: pii("from"),
            messaging_service_sid: params.sid(&["messaging_service_sid"], "MG"),
        })
    }
}

/// A user agent is whatever a stranger's program says: it is not printed.
impl std::fmt::Debug for Click {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Click").field("message_sid", &self.message_sid).finish_non_exhaustive()
    }
}
