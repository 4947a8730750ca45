//! From text to symbols: one byte for each character that can matter in a phone number.
//!
//! ASCII stands for itself, the digits of all supported scripts are ASCII digits, and what else
//! means something has a code above 127. So whatever follows can work on bytes.

/// The symbols of the part of a text that can be a phone number.
pub(super) struct Symbols {
    bytes: [u8; MAX_INPUT],
    len: usize,
}

/// The longest text that is read, in UTF-16 code units: libphonenumber's limit.
pub(super) const MAX_INPUT: usize = 250;

/// NO-BREAK SPACE.
pub(super) const NO_BREAK_SPACE: u8 = 0x80;
/// Any other punctuation outside ASCII that phone numbers are written with.
const PUNCTUATION: u8 = 0x81;
/// `＃`.
pub(super) const WIDE_HASH: u8 = 0x82;
/// `ｅ`, and the other full-width letters that name extensions.
pub(super) const WIDE_E: u8 = 0x83;
/// `ｘ`.
pub(super) const WIDE_X: u8 = 0x84;
/// `ｔ`.
pub(super) const WIDE_T: u8 = 0x85;
/// `ｎ`.
pub(super) const WIDE_N: u8 = 0x86;
/// `ｉ`.
pub(super) const WIDE_I: u8 = 0x87;
/// `д`, `о` and `б`: the Russian word for an extension.
pub(super) const CYRILLIC: [u8; 3] = [0x88, 0x89, 0x8a];
/// `ó`.
pub(super) const O_ACUTE: u8 = 0x8b;
/// The combining acute accent.
pub(super) const ACUTE: u8 = 0x8c;

/// A digit.
pub(super) const DIGIT: u8 = 1;
/// A letter from A to Z.
pub(super) const ALPHA: u8 = 2;
/// What may stand between digits: dashes, blanks, brackets, `x`, `*` and the like.
pub(super) const BETWEEN: u8 = 4;
/// A blank: space, tab, no-break space.
pub(super) const BLANK: u8 = 8;
/// A blank, comma or hyphen, as it may stand around the label of an extension.
pub(super) const AROUND: u8 = 16;
/// A comma.
pub(super) const COMMA: u8 = 64;
/// A hyphen or space, as it stands before an extension that ends in `#`.
pub(super) const HYPHEN: u8 = 128;
/// A sign that the text may hold more than one plain number: a separator, or
/// a letter other than the `x` of extensions.
pub(super) const ODD: u8 = 32;

