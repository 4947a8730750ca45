//! A message that was not delivered, decided once more: what its event said then still holds, and
//! what may have changed since is looked at again.

use super::{Destination, decide};
use crate::cells::Resendable;
use crate::decision::{DropCode, DropReason};
use crate::facts::Suppression;
use crate::mapping::{Mapping, suppressed};
use crate::time::Timestamp;
use crate::time_zone::Zone;
use crate::twilio::request::encode_form;

/// When a message was to be sent; by now it is late enough.
const SCHEDULE: [&str; 2] = ["ScheduleType", "SendAt"];

impl Destination {
    /// The form of a message that is to be sent again at `now`.
    ///
    /// # Errors
    ///
    /// Why it is not: the destination or its mapping was switched off, the recipient opted out, or
    /// it is nobody's hour.
    pub(crate) fn again(
        &self,
        message: &Resendable,
        suppression: Option<Suppression>,
        now: Timestamp,
    ) -> Result<String, DropReason> {
        if !self.enabled {
            return Err(decide::disabled());
        }
        let mapping = self.mapping_named(&message.mapping).filter(|mapping| mapping.enabled);
        let Some(mapping) = mapping else {
            return Err(DropReason::new(DropCode::NoMappingMatched)
                .at("$.mappings")
                .because("The mapping that sent the message is gone or switched off."));
        };
        if let Some(suppression) = suppression {
            return Err(suppressed(suppression));
        }
        let to = form_urlencoded::parse(message.form.as_bytes()).find(|(name, _)| name == "To");
        self.defaults.recipients.check_again(to.as_ref().map_or("", |(_, to)| to.as_ref()))?;
        let mut form: Vec<(String, String)> = form_urlencoded::parse(message.form.as_bytes())
            .filter(|(name, _)| !SCHEDULE.contains(&name.as_ref()))
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        if let Some(policy) =
            self.defaults.quiet_hours.as_ref().filter(|_| mapping.keeps_quiet_hours())
        {
            let zones = message.zones.iter().flatten().filter_map(|name| Zone::find(name));
            policy.keep_again(&zones.collect::<Vec<Zone>>(), now, &mut form)?;
        }
        Ok(encode_form(form.iter().map(|(name, value)| (name.as_str(), value.as_str()))))
    }

    fn mapping_named(&self, name: &str) -> Option<&Mapping> {
        let row = Some(&self.row).filter(|row| row.name == name);
        self.mappings.iter().find(|mapping| mapping.name == name).or(row)
    }
}
