//! Smart encoding: look-alikes for characters that would force UCS-2.

use std::borrow::Cow;

/// Replaces the characters that Twilio's smart encoding replaces, one by one.
///
/// The table is that of Twilio's calculator (`sms-segments-calculator` 1.3.0, 271 characters).
/// Some replacements are longer than what they stand for (`…` becomes `...`) and some are empty,
/// so the text may grow or shrink; one that still holds a character outside GSM-7 stays UCS-2.
/// Doing it twice changes nothing more.
pub fn smart_encode(text: &str) -> Cow<'_, str> {
    let suspect = text.bytes().position(|byte| !is_kept(byte)).unwrap_or(text.len());
    let tail = text.get(suspect..).unwrap_or_default();
    let Some((start, _)) = tail.char_indices().find(|(_, c)| replacement(*c).is_some()) else {
        return Cow::Borrowed(text);
    };
    let Some((before, rest)) = text.split_at_checked(suspect + start) else {
        return Cow::Borrowed(text);
    };
    let mut out = String::with_capacity(text.len());
    out.push_str(before);
    for c in rest.chars() {
        match replacement(c) {
            None => out.push(c),
            Some(NOTHING) => {}
            Some(TWO_SPACES) => out.push_str("  "),
            Some(TAB) => out.push_str("       "),
            Some(ELLIPSIS) => out.push_str("..."),
            Some(TWO_BANGS) => out.push_str("!!"),
            Some(QUARTER) => out.push_str("1/4"),
            Some(HALF) => out.push_str("1/2"),
            Some(THREE_QUARTERS) => out.push_str("3/4"),
            Some(ascii) => out.push(char::from(ascii)),
        }
    }
    Cow::Owned(out)
}

/// What stands for `c`: an ASCII character, or one of the marks below.
fn replacement(c: char) -> Option<u8> {
    if u8::try_from(c).is_ok_and(is_kept) {
        return None;
    }
    let code = u16::try_from(c).ok()?;
    if matches!(code, 0xff01..=0xff3f | 0xff5b..=0xff5e) {
        // The full-width forms stand in ASCII's order.
        return u8::try_from(code - 0xfee0).ok();
    }
    let at = REPLACED.binary_search_by_key(&code, |(from, _)| *from).ok()?;
    REPLACED.get(at).map(|(_, to)| *to)
}

/// Whether `byte` is a printable ASCII character that nothing replaces.
fn is_kept(byte: u8) -> bool {
    matches!(byte, b' '..=b'_' | b'a'..=b'~')
}

// Marks for replacements that are not one character: no replacement is a control character.
const NOTHING: u8 = 0;
const TWO_SPACES: u8 = 1;
const TAB: u8 = 2;
const ELLIPSIS: u8 = 3;
const TWO_BANGS: u8 = 4;
const QUARTER: u8 = 5;
const HALF: u8 = 6;
const THREE_QUARTERS: u8 = 7;

