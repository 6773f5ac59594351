//! When files have changed and are settled: what tells `boathook run` to read them again.
//!
//! By looking, not by the system's notifications: those do not come from network and virtual file systems, nor for a
//! file behind a link out of the folder, and a look at a thousand files takes milliseconds. A change counts once two
//! looks in a row saw the same, so a file that an editor is still writing, or has moved away to write its successor, is
//! not read half-way. A swapped link (a mounted ConfigMap) is a change: what is looked at is behind the links.

use std::time::Duration;

use crate::sources::Snapshot;

/// Between two looks: an edit is served within twice this.
pub const INTERVAL: Duration = Duration::from_millis(150);

/// What was seen so far.
#[derive(Debug)]
pub struct Watch {
    taken: Snapshot,
    last: Snapshot,
}

impl Watch {
    /// A watch on files that were read in this state.
    pub fn new(taken: Snapshot) -> Self {
        Self { last: taken.clone(), taken }
    }

    /// Whether the files are to be read now, this being their state.
    pub fn see(&mut self, now: &Snapshot) -> bool {
        let is_settled = *now == self.last;
        self.last.clone_from(now);
        is_settled && *now != self.taken
    }

    /// The files were read in this state.
    pub fn take(&mut self, state: Snapshot) {
        self.taken = state;
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::sources::Sources;

    fn states(count: usize) -> Vec<Snapshot> {
        let folder = tempfile::tempdir().unwrap();
        let sources = Sources::open(&[folder.path().to_owned()]).unwrap();
        let state = |number: usize| {
            fs::write(Path::new(folder.path()).join(format!("{number}.yaml")), "").unwrap();
            sources.look()
        };
        (0..count).map(state).collect()
    }

    #[test]
    fn a_change_counts_once_it_was_seen_twice() {
        let states = states(3);
        let mut watch = Watch::new(states[0].clone());
        assert!(!watch.see(&states[0]));
        assert!(!watch.see(&states[1]), "it may still be written");
        assert!(!watch.see(&states[2]), "it was");
        assert!(watch.see(&states[2]));
        watch.take(states[2].clone());
        assert!(!watch.see(&states[2]));
    }

    #[test]
    fn a_change_that_was_taken_back_is_none() {
        let states = states(2);
        let mut watch = Watch::new(states[0].clone());
        assert!(!watch.see(&states[1]));
        assert!(!watch.see(&states[0]));
        assert!(!watch.see(&states[0]));
    }

    #[test]
    fn a_reading_that_was_not_taken_is_tried_again() {
        let states = states(2);
        let mut watch = Watch::new(states[0].clone());
        watch.see(&states[1]);
        assert!(watch.see(&states[1]));
        assert!(watch.see(&states[1]));
    }
}
