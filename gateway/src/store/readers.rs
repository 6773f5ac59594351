//! Connections that read, lent to one query at a time.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;

use super::engine::Reader;
use super::error::StoreError;

/// The connections that nobody has.
type Free = Arc<Mutex<Vec<Box<dyn Reader>>>>;

/// The connections, and turns for as many queries.
pub(super) struct Readers {
    free: Free,
    turns: Arc<Semaphore>,
}

impl Readers {
    pub(super) fn new(readers: Vec<Box<dyn Reader>>) -> Self {
        Self { turns: Arc::new(Semaphore::new(readers.len())), free: Arc::new(Mutex::new(readers)) }
    }

    /// Runs a query on the blocking pool, to its end whether its caller waits for it or not.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        query: impl FnOnce(&dyn Reader) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(|_| StoreError::Closed)?;
        let free = Arc::clone(&self.free);
        let answer = spawn_blocking(move || {
            let reader = free.lock().unwrap_or_else(PoisonError::into_inner).pop().ok_or(StoreError::Closed)?;
            let lent = Lent { reader: Some(reader), free, _turn: turn };
            lent.reader.as_deref().map_or(Err(StoreError::Closed), query)
        })
        .await;
        answer.unwrap_or(Err(StoreError::Closed))
    }
}

/// A connection that somebody has: it goes back however the query ends, and then the turn is the next one's.
struct Lent {
    reader: Option<Box<dyn Reader>>,
    free: Free,
    _turn: OwnedSemaphorePermit,
}

impl Drop for Lent {
    fn drop(&mut self) {
        self.free.lock().unwrap_or_else(PoisonError::into_inner).extend(self.reader.take());
    }
}

impl fmt::Debug for Readers {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Readers")
    }
}
