//! The journal: what is durable of a run. Everything that a run knows of itself follows from its program, its input and
//! its entries.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::place::Place;
use crate::json::Json;
use crate::plan::EndOutcome;
use crate::reason::StepFailure;

/// One entry. The store keeps it in order and unchanged, and encrypts it where [`Entry::sensitive`] holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// When it was written; never before the entry in front of it.
    pub at: Timestamp,
    /// What it says.
    pub fact: Fact,
}

/// The kinds of entries. A decision is written like a result: a run that goes on never decides twice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Fact {
    /// `if` did not hold.
    Skipped {
        /// The step.
        place: Place,
        /// The path that was not there, where that was why.
        missing: Option<String>,
    },
    /// A calling step runs a block.
    Entered {
        /// The step.
        place: Place,
        /// The block; `None` when no case held and there is no `else`.
        block: Option<String>,
        /// Paths that were not there, of the cases that did not hold for that.
        missing: Vec<String>,
    },
    /// A `forEach` step begins: its block runs for the first items, and for the next one whenever one is done.
    Spread {
        /// The step.
        place: Place,
        /// How many items there are.
        items: u32,
        /// How many run at once.
        lanes: u32,
    },
    /// A `parallel` step begins: all its blocks run.
    Forked {
        /// The step.
        place: Place,
    },
    /// The blocks of a calling step are done; what they result in is the step's result.
    Returned {
        /// The step.
        place: Place,
    },
    /// A `wait` step is not over yet.
    Waiting {
        /// The step.
        place: Place,
        /// The attempt.
        tried: Tried,
        /// When it is over.
        until: Timestamp,
    },
    /// An attempt failed, and another follows.
    Retrying {
        /// The step.
        place: Place,
        /// The attempt that failed.
        tried: Tried,
        /// Why.
        failure: StepFailure,
        /// Milliseconds from this entry to the next attempt.
        pause_ms: u64,
        /// What a script wrote to its console in the attempt.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        console: Vec<String>,
    },
    /// The step has a result.
    Succeeded {
        /// The step.
        place: Place,
        /// The attempt that yielded it.
        tried: Tried,
        /// The result.
        result: StepResult,
        /// What a script wrote to its console in the attempt.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        console: Vec<String>,
    },
    /// The step has failed for good.
    Failed {
        /// The step.
        place: Place,
        /// The last attempt.
        tried: Tried,
        /// Why.
        failure: StepFailure,
        /// Attempts inside of a calling step whose outcome is not known.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        abandoned: Vec<Abandoned>,
        /// What a script wrote to its console in the attempt.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        console: Vec<String>,
    },
    /// An `end` step ended the run.
    Ended {
        /// The step.
        place: Place,
        /// How.
        outcome: EndOutcome,
        /// Its message.
        message: Option<String>,
        /// Attempts elsewhere whose outcome is not known.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        abandoned: Vec<Abandoned>,
    },
    /// The run has succeeded, and the sender is told so: whatever the time is when it is resumed, nothing fails it.
    Completed,
    /// The sender's deadline passed: it was told so, and the run goes on.
    Late,
    /// Something other than a step ended the program: time, a cancellation, an answer that cannot be rendered.
    Stopped {
        /// The name of the step that it stopped at, where it was at one.
        step: Option<String>,
        /// Why.
        failure: StepFailure,
        /// Attempts whose outcome is not known.
        abandoned: Vec<Abandoned>,
    },
}

/// An attempt that was stopped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Abandoned {
    /// The step.
    pub place: Place,
    /// The attempt.
    pub tried: Tried,
}

impl Fact {
    /// The same, with what a script wrote to its console, where the entry is about an attempt.
    #[must_use]
    pub(super) fn with_console(mut self, lines: Vec<String>) -> Self {
        match &mut self {
            Self::Retrying { console, .. } | Self::Succeeded { console, .. } | Self::Failed { console, .. } => {
                *console = lines;
            }
            Self::Skipped { .. }
            | Self::Entered { .. }
            | Self::Spread { .. }
            | Self::Forked { .. }
            | Self::Returned { .. }
            | Self::Waiting { .. }
            | Self::Ended { .. }
            | Self::Completed
            | Self::Late
            | Self::Stopped { .. } => {}
        }
        self
    }

    /// The step that the entry is about, where it is about one.
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::Skipped { place, .. }
            | Self::Entered { place, .. }
            | Self::Spread { place, .. }
            | Self::Forked { place }
            | Self::Returned { place }
            | Self::Waiting { place, .. }
            | Self::Retrying { place, .. }
            | Self::Succeeded { place, .. }
            | Self::Failed { place, .. }
            | Self::Ended { place, .. } => Some(place),
            Self::Completed | Self::Late | Self::Stopped { .. } => None,
        }
    }
}

/// One attempt of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tried {
    /// From 1.
    pub attempt: u32,
    /// When it began.
    pub began: Timestamp,
}

/// A step's result. `Debug` does not show a sensitive one.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StepResult {
    /// The value.
    pub value: Json,
    /// Whether it may be shown nowhere.
    pub sensitive: bool,
}

impl std::fmt::Debug for StepResult {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.sensitive { out.write_str("StepResult(…)") } else { write!(out, "StepResult({})", self.value) }
    }
}

impl Entry {
    /// Whether the entry holds the result of a step that is `sensitive`.
    pub fn sensitive(&self) -> bool {
        matches!(&self.fact, Fact::Succeeded { result, .. } if result.sensitive)
    }
}
