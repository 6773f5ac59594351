//! What a connection is doing, as its requests and its socket see it together.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use http::Version;

/// One a connection.
#[derive(Debug, Default)]
pub(super) struct Activity {
    begun: AtomicUsize,
    requests: AtomicUsize,
    multiplexed: AtomicBool,
}

/// A request being served.
#[derive(Debug)]
pub(super) struct Request(Arc<Activity>);

impl Activity {
    /// Notes that a head has arrived; the request is served until what this returns is dropped.
    pub(super) fn begin(self: &Arc<Self>, version: Version) -> Request {
        self.begun.fetch_add(1, Ordering::Relaxed);
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.multiplexed.store(version == Version::HTTP_2, Ordering::Relaxed);
        Request(Arc::clone(self))
    }

    /// How many heads have arrived.
    pub(super) fn begun(&self) -> usize {
        self.begun.load(Ordering::Relaxed)
    }

    /// Whether a request is being served.
    pub(super) fn busy(&self) -> bool {
        self.requests.load(Ordering::Relaxed) > 0
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
