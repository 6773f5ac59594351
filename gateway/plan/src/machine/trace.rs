//! What happened in a run, step by step: for logs, and for the record that people read.
//!
//! Follows from the entries, but for a step in flight. Sensitive results are not in it.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;

use super::entry::{Entry, Fact, StepResult, Tried};
use super::place::Place;
use crate::json::Json;
use crate::limits::{TRACE_ATTEMPTS, TRACE_RESULTS};
use crate::reason::StepFailure;

/// The steps of a run in the order they began.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Trace {
    steps: Vec<StepTrace>,
    /// Positions of the steps that are not over: a run may have thousands that are.
    #[serde(skip)]
    open: BTreeMap<Place, usize>,
    /// Bytes of the results of steps that ran for items.
    #[serde(skip)]
    kept: usize,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StepTrace {
    /// Where.
    pub place: Place,
    /// What kind of step it is, as in the resource.
    pub kind: &'static str,
    /// The block that it is a step of; `None` in the main program.
    pub block: Option<Arc<str>>,
    /// The position of the item that it ran for, of the innermost `forEach` around it.
    pub index: Option<usize>,
    /// How far it is.
    pub phase: Phase,
    /// Attempts so far, those included that `attempts` no longer holds.
    pub tries: u32,
    /// The last attempts, at most [`crate::limits::TRACE_ATTEMPTS`].
    pub attempts: Vec<AttemptTrace>,
    /// When its turn came.
    pub began: Timestamp,
    /// When it was done, skipped or failed.
    pub ended: Option<Timestamp>,
    /// The blocks that a calling step ran.
    pub ran: Vec<Arc<str>>,
    /// Paths in `if` that were not there.
    pub missing: Vec<String>,
    /// The result; `None` while there is none, for a sensitive one, and for those of items that are too much in sum
    /// ([`crate::limits::TRACE_RESULTS`]).
    pub result: Option<Json>,
    /// What an `end` step said.
    pub message: Option<String>,
}

/// One attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AttemptTrace {
    /// From 1.
    pub attempt: u32,
    /// When it began.
    pub began: Timestamp,
    /// When it was over.
    pub ended: Option<Timestamp>,
    /// Why it failed.
    pub failure: Option<StepFailure>,
    /// What a script wrote to its console.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub console: Vec<String>,
}

/// How far a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Phase {
    /// An attempt or the block of the step is under way.
    Running,
    /// Between two attempts, or in a `wait`.
    Waiting,
    /// Done.
    Succeeded,
    /// Failed for good, whatever that did to the run.
    Failed,
    /// `if` did not hold.
    Skipped,
    /// The run ended while the step was under way.
    Abandoned,
}

/// What is known of a step when its turn comes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Opened<'a> {
    pub(super) place: &'a Place,
    pub(super) kind: &'static str,
    pub(super) block: Option<&'a Arc<str>>,
    pub(super) index: Option<usize>,
    pub(super) began: Timestamp,
}

impl Trace {
    /// The steps in the order they began.
    pub fn steps(&self) -> &[StepTrace] {
        &self.steps
    }

    /// Changes the trace of a step that is not over, begun where there is none.
    pub(super) fn update(&mut self, of: Opened<'_>, change: impl FnOnce(&mut StepTrace)) {
        let index = self.open.get(of.place).copied().unwrap_or_else(|| {
            self.steps.push(StepTrace::new(of));
            self.open.insert(of.place.clone(), self.steps.len() - 1);
            self.steps.len() - 1
        });
        let Some(step) = self.steps.get_mut(index) else { return };
        change(step);
        if step.ended.is_some() {
            self.open.remove(of.place);
            self.kept = step.keep(self.kept);
        }
    }

    /// The step at this place failed: so ended what it ran.
    pub(super) fn close_below(&mut self, place: &Place, at: Timestamp) {
        self.close_those(|open| open.is_below(place), Phase::Abandoned, at);
    }

    /// The step at this place ended the run, and those that ran it.
    pub(super) fn close_above(&mut self, place: &Place, phase: Phase, at: Timestamp) {
        self.close_those(|open| open == place || place.is_below(open), phase, at);
    }

