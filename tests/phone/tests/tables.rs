//! The tables are those that the generator makes, and the generator notices what it must.
#![expect(clippy::unwrap_used, reason = "tests")]

use phone_oracle::layout::lay_out;
use phone_oracle::metadata::{Kind, Metadata, Territory};
use phone_oracle::report::report;
use phone_oracle::seeds::seeds;
use phone_oracle::{SEEDS, TABLES};

fn changed(id: &str, change: impl Fn(&mut Territory)) -> Metadata {
    let mut metadata = Metadata::of_the_crate();
    change(metadata.territories.iter_mut().find(|territory| territory.id == id).unwrap());
    metadata
}

#[test]
fn regenerating_gives_the_same_bytes() {
    let metadata = Metadata::of_the_crate();
    assert!(lay_out(&metadata).0 == TABLES, "run phone-tables");
    assert!(seeds(&metadata) == SEEDS, "run phone-tables");
    assert_eq!(metadata.version, twilio_destination::phone::metadata_version());
}

#[test]
fn the_report_counts_every_number_that_changes() {
    assert_eq!(report(TABLES, TABLES), "");
    let without_mobiles =
        changed("FR", |france| france.kinds.retain(|(kind, _)| *kind != Kind::Mobile));
    let (tables, _) = lay_out(&without_mobiles);
    // 6[0-24-8]x, 63[0-8], 69[589] and 7[3-9]x, each with six more digits.
    let count = (8 * 10 + 9 + 3 + 7 * 10) * 1_000_000;
    let forth = format!("+33 FR mobile -> FR invalid: {count} numbers, such as +33600000000\n");
    assert_eq!(report(TABLES, &tables), forth);
    let back = format!("+33 FR invalid -> FR mobile: {count} numbers, such as +33600000000\n");
    assert_eq!(report(&tables, TABLES), back);

    let longer = changed("FR", |france| {
        france.lengths.insert(15);
    });
    assert_eq!(report(TABLES, &lay_out(&longer).0), "FR +33: lengths change\n");
}

#[test]
#[should_panic(expected = "the language is finite")]
fn an_endless_pattern_is_an_error() {
    lay_out(&changed("FR", |france| france.general = "[1-9]\\d+".to_owned()));
}

#[test]
#[should_panic(expected = "the pattern matches lengths")]
fn a_pattern_that_exceeds_its_lengths_is_an_error() {
    lay_out(&changed("FR", |france| france.kinds[0].1.pattern = "8\\d{10}".to_owned()));
}

#[test]
#[should_panic(expected = "a pattern holds")]
fn a_pattern_with_letters_is_an_error() {
    lay_out(&changed("FR", |france| france.general = "x\\d{8}".to_owned()));
}

#[test]
#[should_panic(expected = "begins 331")]
fn calling_codes_that_begin_each_other_are_an_error() {
    lay_out(
        &changed("FR", |france| france.code = 331).with("GP", |guadeloupe| guadeloupe.code = 33),
    );
}

/// For a second change.
trait With {
    fn with(self, id: &str, change: impl Fn(&mut Territory)) -> Self;
}

impl With for Metadata {
    fn with(mut self, id: &str, change: impl Fn(&mut Territory)) -> Self {
        change(self.territories.iter_mut().find(|territory| territory.id == id).unwrap());
        self
    }
}
