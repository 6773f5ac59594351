//! What a connection is doing, as its requests and its socket see it together.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::ingest::Breach;
use crate::metrics::Dropped;

/// One a connection.
#[derive(Debug, Default)]
pub(super) struct Activity {
    begun: AtomicUsize,
    requests: AtomicUsize,
    taken: AtomicUsize,
    multiplexed: AtomicBool,
    closing: AtomicBool,
    given_up: AtomicBool,
    trusted: bool,
    untaken: Mutex<Untaken>,
    dropped: OnceLock<Dropped>,
    breach: Breach,
}

/// Answers that the client has not taken.
#[derive(Debug, Default)]
struct Untaken {
    count: usize,
    /// When the first of them was made, or the last one before it was taken.
    since: Option<Instant>,
}

/// A request being served.
#[derive(Debug)]
pub(super) struct Request(Arc<Activity>);

impl Activity {
    /// Of a client, or of a proxy that is trusted.
    pub(super) fn new(trusted: bool) -> Self {
        Self { trusted, ..Self::default() }
    }

    /// Whether a trusted proxy is at the other end.
    pub(super) fn is_trusted(&self) -> bool {
        self.trusted
    }

    /// Notes that a head has arrived; the request is served until what this returns is dropped.
    pub(super) fn begin(self: &Arc<Self>) -> Request {
        self.begun.fetch_add(1, Ordering::Relaxed);
        self.requests.fetch_add(1, Ordering::Relaxed);
        Request(Arc::clone(self))
    }

    /// Notes that a part of an answer has gone out: who takes answers is not idle. HTTP/1 reads nothing meanwhile.
    pub(super) fn go_on(&self) {
        if self.multiplexed() {
            self.begun.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Changes with each head that has arrived and each part of an answer that has gone out.
    pub(super) fn begun(&self) -> usize {
        self.begun.load(Ordering::Relaxed)
    }

    /// Notes that the client's side has taken so many bytes.
    pub(super) fn take(&self, count: usize) {
        self.taken.fetch_add(count, Ordering::Relaxed);
    }

    /// Changes with what the client's side has taken.
    pub(super) fn taken(&self) -> usize {
        self.taken.load(Ordering::Relaxed)
    }

    /// Whether a request is being served.
    pub(super) fn busy(&self) -> bool {
        self.requests.load(Ordering::Relaxed) > 0
    }

    /// Notes that the connection speaks HTTP/2.
    pub(super) fn multiplex(&self) {
        self.multiplexed.store(true, Ordering::Relaxed);
    }

    /// Notes that the request whose head has arrived is the last one.
    pub(super) fn close(&self) {
        self.closing.store(true, Ordering::Relaxed);
    }

    /// Whether the request being served is the last one.
    pub(super) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Relaxed)
    }

    /// Notes that an answer waits for the client to take it; how many there are.
    pub(super) fn leave(&self) -> usize {
        self.with_untaken(|untaken| {
            untaken.count += 1;
            untaken.since.get_or_insert_with(Instant::now);
            untaken.count
        })
    }

    /// Notes that one was taken.
    pub(super) fn took(&self) {
        self.with_untaken(|untaken| {
            untaken.count = untaken.count.saturating_sub(1);
            untaken.since = (untaken.count > 0).then(Instant::now);
        });
    }

    /// For how long the client has taken none of those that wait.
    pub(super) fn stuck(&self) -> Duration {
        self.with_untaken(|untaken| untaken.since.map_or(Duration::ZERO, |since| since.elapsed()))
    }

    fn with_untaken<T>(&self, look: impl FnOnce(&mut Untaken) -> T) -> T {
        // Whoever panicked had it for a look: its numbers are whole.
        look(&mut self.untaken.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Notes that the connection is to be closed at once.
    pub(super) fn give_up(&self) {
        self.given_up.store(true, Ordering::Relaxed);
    }

    /// Whether it is.
    pub(super) fn is_given_up(&self) -> bool {
        self.given_up.load(Ordering::Relaxed)
    }

    /// Notes why the connection is dropped; what was noted first is why.
    pub(super) fn drop_for(&self, cause: Dropped) {
        let _ = self.dropped.set(cause);
    }

    /// Why the connection was dropped, if it was.
    pub(super) fn dropped(&self) -> Option<Dropped> {
        self.dropped.get().copied()
    }

    /// Where the flaw of a body is noted.
    pub(super) fn breach(&self) -> &Breach {
        &self.breach
    }

    /// Whether bytes between requests say nothing of the next one (HTTP/2 has frames of its own).
    pub(super) fn multiplexed(&self) -> bool {
        self.multiplexed.load(Ordering::Relaxed)
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        self.0.requests.fetch_sub(1, Ordering::Relaxed);
    }
}
