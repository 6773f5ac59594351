//! How a run ended.

use serde::{Deserialize, Serialize};

use crate::reason::StepFailure;

/// How a run ended; `onFailure` does not change it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// Every step was done, or an `end` step said so.
    Succeeded {
        /// What the `end` step said.
        message: Option<String>,
    },
    /// A step failed for good, or the run's time was used up.
    Failed(RunError),
    /// The run was not wanted any more.
    Cancelled(RunError),
}

/// `$error`: what failed a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunError {
    /// The name of the step that failed, inside a block where it was there; `None` when it was no step's fault.
    pub step: Option<String>,
    /// Why.
    pub failure: StepFailure,
}
