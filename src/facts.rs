//! What is known beside an event: the user's profile, and whether they may be texted.

use crate::path::Path;
use crate::value::Value;

/// What is known beside the event.
#[derive(Debug, Default)]
pub struct Facts<'f> {
    /// What earlier identify events said of this user.
    pub(crate) profile_traits: Option<Value<'f>>,
    /// The traits that the store remembers, by their paths.
    pub(crate) remembered: Vec<(Path, Value<'f>)>,
    /// The mappings, by their places, whose condition was true before the event already.
    pub(crate) unchanged: Vec<usize>,
    /// Why this recipient may not be texted.
    pub(crate) suppression: Option<Suppression>,
    /// Who the message is for, whatever the event says by now: an earlier attempt was for them.
    pub(crate) recipient: Option<Value<'f>>,
}

/// Why a recipient may not be texted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Suppression {
    /// Twilio said that the number cannot be reached.
    BadNumber,
    /// The recipient asked to be left alone.
    OptedOut,
}

impl<'f> Facts<'f> {
    /// Reads facts: `{ "profile": { "traits": { … } }, "suppression": "opted_out" }`.
    ///
    /// # Errors
    ///
    /// One sentence that says what they should have been. Wrong facts are a mistake of the host's,
    /// and one that could text somebody who opted out.
    pub fn read(value: Value<'f>) -> Result<Self, &'static str> {
        let Value::Map(members) = value else {
            return Err("facts are an object with `profile` and `suppression`, both optional");
        };
        let mut facts = Self::default();
        for (name, value) in members {
            match (name.as_ref(), value) {
                (_, Value::Null) => {}
                ("profile", Value::Map(profile)) => {
                    for (name, value) in profile {
                        match (name.as_ref(), value) {
                            ("traits", traits @ Value::Map(_)) => {
                                facts.profile_traits = Some(traits)
                            }
                            ("traits", Value::Null) => {}
                            ("traits", _) => return Err("`profile.traits` is an object"),
                            _ => return Err("a profile has `traits` and nothing else"),
                        }
                    }
                }
                ("profile", _) => return Err("`profile` is an object"),
                ("suppression", value) => {
                    facts.suppression = match value.as_text() {
                        Some("bad_number") => Some(Suppression::BadNumber),
                        Some("opted_out") => Some(Suppression::OptedOut),
                        _ => return Err("`suppression` is `opted_out` or `bad_number`"),
                    };
                }
                _ => return Err("facts are `profile` and `suppression`, nothing else"),
            }
        }
        Ok(facts)
    }
}
