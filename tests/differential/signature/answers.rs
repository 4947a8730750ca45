//! Verifies signatures for `signature.test.mjs`: one as JSON a line in, `valid` or a code out.

use std::io::{self, BufRead, Write};

use twilio_destination::twilio::webhook::verify_line;

fn main() -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let verdict = verify_line(line?.as_bytes(), None);
        writeln!(out, "{}", verdict.code.map_or("valid", |code| code.code()))?;
    }
    out.flush()
}
