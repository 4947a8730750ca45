//! Answers one JSON line for each JSON string on standard input: what this crate counts.

use std::io::{self, BufRead, Write};

use serde_json::json;
use twilio_destination::twilio::segments::{count, forcing, smart_encode, split};

fn main() -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let text: String = serde_json::from_str(&line?)?;
        let counted = count(&text);
        let units: Vec<_> = split(&text).iter().map(|segment| segment.units).collect();
        let forcing: Vec<_> = forcing(&text).map(|(_, c)| c).collect();
        let answer = json!({
            "encoding": counted.encoding.name(),
            "count": counted.count,
            "units": units,
            "forcing": forcing,
            "smart": smart_encode(&text),
        });
        writeln!(out, "{answer}")?;
    }
    out.flush()
}
