//! A store: cells as texts, updated by the core's own `apply`.

use std::collections::BTreeMap;

use serde_json::Value;
use twilio_destination::cells::{
    Answer, Applied, Cell, Operation, Target, VERSION, apply, refuse_unreadable,
};
use twilio_destination::time::Timestamp;

use crate::draw::Draw;

/// Cells under their keys, as they would lie on a disk.
#[derive(Debug, Default)]
pub(crate) struct Store {
    cells: BTreeMap<String, Saved>,
    /// What lay under the keys whose cells are damaged.
    whole: BTreeMap<String, Option<Saved>>,
    /// What lay under each key before a change that need not outlast a loss of power: the oldest
    /// first. Whatever is durable makes all of them so.
    undurable: Vec<(String, Option<Saved>)>,
}

#[derive(Clone, Debug)]
struct Saved {
    text: String,
    expires_at: Option<i64>,
}

/// What came of an update.
pub(crate) struct Updated {
    pub(crate) answer: Answer,
    /// Whether what lies under the key has changed.
    pub(crate) is_changed: bool,
    /// Whether it was damaged.
    pub(crate) is_damaged: bool,
}

impl Store {
    /// Updates a cell; `operation` is a JSON text. Whatever goes in and comes out is text, so that
    /// what is written is what is tested.
    pub(crate) fn update(&mut self, key: &str, operation: &str, now: i64) -> Updated {
        let operation: Operation = serde_json::from_str(operation).expect("an operation");
        let saved = self.cells.get(key).cloned();
        let before = saved.as_ref().map(|saved| saved.text.clone());
        let applied = match before.as_deref().map(serde_json::from_str::<Cell>) {
            // It is left alone, as every store does it.
            Some(Err(_)) => Err(refuse_unreadable(version(before.as_deref()))),
            Some(Ok(cell)) => Ok(apply(Some(cell), operation, Timestamp::from_millis(now))),
            None => Ok(apply(None, operation, Timestamp::from_millis(now))),
        };
        let (answer, durable) = match applied {
            Err(answer) => (answer, true),
            Ok(Applied { cell, answer, expires_at, durable }) => {
                self.save(key, cell, expires_at);
                (answer, durable)
            }
        };
        let after = self.cells.get(key).map(|saved| &saved.text);
        let is_changed = after != before.as_ref();
        if !durable && is_changed {
            self.undurable.push((key.to_owned(), saved));
        } else if durable && (is_changed || self.undurable.iter().any(|(known, _)| known == key)) {
            self.undurable.clear();
        }
        let answer = serde_json::to_string(&answer).expect("JSON");
        let answer = serde_json::from_str(&answer).expect("an answer");
        Updated { answer, is_changed, is_damaged: self.whole.contains_key(key) }
    }

    /// The power fails: of what is not durable, the end is lost, however much that is. Answers the key
    /// of each change that was.
    pub(crate) fn lose_power(&mut self, draw: &mut Draw) -> Vec<String> {
        let most = i64::try_from(self.undurable.len()).expect("few changes");
        let kept = usize::try_from(draw.between(0, most)).expect("a count");
        let lost = self.undurable.split_off(kept);
        self.undurable.clear();
        let keys = lost.iter().map(|(key, _)| key.clone()).collect();
        for (key, saved) in lost.into_iter().rev() {
            match saved {
                Some(saved) => drop(self.cells.insert(key, saved)),
                None => drop(self.cells.remove(&key)),
            }
        }
        keys
    }

    /// Whether a recipient's cell holds the admission of a message.
    pub(crate) fn admits(&self, key: &str, claim: &str) -> bool {
        let cell = self.cells.get(key).and_then(|saved| serde_json::from_str(&saved.text).ok());
        let admitted = |cell: Value| cell.pointer("/state/recipient/admitted")?.as_array().cloned();
        let admitted = cell.and_then(admitted).unwrap_or_default();
        admitted.iter().any(|admission| admission["claim"] == claim)
    }

    /// Whoever worked on the cells is gone. Says how many cells changed.
    pub(crate) fn take_over(&mut self, now: i64) -> u64 {
        let operation = Operation { v: VERSION, to: Target::TakeOver };
        let operation = serde_json::to_string(&operation).expect("JSON");
        // Somebody else's cell under a key would be taken over as what it is.
        let is_whole = |key: &&String| !self.whole.contains_key(*key);
        let keys: Vec<String> = self.cells.keys().filter(is_whole).cloned().collect();
        let changed = keys.iter().filter(|key| self.update(key, &operation, now).is_changed);
        changed.count() as u64
    }

    fn save(&mut self, key: &str, cell: Option<Cell>, expires_at: Option<Timestamp>) {
        let Some(cell) = cell else { return drop(self.cells.remove(key)) };
        let text = serde_json::to_string(&cell).expect("JSON");
        let expires_at = expires_at.map(Timestamp::millis);
        self.cells.insert(key.to_owned(), Saved { text, expires_at });
    }

    /// Puts something under a key that no build of today wrote: half a cell, one of a later build,
    /// or somebody else's.
    pub(crate) fn damage(&mut self, key: &str, draw: &mut Draw) {
        if self.whole.contains_key(key) {
            return;
        }
        // What it was damaged into is not undone.
        self.undurable.clear();
        let whole = self.cells.get(key).cloned();
        let known = whole.as_ref().map_or(r#"{"v":1,"seen":0,"state":{}}"#, |saved| &saved.text);
        let text = match draw.between(0, 4) {
            0 => known.chars().take(known.chars().count() / 2).collect(),
            1 => known.replacen(r#""v":1"#, r#""v":2"#, 1),
            2 => r#"{"v":7,"state":["something","else"]}"#.to_owned(),
            3 => "\u{0}\u{0}\u{0}".to_owned(),
            _ => self.foreign(key),
        };
        self.cells.insert(key.to_owned(), Saved { text, expires_at: None });
        self.whole.insert(key.to_owned(), whole);
    }

    /// A cell of another kind.
    fn foreign(&self, key: &str) -> String {
        let kind = |key: &str| key.split(':').next().map(str::to_owned);
        let is_other = |other: &str| kind(other) != kind(key) && !self.whole.contains_key(other);
        let other = self.cells.iter().find(|(other, _)| is_other(other));
        other.map_or_else(|| "[]".to_owned(), |(_, saved)| saved.text.clone())
    }

    /// Puts back what lay under a key.
    pub(crate) fn mend(&mut self, key: &str) {
        match self.whole.remove(key) {
            Some(Some(saved)) => drop(self.cells.insert(key.to_owned(), saved)),
            Some(None) => drop(self.cells.remove(key)),
            None => {}
        }
    }

    /// Puts back what lay under every key.
    pub(crate) fn mend_all(&mut self) {
        let keys: Vec<String> = self.whole.keys().cloned().collect();
        keys.iter().for_each(|key| self.mend(key));
    }

    /// Removes what may be forgotten, and says how much that was.
    pub(crate) fn forget(&mut self, now: i64) -> usize {
        let before = self.cells.len();
        self.cells.retain(|_, saved| saved.expires_at.is_none_or(|expires_at| now < expires_at));
        before - self.cells.len()
    }
}

fn version(text: Option<&str>) -> Option<u32> {
    let cell: Value = serde_json::from_str(text?).ok()?;
    cell.get("v")?.as_u64()?.try_into().ok()
}
