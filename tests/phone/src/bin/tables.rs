//! Makes `src/phone/tables.bin` and the corpus's seeds anew, and reports which numbers change their
//! verdict: `phone-tables [PhoneNumberMetadata.xml VERSION]`. Without arguments it reads the
//! metadata that the crate `phonenumber` carries. With `--check` it writes nothing.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a developer's tool")]

use std::path::Path;

use phone_oracle::TABLES;
use phone_oracle::layout::lay_out;
use phone_oracle::metadata::Metadata;
use phone_oracle::report::report;
use phone_oracle::seeds::seeds;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (checks, files): (Vec<_>, Vec<_>) =
        arguments.into_iter().partition(|argument| argument == "--check");
    let metadata = match &files[..] {
        [] => Metadata::of_the_crate(),
        [file, version] => Metadata::read(Path::new(file), version.clone()),
        _ => {
            println!("usage: phone-tables [--check] [PhoneNumberMetadata.xml VERSION]");
            std::process::exit(2);
        }
    };
    let (tables, summary) = lay_out(&metadata);
    println!("metadata {}: {} bytes", metadata.version, tables.len());
    for (name, size) in summary.counts.iter().chain(&summary.sections) {
        println!("  {name}: {size}");
    }
    let changes = report(TABLES, &tables);
    println!("{} changes", changes.lines().count());
    print!("{changes}");
    if checks.is_empty() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        std::fs::write(here.join("../../src/phone/tables.bin"), tables).expect("writable");
        std::fs::write(here.join("seeds.tsv"), seeds(&metadata)).expect("writable");
    }
}
