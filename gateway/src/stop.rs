//! How a gateway stops: everything that goes on looks at one value, which moves one way.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

/// How far a gateway is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// It serves.
    Serving,
    /// It finishes what is in flight.
    Draining,
    /// It ends what is in flight.
    Aborting,
}

/// Held by the owner.
#[derive(Debug)]
pub(crate) struct Stop {
    phase: watch::Sender<Phase>,
    leaving: Arc<AtomicBool>,
    draining: Arc<AtomicBool>,
}

/// Held by what goes on.
#[derive(Clone, Debug)]
pub(crate) struct StopSignal {
    phase: watch::Receiver<Phase>,
    leaving: Arc<AtomicBool>,
    draining: Arc<AtomicBool>,
}

impl Stop {
    pub(crate) fn new() -> Self {
        Self { phase: watch::Sender::new(Phase::Serving), leaving: Arc::default(), draining: Arc::default() }
    }

    pub(crate) fn signal(&self) -> StopSignal {
        let (leaving, draining) = (Arc::clone(&self.leaving), Arc::clone(&self.draining));
        StopSignal { phase: self.phase.subscribe(), leaving, draining }
    }

    /// It is going to stop, and serves on meanwhile: those who send here are told to go elsewhere first.
    pub(crate) fn leave(&self) {
        self.leaving.store(true, Ordering::Relaxed);
    }

    pub(crate) fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
        self.phase.send_modify(|phase| *phase = (*phase).max(Phase::Draining));
    }

    pub(crate) fn abort(&self) {
        self.phase.send_replace(Phase::Aborting);
    }
}

impl StopSignal {
    /// Returns once the gateway drains, or its owner is gone.
    pub(crate) async fn draining(&mut self) {
        let _ = self.phase.wait_for(|phase| *phase >= Phase::Draining).await;
    }

    /// Returns once the gateway ends what is in flight, or its owner is gone.
    pub(crate) async fn aborting(&mut self) {
        let _ = self.phase.wait_for(|phase| *phase >= Phase::Aborting).await;
    }

    /// Whether new senders should come here. Takes no lock.
    pub(crate) fn welcomes(&self) -> bool {
        self.serving() && !self.leaving.load(Ordering::Relaxed)
    }

    /// Whether the gateway still serves. Takes no lock.
    pub(crate) fn serving(&self) -> bool {
        !self.draining.load(Ordering::Relaxed)
    }
}
