//! How messages are delivered: settings of the store, of doubt, of speed and of restraint.

use super::read::{Integer, List, Setting, choice, object, text};
use super::shape::Shape;
use super::texts::Name;
use crate::path::Path;
use crate::problem::{ProblemCode, Problems};
use crate::redact::Secret;
use crate::twilio::address::Sender;
use crate::value::Value;

object! {
    /// What to do when it is unclear whether a message was created, and for how long.
    pub struct Delivery {
        /// What to do when a reply is lost or unclear. Default: reconcile.
        "on_unclear" on_unclear: OnUnclear, false;
        /// How long Twilio's list of messages may take to show a new one, in seconds. Nothing unclear is sent again before. Default: 120.
        "list_lag_seconds" list_lag_seconds: Integer<10, 3_600>, false;
        /// How many requests of one message may end unclear. Default: 3.
        "attempts" attempts: Integer<1, 10>, false;
        /// How long after the first request another may follow, in seconds. Default: 14,400.
        "retry_seconds" retry_seconds: Integer<0, 604_800>, false;
        /// How many days an event is remembered, so that it is not sent again. Default: 30.
        "remember_days" remember_days: Integer<1, 3_650>, false;
        /// The parameter of status_callback by which a callback finds its message again. It is added when a message is sent; decide and preview show the URL without it. Default: none, and callbacks change nothing that is remembered of messages.
        "callback_parameter" callback_parameter: Name, false;
        /// How often a message is sent again, as a new one that is billed too, that was not delivered for a reason that may pass: Twilio's 30003, 30008, 30017 and 30410. Until it is known what became of a message, for three days at most, its number and text are kept. Default: 0.
        "resend_undelivered" resend_undelivered: Integer<0, 3>, false;
    }
}

choice! {
    /// What to do when a reply is lost or unclear.
    pub enum OnUnclear {
        /// Ask Twilio whether the message exists, and never send it again.
        Hold = "hold",
        /// Ask Twilio whether the message exists, and send it again if it does not.
        Reconcile = "reconcile",
        /// Send it again at once. Somebody may be texted twice.
        Resend = "resend",
    }
}

object! {
    /// How fast messages are sent.
    pub struct Rate {
        /// How many segments a second each sender sends. Default: what Twilio gives its kind of sender at least.
        "segments_per_second" segments_per_second: Integer<1, 1_000>, false;
        /// The same for single senders.
        "senders" senders: List<SenderRate, 0, 250>, false;
        /// How many segments a second all senders together send. Default: 10.
        "total_per_second" total_per_second: Integer<1, 10_000>, false;
        /// How many requests one process has under way at most. Default: 10.
        "requests_at_once" requests_at_once: Integer<1, 1_000>, false;
        /// How many requests of the account under way, as Twilio counts them, make it send fewer at once. Default: 50.
        "busy_account" busy_account: Integer<1, 100_000>, false;
    }
}

object! {
    /// How fast one sender sends.
    pub struct SenderRate {
        /// The sender, as in from or messaging_service_sid.
        "sender" sender: Sender, true;
        /// How many segments a second it sends.
        "segments_per_second" segments_per_second: Integer<1, 1_000>, true;
    }
}

object! {
    /// How many messages one recipient gets at most.
    pub struct RecipientLimit {
        /// How many messages.
        "messages" messages: Integer<1, 1_000>, true;
        /// In how many seconds.
        "seconds" seconds: Integer<1, 2_592_000>, true;
    }
}

object! {
    /// What is remembered of users, from identify and alias events.
    pub struct Profiles {
        /// Whether anything is. Default: true.
        "enabled" enabled: bool, false;
        /// How many days after the last event. Default: 365.
        "remember_days" remember_days: Integer<1, 3_650>, false;
        /// How long an event that lacks a phone number or a value waits for an identify, in milliseconds. Default: 0.
        "wait_for_profile_ms" wait_for_profile_ms: Integer<0, 600_000>, false;
    }
}

/// A secret that keys are hashed with.
#[derive(Clone, Debug)]
pub(crate) struct KeySecret(pub(crate) Secret);

impl Setting for KeySecret {
    fn shape() -> Shape {
        Shape::Secret("^.{16,256}$", 256)
    }

    fn read(value: &Value<'_>, at: &Path, problems: &mut Problems) -> Option<Self> {
        let secret = text(value, at, problems)?;
        if (16..=256).contains(&secret.chars().count()) {
            return Some(Self(Secret::new(secret.to_owned())));
        }
        problems.add(ProblemCode::KeySecretInvalid, at, "not 16 to 256 characters");
        None
    }
}

object! {
    /// Where state is kept.
    pub struct Store {
        /// What the store calls this destination. Destinations that share a store need different names. Default: the account SID.
        "name" name: Name, false;
        /// A secret that phone numbers and ids are hashed with in the store's keys. If it changes, everything is forgotten, opt-outs too. Default: the account SID, which is less than a secret.
        "key_secret" key_secret: KeySecret, false;
    }
}
