//! How a gateway stops: everything that goes on looks at one value, which moves one way.

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
pub(crate) struct Stop(watch::Sender<Phase>);

/// Held by what goes on.
#[derive(Clone, Debug)]
pub(crate) struct StopSignal(watch::Receiver<Phase>);

impl Stop {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(Phase::Serving))
    }

    pub(crate) fn signal(&self) -> StopSignal {
        StopSignal(self.0.subscribe())
    }

    pub(crate) fn drain(&self) {
        self.0.send_replace(Phase::Draining);
    }

    pub(crate) fn abort(&self) {
        self.0.send_replace(Phase::Aborting);
    }
}

impl StopSignal {
    /// Returns once the gateway drains, or its owner is gone.
    pub(crate) async fn draining(&mut self) {
        let _ = self.0.wait_for(|phase| *phase >= Phase::Draining).await;
    }

    /// Returns once the gateway ends what is in flight, or its owner is gone.
    pub(crate) async fn aborting(&mut self) {
        let _ = self.0.wait_for(|phase| *phase >= Phase::Aborting).await;
    }

    /// Whether the gateway still serves.
    pub(crate) fn serving(&self) -> bool {
        *self.0.borrow() == Phase::Serving
    }
}
