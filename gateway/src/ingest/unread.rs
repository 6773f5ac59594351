//! Requests that were refused before anything read them: counted, logged and answered as every other refusal.
//!
//! There is no head to route by: they belong to no workflow.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use boathook_plan::edge::AccessLog;
use boathook_plan::framing::Flaw;
use boathook_plan::problem::Problem;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;

use super::arrive::new_id;
use super::respond::{REQUEST_ID, set};
use crate::log;
use crate::shared::Shared;

/// The answer to a message with this flaw that began at `since`, as HTTP/1.1 writes it. Its connection is closed behind
/// it.
pub(crate) fn unread(shared: &Arc<Shared>, peer: IpAddr, flaw: Flaw, since: Instant) -> Vec<u8> {
    let now = shared.clock.now();
    let request_id = new_id(now).to_string();
    let status = StatusCode::from_u16(flaw.status()).unwrap_or(StatusCode::BAD_REQUEST);
    shared.metrics.nowhere.request(flaw.reason(), now);
    shared.metrics.took(since.elapsed());
    if shared.edge.unrouted() > AccessLog::None {
        log::unread(&request_id, peer.to_canonical(), flaw, since);
    }
    let Some(problem) = Problem::of(flaw.reason()) else { return Vec::new() };
    let reply = problem.with_status(status).reply(&request_id);
    let mut headers = reply.headers;
    set(&mut headers, REQUEST_ID, &request_id);
    headers.insert(header::CONTENT_LENGTH, reply.body.len().into());
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    set(&mut headers, header::DATE, &date(now));
    [&head(status, &headers), &*reply.body].concat()
}

/// As RFC 9110, 5.6.7 writes it.
fn date(now: Timestamp) -> String {
    DateTimePrinter::new().timestamp_to_rfc9110_string(&now).unwrap_or_default()
}

fn head(status: StatusCode, headers: &HeaderMap) -> Vec<u8> {
    let line = format!("HTTP/1.1 {} {}\r\n", status.as_str(), status.canonical_reason().unwrap_or_default());
    let field = |(name, value): (&HeaderName, &HeaderValue)| {
        [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat()
    };
    let fields = headers.iter().map(field);
    std::iter::once(line.into_bytes()).chain(fields).chain([b"\r\n".to_vec()]).collect::<Vec<_>>().concat()
}
