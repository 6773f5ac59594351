//! How much goes on at once: a ceiling on requests and runs, and one on verifications that cost milliseconds of CPU.

use std::sync::Arc;
use std::thread::available_parallelism;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

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
}

/// A place among what is in flight. A run takes over the place of its request, and keeps it when the sender hangs up.
#[derive(Debug)]
pub(crate) struct Place {
    _permit: OwnedSemaphorePermit,
}

impl Gate {
    pub(crate) fn new(in_flight: usize) -> Self {
        let places = u32::try_from(in_flight).unwrap_or(u32::MAX);
        // One core is left for requests that cost nothing.
        let checks = available_parallelism().map_or(1, |cores| cores.get().saturating_sub(1).max(1));
        Self {
            places,
            in_flight: Arc::new(Semaphore::new(in_flight)),
            checks: Arc::new(Semaphore::new(checks)),
            waiting: Semaphore::new(WAITING),
        }
    }

    /// A place, if there is one.
    pub(crate) fn enter(&self) -> Option<Place> {
        Arc::clone(&self.in_flight).try_acquire_owned().ok().map(|permit| Place { _permit: permit })
    }

    /// Waits for a turn to verify something expensive; `None` when [`WAITING`] others wait already. The turn lasts until
    /// the permit is dropped, which is the verification's to do and not its request's: that may be gone earlier.
    pub(crate) async fn check(&self) -> Option<OwnedSemaphorePermit> {
        let _waits = self.waiting.try_acquire().ok()?;
        Arc::clone(&self.checks).acquire_owned().await.ok()
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
