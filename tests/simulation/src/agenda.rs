//! What happens when, in virtual time.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// Tasks by their time; those of the same time in the order in which they were added.
#[derive(Debug)]
pub(crate) struct Agenda<T> {
    entries: BinaryHeap<Entry<T>>,
    added: u64,
}

#[derive(Debug)]
struct Entry<T> {
    at: i64,
    number: u64,
    task: T,
}

impl<T> Agenda<T> {
    pub(crate) fn new() -> Self {
        Self { entries: BinaryHeap::new(), added: 0 }
    }

    pub(crate) fn add(&mut self, at: i64, task: T) {
        self.added += 1;
        self.entries.push(Entry { at, number: self.added, task });
    }

    /// The next task, and its time.
    pub(crate) fn next(&mut self) -> Option<(i64, T)> {
        self.entries.pop().map(|entry| (entry.at, entry.task))
    }
}

impl<T> Ord for Entry<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        // The heap gives the greatest first.
        (other.at, other.number).cmp(&(self.at, self.number))
    }
}

impl<T> PartialOrd for Entry<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> PartialEq for Entry<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<T> Eq for Entry<T> {}
