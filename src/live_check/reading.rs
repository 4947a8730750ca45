//! What Twilio's answers mean for the settings.

use super::finding::{Finding, FindingCode};
use super::question::{Kind, Place, Question};
use super::reply::Reply;
use crate::number;
use crate::phone::{self, Accept};
use crate::redact::Pii;
use crate::value::Value;

/// Below this balance, in the account's currency, a warning is due: about 600 texts within the
/// United States.
const LOW_BALANCE: f64 = 5.0;

/// What the answers so far have shown.
#[derive(Debug)]
pub(super) struct Reading {
    findings: Vec<Finding>,
    /// What was known before anything was asked.
    noted: Vec<Finding>,
    /// Whether nothing more can be learnt.
    pub(super) is_over: bool,
    uses_api_key: bool,
    /// Whether an answer has shown that the credentials are good.
    is_proven: bool,
    /// Whether the account belongs to another, which keeps its money.
    is_subaccount: bool,
    /// Long codes of the United States whose Messaging Service is not known yet.
    homeless: Vec<(Place, Pii)>,
    search: Search,
}

/// How far the Messaging Services have been searched for numbers.
#[derive(Debug, Eq, PartialEq)]
enum Search {
    NotBegun,
    Begun,
    /// Some could not be looked at, so that a number that was not found may be there.
    Partial,
}

impl Reading {
    /// Before the first answer. `noted` is what is known of senders that cannot be asked about.
    pub(super) fn new(uses_api_key: bool, noted: Vec<Finding>) -> Self {
        Self {
            findings: Vec::new(),
            noted,
            is_over: false,
            uses_api_key,
            is_proven: false,
            is_subaccount: false,
            homeless: Vec::new(),
            search: Search::NotBegun,
        }
    }

    /// Takes an answer in, and says what it makes worth asking.
    pub(super) fn take(&mut self, question: Question, reply: &Reply<'_>) -> Vec<Question> {
        if !self.prove(&question, reply) {
            return Vec::new();
        }
        match (question, reply) {
            (question, Reply::Unusable(cause)) => {
                if matches!(question, Question::Services | Question::Search(_)) {
                    self.search = Search::Partial;
                }
                let finding = Finding::new(FindingCode::TwilioUnreachable, question.place());
                self.findings.push(finding.because(cause));
                Vec::new()
            }
            (Question::Account, Reply::Found(account)) => {
                self.account(account);
                Vec::new()
            }
            (Question::Account, _) => {
                self.add(FindingCode::AccountUnreadable, "$.account_sid");
                Vec::new()
            }
            (Question::Balance, reply) => {
                self.balance(reply);
                Vec::new()
            }
            (Question::Number(place, number), Reply::Found(list)) => {
                self.number(place, number, list);
                Vec::new()
            }
            (Question::ShortCode(place, code), Reply::Found(list)) => {
                let owned = rows(list, "short_codes")
                    .any(|row| text(row, "short_code") == Some(code.expose()));
                self.add_owned(owned, &place);
                Vec::new()
            }
            (Question::ChannelSenders(place, _, address), Reply::Found(list)) => {
                self.channel_sender(&place, &address, list);
                Vec::new()
            }
            (Question::Service(place, sid), Reply::Found(_)) => {
                vec![Question::Pool(place, sid, Kind::Numbers)]
            }
            (Question::Service(place, _), Reply::NotFound) => {
                self.add(FindingCode::ServiceNotFound, &place);
                Vec::new()
            }
            (Question::Pool(place, sid, kind), Reply::Found(list)) => {
                self.pool(place, sid, kind, list)
            }
            (Question::Pool(place, sid, kind), Reply::NotFound) => {
                self.empty_pool(place, sid, kind)
            }
            (Question::Campaigns(place, _), Reply::Found(list)) => {
                self.campaigns(&place, list);
                Vec::new()
            }
            (Question::Services, Reply::Found(list)) => self.services(list),
            (Question::Search(sid), Reply::Found(list)) => self.search(&sid, list),
            (question, _) => {
                self.give_up(&question);
                Vec::new()
            }
        }
    }

    /// What to ask once nothing else is left to ask.
    pub(super) fn last_question(&mut self) -> Option<Question> {
        let due = !self.homeless.is_empty() && self.search == Search::NotBegun && !self.is_over;
        due.then(|| {
            self.search = Search::Begun;
            Question::Services
        })
    }

    /// Everything that was found.
    pub(super) fn finish(&mut self) -> Vec<Finding> {
        if !self.is_over {
            self.findings.append(&mut self.noted);
        }
        let code = match self.search {
            Search::Begun => FindingCode::A2pUnregistered,
            Search::NotBegun | Search::Partial => FindingCode::A2pUnknown,
        };
        for (place, _) in std::mem::take(&mut self.homeless) {
            self.add(code, &place);
        }
        std::mem::take(&mut self.findings)
    }

    fn add(&mut self, code: FindingCode, place: &str) {
        self.findings.push(Finding::new(code, place));
    }

