//! Makes `src/phone/tables.bin` anew.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a developer's tool")]

use std::path::Path;

use phone_oracle::layout::lay_out;
use phone_oracle::metadata::Metadata;
use phone_oracle::seeds::seeds;

fn main() {
    let metadata = Metadata::of_the_crate();
    let (tables, summary) = lay_out(&metadata);
    println!("metadata {}: {} bytes", metadata.version, tables.len());
    for (name, size) in summary.counts.iter().chain(&summary.sections) {
        println!("  {name}: {size}");
    }
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    std::fs::write(here.join("../../src/phone/tables.bin"), tables).expect("writable");
    std::fs::write(here.join("seeds.tsv"), seeds(&metadata)).expect("writable");
}
