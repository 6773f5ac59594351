//! Who waits for the end of an execution in this process: senders of repeats, and runs that called it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;
use uuid::Uuid;

/// Those who wait, by execution.
#[derive(Clone, Debug, Default)]
pub(crate) struct Endings(Arc<Mutex<HashMap<Uuid, watch::Sender<()>>>>);

/// One who waits. Whoever made it before looking at the store misses no end.
#[derive(Debug)]
pub(crate) struct Ending {
    endings: Endings,
    id: Uuid,
    told: Option<watch::Receiver<()>>,
}

impl Endings {
    /// Begins to wait.
    pub(crate) fn of(&self, id: Uuid) -> Ending {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let told = waiting.entry(id).or_insert_with(|| watch::Sender::new(())).subscribe();
        Ending { endings: self.clone(), id, told: Some(told) }
    }

    /// An execution has ended.
    pub(crate) fn tell(&self, id: Uuid) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }
}

impl Ending {
    /// Returns once the execution has ended.
    pub(crate) async fn come(mut self) {
        if let Some(told) = &mut self.told {
            // Nothing is ever sent: the sender goes when the execution ends.
            while told.changed().await.is_ok() {}
        }
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        let mut waiting = self.endings.0.lock().unwrap_or_else(PoisonError::into_inner);
        self.told = None;
        if waiting.get(&self.id).is_some_and(|told| told.receiver_count() == 0) {
            waiting.remove(&self.id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_waits_is_told_and_nothing_is_left() {
        let endings = Endings::default();
        let (one, other) = (endings.of(Uuid::nil()), endings.of(Uuid::nil()));
        endings.tell(Uuid::nil());
        one.come().await;
        other.come().await;
        drop(endings.of(Uuid::nil()));
        assert!(endings.0.lock().unwrap().is_empty());
    }
}
