//! A text as a phone receives it: cut into segments, with what smart encoding does to it.

use serde::Serialize;

use super::SegmentsView;
use crate::mapping::Message;
use crate::twilio::address::Channel;
use crate::twilio::segments::{self, Encoding};

/// How many bits the header takes that joins the segments of one text (3GPP TS 23.040: 6 octets).
const HEADER_BITS: usize = 48;

/// A text as it goes out, segment by segment.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct TextView {
    /// The segments, in order: together they are the text as the phone shows it.
    pub segments: Vec<SegmentText>,
    /// How many units each of them holds.
    pub capacity: usize,
    /// The size of the text in bits.
    pub message_bits: usize,
    /// The size in bits with the headers that join the segments.
    pub total_bits: usize,
    /// What smart encoding does, where it replaces anything.
    pub smart_encoding: Option<SmartEncodingView>,
}

/// One segment of a text.
#[derive(Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SegmentText {
    /// Its part of the text.
    pub text: String,
    /// How many units it takes.
    pub units: usize,
}

/// It holds a part of a message: it is not printed.
impl std::fmt::Debug for SegmentText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SegmentText").field("units", &self.units).finish_non_exhaustive()
    }
}

/// How a text is billed with smart encoding and without.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SmartEncodingView {
    /// Whether the message asks for it.
    pub on: bool,
    /// The text as it is.
    pub without: SegmentsView,
    /// The text with its replacements.
    pub with: SegmentsView,
}

/// Shows the text of a message; none without a text, or on other channels than SMS.
pub(super) fn text_view(message: &Message<'_>) -> Option<TextView> {
    if message.channel != Channel::Sms {
        return None;
    }
    let value = |name: &str| message.entries.iter().find(|entry| entry.parameter == name);
    let body = &value("Body")?.text;
    let on = value("SmartEncoded").is_some_and(|entry| entry.text == "true");
    let replaced = segments::smart_encode(body);
    let shown = if on { &replaced } else { body };
    let counted = segments::count(shown);
    let several = counted.count > 1;
    let (unit_bits, capacity) = match counted.encoding {
        Encoding::Gsm7 => (7, counted.encoding),
        Encoding::Ucs2 => (16, counted.encoding),
    };
    let message_bits = counted.units * unit_bits;
    Some(TextView {
        segments: segments::split(shown)
            .into_iter()
            .map(|segment| SegmentText {
                text: shown.get(segment.bytes).unwrap_or_default().to_owned(),
                units: segment.units,
            })
            .collect(),
        capacity: if several { capacity.joined() } else { capacity.alone() },
        message_bits,
        total_bits: message_bits + if several { counted.count * HEADER_BITS } else { 0 },
        smart_encoding: (replaced != *body).then(|| SmartEncodingView {
            on,
            without: SegmentsView::of(body),
            with: SegmentsView::of(&replaced),
        }),
    })
}

#[cfg(test)]
mod tests {
    use crate::destination::{Destination, InputKind};
    use crate::facts::Facts;
    use crate::json;
    use crate::preview::{PreviewDecision, TextView};
    use crate::time::Timestamp;

    const LIMITS: json::Limits = json::Limits { bytes: 100_000, depth: 16 };

    fn text_of(body: &str, smart: bool) -> TextView {
        let settings = serde_json::json!({
            "account_sid": "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "auth_token": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
            "from": "+14155551234",
            "row": { "to": "+447700900123", "smart_encoded": smart },
        });
        let event = serde_json::json!({ "body": body }).to_string();
        let settings = settings.to_string();
        let destination = Destination::compile(&json::parse(&settings, LIMITS).unwrap()).unwrap();
        let input = destination.read_json(InputKind::Row, &event);
        let now = Timestamp::from_millis(0);
        let preview = destination.preview(InputKind::Row, &input, &Facts::default(), now);
        match preview.decisions.into_iter().next() {
            Some(PreviewDecision::Send(send)) => send.text.unwrap(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_segments_together_are_the_text() {
        let body = "é".repeat(200) + "€";
        let view = text_of(&body, false);
        let joined: String = view.segments.iter().map(|segment| segment.text.as_str()).collect();
        assert_eq!(joined, body);
        let units: Vec<usize> = view.segments.iter().map(|segment| segment.units).collect();
        assert_eq!((units, view.capacity), (vec![153, 49], 153));
        // As Twilio's calculator counts: 202 septets, and 48 bits of header for each segment.
        assert_eq!((view.message_bits, view.total_bits), (1414, 1510));
    }

    #[test]
    fn a_text_of_one_segment_has_no_header() {
        let view = text_of("Привет", false);
        assert_eq!((view.capacity, view.message_bits, view.total_bits), (70, 96, 96));
        assert!(view.smart_encoding.is_none());
    }

    #[test]
    fn smart_encoding_is_compared_whether_it_is_on_or_off() {
        let body = format!("{}’s", "a".repeat(100));
        for on in [false, true] {
            let view = text_of(&body, on);
            let smart = view.smart_encoding.unwrap();
            assert_eq!((smart.on, smart.without.count, smart.with.count), (on, 2, 1));
            assert_eq!(smart.without.forced_by, ["’"]);
            assert_eq!(view.segments.len(), if on { 1 } else { 2 });
        }
    }
}
