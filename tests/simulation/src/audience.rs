//! Whom a condition turned true for, counted beside the profile's cell.

use std::collections::BTreeMap;

/// One user, as far as one condition goes.
#[derive(Debug)]
pub(crate) struct Audience {
    /// How long the user is remembered, in milliseconds.
    lasts: i64,
    /// When the latest event that was heard of happened, and what it said.
    latest: Option<(i64, bool)>,
    kept_until: i64,
    /// What was heard since the user was last forgotten.
    heard: Vec<usize>,
    /// Who turned it true, and how often after others.
    turned: BTreeMap<usize, usize>,
}

impl Audience {
    pub(crate) fn new(lasts: i64) -> Self {
        let (heard, turned) = (Vec::new(), BTreeMap::new());
        Self { lasts, latest: None, kept_until: i64::MIN, heard, turned }
    }

    /// The store was told of an event: when it happened, and whether it is true by it.
    pub(crate) fn hear(&mut self, job: usize, (happened, on): (i64, bool)) {
        if self.heard.contains(&job) {
            return;
        }
        self.heard.push(job);
        let (before, was_on) = self.latest.unwrap_or((i64::MIN, false));
        if happened < before {
            return;
        }
        self.latest = Some((happened, on));
        if on && !was_on {
            let place = self.turned.len();
            self.turned.entry(job).or_insert(place);
        }
    }

    /// The store saved something about the user, at its own time.
    pub(crate) fn touch(&mut self, at: i64) {
        self.kept_until = self.kept_until.max(at + self.lasts);
    }

    /// The store forgets what has expired.
    pub(crate) fn forget(&mut self, at: i64) {
        if self.kept_until <= at {
            self.latest = None;
            self.heard.clear();
        }
    }

    /// Whether an event turned it true.
    pub(crate) fn is_turner(&self, job: usize) -> bool {
        self.turned.contains_key(&job)
    }

    /// The event that turned it true last: others that did may have been overtaken before they came
    /// to their message.
    pub(crate) fn last_turner(&self) -> Option<usize> {
        self.turned.iter().max_by_key(|(_, place)| **place).map(|(job, _)| *job)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changes_counts() {
        let mut user = Audience::new(1_000);
        for (job, said) in [(0, (5, true)), (1, (6, true)), (2, (4, false)), (0, (5, true))] {
            user.hear(job, said);
            user.touch(0);
        }
        user.hear(3, (7, false));
        user.hear(4, (8, true));
        let turners: Vec<usize> = (0..5).filter(|job| user.is_turner(*job)).collect();
        assert_eq!((turners, user.last_turner()), (vec![0, 4], Some(4)));
        user.forget(999);
        user.hear(5, (9, true));
        assert!(!user.is_turner(5));
        user.forget(1_000);
        user.hear(5, (9, true));
        assert!(user.is_turner(5));
    }
}
