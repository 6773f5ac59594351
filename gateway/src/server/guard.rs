//! A socket that lets through what the framing guard clears: of HTTP/1 one legal message after the other, and
//! end-of-file where something else begins.
//!
//! Reads, and asks [`Framing`] what may pass; has no opinion of its own. HTTP/2 has frames of its own and passes as it
//! comes, until [`Frames`] calls it a flood.

use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use boathook_plan::framing::frames::Frames;
use boathook_plan::framing::preface::{self, Protocol};
use boathook_plan::framing::{Flaw, Framing, Step};
use bytes::{Buf as _, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::activity::Activity;
use super::paced::Paced;
use crate::metrics::Dropped;

/// Bytes of one read that has to be looked at: a head with a small body.
const READ_SIZE: usize = 8 << 10;

/// Bytes that a reader gets of what was looked at: hyper doubles its buffer for a reader that could have had more than
/// 8 KiB, and each connection has one.
const GIVEN: usize = (8 << 10) - 1;

/// The same of a body that passes unseen: twice as much at once, for half of the calls.
const PASSED: usize = (16 << 10) - 1;

/// A socket behind the guard.
#[derive(Debug)]
pub(super) struct Guarded<S> {
    socket: Paced<S>,
    activity: Arc<Activity>,
    framing: Framing,
    /// Of HTTP/2, once that is known.
    frames: Option<Frames>,
    /// What was read and not given to the reader.
    buffer: BytesMut,
    /// How much of that may be given.
    cleared: usize,
    /// When the first byte of it came.
    since: Instant,
    opened: Instant,
    refused: Option<Flaw>,
    ended: bool,
}

/// What a reader gets next.
enum Next {
    /// Of the buffer.
    Cleared,
    /// So many bytes of the socket, unseen.
    Open(u64),
    /// What the guard says of more bytes.
    Unknown,
    /// Nothing until the request before it has its answer: what is pipelined stays in the kernel.
    Later,
    /// The end.
    Nothing,
}

impl<S: AsyncRead + Unpin> Guarded<S> {
    pub(super) fn new(socket: Paced<S>, activity: Arc<Activity>) -> Self {
        Self {
            socket,
            activity,
            framing: Framing::default(),
            frames: None,
            buffer: BytesMut::new(),
            cleared: 0,
            since: Instant::now(),
            opened: Instant::now(),
            refused: None,
            ended: false,
        }
    }

    /// Waits for the first bytes, and says which protocol they begin. What ends before that is HTTP/1 cut off.
    pub(super) async fn protocol(&mut self) -> Protocol {
        std::future::poll_fn(|context| self.poll_protocol(context)).await
    }

    fn poll_protocol(&mut self, context: &mut Context<'_>) -> Poll<Protocol> {
        let protocol = loop {
            if self.ended {
                break Protocol::Http1;
            }
            match preface::protocol(&self.buffer) {
                Some(protocol) => break protocol,
                None if ready!(self.fill(context)).is_err() => break Protocol::Http1,
                None => {}
            }
        };
        self.speak(protocol);
        Poll::Ready(protocol)
    }

    /// Notes that client and server have agreed on a protocol.
    pub(super) fn speak(&mut self, protocol: Protocol) {
        match protocol {
            Protocol::Http1 => {}
            Protocol::Http2 => {
                self.activity.multiplex();
                self.cleared = self.buffer.len();
                let mut frames = Frames::new(0);
                // The first read holds no flood: it is too small.
                let _ = frames.read(&self.buffer, 0);
                self.frames = Some(frames);
            }
        }
    }

    /// The socket, when nothing more is read of it.
    pub(super) fn into_inner(self) -> Paced<S> {
        self.socket
    }

    /// The head that was refused, and when it began.
    pub(super) fn refused(&self) -> Option<(Flaw, Instant)> {
        self.refused.map(|flaw| (flaw, self.since))
    }

    fn next(&mut self) -> Next {
        while !self.ended {
            if self.cleared > 0 {
                return Next::Cleared;
            }
            if self.frames.is_some() {
                return Next::Open(u64::MAX);
            }
            if self.buffer.is_empty() && self.framing.open() > 0 {
                return Next::Open(self.framing.open());
            }
            if self.framing.is_between() && self.activity.busy() {
                return Next::Later;
            }
            match self.framing.next(&self.buffer) {
                Ok(Step::Pass(count)) => self.clear(count),
                Ok(Step::Drop(count)) => self.buffer.advance(count),
                Ok(Step::More) => return Next::Unknown,
                Ok(Step::End) => self.ended = true,
                Err(flaw) => self.refuse(flaw),
            }
        }
        Next::Nothing
    }

    fn clear(&mut self, count: usize) {
        self.cleared = count;
        if self.framing.is_last() {
            self.activity.close();
        }
    }

    /// Ends the connection for its reader. A body that is cut off is the request path's to answer, which has its head.
    fn refuse(&mut self, flaw: Flaw) {
        self.ended = true;
        if self.framing.is_between() {
            self.refused = Some(flaw);
        } else {
            self.activity.breach().note(flaw);
        }
    }

    /// Gives what is cleared.
    fn give(&mut self, out: &mut ReadBuf<'_>) {
        let count = self.cleared.min(out.remaining()).min(GIVEN);
        out.put_slice(self.buffer.get(..count).unwrap_or_default());
        self.buffer.advance(count);
        self.cleared -= count;
        if self.buffer.is_empty() {
            // An idle connection keeps no buffer.
            self.buffer = BytesMut::new();
        } else if self.cleared == 0 {
            // Of what is pipelined behind a large head, no more is kept than came.
            self.buffer = BytesMut::from(&*self.buffer);
        }
    }

    /// Keeps what was read. The buffer is as large as it must be: by doubling, a large head would take twice its size.
    fn keep(&mut self, bytes: &[u8]) {
        if self.buffer.capacity().saturating_sub(self.buffer.len()) < bytes.len() {
            let mut larger = BytesMut::with_capacity(self.buffer.len().saturating_add(READ_SIZE));
            larger.extend_from_slice(&self.buffer);
            self.buffer = larger;
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// Reads more into the buffer, or learns that there is no more.
    fn fill(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let begun = self.framing.is_between() && !self.buffer.is_empty();
        if begun {
            self.socket.received();
        }
        let mut space = [MaybeUninit::uninit(); READ_SIZE];
        let mut bytes = ReadBuf::uninit(&mut space);
        match ready!(Pin::new(&mut self.socket).poll_read(context, &mut bytes)) {
            Err(error) if error.kind() == io::ErrorKind::TimedOut => self.end(begun.then_some(Flaw::Slow)),
            Err(error) => return Poll::Ready(Err(error)),
            Ok(()) if bytes.filled().is_empty() => self.end(begun.then_some(Flaw::CutOff)),
            Ok(()) => {
                if self.buffer.is_empty() {
                    self.since = Instant::now();
                }
                self.keep(bytes.filled());
            }
        }
        Poll::Ready(Ok(()))
    }

    fn end(&mut self, flaw: Option<Flaw>) {
        self.ended = true;
        self.refused = flaw;
    }

    /// Reads at most so much, which may pass unseen.
    fn open(&mut self, context: &mut Context<'_>, out: &mut ReadBuf<'_>, most: u64) -> Poll<io::Result<()>> {
        let socket = Pin::new(&mut self.socket);
        // HTTP/2 bounds its own buffers.
        let passed = if self.frames.is_some() { usize::MAX } else { PASSED };
        let most = usize::try_from(most).unwrap_or(usize::MAX).min(passed);
        let before = out.filled().len();
        if most >= out.remaining() {
            ready!(socket.poll_read(context, out))?;
        } else {
            let mut part = ReadBuf::new(out.initialize_unfilled_to(most));
            ready!(socket.poll_read(context, &mut part))?;
            let count = part.filled().len();
            out.advance(count);
        }
        Poll::Ready(self.pass(out.filled().get(before..).unwrap_or_default()))
    }

    /// Notes what has passed.
    fn pass(&mut self, bytes: &[u8]) -> io::Result<()> {
        let Some(frames) = &mut self.frames else {
            self.framing.passed(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
            return Ok(());
        };
        let now = u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(u64::MAX);
        frames.read(bytes, now).map_err(|_| {
            self.activity.drop_for(Dropped::Flood);
            io::ErrorKind::ConnectionAborted.into()
        })
    }
}

impl<S> Guarded<S> {
    /// Notes that so many bytes of these were written.
    fn wrote(&mut self, parts: &[io::IoSlice<'_>], mut count: usize) {
        let Some(frames) = &mut self.frames else { return };
        let mut carried = 0;
        for part in parts {
            let written = part.get(..count.min(part.len())).unwrap_or_default();
            carried += frames.wrote(written);
            count -= written.len();
        }
        if carried > 0 {
            self.activity.go_on();
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Guarded<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        loop {
            match self.next() {
                Next::Cleared => {
                    self.give(out);
                    return Poll::Ready(Ok(()));
                }
                Next::Open(most) => return self.open(context, out, most),
                Next::Unknown => ready!(self.fill(context))?,
                // The reader asks again when it has answered.
                Next::Later => return Poll::Pending,
                Next::Nothing => return Poll::Ready(Ok(())),
            }
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Guarded<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let count = ready!(Pin::new(&mut self.socket).poll_write(context, bytes))?;
        self.wrote(&[io::IoSlice::new(bytes)], count);
        Poll::Ready(Ok(count))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let count = ready!(Pin::new(&mut self.socket).poll_write_vectored(context, parts))?;
        self.wrote(parts, count);
        Poll::Ready(Ok(count))
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(context)
    }

    /// Of HTTP/1 the socket is not closed yet: who has it next may have a last word.
    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.frames {
            Some(_) => Pin::new(&mut self.socket).poll_shutdown(context),
            None => Pin::new(&mut self.socket).poll_flush(context),
        }
    }
}
