//! A run between two events.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::entry::{Entry, Fact, Tried};
use super::event::Cancellation;
use super::frame::Frame;
use super::input::{Caller, Input};
use super::outcome::{Outcome, RunError};
use super::place::Place;
use super::program::Program;
use super::progress::{Progress, Stage};
use super::scope;
use super::trace::Trace;
use crate::plan::Mode;

/// A run between two events: what is durable of it, and what this owner has under way.
#[derive(Clone, Debug)]
pub struct State {
    pub(super) program: Arc<Program>,
    pub(super) input: Arc<Input>,
    pub(super) progress: Progress,
    pub(super) live: Live,
}

/// What is lost with the owner of a run, and begun again by the next one.
#[derive(Clone, Debug)]
pub(super) struct Live {
    /// The latest time that an event or an entry told.
    pub(super) clock: Timestamp,
    pub(super) started: bool,
    pub(super) finished: bool,
    pub(super) cancelled: Option<Cancellation>,
    /// What each step under way waits for.
    pub(super) waiting: BTreeMap<Place, Waiting>,
}

/// What a step waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Waiting {
    /// The outcome of an attempt.
    Attempt(Tried),
    /// The end of an execution that an attempt called.
    Call(Tried),
    /// The end of the pause before this attempt.
    Pause { attempt: u32, due: Timestamp },
}

impl Waiting {
    /// The attempt whose outcome it waits for.
    pub(super) fn tried(self) -> Option<Tried> {
        match self {
            Self::Attempt(tried) | Self::Call(tried) => Some(tried),
            Self::Pause { .. } => None,
        }
    }
}

/// A journal that is not one of this program: the entry does not follow from those before it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("resuming execution {execution}: entry {index} does not follow from those before it")]
pub struct ResumeError {
    /// The execution.
    pub execution: uuid::Uuid,
    /// The entry's position, from 0.
    pub index: usize,
}

impl State {
    /// A run that has not begun. Its first event is `Started`.
    pub fn new(program: Arc<Program>, input: Input) -> Self {
        let live = Live {
            clock: input.started_at,
            started: false,
            finished: false,
            cancelled: None,
            waiting: BTreeMap::new(),
        };
        let answered = match input.caller {
            Caller::Sender => program.mode() == Mode::Async,
            Caller::Step => false,
            Caller::Nobody => true,
        };
        let progress = Progress::new(&program, scope::roots(&program, &input), answered);
        Self { program, input: Arc::new(input), progress, live }
    }

    /// The run as its journal left it. Its first event is `Started` again; a step without a written result runs again.
    pub fn resume(program: Arc<Program>, input: Input, entries: &[Entry]) -> Result<Self, ResumeError> {
        let mut state = Self::new(program, input);
        for (index, entry) in entries.iter().enumerate() {
            state.replay(index, entry)?;
        }
        Ok(state)
    }

    /// The run as far as its journal can be followed without the request that it began with: to be looked at, not to go on.
    pub fn review(program: Arc<Program>, input: Input, entries: &[Entry]) -> Self {
        let mut state = Self::new(program, input);
        for (index, entry) in entries.iter().enumerate() {
            let follows = state.replay(index, entry).is_ok();
            if !follows && !matches!(entry.fact, Fact::Spread { .. }) {
                break;
            }
            if !follows {
                state.progress.apply(&state.program, entry);
                state.live.clock = state.live.clock.max(entry.at);
            }
        }
        state
    }

    /// Takes the entry at this position of the journal in.
    pub(super) fn replay(&mut self, index: usize, entry: &Entry) -> Result<(), ResumeError> {
        if !self.progress.takes(entry) {
            return Err(ResumeError { execution: self.input.execution, index });
        }
        self.progress.apply(&self.program, entry);
        self.live.clock = self.live.clock.max(entry.at);
        Ok(())
    }

    /// What happened so far, steps under way included.
    pub fn trace(&self) -> Trace {
        let mut trace = self.progress.trace.clone();
        for (place, waiting) in &self.live.waiting {
            let Some(opened) = self.progress.frame.find(place).and_then(Frame::opened) else { continue };
            if let Some(tried) = waiting.tried() {
                trace.update(opened, |step| step.begin(tried));
            }
        }
        trace
    }

    /// The facts it started from.
    pub fn input(&self) -> &Input {
        &self.input
    }

    /// Its program.
    pub fn program(&self) -> &Arc<Program> {
        &self.program
    }

    /// Whether an attempt of an effect is under way here. What was called runs elsewhere, and is not waited for here.
    pub fn busy(&self) -> bool {
        self.live.waiting.values().any(|waiting| matches!(waiting, Waiting::Attempt(_)))
    }

    /// The earliest time at which time alone brings the run on, or ends it; `None` of a run that has finished. A run that
    /// is not busy may be put aside until then, and be resumed from its journal.
    pub fn due(&self) -> Option<Timestamp> {
        let pauses = self.live.waiting.values().filter_map(|waiting| match waiting {
            Waiting::Pause { due, .. } => Some(*due),
            Waiting::Attempt(_) | Waiting::Call(_) => None,
        });
        let limits = self.alarms().into_iter().map(|(_, due)| due);
        limits.chain(pauses).min().filter(|_| !self.live.finished)
    }

    /// Whether it has finished: no event changes it any more.
    pub fn finished(&self) -> bool {
        self.live.finished
    }

    /// What failed it, from the failure on.
    pub(super) fn error(&self) -> Option<&RunError> {
        match &self.progress.stage {
            Stage::OnFailure { error, .. } | Stage::Over(Outcome::Failed(error) | Outcome::Cancelled(error)) => {
                Some(error)
            }
            Stage::Main | Stage::Ended { .. } | Stage::Over(Outcome::Succeeded { .. }) => None,
        }
    }
}
