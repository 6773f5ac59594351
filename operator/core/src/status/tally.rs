//! Counts of one workflow since it was made: what its status has, and what processes of its gateway counted since.
//!
//! A process counts from its own start, and an operator from its own: what a process had counted when an operator that is
//! new first heard of it is in the status already, as far as it was written. Counts of status are a summary; metrics are
//! exact.

use std::collections::BTreeMap;

use boathook_crds::workflow::status::Deliveries;
use boathook_plan::channel::Deliveries as Counted;

use super::deliveries::add;

/// The counts of a workflow.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    base: Deliveries,
    /// Whether nothing was counted before.
    is_new: bool,
    /// What each process had counted when it was first heard of, and what it has now.
    processes: BTreeMap<String, (Counted, Counted)>,
}

impl Tally {
    /// Goes on from what a status has.
    pub fn from(status: Option<&Deliveries>) -> Self {
        Self { base: status.cloned().unwrap_or_default(), is_new: status.is_none(), processes: BTreeMap::new() }
    }

    /// A process says what it has counted.
    pub fn hear(&mut self, process: &str, counted: &Counted) {
        let is_counted_before = !self.is_new && self.processes.is_empty();
        let first = || if is_counted_before { counted.clone() } else { Counted::default() };
        let entry = self.processes.entry(process.to_owned()).or_insert_with(|| (first(), Counted::default()));
        entry.1 = counted.clone();
    }

    /// Whether any process has said anything.
    pub fn has_heard(&self) -> bool {
        !self.processes.is_empty()
    }

    /// All together.
    pub fn total(&self) -> Deliveries {
        let since = self.processes.values().map(|(first, last)| less(last, first));
        let since = since.fold(Counted::default(), |sum, since| sum.and(&since));
        add(&self.base, &since)
    }
}

/// What was counted since. What is so now stays as it is.
fn less(last: &Counted, first: &Counted) -> Counted {
    Counted {
        received: last.received.saturating_sub(first.received),
        accepted: last.accepted.saturating_sub(first.accepted),
        duplicates: last.duplicates.saturating_sub(first.duplicates),
        filtered: last.filtered.saturating_sub(first.filtered),
        rejected: last.rejected.saturating_sub(first.rejected),
        succeeded: last.succeeded.saturating_sub(first.succeeded),
        failed: last.failed.saturating_sub(first.failed),
        ..last.clone()
    }
}

#[cfg(test)]
mod tests {
    use boathook_crds::workflow::status::Deliveries;
    use boathook_plan::channel::Deliveries as Counted;

    use super::Tally;

    fn counted(received: u64) -> Counted {
        Counted { received, ..Counted::default() }
    }

    #[test]
    fn another_process_counts_from_nothing_and_the_sum_goes_on() {
        let mut tally = Tally::from(None);
        tally.hear("one", &counted(5));
        tally.hear("one", &counted(7));
        tally.hear("two", &counted(2));
        assert_eq!(tally.total().received, Some(9));
    }

    #[test]
    fn what_was_counted_before_this_operator_came_is_not_counted_twice() {
        let mut tally = Tally::from(Some(&Deliveries { received: Some(100), ..Deliveries::default() }));
        tally.hear("one", &counted(100));
        assert_eq!(tally.total().received, Some(100));
        tally.hear("one", &counted(103));
        tally.hear("two", &counted(1));
        assert_eq!(tally.total().received, Some(104));
    }
}
