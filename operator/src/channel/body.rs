//! A table as the body of a request, line by line: no copy of all of it is made.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame};

/// What comes next, until there is nothing.
type Line = Box<dyn FnMut() -> Option<Bytes> + Send>;

/// A body of lines.
pub(super) struct Lines(Line);

impl Lines {
    /// Lines as they are made.
    pub(super) fn of(mut lines: impl Iterator<Item = Bytes> + Send + 'static) -> Self {
        Self(Box::new(move || lines.next()))
    }

    /// A body in one piece.
    pub(super) fn whole(bytes: Bytes) -> Self {
        Self::of(Some(bytes).filter(|bytes| !bytes.is_empty()).into_iter())
    }
}

impl Body for Lines {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready((self.0)().map(|line| Ok(Frame::data(line))))
    }
}
