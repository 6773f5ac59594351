//! How executions end, and what is answered of those that are there already.

use std::sync::Arc;

use boathook_plan::plan::WorkflowRef;
use jiff::Timestamp;
use uuid::Uuid;

use super::lease::Fence;
use super::new::{JournalEntry, NewExecution};

/// Bytes of an answer that are kept, in its caller's form: the largest result of a step, and header fields beside it.
pub const ANSWER_KEPT: usize = (1 << 20) + (64 << 10);

/// Where an execution stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Phase {
    /// Not begun.
    Queued,
    /// Under a lease.
    Running,
    /// Begun, without a worker.
    Waiting,
    /// Ended well.
    Succeeded,
    /// Ended, and a dead letter.
    Failed,
    /// Ended by somebody.
    Cancelled,
}

impl Phase {
    /// Whether nothing more happens.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled)
    }

    /// Whether it takes a place among `concurrency.max`.
    pub const fn is_active(self) -> bool {
        matches!(self, Self::Running | Self::Waiting)
    }
}

/// An answer that a sender was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// All of it in the caller's form; [`None`] or more than [`ANSWER_KEPT`] bytes are not kept.
    pub kept: Option<Vec<u8>>,
}

/// How an execution ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// [`Phase::Succeeded`], [`Phase::Failed`] or [`Phase::Cancelled`]; another one counts as failed.
    pub phase: Phase,
    /// Why, where it did not succeed.
    pub reason: Option<String>,
    /// The step that it ended at.
    pub step: Option<String>,
    /// For people.
    pub message: Option<String>,
    /// Sync: what the sender was told; a call: what the caller gets. One that was given before stays.
    pub answer: Option<Answer>,
}

/// An execution that has ended, for those who wait for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// Which.
    pub id: Uuid,
    /// Whose it was.
    pub workflow: Arc<WorkflowRef>,
    /// How.
    pub phase: Phase,
    /// Who called it and waits.
    pub parent: Option<Waiter>,
}

/// An execution that waits for the end of one that it called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiter {
    /// Which.
    pub id: Uuid,
    /// Whose it is.
    pub workflow: Arc<WorkflowRef>,
}

/// What became of an end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finished {
    /// It is durable.
    Done(Settled),
    /// As [`super::Written::Fenced`].
    Fenced,
}

/// What became of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It is durable.
    Accepted(Accepted),
    /// It is durable, as a part of a batch.
    Joined {
        /// The batch.
        id: Uuid,
        /// Its place in the batch, from 0.
        position: u32,
    },
    /// An earlier one is the same.
    Duplicate(Duplicate),
    /// It would have to wait, and too many do.
    QueueFull,
    /// It would have to wait, and too many of its namespace do.
    QuotaFull,
    /// Its namespace keeps too much already.
    StorageFull,
}

/// A delivery that became an execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The execution.
    pub id: Uuid,
    /// Where it has begun already.
    pub fence: Option<Fence>,
    /// The execution of the same delivery that failed before.
    pub retry_of: Option<Uuid>,
    /// Older ones that it replaced, the newest first.
    pub superseded: Vec<Settled>,
    /// Whether there are more that it replaces: [`super::Which::Before`] cancels them.
    pub more: bool,
}

/// The execution that a delivery repeats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duplicate {
    /// Which.
    pub id: Uuid,
    /// Where it stands.
    pub phase: Phase,
    /// What its sender was told, as far as that was kept.
    pub answer: Option<Answer>,
}

/// A run that was held in memory and becomes durable, under the lease of its [`super::Start`].
#[derive(Clone, Debug, PartialEq)]
pub struct Adopt {
    /// The execution.
    pub new: NewExecution,
    /// When it began.
    pub started_at: Timestamp,
    /// Its journal so far.
    pub entries: Vec<JournalEntry>,
    /// What its sender is told.
    pub answer: Option<Answer>,
}

/// A run that was held in memory and has ended.
#[derive(Clone, Debug, PartialEq)]
pub struct FinishedExecution {
    /// The execution.
    pub new: NewExecution,
    /// When it began.
    pub started_at: Timestamp,
    /// Its journal.
    pub entries: Vec<JournalEntry>,
    /// How it ended.
    pub ending: Ending,
}
