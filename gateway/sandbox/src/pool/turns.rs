//! Whose script runs next: as many at once as there are places, tenants in turns, and one tenant never in all places.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::limits::QUEUE;

/// The places, and who waits for one.
#[derive(Debug)]
pub(super) struct Turns {
    places: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    running: usize,
    tenants: BTreeMap<Arc<str>, Tenant>,
    /// Tenants with somebody waiting, the next one first.
    order: VecDeque<Arc<str>>,
}

#[derive(Debug, Default)]
struct Tenant {
    running: usize,
    waiting: VecDeque<oneshot::Sender<Turn>>,
}

/// A place. Given to the next one when dropped.
#[derive(Debug)]
pub(super) struct Turn {
    turns: Arc<Turns>,
    tenant: Arc<str>,
}

impl Turns {
    pub(super) fn new(places: usize) -> Self {
        Self { places: places.max(1), state: Mutex::default() }
    }

    /// A place, at once or when its turn has come; `None` when as many of the tenant wait as may.
    pub(super) async fn take(turns: &Arc<Self>, tenant: &str) -> Option<Turn> {
        let receiver = {
            let mut state = turns.state();
            let tenant: Arc<str> = tenant.into();
            let entry = state.tenants.entry(Arc::clone(&tenant)).or_default();
            if entry.waiting.len() >= QUEUE {
                entry.waiting.retain(|waiting| !waiting.is_closed());
            }
            if entry.waiting.len() >= QUEUE {
                return None;
            }
            let (sender, receiver) = oneshot::channel();
            entry.waiting.push_back(sender);
            if !state.order.contains(&tenant) {
                state.order.push_back(tenant);
            }
            receiver
        };
        turns.give();
        receiver.await.ok()
    }

    /// Gives every free place away.
    fn give(self: &Arc<Self>) {
        loop {
            let Some((sender, turn)) = self.next() else { return };
            // Who waits no more gives the place back, which must not be done with the state locked.
            drop(sender.send(turn));
        }
    }

    fn next(self: &Arc<Self>) -> Option<(oneshot::Sender<Turn>, Turn)> {
        let mut state = self.state();
        if state.running >= self.places {
            return None;
        }
        let most = self.places.saturating_sub(1).max(1);
        loop {
            let may_run = |tenant: &Arc<str>| state.tenants.get(tenant).is_some_and(|tenant| tenant.running < most);
            let position = state.order.iter().position(may_run)?;
            let name = state.order.remove(position)?;
            let Some(sender) = state.first(&name) else { continue };
            return Some((sender, Turn { turns: Arc::clone(self), tenant: name }));
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The first one of a tenant that still waits, with a place; the tenant's next one waits behind the other tenants'.
    fn first(&mut self, name: &Arc<str>) -> Option<oneshot::Sender<Turn>> {
        let tenant = self.tenants.get_mut(name)?;
        let first = std::iter::from_fn(|| tenant.waiting.pop_front()).find(|waiting| !waiting.is_closed());
        if first.is_some() {
            tenant.running += 1;
            self.running += 1;
        }
        if !tenant.waiting.is_empty() {
            self.order.push_back(Arc::clone(name));
        }
        self.forget(name);
        first
    }

    fn give_back(&mut self, name: &Arc<str>) {
        self.running = self.running.saturating_sub(1);
        if let Some(tenant) = self.tenants.get_mut(name) {
            tenant.running = tenant.running.saturating_sub(1);
        }
        self.forget(name);
    }

    /// A tenant that has nothing here is not remembered.
    fn forget(&mut self, name: &Arc<str>) {
        if self.tenants.get(name).is_some_and(|tenant| tenant.running == 0 && tenant.waiting.is_empty()) {
            self.tenants.remove(name);
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.turns.state().give_back(&self.tenant);
        self.turns.give();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn soon<T>(future: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            value = future => Some(value),
            () = tokio::task::yield_now() => None,
        }
    }

    #[tokio::test]
    async fn one_tenant_never_has_all_places() {
        let turns = Arc::new(Turns::new(2));
        let first = Turns::take(&turns, "a").await.unwrap();
        assert!(soon(Turns::take(&turns, "a")).await.is_none());
        let other = soon(Turns::take(&turns, "b")).await.unwrap();
        assert!(other.is_some());
        drop(first);
        assert!(soon(Turns::take(&turns, "a")).await.unwrap().is_some());
    }

    #[tokio::test]
    async fn tenants_take_turns() {
        let turns = Arc::new(Turns::new(1));
        let place = Turns::take(&turns, "a").await.unwrap();
        let order = Arc::new(Mutex::new(Vec::new()));
        let mut tasks = Vec::new();
        for tenant in ["a", "a", "a", "b"] {
            let (own, order) = (Arc::clone(&turns), Arc::clone(&order));
            tasks.push(tokio::spawn(async move {
                let turn = Turns::take(&own, tenant).await;
                order.lock().unwrap().push(tenant);
                drop(turn);
            }));
            tokio::task::yield_now().await;
        }
        drop(place);
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(*order.lock().unwrap(), ["a", "b", "a", "a"]);
        assert!(turns.state().tenants.is_empty());
    }

    #[tokio::test]
    async fn one_that_waits_no_more_holds_no_place() {
        let turns = Arc::new(Turns::new(1));
        let place = Turns::take(&turns, "a").await.unwrap();
        assert!(soon(Turns::take(&turns, "b")).await.is_none());
        drop(place);
        assert!(soon(Turns::take(&turns, "c")).await.unwrap().is_some());
    }
}
