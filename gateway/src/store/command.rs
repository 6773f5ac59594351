//! Everything that changes the store, as values: one command changes one thing, wholly or not at all.

use std::sync::Arc;

use boathook_plan::plan::WorkflowRef;
use jiff::Timestamp;
use uuid::Uuid;

use super::claim::{Claim, Claims};
use super::ending::{Admission, Adopt, Answer, Ending, Finished, FinishedExecution, Settled};
use super::lease::{Fence, Lease, Renewed, Written};
use super::new::{Hash, JournalEntry, NewExecution, PlanText};

/// A change. A crash may repeat each: the second time it changes nothing.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Takes a delivery.
    Accept(Box<NewExecution>),
    /// Takes a run that has begun in memory.
    Adopt(Box<Adopt>),
    /// Takes executions to run them.
    Claim(Claim),
    /// Writes to a journal.
    Append(Append),
    /// Lets go of an execution until a time or the end of one it called.
    Park(Park),
    /// Ends an execution.
    Finish(Box<Finish>),
    /// Prolongs leases.
    Renew(Renew),
    /// Lets go of executions that others go on with at once.
    Release(Vec<Fence>),
    /// Cancels what has no worker, and marks what has one.
    Cancel(Cancel),
    /// Runs an execution again.
    Replay(Replay),
    /// Keeps runs that were held in memory and have ended.
    RecordSync(Arc<FinishedExecution>),
    /// Keeps requests that started nothing.
    RecordRequests(Vec<RecordedRequest>),
    /// Adds to counters.
    Count(Vec<Count>),
    /// Deletes what need not be kept any more.
    Prune(Prune),
    /// Deletes of a namespace what has ended well, before its time.
    Trim(Trim),
    /// Deletes all of a namespace.
    Purge(Purge),
}

impl Command {
    /// Bytes that it writes, roughly.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Accept(new) => new.payload.size(),
            Self::Adopt(adopt) => adopt.new.payload.size().saturating_add(entries_size(&adopt.entries)),
            Self::Append(append) => entries_size(&append.entries),
            Self::Park(park) => entries_size(&park.entries),
            Self::Finish(finish) => entries_size(&finish.entries),
            Self::RecordSync(run) => run.new.payload.size().saturating_add(entries_size(&run.entries)),
            Self::RecordRequests(requests) => requests.iter().map(|request| request.head.len()).sum(),
            Self::Claim(_)
            | Self::Renew(_)
            | Self::Release(_)
            | Self::Cancel(_)
            | Self::Replay(_)
            | Self::Count(_)
            | Self::Prune(_)
            | Self::Trim(_)
            | Self::Purge(_) => 0,
        }
    }
}

fn entries_size(entries: &[JournalEntry]) -> usize {
    entries.iter().map(|entry| entry.text.len()).sum()
}

/// What a command came to; the variant is the command's.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Of `Accept` and `Adopt`.
    Admission(Admission),
    /// Of `Claim`.
    Claims(Claims),
    /// Of `Append`, `Park`.
    Written(Written),
    /// Of `Finish`.
    Finished(Finished),
    /// Of `Renew` and `Release`.
    Renewed(Renewed),
    /// Of `Cancel`.
    Cancelled(Cancelled),
    /// Of `Replay`.
    Replayed(Replayed),
    /// Of `RecordSync`: `false` where the namespace keeps too much already.
    Kept(bool),
    /// Of `RecordRequests` and `Count`.
    Recorded,
    /// Of `Prune`, `Trim` and `Purge`.
    Deleted(Deleted),
}

/// Writes to a journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Append {
    /// Who writes.
    pub fence: Fence,
    /// In order.
    pub entries: Vec<JournalEntry>,
    /// What the sender is told by one of them.
    pub answer: Option<Answer>,
}

