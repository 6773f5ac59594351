//! How far a run is, as far as that is durable. Changes only by [`Progress::apply`].

use std::sync::Arc;

use jiff::Timestamp;

use super::entry::{Abandoned, Entry, Fact};
use super::frame::{Around, Doing, Frame};
use super::ledger::Ledger;
use super::outcome::{Outcome, RunError};
use super::place::Place;
use super::program::Program;
use super::trace::{Phase, Trace};
use crate::plan::EndOutcome;
use crate::reason::{StepFailure, StepReason};
use crate::scope::Scope;

/// What follows from a program and the entries of a run.
#[derive(Clone, Debug)]
pub(super) struct Progress {
    pub(super) stage: Stage,
    /// The variables that every step sees: those of the whole run, and after a failure `$error`.
    pub(super) roots: Scope,
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
    pub(super) fn new(program: &Program, roots: Scope, answered: bool) -> Self {
        let around = Around { steps: &Arc::default(), item: None, since: roots.now() };
        let frame = Frame::new(program.main.clone(), None, around);
        let (ledger, trace) = (Ledger::default(), Trace::default());
        Self { stage: Stage::Main, roots, frame, ledger, trace, answered }
    }

    /// Whether the entry can be the next one.
    pub(super) fn takes(&self, entry: &Entry) -> bool {
        match &self.stage {
            Stage::Main | Stage::OnFailure { .. } => match entry.fact.place() {
                Some(place) => self.frame.find(place).is_some_and(|frame| frame.takes(&entry.fact, &self.roots)),
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
                self.begun(abandoned);
                self.trace.close(Phase::Abandoned, entry.at);
                let error = RunError { step: step.clone(), failure: failure.clone() };
                if matches!(failure.reason, StepReason::Cancelled | StepReason::ShuttingDown) {
                    self.cancel(error);
                } else {
                    self.fail(program, error, entry.at);
                }
            }
            Fact::Ended { place, outcome, message, abandoned } => {
                self.begun(abandoned);
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
            | Fact::Waiting { .. }
            | Fact::Retrying { .. }
            | Fact::Succeeded { .. }
            | Fact::Failed { .. } => self.advance(program, entry),
        }
    }

    fn advance(&mut self, program: &Program, entry: &Entry) {
        if let Fact::Failed { place, abandoned, .. } = &entry.fact {
            self.begun(abandoned);
            self.trace.close_below(place, entry.at);
        }
        self.note(entry);
        let Some(place) = entry.fact.place() else { return };
        if matches!(entry.fact, Fact::Succeeded { .. }) && !self.answered {
            let step = self.frame.find(place).and_then(Frame::current);
            self.answered = step.is_some_and(|(step, _)| step.kind.answers());
        }
        self.frame.apply(entry, place, &self.roots);
        if let Doing::Failed(error) = &self.frame.doing {
            self.fail(program, error.clone(), entry.at);
        }
    }

    /// Writes the entry into the trace, before it changes the frame.
    fn note(&mut self, entry: &Entry) {
        let Some(place) = entry.fact.place() else { return };
        let Some(frame) = self.frame.find(place) else { return };
        let Some(opened) = frame.opened() else { return };
        let begins = matches!(entry.fact, Fact::Spread { .. } | Fact::Forked { .. });
        let ran = if begins { frame.blocks() } else { Vec::new() };
        let result = if matches!(entry.fact, Fact::Returned { .. }) { frame.returned() } else { None };
        self.trace.update(opened, |step| {
            step.ran.extend(ran);
            step.note(entry, result.as_ref());
        });
    }

    fn end(&mut self, program: &Program, place: &Place, end: (EndOutcome, Option<String>), at: Timestamp) {
        if let Some(frame) = self.frame.find(place) {
            self.frame.last = frame.last.clone();
        }
        let (outcome, message) = end;
        let succeeded = outcome == EndOutcome::Succeeded;
        self.trace.close_above(place, if succeeded { Phase::Succeeded } else { Phase::Failed }, at);
        self.trace.close(Phase::Abandoned, at);
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

    /// Writes attempts that have no outcome into the trace.
    fn begun(&mut self, abandoned: &[Abandoned]) {
        for Abandoned { place, tried } in abandoned {
            let Some(opened) = self.frame.find(place).and_then(Frame::opened) else { continue };
            self.trace.update(opened, |step| step.begin(*tried));
        }
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
            Stage::Main | Stage::Ended { .. } => {
                self.roots = self.roots.clone().with("$error", error.to_json());
                self.handle(program, error, at)
            }
        };
    }
}

impl Progress {
    fn handle(&mut self, program: &Program, error: RunError, at: Timestamp) -> Stage {
        let Some(block) = handler(program, &error) else { return Stage::Over(Outcome::Failed(error)) };
        let around = Around { steps: &self.frame.steps, item: None, since: at };
        self.frame = Frame::new(block.clone(), Some(Place::on_failure()), around);
        self.ledger = Ledger::default();
        Stage::OnFailure { error, since: at }
    }
}

/// What runs after this failure: nothing after a loop, since it would go on with it.
fn handler<'p>(program: &'p Program, error: &RunError) -> Option<&'p Arc<super::program::Block>> {
    program.on_failure.as_ref().filter(|_| error.failure.reason != StepReason::TooManyHops)
}