impl Symbols {
    pub(super) fn new() -> Self {
        Self { bytes: [0; MAX_INPUT], len: 0 }
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// Appends a text; `from_start` leaves out what stands before the first digit or plus sign.
    /// Symbols beyond [`MAX_INPUT`] are left out too: the caller has counted them.
    pub(super) fn push_text(&mut self, text: &str, from_start: bool) {
        let mut skips = from_start;
        for c in text.chars() {
            let byte = if c.is_ascii() { c as u8 } else { wide_symbol(c) };
            skips = skips && !(byte == b'+' || is(byte, DIGIT));
            if !skips && let Some(place) = self.bytes.get_mut(self.len) {
                *place = byte;
                self.len += 1;
            }
        }
    }

    pub(super) fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// Replaces the symbols by the digits that they mean: letters are those of a keypad if there
    /// are three or more of them, and typing errors otherwise.
    pub(super) fn keep_digits(&mut self) {
        let letters = self.as_bytes().iter().filter(|byte| is(**byte, ALPHA)).count();
        let mut len = 0;
        for at in 0..self.len {
            let Some(&byte) = self.bytes.get(at) else { break };
            let digit = if is(byte, DIGIT) {
                byte
            } else if letters >= 3 && is(byte, ALPHA) {
                let letter = usize::from(byte.to_ascii_lowercase() - b'a');
                KEYPAD.get(letter).copied().unwrap_or_default()
            } else {
                continue;
            };
            if let Some(place) = self.bytes.get_mut(len) {
                *place = digit;
                len += 1;
            }
        }
        self.len = len;
    }
}

/// What is left of symbols without those of the classes at their end.
#[inline(never)]
pub(super) fn strip_end(symbols: &[u8], classes: u8) -> &[u8] {
    let len = symbols.iter().rposition(|byte| !is(*byte, classes)).map_or(0, |last| last + 1);
    symbols.get(..len).unwrap_or_default()
}

/// Whether a symbol is of one of the classes.
pub(super) fn is(byte: u8, classes: u8) -> bool {
    CLASSES.get(usize::from(byte)).is_some_and(|own| own & classes != 0)
}

#[cold]
#[inline(never)]
fn wide_symbol(c: char) -> u8 {
    let digit = |zero: u32| b'0' + ((u32::from(c) - zero) & 15) as u8;
    match c {
        '\u{ff10}'..='\u{ff19}' => digit(0xff10),
        '\u{660}'..='\u{669}' => digit(0x660),
        '\u{6f0}'..='\u{6f9}' => digit(0x6f0),
        '＋' => b'+',
        '．' => b'.',
        '～' => b'~',
        '\u{a0}' => NO_BREAK_SPACE,
        '＃' => WIDE_HASH,
        'ｅ' | 'Ｅ' => WIDE_E,
        'ｘ' | 'Ｘ' => WIDE_X,
        'ｔ' | 'Ｔ' => WIDE_T,
        'ｎ' | 'Ｎ' => WIDE_N,
        'ｉ' | 'Ｉ' => WIDE_I,
        'д' | 'Д' => 0x88,
        'о' | 'О' => 0x89,
        'б' | 'Б' => 0x8a,
        'ó' | 'Ó' => O_ACUTE,
        '\u{301}' => ACUTE,
        // Dashes, spaces, brackets and tildes.
        '\u{ad}'
        | '\u{2010}'..='\u{2015}'
        | '\u{200b}'
        | '\u{2053}'
        | '\u{2060}'
        | '\u{2212}'
        | '\u{223c}'
        | '\u{3000}'
        | '\u{30fc}'
        | '－'
        | '／'
        | '（'
        | '）'
        | '［'
        | '］' => PUNCTUATION,
        _ => 0xff,
    }
}

/// The digits that the letters share a key with (ITU-T E.161).
const KEYPAD: &[u8; 26] = b"22233344455566677778889999";

static CLASSES: [u8; 256] = classes();

#[expect(clippy::indexing_slicing, reason = "evaluated when the crate is compiled")]
const fn classes() -> [u8; 256] {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let c = byte as u8;
        if c.is_ascii_digit() {
            classes[byte] |= DIGIT;
        }
        if c.is_ascii_alphabetic() {
            classes[byte] |= ALPHA;
        }
        if c.is_ascii_alphabetic() && !matches!(c, b'x' | b'X') {
            classes[byte] |= ODD;
        }
        if matches!(
            c,
            b'-' | b'x'
                | b'X'
                | b' '
                | b'('
                | b')'
                | b'.'
                | b'['
                | b']'
                | b'/'
                | b'~'
                | b'*'
                | NO_BREAK_SPACE
                | PUNCTUATION
        ) {
            classes[byte] |= BETWEEN;
        }
        if matches!(c, b' ' | b'\t' | NO_BREAK_SPACE) {
            classes[byte] |= BLANK | AROUND;
        }
        if matches!(c, b';' | b',' | b'\n' | b'\r' | b'|' | b'&') {
            classes[byte] |= ODD;
        }
        if matches!(c, b',' | b'-') {
            classes[byte] |= AROUND;
        }
        if c == b',' {
            classes[byte] |= COMMA;
        }
        if matches!(c, b'-' | b' ') {
            classes[byte] |= HYPHEN;
        }
        byte += 1;
    }
    classes
}
