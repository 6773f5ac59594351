//! Records of Sync runs that promised nothing: written behind their answers, in the store's next batch, not waited for.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use boathook_plan::machine::Entry;
use jiff::Timestamp;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::unwritten::Unwritten;
use super::{Birth, KeyHeld, patiently};
use crate::execute;
use crate::shared::Shared;
use crate::store::{Ending, FinishedExecution, Start};

/// KiB of records that may be on their way to the store; past it they are dropped rather than that senders wait.
const UNDERWAY: usize = 8 << 10;

/// KiB that a record takes beside its request and its journal.
const HEAD: u32 = 4;

/// The records on their way.
#[derive(Debug)]
pub(super) struct Records {
    room: Arc<Semaphore>,
    /// The second in which the log was last told of one that is dropped.
    told: AtomicI64,
    /// The keys of those that were dropped.
    unwritten: Unwritten,
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
        Self {
            room: Arc::new(Semaphore::new(UNDERWAY)),
            told: AtomicI64::new(i64::MIN),
            unwritten: Unwritten::default(),
        }
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
    /// Writes a record behind. The deduplication key is held in memory until the store holds it, and where the store does
    /// not take it, for its window.
    pub(crate) fn record(self: &Arc<Self>, past: Past, key: Option<KeyHeld>) {
        if self.runner.store().is_err() {
            return;
        }
        let id = past.birth.id;
        let key = key.map(|key| (key, self.held_until(&past.birth)));
        let record = Arc::new(past.finished());
        let Ok(room) = Arc::clone(&self.runner.records.room).try_acquire_many_owned(size(&record)) else {
            return self.dropped(id, key, "the store is too slow");
        };
        let shared = Arc::clone(self);
        tokio::spawn(async move {
            let Ok(store) = shared.runner.store() else { return };
            match patiently(|| store.record_sync(Arc::clone(&record))).await {
                Ok(true) => drop(key),
                Ok(false) => shared.dropped(id, key, "the namespace's quota of storage is used up"),
                Err(error) => {
                    tracing::warn!(execution_id = %id, error = %error, "writing a record");
                    shared.dropped(id, key, "the store does not take it");
                }
            }
            drop(room);
        });
    }

    /// Until when repeats of a delivery are none that run.
    fn held_until(&self, birth: &Birth) -> Timestamp {
        let window = birth.delivery_key().map_or(Duration::ZERO, |key| key.window);
        self.clock.now().checked_add(window).unwrap_or(Timestamp::MAX)
    }

    /// Frees the keys of dropped records whose window is over.
    pub(super) fn expire_keys(&self) {
        self.runner.records.unwritten.expire(self.clock.now());
    }

    /// Counts a record that is not written; the log has the first one of each second.
    fn dropped(&self, id: Uuid, key: Option<(KeyHeld, Timestamp)>, why: &str) {
        if let Some((key, until)) = key {
            self.runner.records.unwritten.keep(key, until);
        }
        self.metrics.records_dropped.inc();
        let second = self.clock.now().as_second();
        if self.runner.records.told.swap(second, Ordering::Relaxed) != second {
            tracing::warn!(execution_id = %id, reason = why, "records are dropped");
        }
    }
}

/// KiB that a record takes.
fn size(record: &FinishedExecution) -> u32 {
    let entries: usize = record.entries.iter().map(|entry| entry.text.len()).sum();
    let payload = &record.new.payload;
    let all = entries.saturating_add(payload.head.len()).saturating_add(payload.body.len()) >> 10;
    u32::try_from(all).unwrap_or(u32::MAX).saturating_add(HEAD)
}
