//! Google's phone number metadata, as the crate `phonenumber` carries and reads it.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::Command;

use phonenumber::metadata::loader;

/// A version of the metadata.
pub struct Metadata {
    /// Such as `9.0.33`.
    pub version: String,
    /// In the order of the file.
    pub territories: Vec<Territory>,
}

/// What is known of the numbers of one region, or of one calling code that belongs to none.
pub struct Territory {
    /// Two letters, or `001`.
    pub id: String,
    /// The country calling code.
    pub code: u16,
    /// Whether it speaks for its calling code where several regions share that.
    pub main: bool,
    /// What is dialled before an international number.
    pub idd: Option<String>,
    /// What may stand before a national number.
    pub national_prefix: Option<String>,
    /// What takes the place of that prefix, where it is more than stripped.
    pub transform: Option<String>,
    /// What its numbers begin with, where that tells it apart from its calling code's others.
    pub leading_digits: Option<String>,
    /// What all its numbers match.
    pub general: String,
    /// Its kinds of number, in the order in which libphonenumber tries them.
    pub kinds: Vec<(Kind, Numbers)>,
    /// The lengths of its numbers.
    pub lengths: BTreeSet<u16>,
    /// The lengths of numbers that lack their area code.
    pub local_lengths: BTreeSet<u16>,
}

/// The numbers of one kind.
pub struct Numbers {
    /// What they match.
    pub pattern: String,
    /// How many digits they have.
    pub lengths: BTreeSet<u16>,
    /// One of them.
    pub example: Option<String>,
}

/// A kind of number; the value is its place in the tables.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[expect(missing_docs, reason = "the core documents them")]
pub enum Kind {
    Unknown = 0,
    FixedLine = 1,
    Mobile = 2,
    FixedLineOrMobile = 3,
    TollFree = 4,
    PremiumRate = 5,
    SharedCost = 6,
    PersonalNumber = 7,
    Voip = 8,
    Pager = 9,
    Uan = 10,
    Voicemail = 11,
}

impl Metadata {
    /// Reads the metadata that the crate `phonenumber` carries.
    ///
    /// # Panics
    ///
    /// If cargo cannot say where that crate is.
    pub fn of_the_crate() -> Self {
        let (folder, version) = crate_folder();
        Self::read(&folder.join("assets/PhoneNumberMetadata.xml"), version)
    }

    /// Reads a `PhoneNumberMetadata.xml` of libphonenumber.
    ///
    /// # Panics
    ///
    /// If it is not what this program expects.
    pub fn read(file: &Path, version: String) -> Self {
        let reader = BufReader::new(File::open(file).expect("the metadata can be opened"));
        let territories = loader::load(reader).expect("the metadata can be read");
        Self { version, territories: territories.into_iter().map(territory).collect() }
    }
}

/// Where cargo keeps the sources of the crate, and the metadata's version.
fn crate_folder() -> (PathBuf, String) {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let answer = Command::new(cargo)
        .args(["metadata", "--format-version=1", "--locked", "--offline"])
        .args(["--filter-platform", &host(), "--manifest-path", manifest])
        .output()
        .expect("cargo runs");
    assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
    let graph: serde_json::Value = serde_json::from_slice(&answer.stdout).expect("cargo's JSON");
    let package = graph["packages"]
        .as_array()
        .and_then(|packages| packages.iter().find(|package| package["name"] == "phonenumber"))
        .expect("phonenumber is a dependency");
    let version = package["version"].as_str().expect("a version");
    let (_, metadata) = version.split_once('+').expect("the version names the metadata's");
    let manifest = Path::new(package["manifest_path"].as_str().expect("a path"));
    (manifest.parent().expect("a folder").to_owned(), metadata.to_owned())
}

/// This machine's platform: what only others need may not be here.
fn host() -> String {
    let answer = Command::new("rustc").arg("-vV").output().expect("rustc runs");
    let answer = String::from_utf8_lossy(&answer.stdout);
    let host = answer.lines().find_map(|line| line.strip_prefix("host: "));
    host.expect("rustc names its host").to_owned()
}

fn territory(read: loader::Metadata) -> Territory {
    let id = read.id.expect("every territory has an id");
    let general = read.general.and_then(|general| general.national_number);
    let mut territory = Territory {
        code: read.country_code.expect("every territory has a calling code"),
        main: read.main_country_for_code,
        idd: read.international_prefix.map(stripped),
        // Google's build fills this in; the loader does not.
        national_prefix: read
            .national_prefix_for_parsing
            .or_else(|| read.national_prefix.clone())
            .map(stripped),
        transform: read.national_prefix_transform_rule,
        leading_digits: read.leading_digits.map(stripped),
        general: stripped(general.unwrap_or_else(|| panic!("{id} has no general pattern"))),
        kinds: Vec::new(),
        lengths: BTreeSet::new(),
        local_lengths: BTreeSet::new(),
        id,
    };
    let kinds = [
        (Kind::PremiumRate, read.premium_rate),
        (Kind::TollFree, read.toll_free),
        (Kind::SharedCost, read.shared_cost),
        (Kind::Voip, read.voip),
        (Kind::PersonalNumber, read.personal_number),
        (Kind::Pager, read.pager),
        (Kind::Uan, read.uan),
        (Kind::Voicemail, read.voicemail),
        (Kind::FixedLine, read.fixed_line),
        (Kind::Mobile, read.mobile),
    ];
    for (kind, numbers) in kinds {
        let Some(numbers) = numbers else { continue };
        let lengths: BTreeSet<u16> = numbers.possible_length.into_iter().collect();
        assert!(!lengths.is_empty(), "{} {kind:?} has no lengths", territory.id);
        territory.lengths.extend(&lengths);
        territory.local_lengths.extend(numbers.possible_local_length);
        let pattern = numbers.national_number.expect("every kind has a pattern");
        let pattern = stripped(pattern);
        territory.kinds.push((kind, Numbers { pattern, lengths, example: numbers.example }));
    }
    // Google's build derives the general lengths so; the loader leaves them empty.
    territory.local_lengths = &territory.local_lengths - &territory.lengths;
    territory
}

fn stripped(pattern: String) -> String {
    pattern.split_whitespace().collect()
}
