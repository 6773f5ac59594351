//! What a run is waiting for: attempts under way and alarms. Performs one effect after the other, in their order.

use std::collections::HashMap;
use std::sync::Arc;

use boathook_plan::http_step::{CallFacts, Origin};
use boathook_plan::machine::{Alarm, Attempt, CallAttempt, Cancellation, Effect, EventKind, Outcome, Place};
use boathook_plan::reason::{StepFailure, StepReason};
use boathook_plan::reply::Reply;
use tokio::sync::oneshot;
use tokio::task::{AbortHandle, JoinSet, yield_now};
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

use super::Run;
use crate::http_step;
use crate::routes::Served;
use crate::shared::Shared;
use crate::stop::StopSignal;

/// One a run.
pub(super) struct Effects {
    context: Context,
    answer: Option<oneshot::Sender<Reply>>,
    attempts: JoinSet<EventKind>,
    handles: HashMap<Place, AbortHandle>,
    alarms: Vec<(Instant, Alarm)>,
    /// Others are let go first: no time to wait for, so no alarm of the clock.
    turn: bool,
    /// Until it was heard.
    stop: Option<StopSignal>,
}

/// What every attempt of a run needs.
#[derive(Clone)]
struct Context {
    shared: Arc<Shared>,
    served: Arc<Served>,
    execution: Uuid,
    origin: Origin,
}

impl Effects {
    pub(super) fn new(shared: &Arc<Shared>, run: &Run, origin: Origin, answer: oneshot::Sender<Reply>) -> Self {
        let context =
            Context { shared: Arc::clone(shared), served: Arc::clone(&run.served), execution: run.execution, origin };
        Self {
            stop: Some(shared.stop.clone()),
            context,
            answer: Some(answer),
            attempts: JoinSet::new(),
            handles: HashMap::new(),
            alarms: Vec::new(),
            turn: false,
        }
    }

    /// Performs effects in their order; an outcome is the last of them.
    pub(super) fn perform(&mut self, effects: Vec<Effect>) -> Option<Outcome> {
        effects.into_iter().find_map(|effect| self.perform_one(effect))
    }

    fn perform_one(&mut self, effect: Effect) -> Option<Outcome> {
        match effect {
            // A Sync run promises nothing later: its journal is the state that it already holds.
            Effect::Journal(_) => {}
            Effect::Attempt(attempt) => self.attempt(*attempt),
            Effect::Call(call) => self.call(*call),
            Effect::Abandon(place) => self.abandon(&place),
            Effect::Alarm(Alarm::Turn, _) => self.turn = true,
            Effect::Alarm(alarm, after) => self.alarms.push((Instant::now() + after, alarm)),
            Effect::Respond(reply) => self.respond(reply),
            Effect::Finish(outcome) => return Some(outcome),
        }
        None
    }

    fn attempt(&mut self, attempt: Attempt) {
        let place = attempt.place.clone();
        let handle = self.attempts.spawn(perform(self.context.clone(), attempt));
        self.handles.insert(place, handle);
    }

    /// A workflow that calls is refused when it is applied: nothing here starts another one.
    fn call(&mut self, call: CallAttempt) {
        let failure =
            StepFailure::new(StepReason::CallFailed, format!("workflow `{}` cannot be called", call.workflow));
        let event = EventKind::Attempted { place: call.place, attempt: call.attempt, outcome: Err(failure) };
        self.attempts.spawn(std::future::ready(event));
    }

    fn abandon(&mut self, place: &Place) {
        if let Some(handle) = self.handles.remove(place) {
            handle.abort();
        }
    }

    /// The sender may be gone; the run goes on.
    fn respond(&mut self, reply: Reply) {
        if let Some(answer) = self.answer.take() {
            let _ = answer.send(reply);
        }
    }

    /// The next thing that happens.
    pub(super) async fn next(&mut self) -> EventKind {
        loop {
            let due = self.alarms.iter().map(|(at, _)| *at).min();
            tokio::select! {
                Some(done) = self.attempts.join_next() => match done {
                    Ok(event) => return event,
                    Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
                    // It was abandoned.
                    Err(_) => {}
                },
                () = at(due) => if let Some(alarm) = self.take_due() {
                    return EventKind::Due(alarm);
                },
                () = yield_now(), if self.turn => {
                    self.turn = false;
                    return EventKind::Due(Alarm::Turn);
                }
                () = aborting(&mut self.stop) => {
                    self.stop = None;
                    return EventKind::Cancelled(Cancellation::ShuttingDown);
                }
            }
        }
    }

    /// The alarm that is due for longest.
    fn take_due(&mut self) -> Option<Alarm> {
        let alarms = self.alarms.iter().enumerate();
        let (position, (time, _)) = alarms.min_by_key(|(_, (time, _))| *time)?;
        (*time <= Instant::now()).then(|| self.alarms.swap_remove(position).1)
    }
}

async fn at(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => std::future::pending().await,
    }
}

async fn aborting(stop: &mut Option<StopSignal>) {
    match stop {
        Some(stop) => stop.aborting().await,
        None => std::future::pending().await,
    }
}

/// A run is pinned to its program, and never to secrets or to what may be reached: each attempt takes those of now. A
/// workflow that is gone leaves its last ones.
async fn perform(context: Context, attempt: Attempt) -> EventKind {
    let live = context.shared.routes.of(context.served.route.workflow()).unwrap_or(context.served);
    let route = &live.route;
    let call = http_step::Attempt {
        program: attempt.program,
        scope: attempt.scope,
        facts: CallFacts {
            idempotency_key: attempt.idempotency_key.to_string(),
            now: context.shared.clock.now(),
            execution: context.execution,
            origin: context.origin,
        },
        timeout: attempt.timeout,
        egress: Arc::clone(route.egress()),
    };
    let outcome = context.shared.http.perform(&call, route.secrets()).await;
    EventKind::Attempted { place: attempt.place, attempt: attempt.attempt, outcome }
}
