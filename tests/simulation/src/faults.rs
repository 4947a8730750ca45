//! Which faults a schedule has, and how often.

use crate::draw::Draw;

/// How often what goes wrong, in a hundred thousand.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Faults {
    pub(crate) connection_refused: u64,
    pub(crate) request_lost: u64,
    pub(crate) reply_lost: u64,
    pub(crate) reply_cut: u64,
    pub(crate) late: u64,
    pub(crate) server_error: u64,
    pub(crate) server_error_created: u64,
    pub(crate) unavailable: u64,
    pub(crate) rate_limited: u64,
    pub(crate) queue_full: u64,
    pub(crate) unclear_limit: u64,
    pub(crate) daily_limit: u64,
    pub(crate) redirected: u64,
    pub(crate) refused: u64,
    pub(crate) bad_number: u64,
    pub(crate) list_failed: u64,
    pub(crate) store_failed_before: u64,
    pub(crate) store_failed_after: u64,
    pub(crate) store_slow: u64,
    pub(crate) store_late: u64,
    pub(crate) store_silent: u64,
    pub(crate) store_twice: u64,
    pub(crate) damages: u64,
    pub(crate) forgets: u64,
    pub(crate) killed: u64,
    pub(crate) trapped: u64,
    pub(crate) oversleeps: u64,
    pub(crate) stops: u64,
    pub(crate) stalls: u64,
    pub(crate) jumps: u64,
    pub(crate) call_lost: u64,
    pub(crate) call_repeated: u64,
    pub(crate) call_forged: u64,
}

impl Faults {
    /// Whether the store always does what it is asked to, once.
    pub(crate) fn spare_the_store(&self) -> bool {
        let fails = self.store_failed_before + self.store_failed_after + self.damages;
        fails + self.store_late + self.store_silent + self.store_twice == 0
    }

    pub(crate) fn draw(draw: &mut Draw) -> Self {
        // A schedule in which everything fails at once hides what a few faults do.
        let scale = *draw.pick(&[0, 20, 60, 150, 300]);
        let mut some = |most: i64| {
            let is_on = draw.in_1000(450);
            if is_on { draw.between(0, scale * most).unsigned_abs() } else { 0 }
        };
        Self {
            connection_refused: some(100),
            request_lost: some(100),
            reply_lost: some(150),
            reply_cut: some(80),
            late: some(80),
            server_error: some(100),
            server_error_created: some(100),
            unavailable: some(80),
            rate_limited: some(100),
            queue_full: some(30),
            unclear_limit: some(40),
            daily_limit: some(10),
            redirected: some(10),
            refused: some(30),
            bad_number: 0,
            list_failed: some(150),
            store_failed_before: some(50),
            store_failed_after: some(50),
            store_slow: some(50),
            store_late: some(30),
            store_silent: some(40),
            store_twice: some(60),
            damages: some(20),
            forgets: some(150),
            killed: some(30),
            trapped: some(20),
            oversleeps: some(80),
            stops: some(60),
            stalls: some(50),
            jumps: some(20),
            call_lost: some(150),
            call_repeated: some(150),
            call_forged: some(150),
        }
    }
}
