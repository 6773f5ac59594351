//! Runs a workflow: performs the effects that the machine asks for and tells it what came of them. Decides nothing.
//!
//! A run is a task of its own that the request awaits, so that a sender who hangs up does not stop it.

mod effects;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use boathook_plan::http_step::Origin;
use boathook_plan::machine::{Event, EventKind, Outcome, State, Trace, step};
use boathook_plan::problem::Problem;
use boathook_plan::reason::Reason;
use boathook_plan::reply::Reply;
use jiff::Timestamp;
use tokio::sync::oneshot;
use tokio::time::Instant;
use uuid::Uuid;

use crate::gate::Place;
use crate::ingest::Verdict;
use crate::log;
use crate::routes::Served;
use crate::shared::Shared;
use effects::Effects;

/// A delivery that will be run.
#[derive(Debug)]
pub(crate) struct Accepted {
    pub(crate) served: Arc<Served>,
    pub(crate) state: State,
    pub(crate) origin: Origin,
    pub(crate) place: Place,
}

/// What is known of a run to its end; whoever drops it without an outcome has failed it.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) served: Arc<Served>,
    pub(crate) execution: Uuid,
    pub(crate) request_id: Arc<str>,
    outcome: Option<Outcome>,
}

/// Starts the run and waits for its answer.
pub(crate) async fn run(shared: &Arc<Shared>, accepted: Accepted) -> Verdict {
    let input = accepted.state.input();
    let (execution, request_id) = (input.execution, Arc::clone(&input.request_id));
    let (sender, answer) = oneshot::channel();
    tokio::spawn(drive(Arc::clone(shared), accepted, sender));
    let reply = reply(answer, &request_id).await;
    Verdict { reason: Reason::Accepted, reply, execution: Some(execution), detail: None }
}

/// The run's answer. Without one its task has panicked, and what it was doing is over.
async fn reply(answer: oneshot::Receiver<Reply>, request_id: &str) -> Reply {
    answer.await.unwrap_or_else(|_| Problem::RUN_FAILED.reply(request_id))
}

async fn drive(shared: Arc<Shared>, accepted: Accepted, answer: oneshot::Sender<Reply>) {
    let Accepted { served, mut state, origin, place } = accepted;
    let mut run = Run::begin(served, &state);
    let mut effects = Effects::new(&shared, &run, origin, answer);
    let mut kind = EventKind::Started;
    let watch = Watch::start(&shared);
    let outcome = loop {
        let (next, wanted) = step(state, Event { at: watch.now(), kind });
        state = next;
        if let Some(outcome) = effects.perform(wanted) {
            break outcome;
        }
        kind = effects.next().await;
    };
    run.end(outcome, &state.trace());
    drop(place);
}

/// The time of one run: the wall clock's when it begins, and from then on as much later as has passed. A clock that is
/// set meanwhile moves no deadline.
struct Watch {
    began: Timestamp,
    since: Instant,
}

impl Watch {
    fn start(shared: &Shared) -> Self {
        Self { began: shared.clock.now(), since: Instant::now() }
    }

    fn now(&self) -> Timestamp {
        self.began.checked_add(self.since.elapsed()).unwrap_or(Timestamp::MAX)
    }
}

impl Run {
    fn begin(served: Arc<Served>, state: &State) -> Self {
        let input = state.input();
        Self { served, execution: input.execution, request_id: Arc::clone(&input.request_id), outcome: None }
    }

    fn end(&mut self, outcome: Outcome, trace: &Trace) {
        let counts = &self.served.counts;
        counts.execution(&outcome);
        for step in trace.steps() {
            let name = step.place.as_str().rsplit('/').next().unwrap_or_default();
            if let Some(kind) = self.served.kinds.get(name) {
                counts.step(*kind, step.phase);
            }
            counts.missing_paths(step.missing.len());
        }
        log::run(self, &outcome);
        self.outcome = Some(outcome);
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        if self.outcome.is_none() {
            self.served.counts.lost_execution();
            log::lost(self);
        }
    }
}
