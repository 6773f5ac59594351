//! A socket whose client must keep pace: a head in its time, not idle for too long, and reading what it is sent.
//!
//! Works below HTTP and reads nothing of it: it learns from [`Activity`] whether a request is being served. The time of
//! a body is the request path's.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

use super::activity::Activity;
use crate::config::Pace;
use crate::metrics::Dropped;

/// How long a closed connection goes on reading: with unread input the kernel would reset it, and the client lose the
/// answer that says why.
const LINGER: Duration = Duration::from_secs(2);

/// What the client has to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// End the head that it has begun, or the first one.
    Head,
    /// Nothing: its request is being served.
    Served,
    /// Begin another head.
    Idle,
}

/// A socket with deadlines.
#[derive(Debug)]
pub(super) struct Paced<S> {
    socket: S,
    activity: Arc<Activity>,
    pace: Pace,
    phase: Phase,
    /// Heads that had arrived, and answers that had gone out, when the client was last idle.
    begun: usize,
    /// Bytes that the client had taken at the last look.
    taken: usize,
    /// Our side is closed.
    closed: bool,
    clocks: Clocks,
}

/// One deadline for each direction.
#[derive(Debug)]
struct Clocks {
    read: Pin<Box<Sleep>>,
    /// Present while the client takes nothing.
    write: Option<Pin<Box<Sleep>>>,
    /// Present once our side is closing.
    linger: Option<Pin<Box<Sleep>>>,
}

impl<S> Paced<S> {
    pub(super) fn new(socket: S, activity: Arc<Activity>, pace: Pace) -> Self {
        let clocks = Clocks { read: Box::pin(sleep(pace.head)), write: None, linger: None };
        Self { socket, activity, pace, phase: Phase::Head, begun: 0, taken: 0, closed: false, clocks }
    }

    fn enter(&mut self, phase: Phase, time: Duration) {
        self.phase = phase;
        self.clocks.read.as_mut().reset(Instant::now() + time);
    }

    /// Follows what the requests did since the last look.
    fn catch_up(&mut self) {
        if self.activity.busy() {
            self.phase = Phase::Served;
        } else if self.activity.begun() != self.begun {
            self.begun = self.activity.begun();
            self.enter(Phase::Idle, self.pace.keep_alive);
        }
    }

    /// Bytes of a head came, now or with those of the message before it.
    pub(super) fn received(&mut self) {
        self.catch_up();
        if self.phase == Phase::Idle && !self.activity.multiplexed() {
            self.enter(Phase::Head, self.pace.head);
        }
    }

    /// No bytes are there: ready once the client is too late with them.
    fn waiting(&mut self, context: &mut Context<'_>) -> Poll<io::Error> {
        self.catch_up();
        match self.phase {
            Phase::Served => Poll::Pending,
            Phase::Head | Phase::Idle => {
                self.clocks.read.as_mut().poll(context).map(|()| io::ErrorKind::TimedOut.into())
            }
        }
    }

    /// The result of a write, or an error once the client has taken nothing for too long.
    fn written<T>(&mut self, context: &mut Context<'_>, result: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if self.activity.is_given_up() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        if result.is_ready() {
            self.clocks.write = None;
            return result;
        }
        let taken = self.activity.taken();
        if taken != self.taken {
            // A flush of a TLS session is done when all of it is.
            self.taken = taken;
            self.clocks.write = None;
            self.activity.go_on();
        }
        let clock = self.clocks.write.get_or_insert_with(|| Box::pin(sleep(self.pace.write)));
        ready!(clock.as_mut().poll(context));
        self.activity.drop_for(Dropped::SlowReader);
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.activity.is_given_up() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        let result = Pin::new(&mut self.socket).poll_read(context, buffer);
        if result.is_pending() {
            return self.waiting(context).map(Err);
        }
        self.received();
        result
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.socket).poll_write(context, bytes);
        self.written(context, result)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.socket).poll_write_vectored(context, parts);
        self.written(context, result)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.socket).poll_flush(context);
        self.written(context, result)
    }

    /// Closes our side, then reads on until the client closes its own; gives up both when [`LINGER`] is over. A TLS session
    /// closes with a last record, which a client that does not read never takes.
    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let clock = self.clocks.linger.get_or_insert_with(|| Box::pin(sleep(LINGER)));
        if clock.as_mut().poll(context).is_ready() {
            return Poll::Ready(Ok(()));
        }
        if !self.closed {
            ready!(Pin::new(&mut self.socket).poll_shutdown(context))?;
            self.closed = true;
        }
        ready!(discard(Pin::new(&mut self.socket), context));
        Poll::Ready(Ok(()))
    }
}

/// Reads until the end or an error.
fn discard(mut socket: Pin<&mut impl AsyncRead>, context: &mut Context<'_>) -> Poll<()> {
    let mut space = [0; 4096];
    loop {
        let mut buffer = ReadBuf::new(&mut space);
        let result = ready!(socket.as_mut().poll_read(context, &mut buffer));
        if result.is_err() || buffer.filled().is_empty() {
            return Poll::Ready(());
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt as _;

    use super::*;

    /// A session whose flush takes so many looks, five seconds apart; its client takes something at each, or nothing.
    struct Session {
        activity: Arc<Activity>,
        looks: u32,
        takes: usize,
        next: Pin<Box<Sleep>>,
    }

    impl AsyncRead for Session {
        fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
            Poll::Pending
        }
    }

    impl AsyncWrite for Session {
        fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
            Poll::Ready(Ok(bytes.len()))
        }

        fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
            while self.looks > 0 {
                ready!(self.next.as_mut().poll(context));
                self.looks -= 1;
                self.activity.take(self.takes);
                self.next.as_mut().reset(Instant::now() + Duration::from_secs(5));
            }
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    /// How many seconds the flush of an answer takes, and whether all of it went out.
    async fn flushed(takes: usize) -> (u64, bool) {
        let activity = Arc::new(Activity::default());
        let next = Box::pin(sleep(Duration::from_secs(5)));
        let session = Session { activity: Arc::clone(&activity), looks: 6, takes, next };
        let begun = Instant::now();
        let went_out = Paced::new(session, activity, Pace::default()).flush().await.is_ok();
        (begun.elapsed().as_secs(), went_out)
    }

    #[tokio::test(start_paused = true)]
    async fn a_flush_takes_as_long_as_its_client_takes_something() {
        assert_eq!(flushed(1).await, (30, true));
        assert_eq!(flushed(0).await, (10, false));
    }
}
