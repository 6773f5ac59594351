//! What a sender is sent: status, header fields and bytes, ready for the socket.
//!
//! Renders an [`Answer`](crate::plan::Answer) with the values of a run; a header field with CR, LF or NUL is refused.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::json::Json;

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
        Self::typed(status, "text/plain; charset=utf-8", text.into().into())
    }

    /// JSON, compact.
    pub fn json(status: StatusCode, value: &Json) -> Self {
        Self::typed(status, "application/json", value.to_string().into())
    }

    fn typed(status: StatusCode, content_type: &'static str, body: Bytes) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        Self { status, headers, body }
    }
}
