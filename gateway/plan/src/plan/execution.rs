//! How a workflow's executions queue, which deliveries are one, and what is kept of them, as plain data.

use serde::{Deserialize, Serialize};

use crate::limits::{
    DEFAULT_CONCURRENCY, DEFAULT_KEEP, DEFAULT_KEEP_FAILED, DEFAULT_NAMESPACE_QUEUED, DEFAULT_NAMESPACE_RUNNING,
    DEFAULT_NAMESPACE_STORAGE, DEFAULT_QUEUE,
};

/// Which deliveries are one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deduplication {
    /// A template over what a request stage sees; null or empty is no key.
    pub key: String,
    /// How long a key is held after success, in milliseconds.
    pub window_ms: u64,
    /// Whether the workflow says so itself. The default of a preset is `false`: a Sync run then does not wait for the disk.
    pub explicit: bool,
}

/// How many executions of a workflow run at once, over all replicas, and in which order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Concurrency {
    /// Executions that have begun and are not finished; those that wait are among them.
    pub max: u32,
    /// A template: executions with equal keys run one at a time, in the order accepted.
    pub key: Option<String>,
    /// Executions that may wait for their turn.
    pub queue: u64,
    /// What becomes of a delivery that must wait.
    pub overflow: Overflow,
}

/// What becomes of a delivery that must wait for its turn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Overflow {
    /// It waits; past `queue` it is refused with 429.
    #[default]
    Queue,
    /// It is refused with 429.
    Reject,
    /// It waits, and those of the same key that wait already are cancelled.
    Supersede,
}

/// Several deliveries as one execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Batch {
    /// Deliveries that start the execution.
    pub max: u32,
    /// From the first delivery to the start, in milliseconds.
    pub for_ms: u64,
}

/// What the namespace of a workflow may use in all at its gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Quota {
    /// Executions that run at one time; those that wait are not among them, nor are Sync runs while a sender waits.
    pub running: u32,
    /// Deliveries that wait for their turn.
    pub queued: u64,
    /// Bytes of executions that are kept: requests, journals and answers.
    pub storage: u64,
}

impl Default for Quota {
    fn default() -> Self {
        Self {
            running: DEFAULT_NAMESPACE_RUNNING,
            queued: DEFAULT_NAMESPACE_QUEUED,
            storage: DEFAULT_NAMESPACE_STORAGE,
        }
    }
}

impl Quota {
    pub(crate) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// What one run of a script may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScriptBounds {
    /// Milliseconds.
    pub time_ms: u64,
    /// Bytes of its values.
    pub memory: u64,
}

impl Default for ScriptBounds {
    /// Those of a gateway that says nothing.
    fn default() -> Self {
        Self { time_ms: 5_000, memory: 64 << 20 }
    }
}

impl ScriptBounds {
    pub(crate) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// What is kept of a finished execution, and how long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct History {
    /// Of a success, in milliseconds.
    pub keep_ms: u64,
    /// Of a failure, in milliseconds.
    pub keep_failed_ms: u64,
    /// Of the request's body.
    pub body: BodyKept,
    /// Paths, such as `$context.data.card.number`, whose values no record shows.
    pub redact: Vec<String>,
}

/// What is kept of a request's body once its execution has finished.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum BodyKept {
    /// All of it.
    #[default]
    Full,
    /// Its SHA-256.
    Hash,
    /// Nothing.
    None,
}

/// What of a workflow is stopped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Suspend {
    /// Nothing.
    #[default]
    No,
    /// Requests are answered 503; what is queued runs.
    Intake,
    /// Deliveries are accepted and wait.
    Execution,
    /// Both.
    All,
}

impl Suspend {
    /// Whether requests are refused.
    pub const fn intake(self) -> bool {
        matches!(self, Self::Intake | Self::All)
    }

    /// Whether nothing starts.
    pub const fn execution(self) -> bool {
        matches!(self, Self::Execution | Self::All)
    }
}

impl Default for Concurrency {
    fn default() -> Self {
        Self { max: DEFAULT_CONCURRENCY, key: None, queue: DEFAULT_QUEUE, overflow: Overflow::default() }
    }
}

impl Default for History {
    fn default() -> Self {
        let milliseconds = |time: std::time::Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        Self {
            keep_ms: milliseconds(DEFAULT_KEEP),
            keep_failed_ms: milliseconds(DEFAULT_KEEP_FAILED),
            body: BodyKept::default(),
            redact: Vec::new(),
        }
    }
}