    fn add_owned(&mut self, owned: bool, place: &str) {
        let code = if owned { FindingCode::SenderReady } else { FindingCode::SenderNotOwned };
        self.add(code, place);
    }

    /// Learns about the credentials. Whether the answer is worth more than that.
    fn prove(&mut self, question: &Question, reply: &Reply<'_>) -> bool {
        let credential = if self.uses_api_key { "$.api_key_sid" } else { "$.auth_token" };
        let is_account = matches!(question, Question::Account);
        let end = |code, place| Some((code, place));
        let end = match reply {
            // An ordinary API key may read everything but the account itself.
            Reply::Unauthorized if is_account && self.uses_api_key => return true,
            Reply::Unauthorized if !self.is_proven => {
                end(FindingCode::CredentialsWrong, credential)
            }
            Reply::NotFound if is_account => end(FindingCode::AccountNotFound, "$.account_sid"),
            Reply::NotActive => end(FindingCode::AccountNotActive, "$.account_sid"),
            Reply::TestCredentials => end(FindingCode::CredentialsTest, credential),
            Reply::Unusable(cause) if !self.is_proven => {
                self.is_over = true;
                let finding = Finding::new(FindingCode::TwilioUnreachable, question.place());
                self.findings = vec![finding.because(cause)];
                return false;
            }
            Reply::Forbidden | Reply::Found(_) | Reply::NotFound => {
                if !self.is_proven {
                    self.is_proven = true;
                    self.findings
                        .insert(0, Finding::new(FindingCode::CredentialsValid, credential));
                }
                None
            }
            Reply::Unauthorized | Reply::Unusable(_) => None,
        };
        let Some((code, place)) = end else { return true };
        self.is_over = true;
        self.homeless.clear();
        self.findings = vec![Finding::new(code, place)];
        false
    }

    fn account(&mut self, account: &Value<'_>) {
        let owner = text(account, "owner_account_sid");
        self.is_subaccount = owner.is_some() && owner != text(account, "sid");
        match text(account, "status") {
            Some("active") => self.add(FindingCode::AccountActive, "$.account_sid"),
            Some("suspended" | "closed") => {
                self.add(FindingCode::AccountNotActive, "$.account_sid");
            }
            _ => {
                let finding = Finding::new(FindingCode::AccountUnreadable, "$.account_sid");
                let cause = "Twilio names no state of the account that is known here.";
                self.findings.push(finding.because(cause));
            }
        }
        if text(account, "type") == Some("Trial") {
            self.add(FindingCode::AccountTrial, "$.account_sid");
        }
    }

    fn balance(&mut self, reply: &Reply<'_>) {
        let place = "$.account_sid";
        let unreadable = Finding::new(FindingCode::BalanceUnreadable, place);
        if self.is_subaccount {
            let cause = "This is a subaccount: its messages are paid from the main account.";
            self.findings.push(unreadable.because(cause));
            return;
        }
        let found = if let Reply::Found(balance) = reply { read_balance(balance) } else { None };
        let Some((amount, written)) = found else {
            self.findings.push(unreadable);
            return;
        };
        let code = if amount <= 0.0 {
            FindingCode::BalanceEmpty
        } else if amount < LOW_BALANCE {
            FindingCode::BalanceLow
        } else {
            FindingCode::BalanceSufficient
        };
        let cause = format!("The balance is {written}.");
        self.findings.push(Finding::new(code, place).because(cause));
    }

    fn number(&mut self, place: Place, number: Pii, list: &Value<'_>) {
        let is_it = |row: &&Value<'_>| text(row, "phone_number") == Some(number.expose());
        let Some(row) = rows(list, "incoming_phone_numbers").find(is_it) else {
            self.add_owned(false, &place);
            return;
        };
        let sms = row.member("capabilities").and_then(|capabilities| capabilities.member("sms"));
        if sms != Some(&Value::Bool(true)) {
            self.add(FindingCode::SenderCannotText, &place);
            return;
        }
        self.add_owned(true, &place);
        if is_us_long_code(number.expose()) {
            self.homeless.push((place, number));
        }
    }

    fn channel_sender(&mut self, place: &str, address: &Pii, list: &Value<'_>) {
        let is_it = |row: &&Value<'_>| text(row, "sender_id") == Some(address.expose());
        let code = match rows(list, "senders").find(is_it).map(|row| text(row, "status")) {
            Some(Some("ONLINE" | "ONLINE:UPDATING")) => FindingCode::SenderReady,
            Some(Some(_)) => FindingCode::SenderOffline,
            None if !has_more(list) => FindingCode::SenderNotOwned,
            Some(None) | None => FindingCode::SenderUnreadable,
        };
        self.add(code, place);
    }

