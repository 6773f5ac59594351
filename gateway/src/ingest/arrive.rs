//! Gathers what a head says and what we know of its sender; believes nothing of it.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, Request, Uri, Version, header};
use jiff::Timestamp;
use uuid::{NoContext, Uuid};

use crate::shared::Shared;

/// Bytes of a field in the table of a head, beside its name and its value.
const FIELD_SIZE: usize = size_of::<(HeaderName, HeaderValue)>();

/// A request whose head has arrived.
#[derive(Debug)]
pub(super) struct Arrived {
    pub(super) head: Parts,
    /// Who connected: the client, or a proxy in front of it.
    pub(super) peer: IpAddr,
    pub(super) received_at: Timestamp,
    pub(super) request_id: Arc<str>,
    started: Instant,
}

/// What is known of a request to its end, whatever becomes of it.
#[derive(Debug)]
pub(crate) struct Trail {
    pub(crate) request_id: Arc<str>,
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) version: Version,
    /// Who connected.
    pub(crate) peer: IpAddr,
    pub(crate) received_at: Timestamp,
    pub(crate) started: Instant,
}

impl Arrived {
    pub(super) fn gather<B>(shared: &Shared, peer: IpAddr, request: Request<B>) -> (Self, B) {
        let (head, body) = request.into_parts();
        let received_at = shared.clock.now();
        let arrived = Self {
            head,
            peer,
            received_at,
            request_id: new_id(received_at).to_string().into(),
            started: Instant::now(),
        };
        (arrived, body)
    }

    pub(super) fn trail(&self) -> Trail {
        Trail {
            request_id: Arc::clone(&self.request_id),
            method: self.head.method.clone(),
            uri: self.head.uri.clone(),
            version: self.head.version,
            peer: self.peer.to_canonical(),
            received_at: self.received_at,
            started: self.started,
        }
    }

    /// Bytes that its head takes: what came of it, and twice the table of its fields, which its record shows too.
    pub(super) fn size(&self) -> usize {
        let fields = self.head.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 2 * FIELD_SIZE);
        let target = self.head.uri.path_and_query().map_or(0, |target| target.as_str().len());
        fields.sum::<usize>().saturating_add(target)
    }

    /// Whether the body has one end that everybody sees: no transfer coding but `chunked`, once (RFC 9112, 6.1).
    pub(super) fn is_framed(&self) -> bool {
        let mut codings = self.head.headers.get_all(header::TRANSFER_ENCODING).iter();
        let first_is_chunked = codings.next().is_none_or(|coding| coding.as_bytes().eq_ignore_ascii_case(b"chunked"));
        first_is_chunked && codings.next().is_none()
    }

    /// The host that is asked for: the one Host field, or the target's own authority. `None` when there is none, more
    /// than one (RFC 9112, 3.2), or one here and another there: a proxy in front may have read the other.
    pub(super) fn host(&self) -> Option<&str> {
        let mut fields = self.head.headers.get_all(header::HOST).iter();
        match (self.head.uri.authority(), fields.next(), fields.next()) {
            (_, _, Some(_)) => None,
            (Some(authority), Some(field), None) => {
                field.as_bytes().eq_ignore_ascii_case(authority.as_str().as_bytes()).then(|| authority.as_str())
            }
            (Some(authority), None, None) => Some(authority.as_str()),
            (None, Some(field), None) => field.to_str().ok(),
            (None, None, None) => (self.head.version < Version::HTTP_11).then_some(""),
        }
    }
}

/// A new id of version 7: sortable by time, and random.
pub(super) fn new_id(now: Timestamp) -> Uuid {
    let seconds = u64::try_from(now.as_second()).unwrap_or_default();
    let nanoseconds = u32::try_from(now.subsec_nanosecond()).unwrap_or_default();
    Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, seconds, nanoseconds))
}
