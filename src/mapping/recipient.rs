//! Who receives a message.

use std::borrow::Cow;

use super::field::{Binder, Field, Scope, is_blank};
use super::message::{Entry, Origin};
use crate::decision::{DropCode, DropReason};
use crate::facts::Suppression;
use crate::gates::countries::{self, Home};
use crate::path::Path;
use crate::phone::{self, Accept, Refusal, Region};
use crate::problem::sentence;
use crate::settings::{Given, MissingPolicy};
use crate::twilio::address::{Channel, is_channel_id};

/// What recipients have to be.
#[derive(Debug)]
pub(crate) struct Policy {
    /// The country of numbers without a country code.
    pub(crate) default_region: Option<Region>,
    /// How much must be known of a number.
    pub(crate) accept: Accept,
    /// Which countries may be texted.
    pub(crate) countries: countries::Policy,
    /// The only recipients, if any are given: numbers and ids without their channel.
    pub(crate) only_to: Option<Vec<crate::redact::Pii>>,
}

/// The mapped recipient.
#[derive(Debug)]
pub(crate) struct To {
    field: Field,
    channel: Option<Channel>,
}

/// A recipient that may be texted.
pub(crate) struct Recipient<'m> {
    pub(crate) entry: Entry<'m>,
    pub(crate) channel: Channel,
    /// Where its number belongs, if it has one.
    pub(crate) home: Option<Home>,
}

impl To {
    pub(crate) fn new(
        given: Option<Given>,
        channel: Option<Channel>,
        at: &str,
        binder: &mut Binder<'_>,
    ) -> Self {
        let setting = format!("{at}.to");
        let field = match given {
            Some(given) => Field::new(given, setting, binder),
            None => Field::default_path(&binder.default_recipient(), setting, binder),
        };
        Self { field, channel }
    }

    pub(crate) fn resolve<'m>(
        &'m self,
        scope: &Scope<'m>,
        policy: &Policy,
    ) -> Result<Recipient<'m>, DropReason> {
        let place = || self.field.paths().into_iter().next().unwrap_or(self.field.setting.clone());
        let resolved = match &scope.facts.recipient {
            Some(frozen) => Ok(Some(Cow::Borrowed(frozen))),
            None => self.field.resolve(scope, MissingPolicy::Drop),
        };
        let value = match resolved {
            Ok(Some(value)) if !is_blank(&value) => value,
            _ => return Err(DropReason::new(DropCode::RecipientMissing).at(place())),
        };
        let Some(text) = value.as_text() else {
            let kind = value.kind();
            let article = if matches!(kind, "array" | "object") { "an" } else { "a" };
            return Err(DropReason::new(DropCode::RecipientNotText)
                .at(place())
                .because(format!("The recipient's number is {article} {kind}, not a string.")));
        };
        let recipient = self.read(text.trim(), policy).map_err(|reason| reason.at(place()))?;
        match scope.facts.suppression {
            Some(suppression) => Err(suppressed(suppression).at(place())),
            None => Ok(recipient),
        }
    }

    fn read<'m>(&'m self, text: &str, policy: &Policy) -> Result<Recipient<'m>, DropReason> {
        let (written, rest) = Channel::split(text);
        let channel = match (written, self.channel) {
            (Channel::Sms, chosen) => chosen.unwrap_or(Channel::Sms),
            (written, None) => written,
            (written, Some(chosen)) if written == chosen => written,
            _ => {
                return Err(DropReason::new(DropCode::RecipientInvalid)
                    .because("The recipient's address is of another channel than the mapping's.")
                    .fixed_by("Remove channel from the mapping, or map an address of that channel.")
                    .detailed("other_channel"));
            }
        };
        let entry = |text: String| Entry {
            parameter: "To",
            text: Cow::Owned(text),
            origin: Origin::Field(&self.field),
        };
        if channel == Channel::Messenger {
            if !is_channel_id(rest) {
                return Err(DropReason::new(DropCode::RecipientInvalid)
                    .because("The recipient is not the id of a Messenger user.")
                    .fixed_by("Map the page-scoped id that Messenger gave.")
                    .detailed("not_an_id"));
            }
            check_only_to(policy, rest)?;
            let text = format!("{}{rest}", channel.prefix());
            return Ok(Recipient { entry: entry(text), channel, home: None });
        }
        let number =
            phone::parse(rest, policy.default_region, policy.accept).map_err(|refusal| {
                let reason = DropReason::new(DropCode::RecipientInvalid)
                    .because(sentence(refusal.message()))
                    .detailed(refusal.code());
                match (refusal.hint(), refusal) {
                    (Some(hint), _) => reason.fixed_by(sentence(hint)),
                    (None, Refusal::NotMobile) => {
                        reason.fixed_by("Set accept to valid if fixed lines may be texted.")
                    }
                    (None, Refusal::NotValid) => reason.fixed_by(
                        "Correct the number where it is stored, or set accept to possible.",
                    ),
                    (None, Refusal::TooLong | Refusal::TooShort | Refusal::WrongLength) => {
                        reason.fixed_by("Correct the number where it is stored.")
                    }
                    (None, _) => reason,
                }
            })?;
        check_only_to(policy, number.as_e164())?;
        let home = Home::of(&number);
        check_country(policy, home)?;
        let mut text = String::with_capacity(32);
        text.push_str(channel.prefix());
        text.push_str(number.as_e164());
        Ok(Recipient { entry: entry(text), channel, home: Some(home) })
    }
}

impl Policy {
    /// Whether an address that was texted before may be texted still.
    pub(crate) fn check_again(&self, address: &str) -> Result<(), DropReason> {
        let (_, rest) = Channel::split(address);
        check_only_to(self, rest)?;
        match phone::parse(rest, None, Accept::Possible) {
            Ok(number) => check_country(self, Home::of(&number)),
            Err(_) => Ok(()),
        }
    }
}

/// Why a recipient is not texted who may not or cannot be.
pub(crate) fn suppressed(suppression: Suppression) -> DropReason {
    let reason = DropReason::new(DropCode::RecipientSuppressed);
    match suppression {
        Suppression::OptedOut => {
            reason.because("The recipient has opted out.").detailed("opted_out")
        }
        Suppression::BadNumber => reason
            .because("Twilio said before that this number cannot be reached.")
            .fixed_by("Correct the number where it is stored.")
            .detailed("bad_number"),
    }
}

fn check_country(policy: &Policy, home: Home) -> Result<(), DropReason> {
    countries::check(&policy.countries, home).map_err(|refusal| {
        DropReason::new(match refusal {
            countries::Refusal::Denied => DropCode::CountryDenied,
            countries::Refusal::NotAllowed => DropCode::CountryNotAllowed,
        })
    })
}

fn check_only_to(policy: &Policy, address: &str) -> Result<(), DropReason> {
    match &policy.only_to {
        Some(only) if !only.iter().any(|allowed| allowed.expose() == address) => {
            Err(DropReason::new(DropCode::NotATestRecipient))
        }
        _ => Ok(()),
    }
}

impl Binder<'_> {
    /// Where the recipient stands when nothing is mapped.
    fn default_recipient(&self) -> Path {
        use crate::path::Step;
        let key = |name: &str| Step::Key(name.to_owned());
        if self.is_for_rows() {
            Path::from_steps(vec![key("to")])
        } else {
            Path::from_steps(vec![key("traits"), key("phone")])
        }
    }
}
