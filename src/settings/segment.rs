//! Where and how what Twilio reports is told to Segment.

use super::read::{List, choice, object};
use super::{Name, WriteKey};

object! {
    /// The Segment source that statuses, answers and clicks are reported to as track events.
    pub struct Segment {
        /// The source's write key.
        "write_key" write_key: WriteKey, true;
        /// The region of the Segment workspace. Default: us.
        "region" region: SegmentRegion, false;
        /// What is reported. Default: everything.
        "events" events: List<TrackKind, 1, 17>, false;
        /// What the track events are called.
        "names" names: TrackNames, false;
        /// Whether phone numbers and channel addresses are reported as well. Default: false.
        "include_numbers" include_numbers: bool, false;
        /// Whether texts that recipients wrote, and the links that they clicked on, are reported as well. Default: false.
        "include_content" include_content: bool, false;
    }
}

choice! {
    /// The regions of Segment workspaces.
    pub enum SegmentRegion {
        /// Europe: events.eu1.segmentapis.com.
        Eu = "eu",
        /// The United States: api.segment.io.
        Us = "us",
    }
}

choice! {
    /// What is reported.
    pub enum TrackKind {
        /// A Messaging Service took the message.
        Accepted = "accepted",
        /// A scheduled message was taken back.
        Canceled = "canceled",
        /// Somebody clicked on a shortened link.
        Clicked = "clicked",
        /// The message was delivered.
        Delivered = "delivered",
        /// The message could not be sent.
        Failed = "failed",
        /// The recipient wrote HELP.
        HelpRequested = "help_requested",
        /// The recipient wrote START.
        OptedIn = "opted_in",
        /// The recipient wrote STOP.
        OptedOut = "opted_out",
        /// The message has a status that is not known here.
        OtherStatus = "other_status",
        /// A part of the message was delivered.
        PartiallyDelivered = "partially_delivered",
        /// The message waits for its sender.
        Queued = "queued",
        /// The message was read.
        Read = "read",
        /// The recipient wrote something else.
        Received = "received",
        /// The message waits for its time.
        Scheduled = "scheduled",
        /// The message is on its way to the carrier.
        Sending = "sending",
        /// The carrier took the message.
        Sent = "sent",
        /// The message was not delivered.
        Undelivered = "undelivered",
    }
}

object! {
    /// What the track events are called.
    pub struct TrackNames {
        /// A Messaging Service took the message. Default: SMS Accepted.
        "accepted" accepted: Name, false;
        /// A scheduled message was taken back. Default: SMS Canceled.
        "canceled" canceled: Name, false;
        /// Somebody clicked on a shortened link. Default: SMS Link Clicked.
        "clicked" clicked: Name, false;
        /// The message was delivered. Default: SMS Delivered.
        "delivered" delivered: Name, false;
        /// The message could not be sent. Default: SMS Failed.
        "failed" failed: Name, false;
        /// The recipient wrote HELP. Default: SMS Help Requested.
        "help_requested" help_requested: Name, false;
        /// The recipient wrote START. Default: SMS Opted In.
        "opted_in" opted_in: Name, false;
        /// The recipient wrote STOP. Default: SMS Opted Out.
        "opted_out" opted_out: Name, false;
        /// The message has a status that is not known here. Default: SMS Status Changed.
        "other_status" other_status: Name, false;
        /// A part of the message was delivered. Default: SMS Partially Delivered.
        "partially_delivered" partially_delivered: Name, false;
        /// The message waits for its sender. Default: SMS Queued.
        "queued" queued: Name, false;
        /// The message was read. Default: SMS Read.
        "read" read: Name, false;
        /// The recipient wrote something else. Default: SMS Received.
        "received" received: Name, false;
        /// The message waits for its time. Default: SMS Scheduled.
        "scheduled" scheduled: Name, false;
        /// The message is on its way to the carrier. Default: SMS Sending.
        "sending" sending: Name, false;
        /// The carrier took the message. Default: SMS Sent.
        "sent" sent: Name, false;
        /// The message was not delivered. Default: SMS Undelivered.
        "undelivered" undelivered: Name, false;
    }
}

impl TrackNames {
    /// What the track event of this kind is called.
    pub(crate) fn name(&self, kind: TrackKind) -> &str {
        let (given, default) = match kind {
            TrackKind::Accepted => (&self.accepted, "SMS Accepted"),
            TrackKind::Canceled => (&self.canceled, "SMS Canceled"),
            TrackKind::Clicked => (&self.clicked, "SMS Link Clicked"),
            TrackKind::Delivered => (&self.delivered, "SMS Delivered"),
            TrackKind::Failed => (&self.failed, "SMS Failed"),
            TrackKind::HelpRequested => (&self.help_requested, "SMS Help Requested"),
            TrackKind::OptedIn => (&self.opted_in, "SMS Opted In"),
            TrackKind::OptedOut => (&self.opted_out, "SMS Opted Out"),
            TrackKind::OtherStatus => (&self.other_status, "SMS Status Changed"),
            TrackKind::PartiallyDelivered => (&self.partially_delivered, "SMS Partially Delivered"),
            TrackKind::Queued => (&self.queued, "SMS Queued"),
            TrackKind::Read => (&self.read, "SMS Read"),
            TrackKind::Received => (&self.received, "SMS Received"),
            TrackKind::Scheduled => (&self.scheduled, "SMS Scheduled"),
            TrackKind::Sending => (&self.sending, "SMS Sending"),
            TrackKind::Sent => (&self.sent, "SMS Sent"),
            TrackKind::Undelivered => (&self.undelivered, "SMS Undelivered"),
        };
        given.as_ref().map_or(default, |name| name.0.as_str())
    }
}
