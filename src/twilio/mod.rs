//! What belongs to Twilio alone: its encodings, its error codes, its replies.

pub mod codes;
pub mod segments;
