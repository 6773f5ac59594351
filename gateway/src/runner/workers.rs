//! How many executions go on at once, and how many of them one workflow or namespace may have.
//!
//! A workflow may have as many as are left free, a namespace twice as many: however many greedy ones there are, one that
//! comes new finds room. (The dynamic threshold of shared switch buffers: Choudhury and Hahne, 1998.)

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use super::Owner;
use super::agenda::Agenda;

/// Executions at once: the greediest workflow then has as many as the default ceiling of `concurrency.max`, and as many
/// runs that wait for answers fit a small pod.
pub(super) const WORKERS: usize = 2_048;

/// Places beyond those, one each, for workflows that have none: runs that go on when their senders have been answered take
/// places whether there are some or not.
const LAST: usize = 256;

/// The executions that go on.
#[derive(Debug)]
pub(crate) struct Workers {
    load: Mutex<Load>,
    count: watch::Sender<usize>,
    agenda: Arc<Agenda>,
}

/// How many there are.
#[derive(Debug, Default)]
struct Load {
    all: usize,
    namespaces: HashMap<String, usize>,
    workflows: HashMap<Owner, usize>,
}

/// The place of one execution; dropping it makes room.
#[derive(Debug)]
pub(crate) struct Worker {
    workers: Arc<Workers>,
    owner: Owner,
}

impl Workers {
    pub(super) fn new(agenda: Arc<Agenda>) -> Self {
        Self { load: Mutex::default(), count: watch::Sender::new(0), agenda }
    }

    /// As many places as there are for this workflow, at most `wanted`, and while its namespace has fewer than `quota`.
    pub(super) fn reserve(self: &Arc<Self>, owner: &Owner, wanted: usize, quota: usize) -> Vec<Worker> {
        let mut load = self.load.lock().unwrap_or_else(PoisonError::into_inner);
        let mut places = Vec::new();
        while places.len() < wanted && load.has_room(owner, quota) {
            load.enter(owner);
            places.push(Worker { workers: Arc::clone(self), owner: owner.clone() });
        }
        self.count.send_replace(load.all);
        places
    }

    /// Whether there is a place for this workflow.
    pub(super) fn has_room(&self, owner: &Owner, quota: usize) -> bool {
        self.load.lock().unwrap_or_else(PoisonError::into_inner).has_room(owner, quota)
    }

    /// How many go on of this workflow.
    pub(super) fn of(&self, owner: &Owner) -> usize {
        let load = self.load.lock().unwrap_or_else(PoisonError::into_inner);
        load.workflows.get(owner).copied().unwrap_or_default()
    }

    /// A place for a run that goes on already, whether there is one or not.
    pub(crate) fn enter(self: &Arc<Self>, owner: &Owner) -> Worker {
        let mut load = self.load.lock().unwrap_or_else(PoisonError::into_inner);
        load.enter(owner);
        self.count.send_replace(load.all);
        Worker { workers: Arc::clone(self), owner: owner.clone() }
    }

    /// Returns once none goes on.
    pub(super) async fn idle(&self) {
        let mut count = self.count.subscribe();
        let _ = count.wait_for(|count| *count == 0).await;
    }
}

impl Load {
    fn has_room(&self, owner: &Owner, quota: usize) -> bool {
        let free = WORKERS.saturating_sub(self.all);
        let own = self.workflows.get(owner).copied().unwrap_or_default();
        let namespace = self.namespaces.get(owner.namespace()).copied().unwrap_or_default();
        if free == 0 {
            return own == 0 && namespace < quota && self.all < WORKERS + LAST;
        }
        // The last tenth of a quota is for the others of the namespace.
        own < free.min(quota - quota / 10) && namespace < free.saturating_mul(2).min(quota)
    }

    fn enter(&mut self, owner: &Owner) {
        self.all += 1;
        *self.namespaces.entry(owner.namespace().to_owned()).or_default() += 1;
        *self.workflows.entry(owner.clone()).or_default() += 1;
    }

    fn leave(&mut self, owner: &Owner) {
        self.all = self.all.saturating_sub(1);
        less(&mut self.namespaces, owner.namespace());
        less(&mut self.workflows, owner);
    }
}

fn less<K, Q>(counts: &mut HashMap<K, usize>, key: &Q)
where
    K: std::borrow::Borrow<Q> + std::hash::Hash + Eq,
    Q: std::hash::Hash + Eq + ?Sized,
{
    if let Some(count) = counts.get_mut(key) {
        *count = count.saturating_sub(1);
        if *count == 0 {
            counts.remove(key);
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let mut load = self.workers.load.lock().unwrap_or_else(PoisonError::into_inner);
        load.leave(&self.owner);
        self.workers.count.send_replace(load.all);
        drop(load);
        self.workers.agenda.freed();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runner::tests::owner;

    fn workers() -> Arc<Workers> {
        Arc::new(Workers::new(Arc::default()))
    }

    #[test]
    fn one_greedy_workflow_has_half_and_a_second_one_half_of_the_rest() {
        let workers = workers();
        let first = workers.reserve(&owner("a", "a1"), usize::MAX, usize::MAX);
        assert_eq!(first.len(), 1_024);
        let second = workers.reserve(&owner("b", "b1"), usize::MAX, usize::MAX);
        assert_eq!(second.len(), 512);
    }

    #[test]
    fn the_workflows_of_one_namespace_together_leave_room_for_another() {
        let workers = workers();
        let greedy: Vec<_> = (0..100)
            .flat_map(|number| workers.reserve(&owner("a", &format!("a{number}")), usize::MAX, usize::MAX))
            .collect();
        assert!(greedy.len() <= 1_366, "two thirds: {}", greedy.len());
        assert!(workers.reserve(&owner("b", "b1"), usize::MAX, usize::MAX).len() >= 300);
    }

    #[test]
    fn a_namespace_has_no_more_than_its_quota() {
        let workers = workers();
        let first = workers.reserve(&owner("a", "a1"), usize::MAX, 10);
        assert_eq!(first.len(), 9);
        let second = workers.reserve(&owner("a", "a2"), usize::MAX, 10);
        assert_eq!(second.len(), 1, "one workflow leaves a place to the others");
        assert_eq!(workers.reserve(&owner("a", "a3"), usize::MAX, 10).len(), 0);
        assert_eq!(workers.reserve(&owner("b", "b1"), usize::MAX, 10).len(), 9, "hits its owner only");
        drop(first);
        assert_eq!(workers.reserve(&owner("a", "a3"), usize::MAX, 10).len(), 9);
    }

    #[test]
    fn a_workflow_that_has_none_finds_a_place_whatever_goes_on() {
        let workers = workers();
        let late: Vec<_> = (0..3_000).map(|_| workers.enter(&owner("a", "late"))).collect();
        assert_eq!(workers.reserve(&owner("a", "late"), usize::MAX, usize::MAX).len(), 0);
        drop(late);
        let late: Vec<_> = (0..2_100).map(|_| workers.enter(&owner("a", "late"))).collect();
        assert_eq!(workers.reserve(&owner("b", "b1"), usize::MAX, usize::MAX).len(), 1);
        assert_eq!(workers.of(&owner("a", "late")), late.len());
    }

    #[test]
    fn a_place_that_is_given_back_is_there_again() {
        let workers = workers();
        drop(workers.reserve(&owner("a", "a1"), usize::MAX, usize::MAX));
        assert_eq!(*workers.count.borrow(), 0);
        assert_eq!(workers.reserve(&owner("a", "a1"), usize::MAX, usize::MAX).len(), 1_024);
    }
}
