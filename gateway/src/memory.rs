//! An account of memory: whoever wants some waits for it, shortly, and gives it back when it is dropped.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// Bytes that are accounted as one: a tokio semaphore counts to 2³² at once.
const UNIT: usize = 1 << 10;

/// How long somebody waits: others give back what they have within milliseconds, or they are stuck.
const PATIENCE: Duration = Duration::from_secs(1);

/// The account.
#[derive(Debug)]
pub(crate) struct Memory {
    free: Arc<Semaphore>,
    units: u32,
}

/// Some of it, given back when dropped.
#[derive(Debug)]
pub(crate) struct Held(OwnedSemaphorePermit);

impl Memory {
    pub(crate) fn new(bytes: usize) -> Self {
        let units = units(bytes);
        Self { free: Arc::new(Semaphore::new(usize::try_from(units).unwrap_or(usize::MAX))), units }
    }

    /// So many bytes, or all of it where that is less; `None` where they are not free within a second.
    pub(crate) async fn take(&self, bytes: usize) -> Option<Held> {
        let wanted = units(bytes).min(self.units);
        let free = Arc::clone(&self.free);
        timeout(PATIENCE, free.acquire_many_owned(wanted)).await.ok()?.ok().map(Held)
    }

    /// All of it, in bytes.
    pub(crate) fn size(&self) -> usize {
        usize::try_from(self.units).unwrap_or(usize::MAX).saturating_mul(UNIT)
    }

    /// Bytes that nobody has.
    pub(crate) fn free(&self) -> usize {
        self.free.available_permits() * UNIT
    }
}

impl Held {
    /// Bytes held.
    pub(crate) fn bytes(&self) -> usize {
        self.0.num_permits() * UNIT
    }

    /// Gives back what is held beyond so many bytes.
    pub(crate) fn shrink(&mut self, bytes: usize) {
        let kept = usize::try_from(units(bytes)).unwrap_or(usize::MAX);
        drop(self.0.split(self.0.num_permits().saturating_sub(kept)));
    }

    /// Adds some more of the same account.
    pub(crate) fn add(&mut self, more: Self) {
        self.0.merge(more.0);
    }
}

fn units(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_is_not_free_within_a_second_is_refused_and_comes_back_when_it_is_dropped() {
        let memory = Memory::new(64 << 10);
        let mut most = memory.take(60 << 10).await.unwrap();
        assert!(memory.take(5 << 10).await.is_none());
        most.shrink(59 << 10);
        let rest = memory.take(5 << 10).await.unwrap();
        assert_eq!((memory.free(), most.bytes(), rest.bytes()), (0, 59 << 10, 5 << 10));
        most.add(rest);
        drop(most);
        assert_eq!(memory.free(), 64 << 10);
    }

    #[tokio::test]
    async fn more_than_there_is_waits_for_all_of_it() {
        let memory = Memory::new(64 << 10);
        assert_eq!(memory.take(1 << 30).await.unwrap().bytes(), 64 << 10);
    }
}
