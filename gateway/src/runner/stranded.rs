//! Executions under a lease of ours that cannot go on here: they are ended, or put off. None is left under a lease that
//! nobody uses.

use std::fmt::Display;
use std::time::Duration;

use tokio::time::sleep;

use super::{LEASE, Owner};
use crate::shared::Shared;
use crate::store::{Ending, Fence, Finish, Finished, Park, Phase, StoreError, Written};

/// How long a write waits that the store has no room for.
const FULL: Duration = Duration::from_secs(1);

/// A full disk heals by itself: the write waits for it.
pub(crate) async fn patiently<T, F>(mut write: impl FnMut() -> F) -> Result<T, StoreError>
where
    F: Future<Output = Result<T, StoreError>>,
{
    loop {
        match write().await {
            Err(StoreError::Full) => sleep(FULL).await,
            answer => return answer,
        }
    }
}

impl Shared {
    /// Ends an execution that cannot go on: a dead letter that people can look at.
    pub(crate) async fn fail(&self, owner: &Owner, fence: Fence, message: String) {
        tracing::error!(execution_id = %fence.id, error = message, "an execution cannot go on");
        let Ok(store) = self.runner.store() else { return };
        let ending = Ending {
            phase: Phase::Failed,
            reason: Some("GatewayFailed".to_owned()),
            step: None,
            message: Some(message),
            answer: None,
        };
        let finish = Finish { fence, entries: Vec::new(), ending };
        match patiently(|| store.finish(finish.clone())).await {
            Ok(Finished::Done(settled)) => {
                self.runner.wake(owner.clone());
                self.settled(&settled);
            }
            Ok(Finished::Fenced) => {}
            Err(error) => self.put_off(owner, fence, &error).await,
        }
    }

    /// Lets go of an execution whose store could not say what it was asked, or that finds no memory: it goes on after a
    /// while. A store that cannot say that either is asked again, until it is closed.
    pub(crate) async fn put_off(&self, owner: &Owner, fence: Fence, why: &impl Display) {
        tracing::error!(execution_id = %fence.id, error = %why, "an execution is put off");
        let Ok(store) = self.runner.store() else { return };
        let mut stop = self.stop.clone();
        loop {
            let now = self.clock.now();
            let until = self.runner.lease(now).until;
            let park = Park { fence, entries: Vec::new(), answer: None, until: Some(until), children: Vec::new() };
            match patiently(|| store.park(park.clone())).await {
                Ok(Written::Done) => return self.runner.wake_at(owner.clone(), until, now),
                Ok(Written::Fenced) | Err(StoreError::Closed | StoreError::Broken(_) | StoreError::Damaged(_)) => {
                    return;
                }
                Err(
                    error @ (StoreError::Full | StoreError::Corrupt(_) | StoreError::Busy | StoreError::Statement(_)),
                ) => {
                    tracing::error!(execution_id = %fence.id, error = %error, "putting an execution off");
                }
            }
            tokio::select! {
                () = sleep(LEASE) => {}
                () = stop.aborting() => return,
            }
        }
    }
}
