//! Writes forms for `form.test.mjs`: a JSON list of pairs a line in, the form a line out.

use std::io::{self, BufRead, Write};

use twilio_destination::twilio::request::encode_form;

fn main() -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let form: Vec<(String, String)> = serde_json::from_str(&line?)?;
        let pairs = form.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        writeln!(out, "{}", encode_form(pairs))?;
    }
    out.flush()
}