/// Lets go of an execution; it keeps its place among `concurrency.max`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Park {
    /// Who lets go.
    pub fence: Fence,
    /// Written first.
    pub entries: Vec<JournalEntry>,
    /// What the sender is told by one of them.
    pub answer: Option<Answer>,
    /// When it goes on, whatever happens.
    pub until: Option<Timestamp>,
    /// Executions whose end it waits for: it goes on when one of them ends, at once where one has.
    pub children: Vec<Uuid>,
}

/// Ends an execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finish {
    /// Who ends it.
    pub fence: Fence,
    /// Written first.
    pub entries: Vec<JournalEntry>,
    /// How.
    pub ending: Ending,
}

/// Prolongs leases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renew {
    /// Which.
    pub fences: Vec<Fence>,
    /// Until when.
    pub lease: Lease,
}

/// What is cancelled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// One execution.
    Execution(Uuid),
    /// All of a workflow, by its UID.
    Workflow(String),
    /// What waits in the queue of an execution before it, of the same concurrency key.
    Before {
        /// The execution.
        id: Uuid,
        /// `concurrency.max` of its workflow: without a key, what a free place will take does not wait.
        max: u32,
    },
}

/// Cancels what has no worker, and marks what has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cancel {
    /// What.
    pub which: Which,
    /// Why: a reason of the execution.
    pub reason: String,
    /// How many at most.
    pub limit: u32,
}

/// What was cancelled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cancelled {
    /// Ended.
    pub settled: Vec<Settled>,
    /// Marked: their owners are to end them.
    pub running: Vec<Uuid>,
    /// Whether there are more.
    pub more: bool,
}

/// Runs an execution again that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replay {
    /// Which.
    pub of: Uuid,
    /// The id of the new one.
    pub id: Uuid,
    /// Which entries of the journal are taken over, under the old seed; `None` is from the start, with a new one.
    pub entries: Option<Vec<u32>>,
    /// `None` is the plan that it was pinned to.
    pub plan: Option<Arc<PlanText>>,
}

/// What became of a replay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replayed {
    /// It is durable and queued.
    Accepted(Uuid),
    /// There is no such execution.
    NotFound,
    /// It has not ended.
    NotFinished,
    /// Its body was not kept.
    BodyNotKept,
    /// It is damaged.
    Damaged,
}

/// Why a request started nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RequestPhase {
    /// It was refused.
    Rejected,
    /// The filter did not hold.
    Filtered,
    /// An earlier one is the same.
    Duplicate,
}

/// A request that started nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedRequest {
    /// Unique.
    pub id: Uuid,
    /// Whose it is.
    pub workflow: Arc<WorkflowRef>,
    /// When it was received.
    pub at: Timestamp,
    /// What became of it.
    pub phase: RequestPhase,
    /// Why.
    pub reason: String,
    /// What is known of it, as JSON.
    pub head: Vec<u8>,
    /// Of its body, where it was read.
    pub body_sha256: Option<Hash>,
    /// The execution that it repeats.
    pub execution: Option<Uuid>,
}

/// Adds to a counter of a workflow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// Whose.
    pub workflow: Arc<WorkflowRef>,
    /// Which.
    pub name: &'static str,
    /// How much.
    pub by: u64,
}

/// Deletes what need not be kept any more, a piece at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prune {
    /// Rows of a kind at most.
    pub limit: u32,
}

/// Deletes of a namespace that keeps too much what has ended well, a piece at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trim {
    /// Which.
    pub namespace: String,
    /// Bytes that it may keep.
    pub stored: u64,
    /// Executions at most, roughly.
    pub limit: u32,
}

/// Deletes all of a namespace, a piece at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purge {
    /// Which.
    pub namespace: String,
    /// Executions at most.
    pub limit: u32,
}

/// What was deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Deleted {
    /// Executions.
    pub executions: u64,
    /// Recorded requests.
    pub requests: u64,
    /// Deduplication keys.
    pub keys: u64,
    /// Plans.
    pub plans: u64,
    /// Whether there is more.
    pub more: bool,
}
