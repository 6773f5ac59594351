//! One request and the redirects after it, up to an answer whose body has arrived within its limit.

use boathook_plan::http_step::{Answer, HttpCall};
use boathook_plan::reason::{StepFailure, StepReason};
use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http::{HeaderMap, HeaderValue, Method, Request, Response, Uri};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use tower_http::decompression::DecompressionBody;
use tower_service::Service;

use super::Attempt;
use super::failure;
use crate::egress::Client;

type Received = Response<DecompressionBody<Incoming>>;

/// Sends `call`, then whatever its answers redirect to, each judged when it is dialled.
pub(super) async fn run(mut client: Client, attempt: &Attempt, mut call: HttpCall) -> Result<Answer, StepFailure> {
    let terms = attempt.program.terms();
    for _ in 0..=terms.follow_redirects {
        let received = client.call(request(&call)?).await.map_err(|error| failure::of(&call, &error))?;
        let (status, headers) = (received.status(), received.headers());
        let Some(next) = attempt.program.follow(&call, status, headers)? else {
            terms.check(&call, status, headers, attempt.facts.now)?;
            return read(&call, received, terms.max_response_size).await;
        };
        call = next;
    }
    let message = format!("{} redirects more than {} times", call.name(), terms.follow_redirects);
    Err(StepFailure::new(StepReason::BadResponse, message))
}

fn request(call: &HttpCall) -> Result<Request<Full<Bytes>>, StepFailure> {
    let uri = Uri::try_from(call.url.as_str()).map_err(|_| {
        StepFailure::new(StepReason::InvalidRequest, format!("{}: the URL cannot be sent", call.name()))
    })?;
    let mut request = Request::new(Full::new(call.body.clone()));
    *request.method_mut() = call.method.clone();
    *request.uri_mut() = uri;
    *request.headers_mut() = call.headers.clone();
    if call.body.is_empty() && announces_body(&call.method) {
        request.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    Ok(request)
}

/// Methods with which a body is expected, so that its absence must be said (RFC 9110, 8.6): some servers answer 411 else.
fn announces_body(method: &Method) -> bool {
    [Method::POST, Method::PUT, Method::PATCH].contains(method)
}

/// Whether a coding is left that was not decoded. `identity` is none, though it should not be sent (RFC 9110, 12.5.3), and
/// neither is a field without a value.
fn is_coded(headers: &HeaderMap) -> bool {
    let is_none = |coding: &str| coding.is_empty() || coding.eq_ignore_ascii_case("identity");
    headers.get_all(CONTENT_ENCODING).iter().any(|value| !value.to_str().is_ok_and(|text| is_none(text.trim())))
}

/// Reads the decoded body: the limit counts what comes out of the decoder, so a small bomb stays small.
async fn read(call: &HttpCall, received: Received, limit: u64) -> Result<Answer, StepFailure> {
    let (head, mut body) = received.into_parts();
    let bad = |why: &str| StepFailure::new(StepReason::BadResponse, format!("{}: the answer {why}", call.name()));
    let mut bytes = BytesMut::new();
    if call.method != Method::HEAD {
        if is_coded(&head.headers) {
            return Err(bad("is in a content coding that was not asked for"));
        }
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| failure::of(call, &*error))?;
            let Ok(data) = frame.into_data() else { continue };
            if (bytes.len() + data.len()) as u64 > limit {
                return Err(bad(&format!("is longer than {limit} bytes")));
            }
            bytes.extend_from_slice(&data);
        }
    }
    Ok(Answer { status: head.status, headers: head.headers, body: bytes.freeze() })
}
