//! How many segments a text is billed as, and how to make it fewer.
//!
//! A text whose characters are all in the GSM 7-bit alphabet is sent as septets, 160 in one
//! segment or 153 in each of several. Any other character turns the whole text into UCS-2, 70
//! UTF-16 code units in one segment or 67 in each of several. A character that takes two units is
//! never split between segments (3GPP TS 23.038 and 23.040).
//!
//! The count is an estimate: the sender, a trial account's prefix and a Messaging Service's own
//! smart encoding change what is billed. It fills segments character by character. Twilio's
//! calculator also keeps emoji sequences and combined accents whole, so that where one would lie
//! across a boundary the two split, and for a text made of little else count, differently; which
//! of them Twilio's platform follows is not documented.

mod alphabet;
mod smart;
#[cfg(test)]
mod tests;

use std::ops::Range;

pub use smart::smart_encode;

use super::address::Channel;
use alphabet::{is_plain, septets};

/// What a text costs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Segments {
    /// The encoding that the text's characters call for.
    pub encoding: Encoding,
    /// How many segments; an empty text counts as one.
    pub count: usize,
    /// The units of all segments together: septets in GSM-7, UTF-16 code units in UCS-2.
    pub units: usize,
}

/// How a text is encoded on the air.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Encoding {
    /// The GSM 7-bit default alphabet with its extension table.
    Gsm7,
    /// UTF-16 code units.
    Ucs2,
}

impl Encoding {
    /// The encoding's name: `GSM-7` or `UCS-2`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gsm7 => "GSM-7",
            Self::Ucs2 => "UCS-2",
        }
    }

    /// How many units a text may have that is to fit one segment.
    pub fn alone(self) -> usize {
        match self {
            Self::Gsm7 => 160,
            Self::Ucs2 => 70,
        }
    }

    /// How many units each segment holds when there are several, since a header joins them.
    pub fn joined(self) -> usize {
        match self {
            Self::Gsm7 => 153,
            Self::Ucs2 => 67,
        }
    }

    /// The units that one character takes: 1 or 2.
    fn units(self, c: char) -> usize {
        match self {
            Self::Gsm7 => septets(c),
            Self::Ucs2 => c.len_utf16(),
        }
    }
}

/// One segment of a text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Segment {
    /// Where it lies in the text, in bytes.
    pub bytes: Range<usize>,
    /// Its septets or UTF-16 code units.
    pub units: usize,
}

/// Counts the segments of `text`.
pub fn count(text: &str) -> Segments {
    let mut tally = Tally::new();
    let mut rest = text;
    loop {
        let plain = rest.bytes().position(|byte| !is_plain(byte)).unwrap_or(rest.len());
        tally.add_plain(plain);
        let mut chars = rest.get(plain..).unwrap_or_default().chars();
        match chars.next() {
            Some(c) => tally.add(c),
            None => return tally.segments(),
        }
        rest = chars.as_str();
    }
}

/// How a message is billed whose form has these parameters; none without a text, or on other
/// channels than SMS.
pub(crate) fn billed<T: AsRef<str>>(form: impl Iterator<Item = (T, T)>) -> Option<Segments> {
    let (mut body, mut is_smart) = (None, false);
    for (name, value) in form {
        match (name.as_ref(), value.as_ref()) {
            ("To", to) if Channel::split(to).0 != Channel::Sms => return None,
            ("SmartEncoded", smart) => is_smart = smart == "true",
            ("Body", _) => body = Some(value),
            _ => {}
        }
    }
    let body = body?;
    let text = body.as_ref();
    Some(if is_smart { count(&smart_encode(text)) } else { count(text) })
}

/// The segments of `text`, in order; an empty text has one empty segment.
pub fn split(text: &str) -> Vec<Segment> {
    let whole = count(text);
    let limit = match whole.count {
        1 => whole.encoding.alone(),
        _ => whole.encoding.joined(),
    };
    let mut segments = Vec::with_capacity(whole.count);
    let mut segment = Segment { bytes: 0..0, units: 0 };
    for (at, c) in text.char_indices() {
        let units = whole.encoding.units(c);
        if segment.units + units > limit {
            segments.push(Segment { bytes: segment.bytes.start..at, units: segment.units });
            segment = Segment { bytes: at..at, units: 0 };
        }
        segment.units += units;
    }
    segments.push(Segment { bytes: segment.bytes.start..text.len(), units: segment.units });
    segments
}

/// The characters that force `text` into UCS-2, each with its byte offset.
pub fn forcing(text: &str) -> impl Iterator<Item = (usize, char)> {
    text.char_indices().filter(|(_, c)| septets(*c) == 0)
}

/// The longest beginning of `text` that fits `max_segments`; nothing fits zero.
///
/// A character is kept whole or left out, so neither a surrogate pair nor an extension pair is cut.
/// A beginning that leaves out every character that forces UCS-2 is measured as GSM-7.
pub fn truncate(text: &str, max_segments: usize) -> &str {
    if max_segments == 0 {
        return "";
    }
    // A longer beginning never takes fewer segments: even an extension character for each place
    // leaves 76 characters in a segment of GSM-7, more than the 67 of UCS-2.
    let mut tally = Tally::new();
    for (at, c) in text.char_indices() {
        tally.add(c);
        if tally.segments().count > max_segments {
            return text.get(..at).unwrap_or_default();
        }
    }
    text
}

/// A count under way.
struct Tally {
    encoding: Encoding,
    /// Characters so far, while they are all GSM-7: the prefix's UTF-16 units too, since the
    /// alphabet has no character outside the basic plane.
    characters: usize,
    units: usize,
    /// As if there were several segments: how many, and the units in the last one.
    joined: usize,
    last: usize,
}

impl Tally {
    fn new() -> Self {
        Self { encoding: Encoding::Gsm7, characters: 0, units: 0, joined: 1, last: 0 }
    }

    fn add(&mut self, c: char) {
        let mut units = self.encoding.units(c);
        if units == 0 {
            self.turn_to_ucs2();
            units = c.len_utf16();
        }
        self.characters += 1;
        self.units += units;
        self.last += units;
        if self.last > self.encoding.joined() {
            self.joined += 1;
            self.last = units;
        }
    }

    /// Adds so many characters that take one unit in either encoding.
    fn add_plain(&mut self, characters: usize) {
        self.characters += characters;
        self.units += characters;
        self.last += characters;
        let limit = self.encoding.joined();
        if self.last > limit {
            self.joined += (self.last - 1) / limit;
            self.last = (self.last - 1) % limit + 1;
        }
    }

    #[cold]
    fn turn_to_ucs2(&mut self) {
        self.encoding = Encoding::Ucs2;
        self.units = self.characters;
        let limit = self.encoding.joined();
        self.joined = self.units.div_ceil(limit).max(1);
        self.last = self.units - (self.joined - 1) * limit;
    }

    fn segments(&self) -> Segments {
        let count = if self.units <= self.encoding.alone() { 1 } else { self.joined };
        Segments { encoding: self.encoding, count, units: self.units }
    }
}
