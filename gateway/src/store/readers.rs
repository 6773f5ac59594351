//! Connections that read, lent to one query at a time.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::engine::Reader;
use super::error::StoreError;

/// The connections that nobody has.
pub(super) struct Readers {
    free: Arc<Mutex<Vec<Box<dyn Reader>>>>,
    turns: Semaphore,
}

impl Readers {
    pub(super) fn new(readers: Vec<Box<dyn Reader>>) -> Self {
        Self { turns: Semaphore::new(readers.len()), free: Arc::new(Mutex::new(readers)) }
    }

    /// Runs a query on the blocking pool.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        query: impl FnOnce(&dyn Reader) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let turn = self.turns.acquire().await.map_err(|_| StoreError::Closed)?;
        let free = Arc::clone(&self.free);
        let answer = spawn_blocking(move || {
            let reader = free.lock().unwrap_or_else(PoisonError::into_inner).pop().ok_or(StoreError::Closed)?;
            let answer = query(reader.as_ref());
            free.lock().unwrap_or_else(PoisonError::into_inner).push(reader);
            answer
        })
        .await;
        drop(turn);
        answer.unwrap_or(Err(StoreError::Closed))
    }
}

impl fmt::Debug for Readers {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Readers")
    }
}
