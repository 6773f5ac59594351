//! When a status is written: at once when more than counts changed; counts at most every 30 seconds a resource and ten a
//! second in all, those that waited longest first.

use std::collections::BTreeMap;
use std::hash::Hash;

use jiff::{SignedDuration, Timestamp};

/// Between two writes of counts of one resource.
pub const EACH: SignedDuration = SignedDuration::from_secs(30);

/// Writes of counts in one second, of all resources together.
pub const PER_SECOND: usize = 10;

/// What is new of a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Nothing.
    Nothing,
    /// Only counts.
    Counts,
    /// More than counts.
    Said,
}

/// When counts were written.
#[derive(Clone, Debug)]
pub struct Pace<K> {
    written: BTreeMap<K, Timestamp>,
    recent: Vec<Timestamp>,
}

impl<K> Default for Pace<K> {
    fn default() -> Self {
        Self { written: BTreeMap::new(), recent: Vec::new() }
    }
}

impl<K: Ord + Clone + Hash> Pace<K> {
    /// Which of these are written now. Nobody else is remembered.
    pub fn due(&mut self, changes: &BTreeMap<K, Change>, now: Timestamp) -> Vec<K> {
        self.written.retain(|key, _| changes.contains_key(key));
        let second = SignedDuration::from_secs(1);
        self.recent.retain(|time| now.duration_since(*time) < second);
        let of = |wanted| changes.iter().filter(move |(_, change)| **change == wanted).map(|(key, _)| key.clone());
        let mut due: Vec<_> = of(Change::Said).collect();
        let waited = |key: &K| self.written.get(key).is_none_or(|time| now.duration_since(*time) >= EACH);
        let mut counts: Vec<_> = of(Change::Counts).filter(waited).collect();
        counts.sort_by_key(|key| self.written.get(key).copied());
        counts.truncate(PER_SECOND.saturating_sub(self.recent.len()));
        self.recent.extend(counts.iter().map(|_| now));
        due.extend(counts);
        // What is written for another reason has the counts of now too.
        self.written.extend(due.iter().map(|key| (key.clone(), now)));
        due
    }
}
