//! Deduplication keys of Sync runs that are not durable: claimed in memory, and in the store with the run's record.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use boathook_plan::reply::Reply;
use tokio::sync::watch;
use uuid::Uuid;

use super::Owner;
use crate::store::Hash;

/// The keys that are held, and what their first sender was told.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keys(Arc<Mutex<HashMap<(Owner, Hash), First>>>);

/// Who holds a key.
#[derive(Clone, Debug)]
pub(crate) struct First {
    /// The execution.
    pub(crate) id: Uuid,
    /// Closed without an answer when the key is free again.
    answer: watch::Receiver<Option<Reply>>,
}

/// A key that is ours; dropping it frees it.
#[derive(Debug)]
pub(crate) struct KeyHeld {
    keys: Keys,
    key: (Owner, Hash),
    answer: watch::Sender<Option<Reply>>,
}

impl Keys {
    /// Takes a key, or says who has it.
    pub(crate) fn take(&self, owner: Owner, hash: Hash, id: Uuid) -> Result<KeyHeld, First> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (owner, hash);
        if let Some(first) = held.get(&key) {
            return Err(first.clone());
        }
        let answer = watch::Sender::new(None);
        held.insert(key.clone(), First { id, answer: answer.subscribe() });
        Ok(KeyHeld { keys: self.clone(), key, answer })
    }
}

impl First {
    /// What its sender was told after success; `None` when the key is free again.
    pub(crate) async fn answered(&self) -> Option<Reply> {
        self.answer.clone().wait_for(Option::is_some).await.ok()?.clone()
    }
}

impl KeyHeld {
    /// The run has succeeded, and its sender was told this.
    pub(crate) fn answered(&self, reply: Reply) {
        self.answer.send_replace(Some(reply));
    }

    /// How long the answer is; `None` where the run has not succeeded.
    pub(super) fn answer_bytes(&self) -> Option<usize> {
        self.answer.borrow().as_ref().map(|reply| reply.body.len())
    }
}

impl Drop for KeyHeld {
    fn drop(&mut self) {
        self.keys.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}
