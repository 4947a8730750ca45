//! How long to wait before another attempt.

use super::port::Port;

/// The first back-off at most, in milliseconds.
const BASE: u64 = 250;

/// The longest back-off, in milliseconds.
const CAP: u64 = 30_000;

/// A span of full jitter: anything up to `250 ms · 2^tries`, and up to 30 s at most. It comes on top
/// of what Twilio asked for, so that those who were told the same do not all come back at once.
pub(super) fn back_off(port: &Port, tries: u32, asked_for: Option<u64>) -> i64 {
    let most = BASE.saturating_mul(1_u64.checked_shl(tries).unwrap_or(u64::MAX)).min(CAP);
    let wait = port.random_up_to(most).saturating_add(asked_for.unwrap_or(0));
    i64::try_from(wait).unwrap_or(i64::MAX)
}
