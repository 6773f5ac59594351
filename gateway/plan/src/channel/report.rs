//! What a gateway tells of itself: the table in force, and what became of each workflow's requests.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::lines::{LineFault, Lines};
use super::message::TableRevision;
use super::{OLDEST, VERSION, is_known};
use crate::plan::WorkflowRef;

/// Workflows of one report: a line of 256 KiB at most.
pub const REPORTED: usize = 256;

/// Bytes of a report: four times what [`REPORTED`] workflows take.
const REPORT_SIZE: usize = 1 << 20;

/// A line. What it does not mention is as it was in the lines before, of the same connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The version of the channel.
    pub version: u32,
    /// The process: another one counts from nothing.
    pub instance: Uuid,
    /// The table that it serves; `None` before the first.
    pub revision: Option<TableRevision>,
    /// Whether scripts can be confined where it runs; `None` before it has tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sandbox: Option<bool>,
    /// Workflows of which something is new, at most [`REPORTED`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub workflows: Vec<WorkflowReport>,
    /// Workflows that have no route any more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<WorkflowRef>,
}

/// What a gateway tells of a workflow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkflowReport {
    /// Which.
    pub workflow: WorkflowRef,
    /// The revision of its route.
    pub revision: String,
    /// What became of its requests.
    pub deliveries: Deliveries,
}

/// `status.deliveries`, as one process of a gateway sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Deliveries {
    /// Requests that came to the workflow.
    pub received: u64,
    /// Those that were taken.
    pub accepted: u64,
    /// Repeats of what was taken before.
    pub duplicates: u64,
    /// Those that the filter left out.
    pub filtered: u64,
    /// Those that were refused.
    pub rejected: u64,
    /// Executions that ended well.
    pub succeeded: u64,
    /// Executions that failed.
    pub failed: u64,
    /// Executions that have begun and are not finished, as the store has them.
    pub running: u64,
    /// Executions that have not begun, as the store has them.
    pub queued: u64,
    /// Failed executions that are kept, as the store has them.
    pub dead_lettered: u64,
    /// When the last request came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_received: Option<Timestamp>,
    /// When the last execution ended well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_success: Option<Timestamp>,
    /// The last execution that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_failure: Option<LastFailure>,
    /// The last request that was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_rejection: Option<LastRejection>,
}

/// An execution that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LastFailure {
    /// When.
    pub time: Timestamp,
    /// The step, where it was one's fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// One word: of [`crate::reason::StepReason`], or of a later version's.
    pub reason: String,
}

/// A request that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LastRejection {
    /// When.
    pub time: Timestamp,
    /// One word: of [`crate::reason::Reason`], or of a later version's.
    pub reason: String,
}

/// Why a report cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReportFault {
    /// It goes over a bound.
    #[error(transparent)]
    Lines(#[from] LineFault),
    /// It is of a version that is not understood here.
    #[error("the report is of version {0} of the channel; versions {OLDEST} to {VERSION} are understood here")]
    Version(u32),
    /// It is none.
    #[error("a line is no report: {0}")]
    Shape(String),
}

/// Reads a stream of reports.
#[derive(Debug)]
pub struct ReportReader(Lines);

/// The one thing that is read of a report whose version may be another.
#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

impl Default for ReportReader {
    fn default() -> Self {
        Self(Lines::new(REPORT_SIZE, None))
    }
}

impl ReportReader {
    /// Takes the next bytes, and gives the reports that are whole now.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Vec<Report>, ReportFault> {
        self.0.push(bytes)?.iter().map(read).collect()
    }
}

fn read(line: &Zeroizing<Vec<u8>>) -> Result<Report, ReportFault> {
    let shape = |error: serde_json::Error| ReportFault::Shape(error.to_string());
    let Versioned { version } = serde_json::from_slice(line).map_err(shape)?;
    if !is_known(version) {
        return Err(ReportFault::Version(version));
    }
    serde_json::from_slice(line).map_err(shape)
}

impl Deliveries {
    /// Both together, as a gateway of several pods has them. What the store has is the same for all that share one: those
    /// of this one alone are kept where it has more.
    #[must_use]
    pub fn and(self, other: &Self) -> Self {
        let later = |one: Option<Timestamp>, other: Option<Timestamp>| one.max(other);
        Self {
            received: self.received.saturating_add(other.received),
            accepted: self.accepted.saturating_add(other.accepted),
            duplicates: self.duplicates.saturating_add(other.duplicates),
            filtered: self.filtered.saturating_add(other.filtered),
            rejected: self.rejected.saturating_add(other.rejected),
            succeeded: self.succeeded.saturating_add(other.succeeded),
            failed: self.failed.saturating_add(other.failed),
            running: self.running.max(other.running),
            queued: self.queued.max(other.queued),
            dead_lettered: self.dead_lettered.max(other.dead_lettered),
            last_received: later(self.last_received, other.last_received),
            last_success: later(self.last_success, other.last_success),
            last_failure: latest(self.last_failure, other.last_failure.as_ref(), |failure| failure.time),
            last_rejection: latest(self.last_rejection, other.last_rejection.as_ref(), |rejection| rejection.time),
        }
    }
}

fn latest<T: Clone>(one: Option<T>, other: Option<&T>, time: impl Fn(&T) -> Timestamp) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) if time(other) > time(&one) => Some(other.clone()),
        (Some(one), _) => Some(one),
        (None, other) => other.cloned(),
    }
}
