//! What must hold before anybody is texted: consent, the recipient's country, and
//! an hour at which people may be disturbed.

pub mod consent;
pub mod countries;
pub mod quiet_hours;
