//! Turns a customer-data event and settings into a Twilio Messages request, or the reason why
//! nothing may be sent.
//!
//! The crate is sans-IO: it reads no clock, draws no random number, opens no socket and logs
//! nothing. Whatever it needs is an argument; whatever it decides is a value.
#![cfg_attr(
    feature = "page",
    allow(dead_code, unused_imports, reason = "a page sees to nothing that comes after a message")
)]

pub mod about;
#[cfg(any(feature = "page", feature = "wasm"))]
pub mod boundary;
pub mod cells;
mod codes;
pub mod decision;
pub mod delivery;
pub mod destination;
pub mod event;
pub mod facts;
pub mod gates;
pub mod http;
pub mod json;
pub mod live_check;
mod mapping;
pub mod number;
pub mod outcome;
#[cfg(feature = "page")]
pub mod page;
pub mod path;
pub mod phone;
pub mod preview;
pub mod problem;
pub mod random;
#[cfg(test)]
mod readme;
pub mod redact;
pub mod segment_api;
pub mod settings;
pub mod template;
pub mod time;
pub mod time_zone;
pub mod trigger;
pub mod twilio;
#[cfg(test)]
mod types;
pub mod value;
#[cfg(feature = "wasm")]
pub mod wasm;
