//! What comes next in a run. Decides one thing at a time and changes nothing.

use jiff::Timestamp;

use super::condition::{Held, held};
use super::effect::Attempt;
use super::entry::{Fact, Tried};
use super::event::Cancellation;
use super::frame::{Doing, Frame};
use super::judge::bounded;
use super::kind::Turn;
use super::outcome::Outcome;
use super::place::Place;
use super::program::Step;
use super::progress::Stage;
use super::state::{State, Waiting};
use crate::json::Json;
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
        let cancelled = if done { None } else { self.cancel() };
        if let Some(decision) = cancelled.map(Decision::Write).or_else(|| self.halt()) {
            return decision;
        }
        match &self.progress.stage {
            Stage::OnFailure { error, .. } if done => Decision::Finish(Outcome::Failed(error.clone())),
            Stage::Main if done => self.succeed(),
            Stage::Main | Stage::OnFailure { .. } | Stage::Ended { .. } | Stage::Over(_) => self.within(frame),
        }
    }

    /// A cancellation, unless the step in flight may finish first.
    fn cancel(&self) -> Option<Fact> {
        let (reason, message) = match self.live.cancelled? {
            Cancellation::Requested if self.in_flight() => return None,
            Cancellation::Requested => (StepReason::Cancelled, "the execution was cancelled"),
            Cancellation::ShuttingDown => (StepReason::ShuttingDown, "the gateway stops"),
        };
        Some(self.stopped(StepFailure::new(reason, message)))
    }

    fn in_flight(&self) -> bool {
        self.live.waiting.values().any(|waiting| matches!(waiting, Waiting::Attempt(_)))
    }

    fn within(&self, frame: &Frame) -> Decision {
        let Some((step, place)) = frame.current() else { return Decision::Wait };
        let at = At { frame, step, place };
        match &frame.doing {
            Doing::Within(inner) if inner.current().is_none() => Decision::Write(self.returned(at, &inner.last.value)),
            Doing::Within(inner) => match &inner.doing {
                Doing::Failed(error) => Decision::Write(at.failed(at.first(), error.failure.clone())),
                Doing::Ready | Doing::Pausing { .. } | Doing::Within(_) => self.within(inner),
            },
            Doing::Failed(_) => Decision::Wait,
            Doing::Ready | Doing::Pausing { .. } if self.live.waiting.contains_key(place) => Decision::Wait,
            Doing::Pausing { attempt, due } if *due > self.live.clock => Decision::Pause(place.clone(), *attempt, *due),
            Doing::Pausing { attempt, .. } => self.turn(at, Tried { attempt: *attempt, began: self.live.clock }),
            Doing::Ready => self.begin(at),
        }
    }

    /// The block of a calling step is done. A block is never run again, so `until` can only fail the step.
    fn returned(&self, at: At<'_>, result: &Json) -> Fact {
        match self.until(at, result) {
            Ok(()) => Fact::Returned { place: at.place.clone() },
            Err(failure) => at.failed(at.first(), failure),
        }
    }

    fn begin(&self, at: At<'_>) -> Decision {
        let first = Tried { attempt: 1, began: self.live.clock };
        if let Some(failure) = self.progress.ledger.full(&at.step.name) {
            return Decision::Write(self.stopped(failure));
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

    fn turn(&self, at: At<'_>, tried: Tried) -> Decision {
        if at.step.kind.answers() && self.progress.answered {
            let failure = StepFailure::new(StepReason::TooLate, "the sender has been answered already");
            return Decision::Write(at.failed(tried, failure));
        }
        let scope = self.scope(at.frame, at.place);
        let place = at.place.clone();
        match at.step.kind.turn(&scope) {
            Ok(Turn::Result(result)) => Decision::Write(self.judge(at, tried, Ok(result))),
            Err(failure) => Decision::Write(self.judge(at, tried, Err(failure))),
            Ok(Turn::Answer(reply)) => Decision::Answer(at.succeeded(tried, Json::Null), reply),
            Ok(Turn::End(outcome, message)) => {
                let message = message.map(bounded);
                Decision::Write(Fact::Ended { place, outcome, message, abandoned: Vec::new() })
            }
            Ok(Turn::Run(choice)) => {
                let block = choice.block.map(|block| block.name.to_string());
                Decision::Write(Fact::Entered { place, block, missing: choice.missing })
            }
            Ok(Turn::Perform(program)) => {
                let idempotency_key = self.input.seed.idempotency_key(&place);
                let timeout = at.step.timeout;
                let attempt = Attempt { place, attempt: tried.attempt, program, scope, timeout, idempotency_key };
                Decision::Attempt(Box::new(attempt), tried)
            }
        }
    }
}
