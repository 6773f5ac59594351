//! What comes next in a run. Decides one thing at a time and changes nothing.

use jiff::Timestamp;

use super::condition::{Held, held};
use super::effect::{Attempt, CallAttempt};
use super::entry::{Fact, Tried};
use super::event::Cancellation;
use super::frame::{Doing, Frame, Inner};
use super::judge::bounded;
use super::ledger::Ledger;
use super::outcome::Outcome;
use super::place::Place;
use super::program::Step;
use super::progress::Stage;
use super::state::State;
use crate::reason::{StepFailure, StepReason};
use crate::reply::Reply;

/// One thing to do next.
#[derive(Debug)]
pub(super) enum Decision {
    /// Write this.
    Write(Fact),
    /// Write this, then answer.
    Answer(Fact, Reply),
    /// Have this done.
    Attempt(Box<Attempt>, Tried),
    /// Have another workflow run.
    Call(Box<CallAttempt>, Tried),
    /// Come back to this place, for this attempt.
    Pause(Place, u32, Timestamp),
    /// The run is over.
    Finish(Outcome),
    /// Nothing before the next event.
    Wait,
}

/// A step whose turn it is.
#[derive(Clone, Copy)]
pub(super) struct At<'s> {
    pub(super) frame: &'s Frame,
    pub(super) step: &'s Step,
    pub(super) place: &'s Place,
}

impl State {
    /// The next thing.
    pub(super) fn decide(&self) -> Decision {
        if self.live.finished || !(self.live.started || self.live.cancelled.is_some()) {
            return Decision::Wait;
        }
        match &self.progress.stage {
            Stage::Over(outcome) => Decision::Finish(outcome.clone()),
            Stage::Ended { .. } => self.succeed(),
            Stage::Main | Stage::OnFailure { .. } => self.go_on(),
        }
    }

    /// What ends the stage comes before what is next in it; nothing is left to cancel where all steps are done.
    fn go_on(&self) -> Decision {
        let frame = &self.progress.frame;
        let done = frame.current().is_none();
        let cancelled = self.live.cancelled.filter(|_| !done);
        if let Some(decision) = cancelled.and_then(|why| self.cancel(why)).or_else(|| self.halt()) {
            return decision;
        }
        match &self.progress.stage {
            Stage::OnFailure { error, .. } if done => Decision::Finish(Outcome::Failed(error.clone())),
            Stage::Main if done => self.succeed(),
            // Steps in flight may finish; nothing new begins.
            Stage::Main | Stage::OnFailure { .. } if cancelled.is_some() => Decision::Wait,
            Stage::Main | Stage::OnFailure { .. } | Stage::Ended { .. } | Stage::Over(_) => self.within(frame),
        }
    }

    /// A cancellation, unless steps in flight may finish first. What was called is no such step: it may run for hours.
    fn cancel(&self, why: Cancellation) -> Option<Decision> {
        let (reason, message) = match why {
            Cancellation::Requested if self.busy() => return None,
            Cancellation::Requested => (StepReason::Cancelled, "the execution was cancelled"),
            Cancellation::ShuttingDown => (StepReason::ShuttingDown, "the gateway stops"),
        };
        Some(Decision::Write(self.stopped(StepFailure::new(reason, message))))
    }

    fn within(&self, frame: &Frame) -> Decision {
        let Some((step, place)) = frame.current() else { return Decision::Wait };
        let at = At { frame, step, place };
        match &frame.doing {
            Doing::Within(inner) => self.inside(at, inner),
            Doing::Failed(_) => Decision::Wait,
            Doing::Ready | Doing::Pausing { .. } if self.live.waiting.contains_key(place) => Decision::Wait,
            Doing::Pausing { attempt, due } if *due > self.live.clock => Decision::Pause(place.clone(), *attempt, *due),
            Doing::Pausing { attempt, .. } => self.turn(at, Tried { attempt: *attempt, began: self.live.clock }),
            Doing::Ready => self.begin(at),
        }
    }

    /// A step that runs blocks fails as soon as that is certain; else the first block goes on that can.
    fn inside(&self, at: At<'_>, inner: &Inner) -> Decision {
        if let Some(error) = inner.error() {
            return Decision::Write(self.given_up(at, error.failure.clone()));
        }
        if inner.done() {
            return Decision::Write(self.returned(at));
        }
        let mut next = inner.frames().map(|frame| self.within(frame));
        next.find(|decision| !matches!(decision, Decision::Wait)).unwrap_or(Decision::Wait)
    }

    /// The failure of a step that runs blocks: what else is under way in them is not waited for.
    fn given_up(&self, at: At<'_>, mut failure: StepFailure) -> Fact {
        failure.message = bounded(failure.message);
        let abandoned = self.abandoned(|place| place.is_below(at.place));
        Fact::Failed { place: at.place.clone(), tried: at.first(), failure, abandoned, console: Vec::new() }
    }

    /// The blocks of a step are done. They are never run again, so `until` can only fail the step.
    fn returned(&self, at: At<'_>) -> Fact {
        let result = at.frame.returned().unwrap_or_default().value;
        match Ledger::result(&at.step.name, &result).and_then(|()| self.until(at, &result)) {
            Ok(()) => Fact::Returned { place: at.place.clone() },
            Err(failure) => at.failed(at.first(), failure),
        }
    }

    fn begin(&self, at: At<'_>) -> Decision {
        let first = Tried { attempt: 1, began: self.live.clock };
        let waiting = self.live.waiting.len();
        match self.progress.ledger.full(&at.step.name, waiting) {
            Some(_) if waiting > 0 => return Decision::Wait,
            Some(failure) => return Decision::Write(self.stopped(failure)),
            None => {}
        }
        let held = match &at.step.if_ {
            Some(condition) => held(condition, &self.scope(at.frame, at.place)),
            None => Ok(Held::Yes),
        };
        match held {
            Ok(Held::Yes) => self.turn(at, first),
            Ok(Held::No) => Decision::Write(Fact::Skipped { place: at.place.clone(), missing: None }),
            Ok(Held::Missing(path)) => Decision::Write(Fact::Skipped { place: at.place.clone(), missing: Some(path) }),
            Err(failure) => Decision::Write(at.failed(first, failure)),
        }
    }
}
