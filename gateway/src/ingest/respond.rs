//! What goes out: a verdict becomes a response with the fields that every answer has.

use boathook_plan::reason::Reason;
use boathook_plan::reply::Reply;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Response, StatusCode, Version, header};
use http_body_util::Full;
use uuid::Uuid;

use super::arrive::Trail;

/// On every answer.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("boathook-request-id");

/// On the answer of a run.
const EXECUTION_ID: HeaderName = HeaderName::from_static("boathook-execution-id");

/// How a request ended and what its sender is told.
#[derive(Debug)]
pub(crate) struct Verdict {
    pub(crate) reason: Reason,
    pub(crate) reply: Reply,
    pub(crate) execution: Option<Uuid>,
    /// For the log alone.
    pub(crate) detail: Option<String>,
}

/// The response; `last` closes an HTTP/1 connection behind it.
pub(super) fn response(verdict: Verdict, trail: &Trail, last: bool) -> Response<Full<Bytes>> {
    let Reply { status, mut headers, body } = verdict.reply;
    set(&mut headers, REQUEST_ID, &trail.request_id);
    if let Some(execution) = verdict.execution {
        set(&mut headers, EXECUTION_ID, &execution.to_string());
    }
    if last && trail.version <= Version::HTTP_11 {
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    let empty = trail.method == Method::HEAD || [StatusCode::NO_CONTENT, StatusCode::NOT_MODIFIED].contains(&status);
    let mut response = Response::new(Full::new(if empty { Bytes::new() } else { body }));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

pub(super) fn set(headers: &mut http::HeaderMap, name: HeaderName, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        headers.insert(name, value);
    }
}
