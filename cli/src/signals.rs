//! The signals that end a run: Ctrl-C, and SIGTERM as service managers and Kubernetes send it.

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::failure::Failure;

/// Both signals. From its making on they no longer kill the process.
pub struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    /// Starts to listen.
    pub fn listen() -> Result<Self, Failure> {
        let hear = |kind| signal(kind).map_err(|error| Failure::stuck(format!("listen for signals: {error}")));
        Ok(Self { interrupt: hear(SignalKind::interrupt())?, terminate: hear(SignalKind::terminate())? })
    }

    /// Returns with the next one.
    pub async fn stop(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
