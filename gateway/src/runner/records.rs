//! Records of Sync runs that promised nothing: written behind their answers, in the store's next batch, not waited for.

use std::sync::Arc;

use boathook_plan::machine::Entry;
use tokio::sync::Semaphore;

use super::{Birth, KeyHeld};
use crate::execute;
use crate::shared::Shared;
use crate::store::{Ending, FinishedExecution, Start};

/// KiB of records that may be on their way to the store; past it they are dropped rather than that senders wait.
const UNDERWAY: usize = 64 << 10;

/// KiB that a record takes beside its body.
const HEAD: u32 = 4;

/// The records on their way.
#[derive(Debug)]
pub(super) struct Records {
    room: Arc<Semaphore>,
}

/// A run that has ended and was held in memory.
#[derive(Debug)]
pub(crate) struct Past {
    pub(crate) birth: Birth,
    pub(crate) entries: Vec<Entry>,
    pub(crate) ending: Ending,
}

impl Past {
    fn finished(self) -> FinishedExecution {
        FinishedExecution {
            new: self.birth.new_execution(Start::Queued),
            started_at: self.birth.accepted_at,
            entries: execute::written(&self.entries),
            ending: self.ending,
        }
    }
}

impl Default for Records {
    fn default() -> Self {
        Self { room: Arc::new(Semaphore::new(UNDERWAY)) }
    }
}

impl Records {
    /// Returns once none is on its way.
    pub(super) async fn written(&self) {
        let all = u32::try_from(UNDERWAY).unwrap_or(u32::MAX);
        let _ = self.room.acquire_many(all).await;
    }
}

impl Shared {
    /// Writes a record behind. The deduplication key is held in memory until the store holds it.
    pub(crate) fn record(self: &Arc<Self>, past: Past, key: Option<KeyHeld>) {
        if self.runner.store().is_err() {
            return;
        }
        let id = past.birth.id;
        let size = u32::try_from(past.birth.body.len() >> 10).unwrap_or(u32::MAX).saturating_add(HEAD);
        let Ok(room) = Arc::clone(&self.runner.records.room).try_acquire_many_owned(size) else {
            return tracing::warn!(execution_id = %id, "the store is too slow: a record was dropped");
        };
        let shared = Arc::clone(self);
        tokio::spawn(async move {
            let Ok(store) = shared.runner.store() else { return };
            match store.record_sync(past.finished()).await {
                Ok(true) => {}
                Ok(false) => {
                    tracing::warn!(execution_id = %id, "the namespace's quota of storage is used up: a record was dropped");
                }
                Err(error) => tracing::warn!(execution_id = %id, error = %error, "writing a record"),
            }
            drop((room, key));
        });
    }
}
