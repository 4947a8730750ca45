//! Phone numbers in WebAssembly without any glue: text goes in through a buffer.

use std::sync::Mutex;

/// The buffer's address. The first two bytes are the default region (or zeros), the text follows.
#[unsafe(no_mangle)]
pub extern "C" fn buffer() -> *const u8 {
    BUFFER.lock().map_or(std::ptr::null(), |buffer| buffer.as_ptr())
}

/// Reads the number in the buffer's first `len` bytes: its E.164 length, or 0. `accept` is 0 for
/// possible and 1 for valid.
#[unsafe(no_mangle)]
pub extern "C" fn parse(len: usize, accept: u32) -> usize {
    let Ok(buffer) = BUFFER.lock() else { return 0 };
    let Some((region, text)) = buffer.get(..len).and_then(|bytes| bytes.split_at_checked(2)) else {
        return 0;
    };
    read(std::str::from_utf8(text).unwrap_or(""), std::str::from_utf8(region).unwrap_or(""), accept)
}

/// Takes the buffer's first `len` bytes as lines of region, tab, text, for [`run`].
#[unsafe(no_mangle)]
pub extern "C" fn load(len: usize) {
    let (Ok(buffer), Ok(mut lines)) = (BUFFER.lock(), LINES.lock()) else { return };
    let text = String::from_utf8_lossy(buffer.get(..len).unwrap_or_default()).into_owned();
    let split = |line: &str| {
        line.split_once('\t').map(|(region, text)| (region.to_owned(), text.to_owned()))
    };
    *lines = text.lines().filter_map(split).collect();
}

/// Reads all lines, `rounds` times: how many were numbers.
#[unsafe(no_mangle)]
pub extern "C" fn run(rounds: usize, accept: u32) -> usize {
    let Ok(lines) = LINES.lock() else { return 0 };
    let mut found = 0;
    for _ in 0..rounds {
        found += lines.iter().filter(|(region, text)| read(text, region, accept) > 0).count();
    }
    found
}

static BUFFER: Mutex<[u8; 65_536]> = Mutex::new([0; 65_536]);
static LINES: Mutex<Vec<(String, String)>> = Mutex::new(Vec::new());

#[cfg(feature = "ours")]
fn read(text: &str, region: &str, accept: u32) -> usize {
    use twilio_destination::phone::{Accept, Region, parse};
    let accept = if accept == 0 { Accept::Possible } else { Accept::Valid };
    parse(text, Region::parse(region), accept).map_or(0, |number| number.as_e164().len())
}

#[cfg(feature = "phonenumber")]
fn read(text: &str, region: &str, accept: u32) -> usize {
    let Ok(number) = phonenumber::parse(region.parse().ok(), text) else { return 0 };
    if accept == 1 && !number.is_valid() {
        return 0;
    }
    number.format().mode(phonenumber::Mode::E164).to_string().len()
}

#[cfg(feature = "rlibphonenumber")]
fn read(text: &str, region: &str, accept: u32) -> usize {
    use rlibphonenumber::{PHONE_NUMBER_UTIL as UTIL, PhoneNumberFormat};
    let Ok(number) = UTIL.parse(text, region.parse().ok()) else { return 0 };
    let accepted =
        if accept == 0 { UTIL.is_possible_number(&number) } else { UTIL.is_valid_number(&number) };
    if accepted { UTIL.format(&number, PhoneNumberFormat::E164).len() } else { 0 }
}

#[cfg(not(any(feature = "ours", feature = "phonenumber", feature = "rlibphonenumber")))]
fn read(text: &str, region: &str, accept: u32) -> usize {
    text.len() + region.len() + accept as usize
}
