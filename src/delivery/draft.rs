//! What is decided of an event or a row, by all that is known of it.

use super::dispatcher::{Content, Run};
use crate::cells::Trait;
use crate::decision::{DropReason, Warning};
use crate::destination::{Case, Input};
use crate::event::EventFault;
use crate::facts::{Facts, Suppression};
use crate::json;
use crate::path::Path;
use crate::preview::Preview;
use crate::time::Timestamp;
use crate::twilio::request::encode_form;
use crate::twilio::segments;
use crate::twilio::timing::retimed;
use crate::value::Value;

/// How much JSON facts and traits may be.
const LIMITS: json::Limits = json::Limits { bytes: 1 << 20, depth: crate::event::MAX_DEPTH };

/// What is decided for one message.
pub(super) struct Draft {
    /// The mapping; none if it did not come to one.
    pub(super) mapping: Option<String>,
    /// The message, or why there is none.
    pub(super) message: Result<Ready, DropReason>,
    pub(super) warnings: Vec<Warning>,
}

/// A message, as it is dispatched.
pub(super) struct Ready {
    pub(super) form: String,
    pub(super) segments: u32,
    /// The time zones that its recipient may be in; none if no quiet hours hold for it.
    pub(super) zones: Option<Vec<String>>,
}

impl Ready {
    fn new(form: String, zones: Option<Vec<String>>) -> Self {
        let billed = segments::billed(form_urlencoded::parse(form.as_bytes()));
        let count = billed.map_or(1, |billed| billed.count);
        Self { form, segments: u32::try_from(count).unwrap_or(u32::MAX), zones }
    }

    /// The same for a message whose form stands since an earlier attempt.
    pub(super) fn frozen_as(self, form: &str) -> Self {
        Self::new(retimed(form, &self.form), self.zones)
    }
}

impl Run {
    pub(super) fn input(&self) -> Input<'_> {
        match &self.content {
            Content::Fields(text) => self.destination.read_delivery_fields(self.kind, text),
            Content::Json(bytes) => {
                if bytes.len() > self.destination.max_event_bytes() {
                    return Err(EventFault::TooLarge);
                }
                match std::str::from_utf8(bytes) {
                    Ok(text) => self.destination.read_delivery_json(self.kind, text),
                    Err(error) => Err(EventFault::NotJson("UTF-8", error.valid_up_to())),
                }
            }
        }
    }

    /// Decides, by all that is known by now.
    pub(super) fn drafts(&self) -> Vec<Draft> {
        self.drafts_for(None, None)
    }

    /// Decides the same about a recipient who is known already, and who may have to be left alone.
    pub(super) fn drafts_for(
        &self,
        recipient: Option<String>,
        suppression: Option<Suppression>,
    ) -> Vec<Draft> {
        if let Some(message) = self.message() {
            let form = self.destination.again(message, suppression, self.port.now());
            let ready = |form| Ready::new(form, message.zones.clone());
            let mapping = Some(message.mapping.clone());
            return vec![Draft { mapping, message: form.map(ready), warnings: Vec::new() }];
        }
        let input = self.input();
        let remembered = self.remembered.borrow();
        let mut facts = self.known_facts(remembered.as_deref().unwrap_or_default());
        facts.suppression = suppression.or(facts.suppression);
        facts.recipient = recipient.map(|to| Value::Text(to.into()));
        let case = Case { kind: self.kind, input: &input, facts: &facts, now: self.port.now() };
        let mut drafts = Vec::new();
        self.destination.verdicts(&case, |verdict| {
            drafts.push(Draft {
                mapping: verdict.mapping.map(|mapping| mapping.name.clone()),
                message: verdict.message.map(|message| {
                    let zones = verdict.quiet_hours.map(|checked| {
                        checked.zones.iter().map(|zone| zone.name().to_owned()).collect()
                    });
                    Ready::new(encode_form(message.form()), zones)
                }),
                warnings: verdict.warnings,
            });
        });
        drafts
    }

    /// Decides at `now` by all that is known by now, and tells why.
    pub(super) fn preview(&self, now: Timestamp) -> Preview {
        let remembered = self.remembered.borrow();
        let facts = self.known_facts(remembered.as_deref().unwrap_or_default());
        self.destination.preview(self.kind, &self.input(), &facts, now)
    }

    /// What the host gave, and what the profile's cells say.
    fn known_facts<'f>(&'f self, remembered: &'f [Trait]) -> Facts<'f> {
        let given = self.facts.as_deref().and_then(|text| json::parse(text, LIMITS).ok());
        let given = given.and_then(|value| Facts::read(value).ok()).unwrap_or_default();
        let remembered = remembered.iter().filter_map(|it| {
            let path = Path::parse(&it.path).ok()?;
            Some((path, json::parse(&it.json, LIMITS).ok()?))
        });
        let unchanged = self.unchanged.borrow().clone();
        Facts { remembered: remembered.collect(), unchanged, ..given }
    }
}
