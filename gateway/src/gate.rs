//! How much goes on at once: a ceiling on requests and runs, and one on verifications that cost milliseconds of CPU.

use std::sync::Arc;
use std::thread::available_parallelism;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The ceilings.
#[derive(Debug)]
pub(crate) struct Gate {
    places: u32,
    in_flight: Arc<Semaphore>,
    checks: Arc<Semaphore>,
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
        Self { places, in_flight: Arc::new(Semaphore::new(in_flight)), checks: Arc::new(Semaphore::new(checks)) }
    }

    /// A place, if there is one.
    pub(crate) fn enter(&self) -> Option<Place> {
        Arc::clone(&self.in_flight).try_acquire_owned().ok().map(|permit| Place { _permit: permit })
    }

    /// Waits for a turn to verify something expensive. Whoever waits has a place, so the queue is bounded.
    pub(crate) async fn check(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.checks).acquire_owned().await.ok()
    }

    /// Returns once nothing is in flight.
    pub(crate) async fn empty(&self) {
        let _ = self.in_flight.acquire_many(self.places).await;
    }
}