    fn close_those(&mut self, of: impl Fn(&Place) -> bool, phase: Phase, at: Timestamp) {
        let steps = &mut self.steps;
        self.open.retain(|place, index| {
            let ends = of(place);
            if let Some(step) = steps.get_mut(*index).filter(|_| ends) {
                step.end(phase, at);
            }
            !ends
        });
    }

    /// The run ended: so did every step that is not over.
    pub(super) fn close(&mut self, phase: Phase, at: Timestamp) {
        self.close_those(|_| true, phase, at);
    }
}

impl StepTrace {
    fn new(of: Opened<'_>) -> Self {
        Self {
            place: of.place.clone(),
            kind: of.kind,
            block: of.block.cloned(),
            index: of.index,
            phase: Phase::Running,
            tries: 0,
            attempts: Vec::new(),
            began: of.began,
            ended: None,
            ran: Vec::new(),
            missing: Vec::new(),
            result: None,
            message: None,
        }
    }

    /// What the entry says of this step; `returned` is the result of its blocks.
    pub(super) fn note(&mut self, entry: &Entry, returned: Option<&StepResult>) {
        let at = entry.at;
        match &entry.fact {
            Fact::Skipped { missing, .. } => {
                self.missing.extend(missing.iter().cloned());
                self.end(Phase::Skipped, at);
            }
            Fact::Entered { block, missing, .. } => {
                self.missing.clone_from(missing);
                self.ran.extend(block.as_deref().map(Arc::from));
                if block.is_none() {
                    self.end(Phase::Succeeded, at);
                }
            }
            Fact::Retrying { tried, failure, console, .. } => {
                self.tried(*tried, at, Some(failure.clone()), console);
                self.phase = Phase::Waiting;
            }
            Fact::Waiting { .. } => self.phase = Phase::Waiting,
            Fact::Succeeded { tried, result, console, .. } => {
                self.tried(*tried, at, None, console);
                self.succeed(Some(result), at);
            }
            Fact::Failed { tried, failure, console, .. } => {
                self.tried(*tried, at, Some(failure.clone()), console);
                self.end(Phase::Failed, at);
            }
            Fact::Ended { message, .. } => self.message.clone_from(message),
            Fact::Returned { .. } => self.succeed(returned, at),
            Fact::Spread { .. } | Fact::Forked { .. } | Fact::Completed | Fact::Late | Fact::Stopped { .. } => {}
        }
    }

    /// An attempt is under way.
    pub(super) fn begin(&mut self, tried: Tried) {
        self.push(AttemptTrace {
            attempt: tried.attempt,
            began: tried.began,
            ended: None,
            failure: None,
            console: Vec::new(),
        });
        self.phase = Phase::Running;
    }

    fn tried(&mut self, tried: Tried, ended: Timestamp, failure: Option<StepFailure>, console: &[String]) {
        let console = console.to_vec();
        self.push(AttemptTrace { attempt: tried.attempt, began: tried.began, ended: Some(ended), failure, console });
    }

    fn push(&mut self, attempt: AttemptTrace) {
        if self.attempts.len() >= TRACE_ATTEMPTS {
            self.attempts.remove(0);
        }
        self.attempts.push(attempt);
        self.tries = self.tries.saturating_add(1);
    }

    /// Drops the result of a step that ran for an item when there is too much of them; nothing else holds those results.
    fn keep(&mut self, kept: usize) -> usize {
        let Some(result) = self.result.as_ref().filter(|_| self.index.is_some()) else { return kept };
        let sum = kept.saturating_add(result.text_size());
        if sum > TRACE_RESULTS {
            self.result = None;
            return kept;
        }
        sum
    }

    fn succeed(&mut self, result: Option<&StepResult>, at: Timestamp) {
        self.result = result.filter(|result| !result.sensitive).map(|result| result.value.clone());
        self.end(Phase::Succeeded, at);
    }

    fn end(&mut self, phase: Phase, at: Timestamp) {
        self.phase = phase;
        self.ended = Some(at);
    }
}
