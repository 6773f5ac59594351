//! What a sender is sent: status, header fields and bytes, ready for the socket.
//!
//! Sends nothing. How a workflow's own answers come about is in [`answer`].

mod answer;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::json::Json;

pub use answer::{AnswerError, AnswerProgram, Unsaid};

/// An answer, ready to send.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// Header fields, `content-type` included.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Reply {
    /// Without a body.
    pub fn empty(status: StatusCode) -> Self {
        Self { status, headers: HeaderMap::new(), body: Bytes::new() }
    }

    /// Text as `text/plain; charset=utf-8`: never a type that a browser would run.
    pub fn text(status: StatusCode, text: impl Into<String>) -> Self {
        Self::typed(status, "text/plain; charset=utf-8", text.into())
    }

    /// JSON, compact.
    pub fn json(status: StatusCode, value: &Json) -> Self {
        Self::typed(status, "application/json", value.to_string())
    }

    /// Any text under its media type.
    pub(crate) fn typed(status: StatusCode, media_type: &'static str, body: String) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        Self { status, headers, body: body.into() }
    }
}
