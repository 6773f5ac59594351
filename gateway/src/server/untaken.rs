//! Answers that wait until clients take them: over HTTP/2 each waits with its stream, and a client has as many as it may
//! open streams.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::{Body, Frame, SizeHint};

use super::activity::Activity;
use crate::metrics::Dropped;

/// Answers that a connection may always have waiting: who takes none loses the connection when there are many of them.
const FEW: usize = 8;

/// How many wait on all connections.
#[derive(Clone, Debug)]
pub(super) struct Untaken {
    all: Arc<AtomicUsize>,
    most: usize,
}

/// The bytes of an answer, counted until they are taken.
#[derive(Debug)]
pub(super) struct Waiting {
    bytes: Full<Bytes>,
    _counted: Option<Counted>,
}

#[derive(Debug)]
struct Counted {
    all: Arc<AtomicUsize>,
    activity: Arc<Activity>,
}

impl Untaken {
    pub(super) fn new(most: usize) -> Self {
        Self { all: Arc::default(), most }
    }

    /// An answer of a connection. Past the bound a connection with more than [`FEW`] is closed, and gives all of them back.
    pub(super) fn wait(&self, bytes: Full<Bytes>, activity: &Arc<Activity>) -> Waiting {
        if !activity.multiplexed() {
            // Over HTTP/1 an answer waits alone, and nothing is read until it is taken.
            return Waiting { bytes, _counted: None };
        }
        let all = self.all.fetch_add(1, Ordering::Relaxed) + 1;
        let own = activity.untaken().fetch_add(1, Ordering::Relaxed) + 1;
        if all > self.most && own > FEW {
            activity.drop_for(Dropped::SlowReader);
            activity.give_up();
        }
        let counted = Counted { all: Arc::clone(&self.all), activity: Arc::clone(activity) };
        Waiting { bytes, _counted: Some(counted) }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.all.fetch_sub(1, Ordering::Relaxed);
        self.activity.untaken().fetch_sub(1, Ordering::Relaxed);
    }
}

impl Body for Waiting {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Pin::new(&mut self.bytes).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.bytes.size_hint()
    }
}
