//! Counts a request once, writes its line and its record, whatever becomes of it: also when its sender is gone and nobody
//! awaits the answer.

use std::net::IpAddr;
use std::sync::Arc;

use boathook_plan::edge::AccessLog;
use boathook_plan::reason::Reason;
use bytes::Bytes;

use super::arrive::Trail;
use super::rejected::{End, Sketch};
use super::respond::Verdict;
use super::route::Routed;
use crate::gate::InFlight;
use crate::log::{self, Told};
use crate::metrics::Counts;
use crate::routes::Served;
use crate::shared::Shared;

/// A request in the making; dropping it counts it.
pub(super) struct Tally {
    shared: Arc<Shared>,
    served: Option<Arc<Served>>,
    trail: Arc<Trail>,
    client: IpAddr,
    told: Told,
    sketch: Option<Sketch>,
    body: Bytes,
}

impl Tally {
    /// A request of a workflow, or of none. Until it is decided, the only way for it to end is that its sender breaks off in
    /// the middle of it.
    pub(super) fn begin(shared: &Arc<Shared>, routed: Option<&Routed>, trail: &Arc<Trail>) -> Self {
        Self {
            shared: Arc::clone(shared),
            served: routed.map(|routed| Arc::clone(&routed.served)),
            trail: Arc::clone(trail),
            client: routed.map_or(trail.peer, |routed| routed.client),
            told: Told::nothing(Reason::BadFraming),
            sketch: routed.and_then(|routed| Sketch::of(shared, routed)),
            body: Bytes::new(),
        }
    }

    /// Notes how it ends if nothing else is told of it.
    pub(super) fn ends(&mut self, reason: Reason) {
        self.told = Told::nothing(reason);
    }

    /// Notes what its sender is told, who sent this body.
    pub(super) fn is_told(&mut self, verdict: &Verdict, body: &Bytes) {
        self.told = Told::of(verdict);
        self.body = body.clone();
    }

    /// What its workflow has in flight.
    pub(super) fn in_flight(&self) -> Option<&InFlight> {
        self.served.as_ref().map(|served| &*served.counts.in_flight)
    }

    fn counts(&self) -> &Counts {
        self.served.as_ref().map_or(&self.shared.metrics.nowhere, |served| &served.counts)
    }

    fn wanted(&self) -> AccessLog {
        let webhook = self.served.as_ref().and_then(|served| served.route.plan().webhook.as_ref());
        webhook.map_or_else(|| self.shared.edge.unrouted(), |webhook| webhook.policy.access_log)
    }
}

impl Drop for Tally {
    fn drop(&mut self) {
        self.counts().request(self.told.reason, self.trail.received_at);
        self.shared.metrics.took(self.trail.started.elapsed());
        if self.told.is_wanted(self.wanted()) {
            log::request(&self.trail, self.client, self.served.as_deref(), &self.told);
        }
        if let Some(sketch) = self.sketch.take() {
            let body = std::mem::take(&mut self.body);
            sketch.record(&self.shared, &End { reason: self.told.reason, execution: self.told.execution, body });
        }
    }
}
