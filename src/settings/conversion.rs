//! Which events show that a message led to what it was sent for.

use super::Name;
use super::read::{Integer, object};
use crate::trigger::Trigger;

object! {
    /// Events that show that a message sent with provide_feedback led to what it was sent for. Twilio is told so, once for each message.
    pub struct Conversion {
        /// What reports call it. Default: conversion and its number.
        "name" name: Name, false;
        /// Which events count: a filter in Segment's filter query language, or the name of a track event.
        "trigger" trigger: Trigger, true;
        /// The mapping whose messages it counts for. Default: any.
        "mapping" mapping: Name, false;
        /// How long before the event the message was sent at most, in seconds. The last one counts. Default: 604,800, a week.
        "within_seconds" within_seconds: Integer<60, 2_592_000>, false;
    }
}