    fn pool(&mut self, place: Place, sid: String, kind: Kind, list: &Value<'_>) -> Vec<Question> {
        let mut rows = rows(list, kind.key()).peekable();
        if rows.peek().is_none() {
            return self.empty_pool(place, sid, kind);
        }
        if kind != Kind::Numbers {
            self.add(FindingCode::ServiceReady, &place);
            return Vec::new();
        }
        let (mut can_text, mut needs_campaign) = (false, false);
        for row in rows {
            can_text |= has_sms(row);
            needs_campaign |= text(row, "phone_number").is_some_and(is_us_long_code);
        }
        let code = if can_text { FindingCode::ServiceReady } else { FindingCode::SenderCannotText };
        self.add(code, &place);
        if needs_campaign { vec![Question::Campaigns(place, sid)] } else { Vec::new() }
    }

    fn empty_pool(&mut self, place: Place, sid: String, kind: Kind) -> Vec<Question> {
        match kind.next() {
            Some(next) => vec![Question::Pool(place, sid, next)],
            None => {
                self.add(FindingCode::ServiceEmpty, &place);
                Vec::new()
            }
        }
    }

    fn campaigns(&mut self, place: &str, list: &Value<'_>) {
        let statuses: Vec<_> =
            rows(list, "compliance").map(|row| text(row, "campaign_status")).collect();
        let any = |wanted: &[&str]| {
            statuses.iter().any(|status| status.is_some_and(|status| wanted.contains(&status)))
        };
        let code = if any(&["VERIFIED"]) {
            FindingCode::A2pRegistered
        } else if any(&["IN_PROGRESS", "PENDING"]) {
            FindingCode::A2pPending
        } else if any(&["FAILED", "SUSPENDED"]) {
            FindingCode::A2pFailed
        } else if statuses.is_empty() {
            FindingCode::A2pUnregistered
        } else {
            FindingCode::A2pUnknown
        };
        self.add(code, place);
    }

    fn services(&mut self, list: &Value<'_>) -> Vec<Question> {
        if has_more(list) {
            self.search = Search::Partial;
        }
        let sids = rows(list, "services").filter_map(|row| text(row, "sid"));
        sids.filter(|sid| crate::twilio::sid::is_sid(sid, "MG"))
            .map(|sid| Question::Search(sid.to_owned()))
            .collect()
    }

    /// Which of the numbers looked for are in a Messaging Service.
    fn search(&mut self, sid: &str, list: &Value<'_>) -> Vec<Question> {
        if has_more(list) {
            self.search = Search::Partial;
        }
        let here: Vec<_> =
            rows(list, "phone_numbers").filter_map(|row| text(row, "phone_number")).collect();
        let homeless = std::mem::take(&mut self.homeless);
        let (found, rest): (Vec<_>, Vec<_>) =
            homeless.into_iter().partition(|(_, number)| here.contains(&number.expose()));
        self.homeless = rest;
        found.into_iter().map(|(place, _)| Question::Campaigns(place, sid.to_owned())).collect()
    }

    /// Says what an answer that did not come leaves open.
    fn give_up(&mut self, question: &Question) {
        match question {
            Question::Services | Question::Search(_) => self.search = Search::Partial,
            Question::Campaigns(place, _) => self.add(FindingCode::A2pUnknown, place),
            Question::Balance => self.add(FindingCode::BalanceUnreadable, question.place()),
            Question::Account => self.add(FindingCode::AccountUnreadable, question.place()),
            Question::ChannelSenders(place, _, _)
            | Question::Number(place, _)
            | Question::Pool(place, _, _)
            | Question::Service(place, _)
            | Question::ShortCode(place, _) => self.add(FindingCode::SenderUnreadable, place),
        }
    }
}

fn rows<'v>(list: &'v Value<'v>, key: &str) -> impl Iterator<Item = &'v Value<'v>> {
    let items = match list.member(key) {
        Some(Value::List(items)) => items.as_slice(),
        _ => &[],
    };
    items.iter()
}

fn text<'v>(value: &'v Value<'_>, key: &str) -> Option<&'v str> {
    value.member(key).and_then(Value::as_text)
}

/// Whether a list has a page after this one.
fn has_more(list: &Value<'_>) -> bool {
    list.member("meta").is_some_and(|meta| text(meta, "next_page_url").is_some())
}

fn has_sms(row: &Value<'_>) -> bool {
    match row.member("capabilities") {
        Some(Value::List(items)) => {
            items.iter().filter_map(Value::as_text).any(|item| item.eq_ignore_ascii_case("sms"))
        }
        _ => false,
    }
}

/// The amount, and how it is written with its currency.
fn read_balance(balance: &Value<'_>) -> Option<(f64, String)> {
    let written = text(balance, "balance")?;
    let amount = number::read(written)?;
    let currency = text(balance, "currency")?;
    let is_plain = written.len() <= 20
        && written.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'.'))
        && currency.len() == 3
        && currency.bytes().all(|b| b.is_ascii_alphabetic());
    is_plain.then(|| (amount, format!("{written} {currency}")))
}

/// Whether carriers want an A2P 10DLC campaign for it: an ordinary number of the United States.
fn is_us_long_code(number: &str) -> bool {
    phone::parse(number, None, Accept::Possible).is_ok_and(|number| {
        let (region, kind) = number.classify();
        region.is_some_and(|region| region.as_str() == "US") && kind != phone::Kind::TollFree
    })
}
