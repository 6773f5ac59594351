//! Which workflows may have work, and when the others may. The scheduler asks; everything that makes work tells.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use super::Owner;
use super::fair::Fair;

/// One a gateway.
#[derive(Debug, Default)]
pub(crate) struct Agenda {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    now: Fair,
    later: HashMap<Owner, Instant>,
    times: BTreeMap<Instant, HashSet<Owner>>,
    /// Those that found no place among the workers.
    held: HashSet<Owner>,
}

impl Agenda {
    /// A workflow may have work.
    pub(crate) fn wake(&self, owner: Owner) {
        self.with(|state| state.now.push(owner));
        self.changed.notify_one();
    }

    /// A workflow may have work at a time; an earlier one that was told stands.
    pub(crate) fn wake_at(&self, owner: Owner, at: Instant) {
        self.with(|state| state.plan(owner, at));
        self.changed.notify_one();
    }

    /// A workflow found no place, and looks again once one is free.
    pub(super) fn hold(&self, owner: Owner) {
        self.with(|state| state.held.insert(owner));
    }

    /// A place is free.
    pub(super) fn freed(&self) {
        let any = self.with(|state| {
            let held = std::mem::take(&mut state.held);
            let any = !held.is_empty();
            for owner in held {
                state.now.push(owner);
            }
            any
        });
        if any {
            self.changed.notify_one();
        }
    }

    /// The next workflow to look at.
    pub(super) async fn next(&self) -> Owner {
        loop {
            let changed = self.changed.notified();
            let (owner, due) = self.with(|state| {
                state.ripen(Instant::now());
                (state.now.pop(), state.times.keys().next().copied())
            });
            if let Some(owner) = owner {
                return owner;
            }
            tokio::select! {
                () = changed => {}
                () = at(due) => {}
            }
        }
    }

    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl State {
    fn plan(&mut self, owner: Owner, at: Instant) {
        match self.later.get(&owner).copied() {
            Some(known) if known <= at => return,
            Some(known) => self.forget(&owner, known),
            None => {}
        }
        self.times.entry(at).or_default().insert(owner.clone());
        self.later.insert(owner, at);
    }

    fn forget(&mut self, owner: &Owner, at: Instant) {
        if let Some(owners) = self.times.get_mut(&at) {
            owners.remove(owner);
            if owners.is_empty() {
                self.times.remove(&at);
            }
        }
    }

    /// Moves those over whose time has come.
    fn ripen(&mut self, now: Instant) {
        while let Some(entry) = self.times.first_entry().filter(|entry| *entry.key() <= now) {
            for owner in entry.remove() {
                self.later.remove(&owner);
                self.now.push(owner);
            }
        }
    }
}

async fn at(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::runner::tests::owner;

    #[tokio::test(start_paused = true)]
    async fn a_workflow_is_looked_at_when_its_time_has_come() {
        let agenda = Agenda::default();
        let start = Instant::now();
        agenda.wake_at(owner("a", "late"), start + Duration::from_mins(1));
        agenda.wake_at(owner("a", "early"), start + Duration::from_secs(30));
        agenda.wake_at(owner("a", "late"), start + Duration::from_secs(90));
        assert_eq!(agenda.next().await, owner("a", "early"));
        assert_eq!(start.elapsed().as_secs(), 30);
        assert_eq!(agenda.next().await, owner("a", "late"));
        assert_eq!(start.elapsed().as_secs(), 60, "the earlier time stands");
    }

    #[tokio::test(start_paused = true)]
    async fn a_workflow_that_was_held_is_looked_at_once_a_place_is_free() {
        let agenda = Agenda::default();
        agenda.hold(owner("a", "a1"));
        agenda.freed();
        assert_eq!(agenda.next().await, owner("a", "a1"));
    }
}
