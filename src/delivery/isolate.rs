//! What one process remembers between deliveries: never needed for safety, it saves calls.

use std::cell::RefCell;
use std::rc::Rc;

use crate::outcome::Reply;
use crate::time::Timestamp;
use crate::twilio::codes::Scope;
use crate::twilio::response::{Meaning, ReplyCode, Verdict};

/// What one process remembers.
#[derive(Debug)]
pub(super) struct Isolate {
    halts: Vec<KnownHalt>,
    quota: u32,
    under_way: u32,
    at_once: f64,
}

#[derive(Debug)]
struct KnownHalt {
    /// The sender's key; none if the whole account is halted.
    sender: Option<String>,
    reply: Reply,
    until: Timestamp,
}

/// The retry quota and its prices, as the AWS SDKs have them: when most requests fail, retries stop
/// long before they could double the load.
const QUOTA: u32 = 500;
const PRICE: u32 = 5;
const PRICE_UNCLEAR: u32 = 10;

impl Isolate {
    pub(super) fn new(at_once: u32) -> Self {
        Self { halts: Vec::new(), quota: QUOTA, under_way: 0, at_once: f64::from(at_once) }
    }

    /// Why this sender may not send, if this process knows.
    pub(super) fn halt(&mut self, sender: &str, now: Timestamp) -> Option<Reply> {
        self.halts.retain(|halt| now < halt.until);
        let concerns =
            |halt: &&KnownHalt| halt.sender.as_deref().is_none_or(|known| known == sender);
        self.halts.iter().find(concerns).map(|halt| halt.reply.clone())
    }

    /// Remembers a halt until `until`, when the sender's cell is to be asked again.
    pub(super) fn remember_halt(&mut self, sender: &str, reply: &Reply, until: Timestamp) {
        let account = matches!(
            reply.scope.as_deref(),
            Some(scope) if scope == Scope::Account.code() || scope == Scope::Configuration.code()
        );
        let sender = (!account).then(|| sender.to_owned());
        self.halts.retain(|halt| halt.sender != sender);
        self.halts.push(KnownHalt { sender, reply: reply.clone(), until });
    }

    /// Forgets the halts that concern this sender: it has just sent.
    pub(super) fn forget_halt(&mut self, sender: &str) {
        self.halts.retain(|halt| halt.sender.as_deref().is_some_and(|known| known != sender));
    }

    /// Pays for another attempt; `false` if the quota is used up.
    pub(super) fn pay_for_retry(&mut self, unclear: bool) -> bool {
        let price = if unclear { PRICE_UNCLEAR } else { PRICE };
        let left = self.quota.checked_sub(price);
        self.quota = left.unwrap_or(self.quota);
        left.is_some()
    }

    /// Whether another request may be under way.
    pub(super) fn has_room(&self) -> bool {
        f64::from(self.under_way) < self.at_once.max(1.0).floor()
    }

    /// Learns from how a request ended: the limit grows by about one a round while all is well, and is cut where
    /// Twilio says that the account has too much under way.
    pub(super) fn learn(&mut self, meaning: &Meaning, most: u32, busy_account: u32) {
        if meaning.reply == ReplyCode::RateLimited {
            self.at_once = (self.at_once / 2.0).max(1.0);
        } else if meaning.concurrent_requests.is_some_and(|count| count >= busy_account) {
            self.at_once = (self.at_once * 0.9).max(1.0);
        } else if meaning.verdict() == Verdict::Sent {
            self.at_once = (self.at_once + 1.0 / self.at_once).min(f64::from(most.max(1)));
            self.quota = (self.quota + 1).min(QUOTA);
        }
    }
}

/// The right to have one request under way. It ends with its delivery, also with one that its host
/// gives up in between.
#[derive(Debug)]
pub(super) struct Turn(Rc<RefCell<Isolate>>);

impl Turn {
    /// Takes a turn; none while as many requests are under way as there may be.
    pub(super) fn take(isolate: &Rc<RefCell<Isolate>>) -> Option<Self> {
        let mut inner = isolate.borrow_mut();
        if !inner.has_room() {
            return None;
        }
        inner.under_way += 1;
        drop(inner);
        Some(Self(Rc::clone(isolate)))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut isolate = self.0.borrow_mut();
        isolate.under_way = isolate.under_way.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::HttpReport;
    use crate::twilio::response::interpret_report;

    const MOST: u32 = 10;
    const BUSY: u32 = 50;

    fn reply(status: u16, body: &str, under_way: Option<u32>) -> Meaning {
        let count = under_way.map(|count| count.to_string());
        let headers = count.map(|count| ("twilio-concurrent-requests".to_owned(), count));
        let report = HttpReport::Response {
            status,
            headers: headers.into_iter().collect(),
            body: body.to_owned(),
            complete: true,
        };
        interpret_report(&report, Timestamp::from_millis(1_800_000_000_000))
    }

    fn sent(under_way: Option<u32>) -> Meaning {
        let body = r#"{"sid":"SM00000000000000000000000000000001","status":"queued"}"#;
        reply(201, body, under_way)
    }

    fn too_many() -> Meaning {
        reply(429, r#"{"code":20429,"message":"Too Many Requests","status":429}"#, None)
    }

    /// How many requests may be under way at once.
    fn room(isolate: &Rc<RefCell<Isolate>>) -> usize {
        let turns: Vec<_> = std::iter::from_fn(|| Turn::take(isolate)).collect();
        turns.len()
    }

    fn isolate_after(replies: &[Meaning]) -> Rc<RefCell<Isolate>> {
        let isolate = Rc::new(RefCell::new(Isolate::new(MOST)));
        for meaning in replies {
            isolate.borrow_mut().learn(meaning, MOST, BUSY);
        }
        isolate
    }

    #[test]
    fn a_turn_comes_back_with_its_end() {
        let isolate = isolate_after(&[]);
        assert_eq!([room(&isolate), room(&isolate)], [10, 10]);
    }

    #[test]
    fn too_many_requests_halve_what_is_under_way_down_to_one() {
        let rooms = (0..6).map(|times| room(&isolate_after(&vec![too_many(); times])));
        assert_eq!(rooms.collect::<Vec<_>>(), [10, 5, 2, 1, 1, 1]);
    }

    #[test]
    fn a_busy_account_has_less_under_way_although_its_messages_are_sent() {
        assert_eq!(room(&isolate_after(&vec![sent(Some(BUSY - 1)); 30])), 10);
        assert_eq!(room(&isolate_after(&vec![sent(Some(BUSY)); 3])), 7);
        assert_eq!(room(&isolate_after(&vec![sent(Some(BUSY)); 30])), 1);
    }

    #[test]
    fn it_grows_back_by_about_one_a_round_and_no_further_than_it_was() {
        let isolate = isolate_after(&vec![too_many(); 4]);
        let mut rounds = vec![room(&isolate)];
        for _ in 0..12 {
            // A round is as many replies as there is room for.
            for _ in 0..room(&isolate) {
                isolate.borrow_mut().learn(&sent(None), MOST, BUSY);
            }
            rounds.push(room(&isolate));
        }
        assert!(rounds.windows(2).all(|pair| pair[1] - pair[0] <= 1), "{rounds:?}");
        assert_eq!(rounds.last(), Some(&10), "{rounds:?}");
    }

    #[test]
    fn what_says_nothing_of_the_load_changes_nothing() {
        let unclear = reply(500, "", None);
        let bad = reply(400, r#"{"code":21211,"message":"","status":400}"#, None);
        let isolate = isolate_after(&[too_many(), unclear, bad]);
        assert_eq!(room(&isolate), 5);
    }
}
