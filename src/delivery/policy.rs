//! How the settings want messages delivered. All spans are in milliseconds.

use crate::cells::Cap;
use crate::redact::Secret;
use crate::settings::{self, Settings};
use crate::twilio::address::Channel;

/// How the settings want messages delivered.
#[derive(Debug)]
pub(crate) struct Policy {
    /// What the store calls this destination.
    pub(crate) id: String,
    /// What keys are hashed with.
    pub(crate) key_secret: Secret,
    /// What to do when it is unclear whether a message was created.
    pub(crate) on_unclear: OnUnclear,
    /// How long Twilio's list may take to show a message that was created.
    pub(crate) list_lag: i64,
    /// How many requests of a message may end unclear.
    pub(crate) attempts: u32,
    /// How long after the first request another may be made.
    pub(crate) retry_window: i64,
    /// How long a settled claim is remembered.
    pub(crate) keep_claims: i64,
    /// The parameter of the status callback's URL that carries the claim's key.
    pub(crate) callback_parameter: Option<String>,
    /// How often a message is sent again that was not delivered.
    pub(crate) resends: u32,
    /// How many segments a second a sender sends, if the settings say so for all.
    pub(crate) rate: Option<u32>,
    /// The same, for single senders: as they stand in the form.
    pub(crate) sender_rates: Vec<(String, u32)>,
    /// How many segments a second everything together sends.
    pub(crate) ceiling: u32,
    /// How many requests may be under way at once.
    pub(crate) at_once: u32,
    /// How many requests of the account under way are many.
    pub(crate) busy_account: u32,
    /// At most how many messages a recipient gets.
    pub(crate) cap: Option<Cap>,
    /// How long a refusal for an opt-out counts.
    pub(crate) opt_out_lasts: i64,
    /// How long profiles are kept; none if they are not.
    pub(crate) keep_profiles: Option<i64>,
    /// How long to wait for an identify that comes just after.
    pub(crate) wait_for_profile: i64,
}

impl Policy {
    /// Reads the settings; `account` is the account's SID, by which a destination is known unless
    /// the settings name it.
    pub(crate) fn new(settings: &Settings, account: &str) -> Self {
        let delivery = settings.delivery.as_ref();
        let rate = settings.rate.as_ref();
        let profiles = settings.profiles.as_ref();
        let store = settings.store.as_ref();
        let name = store.and_then(|store| store.name.as_ref());
        let secret = store.and_then(|store| store.key_secret.as_ref());
        let rates = rate.and_then(|rate| rate.senders.as_ref()).map(|list| list.0.as_slice());
        Self {
            id: name.map_or(account, |name| &name.0).to_owned(),
            key_secret: secret
                .map_or_else(|| Secret::new(account.to_owned()), |secret| secret.0.clone()),
            on_unclear: match delivery.and_then(|delivery| delivery.on_unclear) {
                None | Some(settings::OnUnclear::Reconcile) => OnUnclear::Reconcile,
                Some(settings::OnUnclear::Hold) => OnUnclear::Hold,
                Some(settings::OnUnclear::Resend) => OnUnclear::Resend,
            },
            list_lag: delivery.and_then(|it| it.list_lag_seconds).map_or(120, |it| it.0) * SECOND,
            attempts: small(delivery.and_then(|it| it.attempts).map_or(3, |it| it.0)),
            retry_window: delivery.and_then(|it| it.retry_seconds).map_or(14_400, |it| it.0)
                * SECOND,
            keep_claims: delivery.and_then(|it| it.remember_days).map_or(30, |it| it.0) * DAY,
            callback_parameter: delivery
                .and_then(|it| it.callback_parameter.as_ref())
                .map(|name| name.0.clone()),
            resends: small(delivery.and_then(|it| it.resend_undelivered).map_or(0, |it| it.0)),
            rate: rate.and_then(|rate| rate.segments_per_second).map(|rate| small(rate.0)),
            sender_rates: rates
                .unwrap_or_default()
                .iter()
                .filter_map(|rate| {
                    let sender = rate.sender.as_ref()?.as_str().to_owned();
                    Some((sender, small(rate.segments_per_second.as_ref()?.0)))
                })
                .collect(),
            ceiling: small(rate.and_then(|rate| rate.total_per_second).map_or(10, |it| it.0)),
            at_once: small(rate.and_then(|rate| rate.requests_at_once).map_or(10, |it| it.0)),
            busy_account: small(rate.and_then(|rate| rate.busy_account).map_or(50, |it| it.0)),
            cap: settings.recipient_limit.as_ref().and_then(|limit| {
                let window = limit.seconds.as_ref()?.0 * SECOND;
                Some(Cap { max: small(limit.messages.as_ref()?.0), window })
            }),
            opt_out_lasts: settings.opted_out_days.map_or(7, |days| days.0) * DAY,
            keep_profiles: profiles
                .and_then(|it| it.enabled)
                .unwrap_or(true)
                .then(|| profiles.and_then(|it| it.remember_days).map_or(365, |it| it.0) * DAY),
            wait_for_profile: profiles.and_then(|it| it.wait_for_profile_ms).map_or(0, |it| it.0),
        }
    }

    /// How many segments a second a sender sends to a recipient, both as they stand in the form.
    ///
    /// Where the settings do not say, it is what Twilio gives that kind of sender at least: see
    /// Twilio's help pages on message throughput.
    pub(crate) fn rate_of(&self, sender: &str, to: &str) -> u32 {
        if let Some((_, rate)) = self.sender_rates.iter().find(|(known, _)| known == sender) {
            return *rate;
        }
        self.rate.unwrap_or_else(|| usual_rate(sender, to))
    }
}

fn usual_rate(sender: &str, to: &str) -> u32 {
    const TOLL_FREE: [&str; 7] = ["+1800", "+1833", "+1844", "+1855", "+1866", "+1877", "+1888"];
    let (channel, address) = Channel::split(sender);
    if channel == Channel::Whatsapp {
        return 80;
    }
    match address.strip_prefix('+') {
        Some(_) if !to.starts_with("+1") => 10,
        Some(_) if TOLL_FREE.iter().any(|prefix| address.starts_with(prefix)) => 3,
        Some(_) => 1,
        None if address.bytes().all(|byte| byte.is_ascii_digit()) => 100,
        // A service may have a single number.
        None if address.starts_with("MG") && address.len() == 34 => 1,
        None => 10,
    }
}

const SECOND: i64 = 1_000;
const DAY: i64 = 86_400 * SECOND;

fn small(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// What to do when it is unclear whether a message was created.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum OnUnclear {
    /// Find out, and never send again.
    Hold,
    /// Find out, and send again if it does not exist.
    Reconcile,
    /// Send again at once.
    Resend,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_rate_of_every_kind_of_sender() {
        for (sender, to, rate) in [
            ("+14155551234", "+12015550123", 1),
            ("+14155551234", "+447700900123", 10),
            ("+18885551234", "+12015550123", 3),
            ("+18885551234", "+447700900123", 10),
            ("12345", "+12015550123", 100),
            ("ACME", "+447700900123", 10),
            ("whatsapp:+14155238886", "whatsapp:+447700900123", 80),
            ("MG0123456789abcdef0123456789abcdef", "+447700900123", 1),
        ] {
            assert_eq!(usual_rate(sender, to), rate, "{sender}");
        }
    }
}
