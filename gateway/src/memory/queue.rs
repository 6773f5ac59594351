//! Who gets memory next: in the order of asking, but that nobody waits behind an owner that has its share already.
//!
//! Decides; takes no lock and tells nobody.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::oneshot;

use super::Held;

/// What one owner has of an account. Changes under the account's lock alone.
#[derive(Debug, Default)]
pub(crate) struct Share(AtomicUsize);

impl Share {
    fn gets(&self, units: usize) {
        self.0.fetch_add(units, Ordering::Relaxed);
    }

    pub(super) fn has(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// Somebody who waits.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) units: usize,
    pub(super) owner: Arc<Share>,
    /// What it holds already; it must end to give that back.
    pub(super) had: usize,
    pub(super) grant: oneshot::Sender<Held>,
}

/// What is free, and who waits: those who hold some before the others.
#[derive(Debug)]
pub(super) struct Book {
    free: usize,
    waiting: VecDeque<Waiting>,
}

impl Book {
    pub(super) fn new(units: usize) -> Self {
        Self { free: units, waiting: VecDeque::new() }
    }

    pub(super) fn enter(&mut self, waiting: Waiting) {
        let before = self.waiting.partition_point(|other| other.had > 0);
        let place = if waiting.had > 0 { before } else { self.waiting.len() };
        self.waiting.insert(place, waiting);
    }

    /// The next who gets what it waits for.
    pub(super) fn next(&mut self) -> Option<Waiting> {
        self.waiting.retain(|waiting| !waiting.grant.is_closed());
        let next = self.turn().and_then(|at| self.waiting.remove(at))?;
        self.free -= next.units;
        next.owner.gets(next.units);
        Some(next)
    }

    /// Whose turn it is. The first who may have some is waited for, however much that is.
    fn turn(&self) -> Option<usize> {
        let mut full: Vec<&Arc<Share>> = Vec::new();
        for (at, waiting) in self.waiting.iter().enumerate() {
            if full.iter().any(|known| Arc::ptr_eq(known, &waiting.owner)) {
                continue;
            }
            if self.may(waiting) {
                return (waiting.units <= self.free).then_some(at);
            }
            full.push(&waiting.owner);
        }
        None
    }

    /// Whether its owner has no more, with so much, than is left free; of what ends what was begun, three times as much. One
    /// body is always taken.
    fn may(&self, waiting: &Waiting) -> bool {
        let own = waiting.owner.has();
        let left = self.free.saturating_sub(waiting.units);
        let most = if waiting.had > 0 { left.saturating_mul(3) } else { left };
        own == waiting.had || own.saturating_add(waiting.units) <= most
    }

    /// Takes so much at once, if it is there and nobody waits.
    pub(super) fn take(&mut self, units: usize) -> bool {
        let may = self.waiting.is_empty() && units <= self.free;
        if may {
            self.free -= units;
        }
        may
    }

    pub(super) fn give_back(&mut self, units: usize, owner: Option<&Share>) {
        self.free += units;
        if let Some(owner) = owner {
            owner.0.fetch_sub(units, Ordering::Relaxed);
        }
    }

    #[cfg(test)]
    pub(super) fn free(&self) -> usize {
        self.free
    }
}
