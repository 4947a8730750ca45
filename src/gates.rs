//! What must hold before anybody is texted: consent, and the recipient's country.

pub mod consent;
pub mod countries;
