//! A store: cells as texts, updated by the core's own `apply`.

use std::collections::BTreeMap;

use twilio_destination::cells::{Answer, Cell, Operation, apply};
use twilio_destination::time::Timestamp;

/// Cells under their keys, as they would lie on a disk.
#[derive(Debug, Default)]
pub(crate) struct Store {
    cells: BTreeMap<String, Saved>,
}

#[derive(Debug)]
struct Saved {
    text: String,
    expires_at: Option<i64>,
}

impl Store {
    /// Updates a cell; `operation` is a JSON text. Whatever goes in and comes out is text, so that
    /// what is written is what is tested.
    pub(crate) fn update(&mut self, key: &str, operation: &str, now: i64) -> Answer {
        let operation: Operation = serde_json::from_str(operation).expect("an operation");
        let cell: Option<Cell> =
            self.cells.get(key).map(|saved| serde_json::from_str(&saved.text).expect("a cell"));
        let applied = apply(cell, operation, Timestamp::from_millis(now));
        match applied.cell {
            Some(cell) => {
                let text = serde_json::to_string(&cell).expect("JSON");
                let expires_at = applied.expires_at.map(Timestamp::millis);
                self.cells.insert(key.to_owned(), Saved { text, expires_at });
            }
            None => drop(self.cells.remove(key)),
        }
        let answer = serde_json::to_string(&applied.answer).expect("JSON");
        serde_json::from_str(&answer).expect("an answer")
    }

    /// Removes what may be forgotten, and says how much that was.
    pub(crate) fn forget(&mut self, now: i64) -> usize {
        let before = self.cells.len();
        self.cells.retain(|_, saved| saved.expires_at.is_none_or(|expires_at| now < expires_at));
        before - self.cells.len()
    }
}
