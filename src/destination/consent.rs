//! What an event says of consent, for the decision and for people.

use super::{Destination, refusal};
use crate::event::{Event, Slot};
use crate::gates::consent::{self, Given, Integration};
use crate::path::{Path, Step};
use crate::preview::{CategoryView, ConsentTrace};
use crate::value::Value;

impl Destination {
    /// What the event says, to be checked.
    pub(super) fn consent_of(&self, event: &Event<'_>) -> (Given, Integration) {
        let integration = Integration::read(
            event.get(self.slots.integration),
            event.get(self.slots.all_integrations),
        );
        let given = self.slots.consent.as_ref().map_or(Given::NOTHING, |slots| {
            let granted = |slot: &Slot| event.get(*slot) == Some(&Value::Bool(true));
            Given {
                consent: event.shape(slots.consent),
                preferences: event.shape(slots.preferences),
                all_granted: slots.categories.iter().all(granted),
            }
        });
        (given, integration)
    }

    /// Shows what the event says, and whether that is enough.
    pub(crate) fn trace_consent(&self, event: &Event<'_>) -> ConsentTrace {
        let (given, integration) = self.consent_of(event);
        let checked = consent::check(&self.consent, given, integration);
        let slots = self.slots.consent.iter().flat_map(|slots| &slots.categories);
        let categories = self.consent.categories.iter().zip(slots).map(|(name, slot)| {
            let keys = ["context", "consent", "categoryPreferences", name];
            CategoryView {
                name: name.clone(),
                path: Path::from_steps(keys.map(|key| Step::Key(key.to_owned())).to_vec())
                    .to_string(),
                state: match event.get(*slot) {
                    Some(Value::Bool(true)) => "granted",
                    None | Some(Value::Null) => "silent",
                    Some(_) => "refused",
                },
            }
        });
        ConsentTrace {
            allowed: checked.is_ok(),
            integration: match integration {
                Integration::Off => "off",
                Integration::On => "on",
                Integration::Silent => "silent",
            },
            categories: categories.collect(),
            why: match checked {
                Err(refused) => refusal(refused).cause.into_owned(),
                Ok(()) if self.consent.categories.is_empty() => {
                    "The settings ask for no consent.".to_owned()
                }
                Ok(()) if given.all_granted => "Every category is granted.".to_owned(),
                Ok(()) => "The event says nothing of consent, and that is enough.".to_owned(),
            },
        }
    }
}
