//! Who a message is from.

use std::borrow::Cow;

use super::field::{Binder, Field, Scope, is_blank};
use super::message::{Entry, Origin};
use super::recipient::Recipient;
use crate::decision::{DropCode, DropReason};
use crate::gates::countries;
use crate::phone::Region;
use crate::settings::{Given, MissingPolicy};
use crate::twilio::address::Sender;
use crate::value::Value;

/// The destination's senders.
#[derive(Debug, Default)]
pub(crate) struct SenderRoutes {
    /// Senders for some countries, tried in order, with their setting.
    pub(crate) by_country: Vec<(Vec<Region>, Sender, String)>,
    /// The sender for all others, with its setting.
    pub(crate) other: Option<(Sender, String)>,
}

/// The sender that a mapping gives, if it gives one: a Messaging Service before a sender.
#[derive(Debug)]
pub(crate) struct From {
    service: Option<Field>,
    from: Option<Field>,
}

/// The sender of one message.
pub(crate) struct Chosen<'m> {
    pub(crate) entry: Entry<'m>,
    pub(crate) is_service: bool,
}

impl SenderRoutes {
    /// Each sender with the setting that gives it.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &Sender)> {
        let by_country = self.by_country.iter().map(|(_, sender, at)| (at.as_str(), sender));
        by_country.chain(self.other.iter().map(|(sender, at)| (at.as_str(), sender)))
    }
}

impl From {
    pub(crate) fn new(
        from: Option<Given>,
        service: Option<Given>,
        at: &str,
        binder: &mut Binder<'_>,
    ) -> Self {
        let mut field = |given: Option<Given>, name: &str| {
            given.map(|given| Field::new(given, format!("{at}.{name}"), binder))
        };
        Self { service: field(service, "messaging_service_sid"), from: field(from, "from") }
    }

    /// Each setting that gives a sender, with the sender if it is the same for every event.
    pub(crate) fn settings(&self) -> impl Iterator<Item = (&str, Option<Sender>)> {
        self.service.iter().chain(&self.from).map(|field| {
            let text = field.literal().and_then(Value::as_text);
            (field.setting.as_str(), text.and_then(|text| Sender::parse(text).ok()))
        })
    }

    pub(crate) fn resolve<'m>(
        &'m self,
        scope: &Scope<'m>,
        recipient: &Recipient<'_>,
        routes: &'m SenderRoutes,
    ) -> Result<Chosen<'m>, DropReason> {
        for (field, is_service) in [(&self.service, true), (&self.from, false)] {
            let Some(field) = field else { continue };
            let value = match field.resolve(scope, MissingPolicy::Drop) {
                Ok(Some(value)) if !is_blank(&value) => value,
                _ => continue,
            };
            let sender = read(&value, is_service).map_err(|cause| {
                DropReason::new(DropCode::SenderInvalid)
                    .at(field.setting.clone())
                    .because(format!("The sender {cause}."))
            })?;
            return choose(Cow::Owned(sender), recipient, Origin::Field(field));
        }
        let by_country = routes.by_country.iter().find(|(regions, _, _)| {
            recipient
                .home
                .is_some_and(|home| regions.iter().any(|region| countries::covers(*region, home)))
        });
        let routed = by_country.map(|(_, sender, setting)| (sender, setting));
        let other = routes.other.as_ref().map(|(sender, setting)| (sender, setting));
        let Some((sender, setting)) = routed.or(other) else {
            return Err(DropReason::new(DropCode::SenderMissing));
        };
        choose(Cow::Borrowed(sender), recipient, Origin::Setting(Cow::Borrowed(setting)))
    }
}

fn read(value: &Value<'_>, is_service: bool) -> Result<Sender, &'static str> {
    match Sender::parse(value.as_text().ok_or("is not a string")?)? {
        sender if is_service && !matches!(sender, Sender::MessagingService(_)) => {
            Err("is not the SID of a Messaging Service")
        }
        sender => Ok(sender),
    }
}

fn choose<'m>(
    sender: Cow<'m, Sender>,
    recipient: &Recipient<'_>,
    origin: Origin<'m>,
) -> Result<Chosen<'m>, DropReason> {
    let parameter = sender.parameter();
    let text = match sender {
        Cow::Borrowed(sender) => sender.address_on(recipient.channel),
        Cow::Owned(sender) => {
            sender.address_on(recipient.channel).map(|text| Cow::Owned(text.into_owned()))
        }
    };
    let Some(text) = text else {
        return Err(DropReason::new(DropCode::SenderMissing)
            .because("The sender cannot send on the recipient's channel.")
            .fixed_by("Give the mapping a sender of that channel, or a Messaging Service."));
    };
    let is_service = parameter == "MessagingServiceSid";
    Ok(Chosen { entry: Entry { parameter, text, origin }, is_service })
}
