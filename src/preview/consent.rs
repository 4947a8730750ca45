//! What an event says of consent, category by category.

use serde::Serialize;

/// What the event says of consent, and whether that is enough.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ConsentTrace {
    /// Whether consent keeps nothing back.
    pub allowed: bool,
    /// What the event's integrations object says of this destination: `on`, `off` or `silent`.
    pub integration: &'static str,
    /// The categories that the settings ask for, in order.
    pub categories: Vec<CategoryView>,
    /// Why it is or is not enough, in one sentence.
    pub why: String,
}

/// A category of consent that the settings ask for.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct CategoryView {
    /// Its name.
    pub name: String,
    /// Where the event tells of it.
    pub path: String,
    /// `granted`, `refused`, or `silent` if the event does not tell.
    pub state: &'static str,
}
