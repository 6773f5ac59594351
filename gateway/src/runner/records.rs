//! Records of Sync runs that promised nothing: written behind their answers, in the store's next batch, not waited for.

use std::sync::Arc;

use tokio::sync::Semaphore;

use super::KeyHeld;
use crate::shared::Shared;
use crate::store::FinishedExecution;

/// KiB of records that may be on their way to the store; past it they are dropped rather than that senders wait.
const UNDERWAY: usize = 64 << 10;

/// The records on their way.
#[derive(Debug)]
pub(super) struct Records {
    room: Arc<Semaphore>,
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
    pub(crate) fn record(self: &Arc<Self>, finished: FinishedExecution, key: Option<KeyHeld>) {
        let size = finished.new.payload.head.len().saturating_add(finished.new.payload.body.len()) >> 10;
        let size = u32::try_from(size).unwrap_or(u32::MAX).saturating_add(1);
        let Ok(room) = Arc::clone(&self.runner.records.room).try_acquire_many_owned(size) else {
            return tracing::warn!(execution_id = %finished.new.id, "the store is too slow: a record was dropped");
        };
        let shared = Arc::clone(self);
        tokio::spawn(async move {
            let id = finished.new.id;
            let Ok(store) = shared.runner.store() else { return };
            if let Err(error) = store.record_sync(finished).await {
                tracing::warn!(execution_id = %id, error = %error, "writing a record");
            }
            drop((room, key));
        });
    }
}
