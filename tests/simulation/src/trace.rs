//! What happened, line by line: hashed, and kept if somebody wants to read it.

/// How much of a trace is made.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Tracing {
    /// None: the fastest.
    #[default]
    Off,
    /// Its hash.
    Hash,
    /// Its hash and its lines.
    Lines,
}

/// A trace.
#[derive(Debug)]
pub(crate) struct Trace {
    tracing: Tracing,
    start: i64,
    hash: u64,
    lines: Vec<String>,
}

impl Trace {
    pub(crate) fn new(tracing: Tracing, start: i64) -> Self {
        // FNV-1a, 64 bits.
        Self { tracing, start, hash: 0xcbf2_9ce4_8422_2325, lines: Vec::new() }
    }

    /// Adds a line; it is only worded if there is a trace.
    pub(crate) fn say(&mut self, now: i64, line: impl FnOnce() -> String) {
        if self.tracing == Tracing::Off {
            return;
        }
        let since = now - self.start;
        let line = format!("{:>6}.{:03} s  {}", since / 1_000, since % 1_000, line());
        for byte in line.bytes() {
            self.hash = (self.hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        if self.tracing == Tracing::Lines {
            self.lines.push(line);
        }
    }

    pub(crate) fn finish(self) -> (u64, Vec<String>) {
        (self.hash, self.lines)
    }
}
