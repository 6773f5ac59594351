//! How far a run is, as far as that is durable. Changes only by [`Progress::apply`].

use std::sync::Arc;

use jiff::Timestamp;

use super::entry::{Abandoned, Entry, Fact};
use super::frame::{Doing, Frame};
use super::ledger::Ledger;
use super::outcome::{Outcome, RunError};
use super::place::Place;
use super::program::Program;
use super::trace::{Phase, Trace};
use crate::json::Object;
use crate::plan::EndOutcome;
use crate::reason::{StepFailure, StepReason};

/// What follows from a program and the entries of a run.
#[derive(Clone, Debug)]
pub(super) struct Progress {
    pub(super) stage: Stage,
    /// The block of the stage.
    pub(super) frame: Frame,
    pub(super) ledger: Ledger,
    pub(super) trace: Trace,
    /// Whether the sender has been told, or was about to be.
    pub(super) answered: bool,
}

/// The parts of a run.
#[derive(Clone, Debug)]
pub(super) enum Stage {
    /// The steps.
    Main,
    /// An `end` step ended them well.
    Ended { message: Option<String> },
    /// What runs after a failure, and since when.
    OnFailure { error: RunError, since: Timestamp },
    /// Nothing is left to do.
    Over(Outcome),
}

impl Progress {
    /// A run without entries.
    pub(super) fn new(program: &Program, started_at: Timestamp) -> Self {
        let frame = Frame::new(program.main.clone(), None, &Object::new(), started_at);
        let (ledger, trace) = (Ledger::default(), Trace::default());
        Self { stage: Stage::Main, frame, ledger, trace, answered: false }
    }

    /// Whether the entry can be the next one.
    pub(super) fn takes(&self, entry: &Entry) -> bool {
        match &self.stage {
            Stage::Main | Stage::OnFailure { .. } => match entry.fact.place() {
                Some(place) => self.frame.find(place).is_some_and(|frame| frame.takes(&entry.fact)),
                None => entry.fact != Fact::Completed || self.done(),
            },
            Stage::Ended { .. } => entry.fact.place().is_none(),
            Stage::Over(_) => false,
        }
    }

    /// Whether all steps of the program are done.
    fn done(&self) -> bool {
        matches!(self.stage, Stage::Main) && self.frame.current().is_none()
    }

    /// The run after one more entry.
    pub(super) fn apply(&mut self, program: &Program, entry: &Entry) {
        self.ledger.count(entry);
        match &entry.fact {
            Fact::Stopped { step, failure, abandoned } => {
                self.abandon(abandoned, entry.at);
                let error = RunError { step: step.clone(), failure: failure.clone() };
                if matches!(failure.reason, StepReason::Cancelled | StepReason::ShuttingDown) {
                    self.cancel(error);
                } else {
                    self.fail(program, error, entry.at);
                }
            }
            Fact::Ended { place, outcome, message, .. } => {
                self.note(entry);
                self.end(program, place, (*outcome, message.clone()), entry.at);
            }
            Fact::Completed => self.complete(),
            Fact::Late => self.answered = true,
            Fact::Skipped { .. }
            | Fact::Entered { .. }
            | Fact::Spread { .. }
            | Fact::Forked { .. }
            | Fact::Returned { .. }
            | Fact::Retrying { .. }
            | Fact::Succeeded { .. }
            | Fact::Failed { .. } => self.advance(program, entry),
        }
    }

    fn advance(&mut self, program: &Program, entry: &Entry) {
        self.note(entry);
        let Some(frame) = entry.fact.place().and_then(|place| self.frame.find_mut(place)) else { return };
        let answers = frame.current().is_some_and(|(step, _)| step.kind.answers());
        frame.apply(&entry.fact, entry.at);
        self.answered |= answers && matches!(entry.fact, Fact::Succeeded { .. });
        if let Doing::Failed(error) = &self.frame.doing {
            self.fail(program, error.clone(), entry.at);
        }
    }

    /// Writes the entry into the trace, before it changes the frame.
    fn note(&mut self, entry: &Entry) {
        let Some(place) = entry.fact.place() else { return };
        let Some(frame) = self.frame.find(place) else { return };
        let Some(opened) = frame.opened() else { return };
        let result = frame.returned();
        self.trace.update(opened, |step| step.note(entry, result.as_ref()));
    }

    fn end(&mut self, program: &Program, place: &Place, end: (EndOutcome, Option<String>), at: Timestamp) {
        self.frame.last = self.frame.leaf().last.clone();
        let (outcome, message) = end;
        let succeeded = outcome == EndOutcome::Succeeded;
        self.trace.close(if succeeded { Phase::Succeeded } else { Phase::Failed }, at);
        match self.stage {
            Stage::Main if succeeded => self.stage = Stage::Ended { message },
            Stage::Main | Stage::Ended { .. } | Stage::OnFailure { .. } | Stage::Over(_) => {
                let message = message.unwrap_or_else(|| "the workflow ended itself as failed".to_owned());
                let failure = StepFailure::new(StepReason::Ended, message);
                self.fail(program, RunError { step: Some(place.name().to_owned()), failure }, at);
            }
        }
    }

    fn complete(&mut self) {
        self.answered = true;
        self.stage = match std::mem::replace(&mut self.stage, Stage::Main) {
            Stage::Main => Stage::Over(Outcome::Succeeded { message: None }),
            Stage::Ended { message } => Stage::Over(Outcome::Succeeded { message }),
            stage @ (Stage::OnFailure { .. } | Stage::Over(_)) => stage,
        };
    }

    fn abandon(&mut self, abandoned: &[Abandoned], at: Timestamp) {
        for Abandoned { place, tried } in abandoned {
            let Some(frame) = self.frame.find(place) else { continue };
            let Some(opened) = frame.opened() else { continue };
            self.trace.update(opened, |step| step.begin(*tried));
        }
        self.trace.close(Phase::Abandoned, at);
    }

    /// The run is not wanted any more. What has failed before stays failed.
    fn cancel(&mut self, error: RunError) {
        self.answered = true;
        self.stage = match std::mem::replace(&mut self.stage, Stage::Main) {
            Stage::Over(outcome) => Stage::Over(outcome),
            Stage::OnFailure { error: first, .. } => Stage::Over(Outcome::Failed(first)),
            Stage::Main | Stage::Ended { .. } => Stage::Over(Outcome::Cancelled(error)),
        };
    }

    /// The program has failed: what follows, and the outcome that nothing changes again.
    fn fail(&mut self, program: &Program, error: RunError, at: Timestamp) {
        self.answered = true;
        self.stage = match std::mem::replace(&mut self.stage, Stage::Main) {
            Stage::Over(outcome) => Stage::Over(outcome),
            Stage::OnFailure { error: first, .. } => Stage::Over(Outcome::Failed(first)),
            Stage::Main | Stage::Ended { .. } => match handler(program, &error) {
                Some(block) => {
                    self.frame = Frame::new(block.clone(), Some(Place::on_failure()), &self.frame.steps, at);
                    self.ledger = Ledger::default();
                    Stage::OnFailure { error, since: at }
                }
                None => Stage::Over(Outcome::Failed(error)),
            },
        };
    }
}

/// What runs after this failure: nothing after a loop, since it would go on with it.
fn handler<'p>(program: &'p Program, error: &RunError) -> Option<&'p Arc<super::program::Block>> {
    program.on_failure.as_ref().filter(|_| error.failure.reason != StepReason::TooManyHops)
}
