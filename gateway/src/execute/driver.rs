//! Drives one run: event by event, each turn kept before it is used, until it ends or is let go.

use std::sync::Arc;

use boathook_plan::machine::{Event, EventKind, Outcome, RunError, State, step};
use boathook_plan::problem::Problem;
use boathook_plan::reason::{Reason, StepFailure, StepReason};
use boathook_plan::reply::Reply;
use jiff::Timestamp;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::effects::{Effects, Next};
use super::keeping::{Gone, Keeping};
use super::turn::Turn;
use super::{Job, Run, Seat};
use crate::shared::Shared;

/// Why a run is not driven any more.
enum End {
    /// It is over.
    Finished(Outcome),
    /// It goes on elsewhere or later.
    LetGo,
}

/// What one run is driven by.
struct Driver {
    shared: Arc<Shared>,
    keeping: Keeping,
    effects: Effects,
    answer: Option<oneshot::Sender<Reply>>,
    seat: Seat,
}

/// Drives a run; its sender is told over `answer`.
pub(super) async fn drive(shared: Arc<Shared>, job: Job, answer: Option<oneshot::Sender<Reply>>) {
    let Job { mut run, state, origin, keeping, seat } = job;
    let effects = Effects::new(&shared, &run, origin, keeping.control());
    let watch = Watch::start(&shared);
    let mut driver = Driver { shared, keeping, effects, answer, seat };
    match driver.go(&run, state, &watch).await {
        (state, End::Finished(outcome)) => {
            let times = (state.input().started_at, watch.now());
            run.end(&driver.shared.metrics, times, (&outcome, &state.trace()));
        }
        (_, End::LetGo) => run.let_go(),
    }
}

impl Driver {
    async fn go(&mut self, run: &Run, mut state: State, watch: &Watch) -> (State, End) {
        let mut first = self.keeping.first_events().into_iter();
        loop {
            let kind = match first.next() {
                Some(kind) => kind,
                None => match self.next(run, &state).await {
                    Ok(kind) => kind,
                    Err(end) => return (state, end),
                },
            };
            let (next, wanted) = step(state, Event { at: watch.now(), kind });
            state = next;
            if let Err(end) = self.turn(run, &state, Turn::of(wanted)).await {
                return (state, end);
            }
        }
    }

    /// Keeps a turn, then does what it wants.
    async fn turn(&mut self, run: &Run, state: &State, mut turn: Turn) -> Result<(), End> {
        if turn.promises() {
            self.adopt(run).await?;
        }
        if let Err(gone) = self.keeping.keep(&self.shared, &mut turn).await {
            return Err(self.lost(run, gone).await);
        }
        let told = turn.reply.is_some();
        if let Some(reply) = turn.reply {
            self.respond(reply);
        }
        if let Some(outcome) = turn.outcome {
            return Err(End::Finished(outcome));
        }
        if told {
            self.leave_request();
        }
        if !self.shared.stop.serving() && self.answer.is_none() && !self.effects.has_attempts() {
            self.release(run, state).await?;
        }
        self.effects.perform(turn.effects);
        Ok(())
    }

    /// What happens next; a run that only waits is let go.
    async fn next(&mut self, run: &Run, state: &State) -> Result<EventKind, End> {
        loop {
            match self.effects.next().await {
                Next::Event(kind) => return Ok(kind),
                Next::Quiet => self.rest(run).await?,
                Next::Lost => return Err(self.lost(run, Gone::Fenced).await),
                Next::Draining if self.answer.is_some() => {}
                Next::Draining | Next::Stopping => self.release(run, state).await?,
            }
        }
    }

    /// Nothing will happen for a while: the run waits in the store, unless its sender waits for it.
    async fn rest(&mut self, run: &Run) -> Result<(), End> {
        self.adopt(run).await?;
        let Keeping::Durable(durable) = &self.keeping else { return Ok(()) };
        if self.answer.is_some() {
            self.effects.stay();
            return Ok(());
        }
        let until = self.effects.due().map(|due| after(&self.shared, due));
        match durable.park(&self.shared, until, self.effects.callees()).await {
            Ok(()) => Err(End::LetGo),
            Err(Gone::Fenced) => Err(self.lost(run, Gone::Fenced).await),
            Err(Gone::Store(error)) => {
                tracing::warn!(execution_id = %run.execution, error = %error, "letting an execution wait in the store");
                self.effects.stay();
                Ok(())
            }
        }
    }

    /// The run becomes durable, or ends: without that it may promise nothing.
    async fn adopt(&mut self, run: &Run) -> Result<(), End> {
        if self.keeping.is_durable() {
            return Ok(());
        }
        match self.keeping.adopt(&self.shared).await {
            Ok(()) => {
                if let Keeping::Durable(durable) = &self.keeping {
                    self.effects.listen(durable.held.control.clone());
                }
                Ok(())
            }
            Err(error) => {
                tracing::warn!(execution_id = %run.execution, error = %error, "taking a run into the store");
                let problem = Problem::of(Reason::StoreUnavailable).unwrap_or(Problem::RUN_FAILED);
                self.respond(problem.reply(&run.request_id));
                let failure = StepFailure::new(StepReason::Cancelled, "the store could not take the run");
                Err(End::Finished(Outcome::Cancelled(RunError { step: None, failure })))
            }
        }
    }

    /// The request has its answer: the run goes on among the workers.
    fn leave_request(&mut self) {
        if let (Keeping::Durable(durable), Seat::Request { place }) = (&self.keeping, &mut self.seat) {
            let memory = place.take_memory();
            self.seat = Seat::Worker { _place: self.shared.runner.enter(&durable.owner), _memory: memory };
        }
    }

    /// Gives a durable run back, because the gateway stops; any other goes on until it must end. It goes on elsewhere, so
    /// its sender is told what it would be told at the deadline, unless that would end the run.
    async fn release(&mut self, run: &Run, state: &State) -> Result<(), End> {
        let Keeping::Durable(durable) = &self.keeping else { return Ok(()) };
        durable.release(&self.shared).await;
        if self.answer.is_some() {
            let stopping = || Problem::SHUTTING_DOWN.reply(&run.request_id);
            self.respond(if state.outlasts_sender() { state.late_answer() } else { stopping() });
        }
        Err(End::LetGo)
    }

    /// The run is not ours any more. Where the store could not say, it goes on from its journal after a while.
    async fn lost(&self, run: &Run, gone: Gone) -> End {
        match (gone, &self.keeping) {
            (Gone::Store(error), Keeping::Durable(durable)) => {
                self.shared.put_off(&durable.owner, durable.held.fence, &error).await;
            }
            (Gone::Fenced | Gone::Store(_), _) => {
                tracing::info!(execution_id = %run.execution, "another owner goes on with the execution");
            }
        }
        End::LetGo
    }

    /// The sender may be gone; the run goes on.
    fn respond(&mut self, reply: Reply) {
        if let Some(answer) = self.answer.take() {
            let _ = answer.send(reply);
        }
    }
}

/// An instant as a time.
fn after(shared: &Shared, due: Instant) -> Timestamp {
    shared.clock.now().checked_add(due.saturating_duration_since(Instant::now())).unwrap_or(Timestamp::MAX)
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
