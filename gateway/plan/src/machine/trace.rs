//! What happened in a run, step by step: for logs, and for the record that people read.
//!
//! Follows from the entries, but for a step in flight. Sensitive results are not in it.

use jiff::Timestamp;
use serde::Serialize;

use super::place::Place;
use crate::json::Json;
use crate::reason::StepFailure;

/// The steps of a run in the order they began.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Trace {
    steps: Vec<StepTrace>,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StepTrace {
    /// Where.
    pub place: Place,
    /// How far it is.
    pub phase: Phase,
    /// Attempts so far, those included that `attempts` no longer holds.
    pub tries: u32,
    /// The last attempts, at most [`crate::limits::TRACE_ATTEMPTS`].
    pub attempts: Vec<AttemptTrace>,
    /// When it was done, skipped or failed.
    pub ended: Option<Timestamp>,
    /// The block that a calling step ran.
    pub block: Option<String>,
    /// Paths in `if` that were not there.
    pub missing: Vec<String>,
    /// The result; `None` while there is none, and for a sensitive one.
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
}

/// How far a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Phase {
    /// An attempt or the block of the step is under way.
    Running,
    /// Between two attempts.
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

impl Trace {
    /// The steps in the order they began.
    pub fn steps(&self) -> &[StepTrace] {
        &self.steps
    }
}
