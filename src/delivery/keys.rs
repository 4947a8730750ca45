//! The keys of cells: hashes, so that no phone number and no user id stands in them.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::Policy;
use crate::destination::Destination;
use crate::redact::Secret;

/// Makes the keys of one destination.
#[derive(Debug)]
pub(super) struct Keys<'p> {
    secret: &'p Secret,
    id: &'p str,
}

impl<'p> Keys<'p> {
    pub(super) fn new(secret: &'p Secret, id: &'p str) -> Self {
        Self { secret, id }
    }

    pub(super) fn of(destination: &'p Destination) -> Self {
        let policy = destination.policy();
        Self::new(&policy.key_secret, &policy.id)
    }

    /// The claim of one message of this destination.
    pub(super) fn claim(&self, parts: &[&str]) -> String {
        self.key("claim", parts)
    }

    /// The profile of a user, by the kind of id and the id.
    pub(super) fn profile(&self, kind: &str, id: &str) -> String {
        self.key("profile", &[kind, id])
    }

    /// A recipient: their address as it stands in the form.
    pub(super) fn recipient(&self, address: &str) -> String {
        self.key("recipient", &[address])
    }

    /// What it takes to send the message of a claim again.
    pub(super) fn resendable(&self, claim: &str) -> String {
        self.key("message", &[claim])
    }

    /// A message by its SID.
    pub(super) fn sid(&self, sid: &str) -> String {
        self.key("sid", &[sid])
    }

    /// A sender: its address or service as it stands in the form.
    pub(super) fn sender(&self, address: &str) -> String {
        self.key("sender", &[address])
    }

    /// Everything that this destination sends.
    pub(super) fn all_senders(&self) -> String {
        self.key("sender", &[])
    }

    /// A short hash of something that must not be stored itself.
    pub(super) fn hash(&self, parts: &[&str]) -> String {
        self.digest("hash", parts)
    }

    fn key(&self, kind: &str, parts: &[&str]) -> String {
        format!("{kind}:{}", self.digest(kind, parts))
    }

    /// 128 bits of HMAC-SHA-256, over parts that cannot run into each other.
    fn digest(&self, kind: &str, parts: &[&str]) -> String {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.secret.expose().as_bytes()) else {
            // HMAC takes keys of any length.
            return String::new();
        };
        for part in [kind, self.id].iter().chain(parts) {
            mac.update(&(part.len() as u64).to_le_bytes());
            mac.update(part.as_bytes());
        }
        let mut out = String::with_capacity(32);
        for byte in mac.finalize().into_bytes().iter().take(16) {
            for half in [byte >> 4, byte & 15] {
                out.extend(char::from_digit(u32::from(half), 16));
            }
        }
        out
    }
}

/// The fingerprint of credentials: it tells two apart and gives neither away.
pub(crate) fn fingerprint(policy: &Policy, credentials: &Secret) -> String {
    Keys::new(&policy.key_secret, &policy.id).hash(&["credentials", credentials.expose()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_differ_wherever_their_parts_do() {
        let secret = Secret::new("secret".to_owned());
        let keys = Keys::new(&secret, "d");
        let made = [
            keys.claim(&["a", "bc"]),
            keys.claim(&["ab", "c"]),
            keys.claim(&["abc"]),
            keys.recipient("abc"),
            keys.resendable("abc"),
            keys.sid("abc"),
            keys.sender("abc"),
            keys.all_senders(),
            keys.profile("user", "abc"),
            keys.profile("anonymous", "abc"),
            Keys::new(&secret, "e").claim(&["abc"]),
            Keys::new(&Secret::new("other".to_owned()), "d").claim(&["abc"]),
        ];
        for (at, key) in made.iter().enumerate() {
            assert!(!made.iter().skip(at + 1).any(|other| other == key), "{key}");
        }
    }

    #[test]
    fn no_number_stands_in_a_key() {
        let secret = Secret::new("secret".to_owned());
        let key = Keys::new(&secret, "d").recipient("+447700900123");
        assert!(!key.contains("7700") && key.len() == "recipient:".len() + 32, "{key}");
    }
}
