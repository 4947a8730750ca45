//! Twilio's side: its identifiers, addresses, parameters, requests, encodings, error codes,
//! replies and webhooks.

pub mod address;
pub mod codes;
pub mod date;
pub mod host;
pub mod parameter;
pub mod request;
pub mod response;
pub mod segments;
pub mod sid;
pub(crate) mod timing;
pub mod url;
pub mod webhook;
