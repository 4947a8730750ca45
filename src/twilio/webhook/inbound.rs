//! Inbound messages: what a recipient wrote back, and whether it stops or starts what they get.

use serde::Serialize;

use super::params::Params;
use super::refusal::RefusalCode;
use super::{channel_of, expose, expose_optional};
use crate::redact::Pii;
use crate::twilio::sid::MessageSid;

/// What a recipient asks for.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum OptOut {
    /// To be told what this is. It changes nothing.
    Help,
    /// To get messages again.
    Start,
    /// To get no more messages.
    Stop,
}

impl OptOut {
    /// What a text asks for, by the words that Twilio acts on by default: one word and nothing
    /// else, in capitals or not (Twilio, "Advanced Opt-Out" and its list of default keywords).
    pub fn of_text(text: &str) -> Option<Self> {
        match text.trim().to_ascii_uppercase().as_str() {
            "HELP" | "INFO" => Some(Self::Help),
            "START" | "UNSTOP" | "YES" => Some(Self::Start),
            "CANCEL" | "END" | "OPTOUT" | "QUIT" | "REVOKE" | "STOP" | "STOPALL"
            | "UNSUBSCRIBE" => Some(Self::Stop),
            _ => None,
        }
    }

    /// What Advanced Opt-Out made of the text (`OptOutType`). It may have keywords of its own.
    fn of_type(name: &str) -> Option<Self> {
        match name.to_ascii_uppercase().as_str() {
            "HELP" => Some(Self::Help),
            "START" => Some(Self::Start),
            "STOP" => Some(Self::Stop),
            _ => None,
        }
    }
}

/// An inbound message.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Inbound {
    /// The message.
    #[cfg_attr(test, ts(type = "string"))]
    pub message_sid: MessageSid,
    /// What it asks for, if anything.
    pub opt_out: Option<OptOut>,
    /// Whether Twilio's Advanced Opt-Out decided that, instead of the default keywords.
    pub advanced_opt_out: bool,
    /// Who wrote it, as Twilio writes it.
    #[cfg_attr(test, ts(type = "string"))]
    #[serde(serialize_with = "expose")]
    pub from: Pii,
    /// The number or address that received it.
    #[cfg_attr(test, ts(type = "string"))]
    #[serde(serialize_with = "expose")]
    pub to: Pii,
    /// What it travelled over: `sms`, `whatsapp`, `messenger` or `rcs`.
    pub channel: &'static str,
    /// The Messaging Service that the receiver belongs to.
    pub messaging_service_sid: Option<String>,
    /// Its text.
    #[cfg_attr(test, ts(type = "string | null"))]
    #[serde(serialize_with = "expose_optional")]
    pub body: Option<Pii>,
    /// How many pictures or files came with it.
    pub num_media: u32,
    /// The message that it answers, where the channel tells.
    pub replied_to: Option<String>,
}

impl Inbound {
    pub(super) fn read(params: &Params) -> Result<Self, RefusalCode> {
        let names = ["MessageSid", "SmsMessageSid", "SmsSid"];
        let message_sid = params.any(&names).and_then(MessageSid::parse);
        let (Some(message_sid), Some(from), Some(to)) =
            (message_sid, params.get("From"), params.get("To"))
        else {
            return Err(RefusalCode::CallbackIncomplete);
        };
        let body = params.get("Body");
        let advanced = params.get("OptOutType").and_then(OptOut::of_type);
        let replied_to = params.get("OriginalRepliedMessageSid").and_then(MessageSid::parse);
        Ok(Self {
            message_sid,
            opt_out: advanced.or_else(|| body.and_then(OptOut::of_text)),
            advanced_opt_out: advanced.is_some(),
            channel: channel_of(from),
            from: Pii::new(from.to_owned()),
            to: Pii::new(to.to_owned()),
            messaging_service_sid: params.sid(&["MessagingServiceSid"], "MG"),
            body: body.map(|body| Pii::new(body.to_owned())),
            num_media: params.get("NumMedia").and_then(|count| count.parse().ok()).unwrap_or(0),
            replied_to: replied_to.map(|sid| sid.as_str().to_owned()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_words_of_twilios_list() {
        let stop =
            ["STOP", "stopall", " Unsubscribe\n", "CANCEL", "END", "QUIT", "REVOKE", "OptOut"];
        for word in stop {
            assert_eq!(OptOut::of_text(word), Some(OptOut::Stop), "{word}");
        }
        for word in ["START", "yes", "UNSTOP "] {
            assert_eq!(OptOut::of_text(word), Some(OptOut::Start), "{word}");
        }
        for word in ["HELP", "Info"] {
            assert_eq!(OptOut::of_text(word), Some(OptOut::Help), "{word}");
        }
        for text in ["STOP PLEASE", "please stop", "STOPP", "S T O P", "STOP.", "no", "", " "] {
            assert_eq!(OptOut::of_text(text), None, "{text}");
        }
    }

    #[test]
    fn advanced_opt_out_has_the_first_word() {
        let read = |extra: &str| {
            let sid = "SM0123456789abcdef0123456789abcdef";
            let form = format!("MessageSid={sid}&From=%2B447700900123&To=%2B15551234567{extra}");
            let inbound = Inbound::read(&Params::read(form.as_bytes()).unwrap()).unwrap();
            (inbound.opt_out, inbound.advanced_opt_out)
        };
        assert_eq!(read("&Body=ARRET&OptOutType=STOP"), (Some(OptOut::Stop), true));
        assert_eq!(read("&Body=stop&OptOutType=HELP"), (Some(OptOut::Help), true));
        assert_eq!(read("&Body=stop&OptOutType="), (Some(OptOut::Stop), false));
        assert_eq!(read("&Body=stop&OptOutType=LATER"), (Some(OptOut::Stop), false));
        assert_eq!(read("&Body=hello"), (None, false));
        assert_eq!(read(""), (None, false));
    }
}
