//! What became of an execution, as its record shows it. Plain data.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::json::Json;
use crate::machine;

/// What became of an execution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// Where it stands.
    pub phase: Phase,
    /// Why it did not succeed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The name of the step that it ended at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// When its request was received.
    pub accepted_at: Timestamp,
    /// When its first step began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// While Waiting: when it goes on at the latest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Timestamp>,
    /// Whether it failed and waits for somebody to replay or forget it.
    #[serde(default)]
    pub dead_letter: bool,
    /// What its sender was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<Response>,
    /// In the order they began. None in a list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
}

/// What a sender was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
}

/// One run of one step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// The step's name.
    pub name: String,
    /// Its place in the journal, such as `each[3]/save`.
    pub place: String,
    /// The block that it is a step of; none in the main program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block: Option<String>,
    /// The position of the item that it ran for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<usize>,
    /// As in the resource: `http`, `set` …
    pub kind: String,
    /// `Running`, `Waiting`, `Succeeded`, `Failed`, `Skipped` or `Abandoned`.
    pub phase: String,
    /// When its turn came.
    pub started_at: Timestamp,
    /// When it was over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Timestamp>,
    /// The last ones, at most [`crate::limits::TRACE_ATTEMPTS`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<Attempt>,
    /// What an `end` step said, or which paths of an `if` were not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The step's fields with their templates filled in as far as that is known without secrets.
    #[serde(default, skip_serializing_if = "Json::is_null")]
    pub input: Json,
    /// The result. None while there is none, and of a sensitive step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Json>,
}

/// One attempt of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// From 1.
    pub attempt: u32,
    /// When it began.
    pub started_at: Timestamp,
    /// When it was over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Timestamp>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What a script wrote to its console.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub console: Vec<String>,
}

/// Where an execution stands; the last three are of requests that started none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Phase {
    /// Accepted, not begun.
    Queued,
    /// Under way.
    Running,
    /// Begun, and waiting for a time or another execution.
    Waiting,
    /// Ended well.
    Succeeded,
    /// Ended by a failure: a dead letter.
    Failed,
    /// Ended because it was not wanted any more.
    Cancelled,
    /// Refused.
    Rejected,
    /// The filter did not hold.
    Filtered,
    /// A repeat of an execution that there is.
    Duplicate,
}

/// A text that names no phase.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the phases are Queued, Running, Waiting, Succeeded, Failed, Cancelled, Rejected, Filtered and Duplicate")]
pub struct UnknownPhase;

impl Phase {
    /// Every phase.
    pub const ALL: [Self; 9] = [
        Self::Queued,
        Self::Running,
        Self::Waiting,
        Self::Succeeded,
        Self::Failed,
        Self::Cancelled,
        Self::Rejected,
        Self::Filtered,
        Self::Duplicate,
    ];

    /// The name, as it is written everywhere.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "Queued",
            Self::Running => "Running",
            Self::Waiting => "Waiting",
            Self::Succeeded => "Succeeded",
            Self::Failed => "Failed",
            Self::Cancelled => "Cancelled",
            Self::Rejected => "Rejected",
            Self::Filtered => "Filtered",
            Self::Duplicate => "Duplicate",
        }
    }

    /// Whether it is the phase of a request that started nothing.
    pub const fn is_of_request(self) -> bool {
        matches!(self, Self::Rejected | Self::Filtered | Self::Duplicate)
    }

    /// Whether nothing more happens.
    pub const fn is_final(self) -> bool {
        !matches!(self, Self::Queued | Self::Running | Self::Waiting)
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.as_str())
    }
}

impl FromStr for Phase {
    type Err = UnknownPhase;

    fn from_str(text: &str) -> Result<Self, UnknownPhase> {
        Self::ALL.into_iter().find(|phase| phase.as_str().eq_ignore_ascii_case(text)).ok_or(UnknownPhase)
    }
}

/// The name of a step's phase.
pub(super) const fn step_phase(phase: machine::Phase) -> &'static str {
    match phase {
        machine::Phase::Running => "Running",
        machine::Phase::Waiting => "Waiting",
        machine::Phase::Succeeded => "Succeeded",
        machine::Phase::Failed => "Failed",
        machine::Phase::Skipped => "Skipped",
        machine::Phase::Abandoned => "Abandoned",
    }
}
