//! Turns a customer-data event and settings into a Twilio Messages request, or the reason why
//! nothing may be sent.
//!
//! The crate is sans-IO: it reads no clock, draws no random number, opens no socket and logs
//! nothing. Whatever it needs is an argument; whatever it decides is a value.

pub mod path;
pub mod template;
pub mod time;
pub mod value;
