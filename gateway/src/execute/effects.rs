//! What a run is waiting for: attempts under way, alarms, and word from outside. Performs one effect after the other, in
//! their order.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use boathook_plan::http_step::Origin;
use boathook_plan::machine::{Alarm, Attempt, CallAttempt, Cancellation, Effect, EventKind, Place};
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet, yield_now};
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

use super::attempt::perform;
use super::{Run, call};
use crate::routes::Served;
use crate::runner::Control;
use crate::shared::Shared;
use crate::stop::StopSignal;

/// How far off the next thing must be for a run to wait in the store instead of here: writing it twice is dearer than
/// holding it shorter.
const PARK: Duration = Duration::from_secs(5);

/// How long a run waits here for those that it called.
const CALL: Duration = Duration::from_secs(1);

/// How long a run waits here that cannot be let go, until it is seen whether it can be now.
const STAY: Duration = Duration::from_secs(1);

/// One a run.
pub(super) struct Effects {
    context: Context,
    attempts: JoinSet<EventKind>,
    handles: HashMap<Place, AbortHandle>,
    callees: HashMap<Place, Uuid>,
    alarms: Vec<(Instant, Alarm)>,
    /// Others are let go first: no time to wait for, so no alarm of the clock.
    turn: bool,
    /// Until when it waits here at least.
    stays: Option<Instant>,
    word: Word,
}

/// Where word from outside comes from, until it was heard.
struct Word {
    draining: Option<StopSignal>,
    aborting: Option<StopSignal>,
    control: Option<watch::Receiver<Control>>,
}

/// What every attempt of a run needs.
#[derive(Clone)]
pub(super) struct Context {
    pub(super) shared: Arc<Shared>,
    pub(super) served: Arc<Served>,
    pub(super) execution: Uuid,
    pub(super) origin: Origin,
}

/// What happened.
#[derive(Debug)]
pub(super) enum Next {
    /// Something that the run is told.
    Event(EventKind),
    /// Nothing, and nothing will for a while.
    Quiet,
    /// The lease is another's.
    Lost,
    /// The gateway drains, and nothing is under way.
    Draining,
    /// The gateway stops.
    Stopping,
}

impl Effects {
    pub(super) fn new(
        shared: &Arc<Shared>,
        run: &Run,
        origin: Origin,
        control: Option<watch::Receiver<Control>>,
    ) -> Self {
        let context =
            Context { shared: Arc::clone(shared), served: Arc::clone(&run.served), execution: run.execution, origin };
        let word = Word { draining: Some(shared.stop.clone()), aborting: Some(shared.stop.clone()), control };
        Self {
            context,
            attempts: JoinSet::new(),
            handles: HashMap::new(),
            callees: HashMap::new(),
            alarms: Vec::new(),
            turn: false,
            stays: None,
            word,
        }
    }

    /// Hears from now on what the store says of the run.
    pub(super) fn listen(&mut self, control: watch::Receiver<Control>) {
        self.word.control = Some(control);
    }

    /// Waits here for a while more.
    pub(super) fn stay(&mut self) {
        self.stays = Some(Instant::now() + STAY);
    }

    /// When the next alarm goes off.
    pub(super) fn due(&self) -> Option<Instant> {
        self.alarms.iter().map(|(at, _)| *at).min()
    }

    /// The executions whose end the run waits for.
    pub(super) fn callees(&self) -> Vec<Uuid> {
        self.callees.values().copied().collect()
    }

    /// Whether an attempt is under way whose outcome would be lost.
    pub(super) fn has_attempts(&self) -> bool {
        self.attempts.len() > self.callees.len()
    }

    /// Performs effects in their order.
    pub(super) fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            self.perform_one(effect);
        }
    }

    fn perform_one(&mut self, effect: Effect) {
        match effect {
            // The turn has taken these out.
            Effect::Journal(_) | Effect::Respond(_) | Effect::Finish(_) => {}
            Effect::Attempt(attempt) => self.attempt(*attempt),
            Effect::Call(attempt) => self.call(*attempt),
            Effect::Abandon(place) => self.abandon(&place),
            Effect::Alarm(Alarm::Turn, _) => self.turn = true,
            Effect::Alarm(alarm, after) => self.alarms.push((Instant::now() + after, alarm)),
        }
    }

    fn attempt(&mut self, attempt: Attempt) {
        let place = attempt.place.clone();
        let handle = self.attempts.spawn(perform(self.context.clone(), attempt));
        self.handles.insert(place, handle);
    }

    fn call(&mut self, attempt: CallAttempt) {
        let place = attempt.place.clone();
        if !attempt.detach {
            self.callees.insert(place.clone(), attempt.execution);
        }
        let handle = self.attempts.spawn(call::perform(self.context.clone(), attempt));
        self.handles.insert(place, handle);
    }

    fn abandon(&mut self, place: &Place) {
        self.callees.remove(place);
        if let Some(handle) = self.handles.remove(place) {
            handle.abort();
        }
    }

    /// The next thing that happens.
    pub(super) async fn next(&mut self) -> Next {
        let since = Instant::now();
        loop {
            let (due, quiet) = (self.due(), self.quiet(since));
            tokio::select! {
                Some(done) = self.attempts.join_next() => match done {
                    Ok(event) => return Next::Event(self.done(event)),
                    Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
                    // It was abandoned.
                    Err(_) => {}
                },
                () = at(due) => if let Some(alarm) = self.take_due() {
                    return Next::Event(EventKind::Due(alarm));
                },
                () = yield_now(), if self.turn => {
                    self.turn = false;
                    return Next::Event(EventKind::Due(Alarm::Turn));
                }
                () = aborting(&mut self.word.aborting) => {
                    self.word.aborting = None;
                    return if self.word.control.is_some() {
                        Next::Stopping
                    } else {
                        Next::Event(EventKind::Cancelled(Cancellation::ShuttingDown))
                    };
                }
                () = draining(&mut self.word.draining), if quiet.is_some() && self.word.control.is_some() => {
                    self.word.draining = None;
                    return Next::Draining;
                }
                control = told(&mut self.word.control) => match control {
                    Control::Cancel(_) => return Next::Event(EventKind::Cancelled(Cancellation::Requested)),
                    Control::Lost => return Next::Lost,
                    Control::Nothing => {}
                },
                () = at(quiet), if quiet.is_some() => return Next::Quiet,
            }
        }
    }

    /// From when on the run, for which nothing has happened since then, need not be held here; `None` while something is
    /// under way or soon due.
    fn quiet(&self, since: Instant) -> Option<Instant> {
        if self.turn || self.has_attempts() {
            return None;
        }
        let quiet = if self.callees.is_empty() {
            self.due().is_none_or(|due| due > since + PARK).then_some(since)
        } else {
            Some(since + CALL)
        };
        quiet.map(|quiet| self.stays.map_or(quiet, |stays| quiet.max(stays)))
    }

    fn done(&mut self, event: EventKind) -> EventKind {
        if let EventKind::Attempted { place, .. } = &event {
            self.handles.remove(place);
            self.callees.remove(place);
        }
        event
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

async fn draining(stop: &mut Option<StopSignal>) {
    match stop {
        Some(stop) => stop.draining().await,
        None => std::future::pending().await,
    }
}

/// What the store says of the run.
async fn told(control: &mut Option<watch::Receiver<Control>>) -> Control {
    let Some(receiver) = control else { return std::future::pending().await };
    if receiver.changed().await.is_err() {
        return std::future::pending().await;
    }
    receiver.borrow_and_update().clone()
}
