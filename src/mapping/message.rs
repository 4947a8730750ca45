//! A message: what stands in the form, and where each part of it comes from.

use std::borrow::Cow;
use std::fmt;

use super::field::Field;
use crate::phone::Region;
use crate::twilio::address::Channel;
use crate::twilio::segments::{self, Segments};

/// A message, ready to be sent.
#[derive(Debug)]
pub(crate) struct Message<'m> {
    /// The form, in order.
    pub(crate) entries: Vec<Entry<'m>>,
    /// What it travels over.
    pub(crate) channel: Channel,
    /// The recipient's country, where the number tells.
    pub(crate) region: Option<Region>,
}

impl Message<'_> {
    /// The form as names and values.
    pub(crate) fn form(&self) -> impl Iterator<Item = (&str, &str)> {
        self.entries.iter().map(|entry| (entry.parameter, entry.text.as_ref()))
    }

    /// How its text is billed; none without a text, or on other channels than SMS.
    pub(crate) fn segments(&self) -> Option<Segments> {
        segments::billed(self.form())
    }
}

/// One key and value of the form.
pub(crate) struct Entry<'m> {
    /// Twilio's name of the parameter.
    pub(crate) parameter: &'static str,
    /// Its value.
    pub(crate) text: Cow<'m, str>,
    /// Where the value comes from.
    pub(crate) origin: Origin<'m>,
}

/// The value may be a phone number or a text: it is not printed.
impl fmt::Debug for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry").field("parameter", &self.parameter).finish_non_exhaustive()
    }
}

/// Where a value of the form comes from.
#[derive(Clone, Debug)]
pub(crate) enum Origin<'m> {
    /// A value that a mapping gives.
    Field(&'m Field),
    /// A setting of the destination.
    Setting(Cow<'m, str>),
}
