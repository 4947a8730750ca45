//! Every vector through the crate's own interface.

pub(crate) mod check;
pub(crate) mod format;
mod native;

use std::path::{Path, PathBuf};

use format::Vector;

/// The folder of the vectors.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join("vectors")
}

/// Every vector by its name, `area/case`, in the order of the names.
pub(crate) fn all() -> Vec<(String, Vector)> {
    names().into_iter().map(|name| (name.clone(), read(&name))).collect()
}

/// The name of every vector, in order.
pub(crate) fn names() -> Vec<String> {
    let mut names = Vec::new();
    for area in std::fs::read_dir(folder()).unwrap() {
        let area = area.unwrap().path();
        if !area.is_dir() {
            continue;
        }
        for file in std::fs::read_dir(&area).unwrap() {
            let file = file.unwrap().path();
            let is_json = file.extension().is_some_and(|extension| extension == "json");
            assert!(is_json, "{} is no JSON file", file.display());
            let part = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
            names.push(format!("{}/{}", part(&area), part(&file)));
        }
    }
    names.sort();
    names
}

fn read(name: &str) -> Vector {
    let text = text_of(&folder().join(format!("{name}.json")));
    Vector::parse(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A file's text.
#[expect(clippy::disallowed_methods, reason = "a test may read files")]
pub(crate) fn text_of(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn every_vector_natively() {
    let vectors = all();
    let mut faults = Vec::new();
    for (name, vector) in &vectors {
        let found = check::check(vector, &native::run(vector));
        faults.extend(found.into_iter().map(|fault| format!("{name}: {fault}")));
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
    println!("{} vectors", vectors.len());
    assert!(vectors.len() >= 300, "only {} vectors", vectors.len());
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    for (name, vector) in all() {
        assert_eq!(native::run(&vector), native::run(&vector), "{name}");
    }
}

#[test]
fn nothing_printed_holds_a_phone_number_or_a_secret() {
    let mut printed = 0;
    for (name, vector) in all() {
        let shown = native::debug(&vector);
        let number = check::phone_number(&shown);
        assert!(number.is_none(), "{name} prints `{}`", number.unwrap_or_default());
        for secret in check::secrets(&vector.settings) {
            assert!(!shown.contains(&secret), "{name} prints a secret");
        }
        printed += shown.len();
    }
    assert!(printed > 100_000, "hardly anything was printed");
}
