//! What is known of a run to its end, counted and logged once.

use std::sync::Arc;

use boathook_plan::machine::{Outcome, State, Trace};
use jiff::Timestamp;
use uuid::Uuid;

use crate::log;
use crate::metrics::Metrics;
use crate::routes::Served;

/// A run; whoever drops it neither ended nor let go has failed it.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) served: Arc<Served>,
    pub(crate) execution: Uuid,
    pub(crate) request_id: Arc<str>,
    pub(super) over: bool,
}

impl Run {
    pub(crate) fn begin(served: Arc<Served>, state: &State) -> Self {
        let input = state.input();
        Self { served, execution: input.execution, request_id: Arc::clone(&input.request_id), over: false }
    }

    /// It has ended; when it began and when that was.
    pub(super) fn end(
        &mut self,
        metrics: &Metrics,
        (began, now): (Timestamp, Timestamp),
        (outcome, trace): (&Outcome, &Trace),
    ) {
        metrics.executed(now.duration_since(began));
        let counts = &self.served.counts;
        counts.execution(outcome, now);
        for step in trace.steps() {
            let name = step.place.as_str().rsplit('/').next().unwrap_or_default();
            if let Some(kind) = self.served.kinds.get(name) {
                counts.step(*kind, step.phase);
                if let Some(ended) = step.ended {
                    metrics.stepped(*kind, ended.duration_since(step.began));
                }
            }
            counts.retried(step.tries);
            counts.missing_paths(step.missing.len());
        }
        log::run(self, outcome);
        self.over = true;
    }

    /// It goes on elsewhere or later.
    pub(super) fn let_go(&mut self) {
        self.over = true;
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        if !self.over {
            self.served.counts.lost_execution();
            log::lost(self);
        }
    }
}