/// From code point to replacement, sorted.
#[rustfmt::skip]
static REPLACED: [(u16, u8); 204] = [
    (0x0000, NOTHING), (0x0003, NOTHING), (0x0004, NOTHING), (0x0009, TAB), (0x0010, NOTHING),
    (0x0011, NOTHING), (0x0012, NOTHING), (0x0013, NOTHING), (0x0014, NOTHING), (0x0017, NOTHING),
    (0x0019, NOTHING), (0x0060, b'\''), (0x0080, TWO_SPACES), (0x008d, TWO_SPACES),
    (0x0090, TWO_SPACES), (0x009b, TWO_SPACES), (0x009f, TWO_SPACES), (0x00a0, TWO_SPACES),
    (0x00ab, b'"'), (0x00b4, b'\''), (0x00bb, b'"'), (0x00bc, QUARTER), (0x00bd, HALF),
    (0x00be, THREE_QUARTERS), (0x00f7, b'/'), (0x01c3, b'!'), (0x0262, b'G'), (0x026a, b'I'),
    (0x0274, b'N'), (0x0280, b'R'), (0x028f, b'Y'), (0x0299, b'B'), (0x029c, b'H'),
    (0x029f, b'L'), (0x02b9, b'\''), (0x02ba, b'"'), (0x02bb, b'\''), (0x02bc, b'\''),
    (0x02bd, b'\''), (0x02c6, b'^'), (0x02c8, b'\''), (0x02ca, b'\''), (0x02cb, b'\''),
    (0x02d0, b':'), (0x02d6, b'+'), (0x02dc, b'~'), (0x02ee, b'"'), (0x02f7, b'~'),
    (0x02f8, b':'), (0x0302, b'^'), (0x0303, b'~'), (0x0313, b'\''), (0x0314, b'\''),
    (0x0326, b','), (0x0330, b'~'), (0x0332, b'_'), (0x0334, b'~'), (0x0337, b'/'),
    (0x0338, b'/'), (0x0347, b'='), (0x1d00, b'A'), (0x1d04, b'C'), (0x1d05, b'D'),
    (0x1d07, b'E'), (0x1d0a, b'J'), (0x1d0b, b'K'), (0x1d0d, b'M'), (0x1d0f, b'O'),
    (0x1d18, b'P'), (0x1d1b, b'T'), (0x1d1c, b'U'), (0x1d20, b'V'), (0x1d21, b'W'),
    (0x1d22, b'Z'), (0x1dcd, b'^'), (0x2000, TWO_SPACES), (0x2001, b' '), (0x2002, TWO_SPACES),
    (0x2003, TWO_SPACES), (0x2004, TWO_SPACES), (0x2005, TWO_SPACES), (0x2006, TWO_SPACES),
    (0x2007, TWO_SPACES), (0x2008, TWO_SPACES), (0x2009, TWO_SPACES), (0x200a, TWO_SPACES),
    (0x200b, NOTHING), (0x200c, NOTHING), (0x2010, b'-'), (0x2013, b'-'), (0x2014, b'-'),
    (0x2015, b'-'), (0x2017, b'_'), (0x2018, b'\''), (0x2019, b'\''), (0x201a, b','),
    (0x201b, b'\''), (0x201c, b'"'), (0x201d, b'"'), (0x201e, b'"'), (0x201f, b'"'),
    (0x2022, b'-'), (0x2026, ELLIPSIS), (0x2028, b' '), (0x2029, b' '), (0x202f, TWO_SPACES),
    (0x2039, b'<'), (0x203a, b'>'), (0x203c, TWO_BANGS), (0x2043, b'-'), (0x2044, b'/'),
    (0x204e, b'*'), (0x204f, b';'), (0x205f, TWO_SPACES), (0x2060, NOTHING), (0x20d2, b'|'),
    (0x20d3, b'|'), (0x20e5, b'\\'), (0x2215, b'/'), (0x2217, b'*'), (0x2223, b'|'),
    (0x223c, b'~'), (0x229b, b'*'), (0x239c, b'|'), (0x239f, b'|'), (0x23b8, b'|'),
    (0x23b9, b'|'), (0x23bc, b'-'), (0x23bd, b'-'), (0x23d0, b'|'), (0x2722, b'*'),
    (0x2723, b'*'), (0x2724, b'*'), (0x2725, b'*'), (0x2731, b'*'), (0x2732, b'*'),
    (0x2733, b'*'), (0x273a, b'*'), (0x273b, b'*'), (0x273c, b'*'), (0x273d, b'*'),
    (0x2743, b'*'), (0x2749, b'*'), (0x274a, b'*'), (0x274b, b'*'), (0x275b, b'\''),
    (0x275c, b'\''), (0x275d, b'"'), (0x275e, b'"'), (0x2768, b'('), (0x2769, b')'),
    (0x276a, b'('), (0x276b, b')'), (0x2774, b'{'), (0x2775, b'}'), (0x27ee, b'('),
    (0x27ef, b')'), (0x2982, b':'), (0x2985, b'('), (0x2986, b')'), (0x29c6, b'*'),
    (0x29f5, b'\\'), (0x29f8, b'/'), (0x29f9, b'\\'), (0x3000, TWO_SPACES), (0x3001, b','),
    (0x3002, b'.'), (0x301d, b'"'), (0x301e, b'"'), (0xa730, b'F'), (0xa731, b'S'),
    (0xa789, b':'), (0xa78a, b'='), (0xfe10, b'\''), (0xfe11, b'\''), (0xfe13, b':'),
    (0xfe14, b';'), (0xfe15, b'!'), (0xfe16, b'?'), (0xfe50, b','), (0xfe51, b','),
    (0xfe52, b'.'), (0xfe54, b';'), (0xfe56, b'?'), (0xfe57, b'!'), (0xfe59, b'('),
    (0xfe5a, b')'), (0xfe5b, b'{'), (0xfe5c, b'}'), (0xfe5f, b'#'), (0xfe60, b'&'),
    (0xfe61, b'*'), (0xfe62, b'+'), (0xfe63, b'-'), (0xfe64, b'<'), (0xfe65, b'>'),
    (0xfe66, b'='), (0xfe68, b'\\'), (0xfe69, b'$'), (0xfe6a, b'%'), (0xfe6b, b'@'),
    (0xfeff, NOTHING), (0xff61, b'.'), (0xff64, b','),
];
