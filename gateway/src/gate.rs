//! How much goes on at once: a ceiling on requests and runs, two on what costs milliseconds of CPU, and those on memory.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::available_parallelism;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::config::{ANSWERING, ARRIVING, HEADS, READING, RESUMING};
use crate::memory::{Held, Memory, Share};

/// Verifications that wait for their turn: at the highest cost of a password hash the last of them waits for eight
/// seconds, which senders bear. Without a ceiling, strangers with made-up passwords would fill every place in flight.
const WAITING: usize = 32;

/// The ceilings.
#[derive(Debug)]
pub(crate) struct Gate {
    places: u32,
    in_flight: Arc<Semaphore>,
    checks: Arc<Semaphore>,
    waiting: Semaphore,
    readers: Arc<Semaphore>,
    /// Bodies on their way.
    pub(crate) arriving: Memory,
    /// Bodies decoded, and their values.
    pub(crate) reading: Memory,
    /// Heads that are larger than common ones.
    pub(crate) heads: Memory,
    /// Answers that are not taken yet.
    pub(crate) answering: Memory,
    /// Executions that are taken from the store.
    pub(crate) resuming: Memory,
}

/// A place among what is in flight. A run takes over the place of its request, and keeps it when the sender hangs up.
#[derive(Debug)]
pub(crate) struct Place {
    _permit: OwnedSemaphorePermit,
    /// Whose it is, once that is known.
    holder: Option<Holder>,
    /// What the request's body takes, as it came and as it was read.
    memory: Vec<Held>,
}

impl Place {
    /// Keeps memory as long as the place is held.
    pub(crate) fn keep(&mut self, held: Held) {
        self.memory.push(held);
    }

    /// Its memory, for who goes on without the place.
    pub(crate) fn take_memory(&mut self) -> Vec<Held> {
        std::mem::take(&mut self.memory)
    }
}

/// What a workflow has in flight.
#[derive(Debug, Default)]
pub(crate) struct InFlight {
    requests: AtomicUsize,
    /// Of the account of bodies on their way.
    pub(crate) arriving: Arc<Share>,
    /// Of the account of bodies read, until their requests are answered.
    pub(crate) reading: Arc<Share>,
    /// Of the account of answers.
    pub(crate) answering: Arc<Share>,
    /// Of the account of executions that are taken from the store.
    pub(crate) resuming: Arc<Share>,
}

/// One of those that a workflow has in flight.
#[derive(Debug)]
struct Holder(Arc<InFlight>);

impl Drop for Holder {
    fn drop(&mut self) {
        self.0.requests.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Gate {
    pub(crate) fn new(in_flight: usize) -> Self {
        let places = u32::try_from(in_flight).unwrap_or(u32::MAX);
        let cores = available_parallelism().map_or(1, NonZero::get);
        // One core is left for requests that cost nothing.
        let checks = cores.saturating_sub(1).max(1);
        Self {
            places,
            in_flight: Arc::new(Semaphore::new(in_flight)),
            checks: Arc::new(Semaphore::new(checks)),
            waiting: Semaphore::new(WAITING),
            readers: Arc::new(Semaphore::new(cores)),
            arriving: Memory::new(ARRIVING),
            reading: Memory::new(READING),
            heads: Memory::new(HEADS),
            answering: Memory::new(ANSWERING),
            resuming: Memory::new(RESUMING),
        }
    }

    /// A place, if there is one.
    pub(crate) fn enter(&self) -> Option<Place> {
        Arc::clone(&self.in_flight).try_acquire_owned().ok().map(|permit| Place {
            _permit: permit,
            holder: None,
            memory: Vec::new(),
        })
    }

    /// Gives a place to a workflow, which has so many in flight, and never more than are left free then: a flood on one
    /// leaves half of all places to the others, and each other one half of the rest.
    pub(crate) fn assign(&self, mut place: Place, workflow: &Arc<InFlight>) -> Option<Place> {
        let own = workflow.requests.fetch_add(1, Ordering::Relaxed);
        place.holder = Some(Holder(Arc::clone(workflow)));
        // Its own place was free.
        let free = self.in_flight.available_permits().saturating_add(1);
        (own < free).then_some(place)
    }

    /// Waits for a turn to verify something expensive; `None` when [`WAITING`] others wait already. The turn lasts until
    /// the permit is dropped, which is the verification's to do and not its request's: that may be gone earlier.
    pub(crate) async fn check(&self) -> Option<OwnedSemaphorePermit> {
        let _waits = self.waiting.try_acquire().ok()?;
        Arc::clone(&self.checks).acquire_owned().await.ok()
    }

    /// Waits for a turn to read a body that takes long: there are as many as cores, since more threads would make nothing
    /// faster, and each keeps memory of its own.
    pub(crate) async fn turn_to_read(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.readers).acquire_owned().await.ok()
    }

    /// Turns that nobody has.
    #[cfg(test)]
    pub(crate) fn turns(&self) -> usize {
        self.checks.available_permits()
    }

    /// Returns once nothing is in flight.
    pub(crate) async fn empty(&self) {
        let _ = self.in_flight.acquire_many(self.places).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_on_one_workflow_leaves_half_of_the_places() {
        let gate = Gate::new(1_024);
        let [flooded, quiet] = [(); 2].map(|()| Arc::new(InFlight::default()));
        let take = |workflow| gate.assign(gate.enter()?, workflow);
        let flood: Vec<_> = std::iter::from_fn(|| take(&flooded)).collect();
        assert_eq!(flood.len(), 512);
        let others: Vec<_> = std::iter::from_fn(|| take(&quiet)).collect();
        assert_eq!(others.len(), 256);
        drop(flood);
        assert_eq!(flooded.requests.load(Ordering::Relaxed), 0);
        assert!(take(&flooded).is_some());
    }

    #[test]
    fn the_last_place_is_for_a_workflow_that_has_none() {
        let gate = Gate::new(1);
        let workflow = Arc::new(InFlight::default());
        assert!(gate.enter().and_then(|place| gate.assign(place, &workflow)).is_some());
    }
}
