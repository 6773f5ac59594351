//! Answers that wait until clients take them: over HTTP/2 each waits with its stream, and a client has as many as it may
//! open streams. One without a body waits for nothing.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::{Body, Frame, SizeHint};

use super::activity::Activity;
use crate::metrics::Dropped;

/// Answers that a connection may always have waiting: who takes none loses the connection when there are many of them.
const FEW: usize = 8;

/// How long it may take none of more: a client that takes its answers is not who leaves them. When there are twice as many
/// as may be, nobody has that time.
const STUCK: Duration = Duration::from_secs(1);

/// How many wait on all connections.
#[derive(Clone, Debug)]
pub(super) struct Untaken {
    all: Arc<AtomicUsize>,
    most: usize,
}

/// An answer, counted until its bytes are written.
#[derive(Debug)]
pub(super) struct Waiting {
    bytes: Full<Bytes>,
    counted: Option<Counted>,
}

/// Bytes that HTTP/2 may hold however small a window is: it takes them all as soon as there is one.
struct Held {
    bytes: Bytes,
    _counted: Counted,
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

    /// An answer of a connection. Past the bound a connection that leaves more than [`FEW`] is closed, and gives all of them
    /// back.
    pub(super) fn wait(&self, bytes: Full<Bytes>, activity: &Arc<Activity>) -> Waiting {
        // Over HTTP/1 an answer waits alone, and nothing is read until it is taken. A trusted proxy's clients are many.
        if !activity.multiplexed() || activity.is_trusted() {
            return Waiting { bytes, counted: None };
        }
        let all = self.all.fetch_add(1, Ordering::Relaxed) + 1;
        let own = activity.leave();
        let too_many = all > self.most && activity.stuck() > STUCK || all > self.most.saturating_mul(2);
        if too_many && own > FEW {
            activity.drop_for(Dropped::SlowReader);
            activity.give_up();
        }
        Waiting { bytes, counted: Some(Counted { all: Arc::clone(&self.all), activity: Arc::clone(activity) }) }
    }
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.all.fetch_sub(1, Ordering::Relaxed);
        self.activity.took();
    }
}

impl Body for Waiting {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let Poll::Ready(frame) = Pin::new(&mut self.bytes).poll_frame(context) else { return Poll::Pending };
        let counted = self.counted.take();
        let held = |bytes| match counted {
            Some(counted) => Bytes::from_owner(Held { bytes, _counted: counted }),
            None => bytes,
        };
        Poll::Ready(frame.map(|frame| frame.map(|frame| frame.map_data(held))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.bytes.size_hint()
    }
}
