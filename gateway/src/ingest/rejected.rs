//! Records of requests that started nothing: at most a few a second for each workflow, headers and hash only.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use boathook_plan::envelope::Envelope;
use boathook_plan::reason::Reason;
use boathook_plan::request::RawRequest;
use bytes::Bytes;
use jiff::Timestamp;
use tokio::runtime::Handle;
use uuid::Uuid;

use super::route::Routed;
use crate::metrics::RequestKind;
use crate::routes::Served;
use crate::shared::Shared;
use crate::store::{Hash, RecordedRequest, RequestPhase};

/// Requests of a workflow that are recorded in a second: enough to see what is wrong, too few to fill a disk.
const RECORDED: u64 = 10;

/// How many requests of a workflow were recorded in this second.
#[derive(Debug, Default)]
pub(crate) struct Budget(AtomicU64);

/// A request as its record shows it.
#[derive(Debug)]
pub(super) struct Sketch {
    served: Arc<Served>,
    envelope: Envelope,
    at: Timestamp,
}

/// How a request ended, and its body as far as that was read.
#[derive(Debug)]
pub(super) struct End {
    pub(super) reason: Reason,
    pub(super) execution: Option<Uuid>,
    pub(super) body: Bytes,
}

impl Budget {
    /// Whether another one may be recorded, without taking it.
    fn is_left(&self, now: Timestamp) -> bool {
        let (second, count) = parts(self.0.load(Ordering::Relaxed));
        second != stamp(now) || count < RECORDED
    }

    /// Takes one, where one is left.
    fn take(&self, now: Timestamp) -> bool {
        let second = stamp(now);
        let next = |packed| match parts(packed) {
            (known, count) if known == second && count >= RECORDED => None,
            (known, count) if known == second => Some(second << 8 | (count + 1)),
            _ => Some(second << 8 | 1),
        };
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next).is_ok()
    }
}

/// A second, and how many were taken in it.
const fn parts(packed: u64) -> (u64, u64) {
    (packed >> 8, packed & 0xff)
}

fn stamp(now: Timestamp) -> u64 {
    u64::try_from(now.as_second()).unwrap_or_default()
}

impl Sketch {
    /// Of a request whose record might be written.
    pub(super) fn of(shared: &Shared, routed: &Routed) -> Option<Self> {
        let Routed { served, arrived, .. } = routed;
        shared.runner.store().ok()?;
        if !served.recorded.is_left(arrived.received_at) {
            return None;
        }
        let (head, route) = (&arrived.head, &served.route);
        let target = head.uri.path_and_query().map_or("", |target| target.as_str());
        let request = RawRequest {
            url: routed.intake.url(target),
            path: head.uri.path().to_owned(),
            query: head.uri.query().map(str::to_owned),
            method: head.method.clone(),
            headers: head.headers.clone(),
            body: Bytes::new(),
            params: Vec::new(),
            client: routed.client,
            received_at: arrived.received_at,
        };
        let envelope = Envelope::sketch(request, Arc::clone(&arrived.request_id), route.verifier());
        Some(Self { served: Arc::clone(served), envelope, at: arrived.received_at })
    }

    /// Writes the record of a request that started nothing; nobody waits for it.
    pub(super) fn record(self, shared: &Arc<Shared>, end: &End) {
        let Some(phase) = phase(end.reason) else { return };
        // A process that ends drops its requests where nothing can be done for them any more.
        let Ok(runtime) = Handle::try_current() else { return };
        let Ok(id) = self.envelope.request_id.parse() else { return };
        if !self.served.recorded.take(self.at) {
            return;
        }
        let request = RecordedRequest {
            id,
            workflow: Arc::clone(&self.served.workflow),
            at: self.at,
            phase,
            reason: end.reason.as_str().to_owned(),
            head: serde_json::to_vec(&self.envelope).unwrap_or_default(),
            body_sha256: (!end.body.is_empty()).then(|| Hash::of(&end.body)),
            execution: end.execution,
        };
        let shared = Arc::clone(shared);
        runtime.spawn(async move {
            let Ok(store) = shared.runner.store() else { return };
            if let Err(error) = store.record_requests(vec![request]).await {
                tracing::warn!(error = %error, "recording a request");
            }
        });
    }
}

/// What became of a request that started nothing. A handshake is answered, and none.
fn phase(reason: Reason) -> Option<RequestPhase> {
    match RequestKind::of(reason) {
        RequestKind::Accepted | RequestKind::Handshake => None,
        RequestKind::Duplicate => Some(RequestPhase::Duplicate),
        RequestKind::Filtered => Some(RequestPhase::Filtered),
        RequestKind::Rejected => Some(RequestPhase::Rejected),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_has_ten_records_and_the_next_one_ten_more() {
        let budget = Budget::default();
        let now: Timestamp = "2026-11-24T12:00:00Z".parse().unwrap();
        assert_eq!((0..100).filter(|_| budget.take(now)).count(), 10);
        assert!(!budget.is_left(now));
        let next = "2026-11-24T12:00:01Z".parse().unwrap();
        assert!(budget.is_left(next));
        assert_eq!((0..100).filter(|_| budget.take(next)).count(), 10);
    }
}
