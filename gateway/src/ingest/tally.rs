//! Counts a request once, whatever becomes of it: also when its sender is gone and nobody awaits the answer.

use std::sync::Arc;
use std::time::Instant;

use boathook_plan::reason::Reason;

use super::arrive::Trail;
use crate::metrics::Counts;
use crate::routes::Served;
use crate::shared::Shared;

/// A request in the making; dropping it counts it.
pub(super) struct Tally {
    shared: Arc<Shared>,
    counts: Arc<Counts>,
    started: Instant,
    reason: Reason,
}

impl Tally {
    /// A request of this workflow, or of none. Until it is decided, the only way for it to end is that its sender breaks
    /// off in the middle of it.
    pub(super) fn begin(shared: &Arc<Shared>, served: Option<&Served>, trail: &Trail) -> Self {
        let counts = served.map_or(&shared.metrics.nowhere, |served| &served.counts);
        let counts = Arc::clone(counts);
        Self { shared: Arc::clone(shared), counts, started: trail.started, reason: Reason::BadFraming }
    }

    /// Notes how it ends.
    pub(super) fn ends(&mut self, reason: Reason) {
        self.reason = reason;
    }
}

impl Drop for Tally {
    fn drop(&mut self) {
        self.counts.request(self.reason);
        self.shared.metrics.took(self.started.elapsed());
    }
}
