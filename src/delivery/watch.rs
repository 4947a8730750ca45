//! What turned true by an event: mappings that send once on a change.
//!
//! It comes before the claim: were it the other way round, a crash in between would leave a claim
//! of a message that nobody may send. The profile notes which event turned a condition true, so
//! that the event begun again gets the same answer, and its claim keeps it from being sent twice.

use super::dispatcher::Run;
use super::identity::Identity;
use super::message::event_id;
use super::port::StoreFailed;
use crate::mapping::Scope;

impl Run {
    /// Has what the event says of watched conditions noted, be it true or false, and finds out what
    /// it does not change. That needs no mapping to match.
    pub(super) async fn watch(&self, identity: &Identity) -> Result<(), StoreFailed> {
        let Some(profiles) = self.profiles() else { return Ok(()) };
        let Some(key) = self.profile_key(identity) else { return Ok(()) };
        let mut asked: Vec<(String, bool)> = Vec::new();
        for (index, condition, on) in self.watched(identity) {
            let known =
                asked.iter().find(|(asked, _)| *asked == condition).map(|(_, turned)| *turned);
            let turned_on = match known {
                Some(turned_on) => turned_on,
                None => {
                    let [kind, id] = event_id(self, identity);
                    let by = self.keys().hash(&[&kind, &id]);
                    let told = (on, identity.at);
                    let turned_on = profiles.turns_on(&key, &condition, told, &by).await?;
                    asked.push((condition, turned_on));
                    turned_on
                }
            };
            if on && !turned_on {
                self.unchanged.borrow_mut().push(index);
            }
        }
        Ok(())
    }

    /// The mappings that watch something that the event says: their places, what they watch, and
    /// whether it is true. Mappings that watch the same share it, whatever they are called.
    fn watched(&self, identity: &Identity) -> Vec<(usize, String, bool)> {
        let (Ok(event), Some(kind)) = (self.input(), identity.kind_name()) else {
            return Vec::new();
        };
        let facts = crate::facts::Facts::default();
        let scope = Scope { event: &event, facts: &facts, now: self.port.now() };
        let mappings = self.destination.mappings().iter().enumerate();
        let told = mappings.filter_map(|(index, mapping)| {
            let watch = mapping.watch_told(kind, &scope)?;
            let condition = ["watch", watch.source(), &mapping.watched_kinds()];
            Some((index, self.keys().hash(&condition), watch.holds(&scope)))
        });
        told.collect()
    }
}
