//! What Twilio calls a destination with: statuses of messages and what people write, signed.

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;

use crate::draw::Draw;
use crate::scenario::{ACCOUNT, SERVICE};
use crate::twilio::base64;
use crate::witness::{Intent, MAY_PASS};

/// Where people's messages are reported.
const INBOUND: &str = "https://hooks.example.com/inbound";

/// What somebody writes, and how their message is told apart.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    pub(crate) sid: String,
    pub(crate) number: String,
    /// The sender that they write to, as in a form.
    pub(crate) sender: String,
    pub(crate) word: Word,
}

/// What somebody asks for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Word {
    Start,
    Stop,
}

impl Word {
    /// How people write it.
    fn text(self, draw: &mut Draw) -> &'static str {
        match self {
            Self::Start => draw.pick::<&str>(&["START", "unstop", " Yes "]),
            Self::Stop => draw.pick::<&str>(&["STOP", "stop", "Unsubscribe\n", "QUIT"]),
        }
    }
}

/// A status of a message.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) sid: String,
    pub(crate) status: &'static str,
    pub(crate) error: Option<u32>,
    pub(crate) to: String,
    pub(crate) sender: String,
    /// The user whose event sent it.
    pub(crate) user: Option<String>,
    pub(crate) intent: Intent,
    /// The message in whose place it was sent, or the first of several; its own SID if it is that.
    pub(crate) first: String,
}

/// What a call says.
#[derive(Clone, Debug)]
pub(crate) enum Says {
    Inbound(Said),
    Status(Told),
}

/// One call, as it comes in.
#[derive(Clone, Debug)]
pub(crate) struct Hook {
    pub(crate) url: String,
    pub(crate) form: String,
    pub(crate) signature: String,
    pub(crate) says: Says,
    /// Whether somebody else made it up.
    pub(crate) is_forged: bool,
    /// How often it may be called again, if it is not taken.
    pub(crate) again: u32,
}

impl Hook {
    /// The status of a message, at the URL that its create request gave.
    pub(crate) fn status(told: Told, callback: &str, token: &str, draw: &mut Draw) -> Self {
        let url = callback.split('#').next().unwrap_or_default().to_owned();
        let mut params = vec![
            ("MessageSid", told.sid.clone()),
            ("SmsSid", told.sid.clone()),
            ("MessageStatus", told.status.to_owned()),
            ("SmsStatus", told.status.to_owned()),
            ("AccountSid", ACCOUNT.to_owned()),
            ("ApiVersion", "2010-04-01".to_owned()),
            ("To", told.to.clone()),
        ];
        params.push(if told.sender.starts_with("MG") {
            ("MessagingServiceSid", told.sender.clone())
        } else {
            ("From", told.sender.clone())
        });
        params.extend(told.error.map(|code| ("ErrorCode", code.to_string())));
        Self::new(url, params, Says::Status(told), token, draw)
    }

    /// Something that somebody wrote.
    pub(crate) fn inbound(said: Said, own: &str, token: &str, draw: &mut Draw) -> Self {
        let mut params = vec![
            ("MessageSid", said.sid.clone()),
            ("SmsStatus", "received".to_owned()),
            ("NumMedia", "0".to_owned()),
            ("AccountSid", ACCOUNT.to_owned()),
            ("From", said.number.clone()),
            ("Body", said.word.text(draw).to_owned()),
        ];
        if said.sender == SERVICE {
            params.push(("MessagingServiceSid", said.sender.clone()));
            params.push(("To", own.to_owned()));
            if draw.in_1000(500) {
                let kind = if said.word == Word::Stop { "STOP" } else { "START" };
                params.push(("OptOutType", kind.to_owned()));
            }
        } else {
            params.push(("To", said.sender.clone()));
        }
        Self::new(INBOUND.to_owned(), params, Says::Inbound(said), token, draw)
    }

    fn new(
        url: String,
        params: Vec<(&str, String)>,
        says: Says,
        token: &str,
        draw: &mut Draw,
    ) -> Self {
        let params: BTreeMap<&str, String> = params.into_iter().collect();
        // Twilio does not always sign the port that it calls.
        let signed = match draw.in_1000(200) {
            true => url.replacen(".com/", ".com:443/", 1),
            false => url.clone(),
        };
        let signature = sign(token, &signed, &params);
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(params).finish();
        Self { url, form, signature, says, is_forged: false, again: 20 }
    }

    /// The same call as somebody would make it who does not know the token.
    pub(crate) fn forged(&self, draw: &mut Draw) -> Self {
        let mut hook = Self { is_forged: true, ..self.clone() };
        match draw.between(0, 4) {
            0 => hook.signature = String::new(),
            1 => {
                hook.signature =
                    sign("c0ffee5ec2e70000c0ffee5ec2e7bad0", &hook.url, &BTreeMap::new())
            }
            2 => {
                let (first, rest) = hook.signature.split_at(1);
                let other = if first == "A" { "B" } else { "A" };
                hook.signature = format!("{other}{rest}");
            }
            3 => hook.form.push_str("&MessageStatus=delivered&Body=STOP"),
            _ => hook.url.push_str(match hook.url.contains('?') {
                true => "&claim=0123456789abcdef0123456789abcdef",
                false => "?claim=0123456789abcdef0123456789abcdef",
            }),
        }
        hook
    }

    pub(crate) fn name(&self) -> String {
        let forged = if self.is_forged { "forged " } else { "" };
        match &self.says {
            Says::Inbound(said) => {
                format!("{forged}{:?} {} to {}", said.word, said.number, said.sender)
            }
            Says::Status(told) => format!("{forged}{} {} {:?}", told.sid, told.status, told.error),
        }
    }
}

/// The signature as Twilio describes it: the URL, then each parameter's name and value, by name.
fn sign(token: &str, url: &str, params: &BTreeMap<&str, String>) -> String {
    let mac = Hmac::<Sha1>::new_from_slice(token.as_bytes()).expect("a key");
    let mac = params.iter().fold(mac.chain_update(url), |mac, (name, value)| {
        mac.chain_update(name).chain_update(value)
    });
    base64(&mac.finalize().into_bytes())
}

/// What becomes of a message after its create request, in order: what callbacks report. `fails` says
/// that many end for a reason that may pass.
pub(crate) fn career(draw: &mut Draw, fails: bool) -> Vec<(&'static str, Option<u32>)> {
    let mut career = vec![("sent", None)];
    if draw.in_1000(500) {
        career.insert(0, ("sending", None));
    }
    if fails && draw.in_1000(500) {
        career.push((*draw.pick(&["failed", "undelivered"]), Some(*draw.pick(&MAY_PASS))));
        return career;
    }
    match draw.between(0, 9) {
        0 => {}
        1 => career = vec![("failed", Some(*draw.pick(&[30_008, 21_610, 30_007])))],
        2 => career.push(("undelivered", Some(*draw.pick(&[30_003, 30_005])))),
        3 => career.extend([("undelivered", Some(30_008)), ("delivered", None)]),
        4 => career.extend([("delivered", None), ("read", None)]),
        5 => career.push(("beamed_up", None)),
        _ => career.push(("delivered", None)),
    }
    career
}
