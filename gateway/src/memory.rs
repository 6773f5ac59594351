//! An account of memory: whoever wants some waits for it in a fair order, shortly, and gives it back when it is dropped.
//!
//! Whoever waits holds nothing of the account for it, and its body stays with its sender. An owner, a workflow, never has
//! more than is left free then: past that its own wait behind each other and hold up nobody else.

mod queue;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

pub(crate) use queue::Share;
use queue::{Book, Waiting};

/// Bytes that are accounted as one.
const UNIT: usize = 1 << 10;

/// How long somebody waits: half of what most senders wait for an answer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// The account.
#[derive(Debug)]
pub(crate) struct Memory(Arc<Account>);

#[derive(Debug)]
struct Account {
    units: usize,
    /// Taken for bodies that need an account, for the time of a look.
    book: Mutex<Book>,
}

/// Some of it, given back when dropped.
#[derive(Debug)]
pub(crate) struct Held {
    account: Arc<Account>,
    units: usize,
    owner: Option<Arc<Share>>,
}

impl Memory {
    pub(crate) fn new(bytes: usize) -> Self {
        let units = units(bytes);
        Self(Arc::new(Account { units, book: Mutex::new(Book::new(units)) }))
    }

    /// So many bytes for an owner, or all of it where that is less; `None` where they are not free within [`PATIENCE`].
    pub(crate) async fn take(&self, owner: &Arc<Share>, bytes: usize) -> Option<Held> {
        timeout(PATIENCE, self.wait(owner, bytes)).await.ok()
    }

    /// The same, however long it takes.
    pub(crate) async fn wait(&self, owner: &Arc<Share>, bytes: usize) -> Held {
        self.0.ask(bytes, owner, 0).await
    }

    /// So many bytes, if they are free now and nobody waits for them.
    pub(crate) fn try_take(&self, bytes: usize) -> Option<Held> {
        let units = self.0.most(bytes);
        self.0.book().take(units).then(|| Held { account: Arc::clone(&self.0), units, owner: None })
    }

    /// All of it, in bytes.
    pub(crate) fn size(&self) -> usize {
        self.0.units * UNIT
    }

    /// Bytes that nobody has.
    #[cfg(test)]
    pub(crate) fn free(&self) -> usize {
        self.0.book().free() * UNIT
    }
}

impl Account {
    fn book(&self) -> MutexGuard<'_, Book> {
        // Whoever panicked had it for a look: its numbers are whole.
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn most(&self, bytes: usize) -> usize {
        units(bytes).min(self.units)
    }

    async fn ask(self: &Arc<Self>, bytes: usize, owner: &Arc<Share>, had: usize) -> Held {
        let units = self.most(bytes);
        let nothing = Held { account: Arc::clone(self), units: 0, owner: Some(Arc::clone(owner)) };
        if units == 0 {
            return nothing;
        }
        let (grant, granted) = oneshot::channel();
        self.book().enter(Waiting { units, owner: Arc::clone(owner), had, grant });
        let mut asking = Asking { account: Arc::clone(self), granted };
        self.serve();
        // The account is never closed, and forgets nobody who waits.
        (&mut asking.granted).await.unwrap_or(nothing)
    }

    /// Gives to those who wait what they wait for, as far as it is there.
    fn serve(self: &Arc<Self>) {
        loop {
            // The lock is not held while one is told: whoever is gone gives its part back.
            let next = self.book().next();
            let Some(Waiting { units, owner, grant, .. }) = next else { return };
            drop(grant.send(Held { account: Arc::clone(self), units, owner: Some(owner) }));
        }
    }

    fn give_back(self: &Arc<Self>, units: usize, owner: Option<&Share>) {
        if units > 0 {
            self.book().give_back(units, owner);
            self.serve();
        }
    }
}

/// Somebody who waits. One that gives up may have stood before others.
struct Asking {
    account: Arc<Account>,
    granted: oneshot::Receiver<Held>,
}

impl Drop for Asking {
    fn drop(&mut self) {
        self.granted.close();
        self.account.serve();
    }
}

impl Held {
    /// Bytes held.
    pub(crate) fn bytes(&self) -> usize {
        self.units * UNIT
    }

    /// Gives back what is held beyond so many bytes.
    pub(crate) fn shrink(&mut self, bytes: usize) {
        let kept = units(bytes).min(self.units);
        self.account.give_back(self.units - kept, self.owner.as_deref());
        self.units = kept;
    }

    /// Waits for so many bytes more, as [`Memory::take`], but before those who hold none: what holds memory must end to give
    /// it back. Whether there were some.
    pub(crate) async fn extend(&mut self, bytes: usize) -> bool {
        let Some(owner) = &self.owner else { return false };
        let Ok(mut more) = timeout(PATIENCE, self.account.ask(bytes, owner, self.units)).await else { return false };
        self.units += std::mem::take(&mut more.units);
        true
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.account.give_back(self.units, self.owner.as_deref());
    }
}

const fn units(bytes: usize) -> usize {
    bytes.div_ceil(UNIT)
}
