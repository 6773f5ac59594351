//! Answers of many lines, one JSON each, that are made while they are read.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use hyper::body::Frame;
use serde::Serialize;
use tokio::sync::mpsc::{self, Receiver, Sender};

use super::problem::Refusal;
use crate::store::StoreError;

/// Lines that are made before the reader takes them.
const AHEAD: usize = 4;

/// Why no more lines come.
pub(crate) enum End {
    /// The reader went away.
    Reader,
    /// They cannot be made.
    Refused(Refusal),
}

/// Where the lines go.
pub(crate) struct Lines(Sender<Result<Bytes, Refusal>>);

impl Lines {
    /// Sends a line, once there is room for it.
    pub(crate) async fn send(&self, line: &impl Serialize) -> Result<(), End> {
        let mut text = serde_json::to_vec(line).unwrap_or_default();
        text.push(b'\n');
        self.0.send(Ok(text.into())).await.map_err(|_| End::Reader)
    }

    /// Returns once the reader went away.
    pub(crate) async fn closed(&self) {
        self.0.closed().await;
    }

    /// Breaks the answer off where it is not whole.
    async fn end(&self, done: Result<(), End>) {
        if let Err(End::Refused(refusal)) = done {
            tracing::warn!(error = %refusal, "an answer of the admin port breaks off");
            // The reader may have gone away as well.
            let _ = self.0.send(Err(refusal)).await;
        }
    }
}

impl From<Refusal> for End {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<StoreError> for End {
    fn from(error: StoreError) -> Self {
        Self::Refused(error.into())
    }
}

/// The answer that a task makes line by line.
pub(crate) fn answer<F, M>(make: M) -> Response
where
    M: FnOnce(Arc<Lines>) -> F,
    F: Future<Output = Result<(), End>> + Send + 'static,
{
    let (lines, taken) = mpsc::channel(AHEAD);
    let lines = Arc::new(Lines(lines));
    let writing = make(Arc::clone(&lines));
    tokio::spawn(async move { lines.end(writing.await).await });
    ([(header::CONTENT_TYPE, "application/x-ndjson")], Body::new(Taken(taken))).into_response()
}

/// Lines as the body of an answer.
struct Taken(Receiver<Result<Bytes, Refusal>>);

impl hyper::body::Body for Taken {
    type Data = Bytes;
    type Error = Refusal;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Refusal>>> {
        self.0.poll_recv(cx).map(|line| line.map(|line| line.map(Frame::data)))
    }
}
