//! What can be read of the store.

use std::sync::Arc;

use boathook_plan::pinned::SeedOf;
use boathook_plan::plan::{Mode, WorkflowRef};
use bytes::Bytes;
use jiff::Timestamp;
use uuid::Uuid;

use super::command::RequestPhase;
use super::ending::Phase;
use super::new::{Hash, Parent};

/// Which executions or requests are listed, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// `None` is all.
    pub namespace: Option<String>,
    /// A name.
    pub workflow: Option<String>,
    /// Empty is all. Not asked of requests.
    pub phases: Vec<Phase>,
    /// Only what was accepted at this time or later.
    pub since: Option<Timestamp>,
    /// Rows at most; 0 is as many as a page may have.
    pub limit: u32,
    /// Where the page before ended.
    pub before: Option<u64>,
}

/// Rows a page at most.
pub const PAGE: u32 = 500;

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// Newest first.
    pub rows: Vec<T>,
    /// For [`Filter::before`], where there is more.
    pub next: Option<u64>,
}

/// What is known of an execution without its payload and journal.
#[derive(Clone, Debug, PartialEq)]
pub struct ExecutionRow {
    /// Its id.
    pub id: Uuid,
    /// Its place among all, by when they were accepted.
    pub seq: u64,
    /// Whose it is.
    pub workflow: Arc<WorkflowRef>,
    /// Its plan.
    pub plan: Hash,
    /// Whether a sender waited for it.
    pub mode: Mode,
    /// Where it stands.
    pub phase: Phase,
    /// Whether one of the same concurrency key is before it.
    pub blocked: bool,
    /// Whether it does not have the content that was written: then nothing but `id` and `seq` is certain.
    pub damaged: bool,
    /// Claims so far.
    pub attempt: u32,
    /// Deliveries in it.
    pub items: u32,
    /// Entries of its journal.
    pub entries: u32,
    /// The execution of the same delivery that failed before.
    pub retry_of: Option<Uuid>,
    /// The execution that this one replays.
    pub replay_of: Option<Uuid>,
    /// What its idempotency keys derive from.
    pub seed: SeedOf,
    /// The execution that called it.
    pub parent: Option<Parent>,
    /// When its request was received.
    pub accepted_at: Timestamp,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// While Waiting: when it goes on.
    pub due_at: Option<Timestamp>,
    /// Why it did not succeed.
    pub reason: Option<String>,
    /// The step that it ended at.
    pub step: Option<String>,
    /// For people.
    pub message: Option<String>,
    /// The status of its answer.
    pub status: Option<u16>,
    /// Why it is to be cancelled.
    pub cancelling: Option<String>,
}

impl ExecutionRow {
    /// Whether it waits for somebody to replay or forget it.
    pub fn dead_letter(&self) -> bool {
        self.phase == Phase::Failed
    }
}

/// A request as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptPayload {
    /// JSON.
    pub head: Vec<u8>,
    /// `None` where it is not kept.
    pub body: Option<Bytes>,
    /// Of the body; `None` where that is not kept either.
    pub body_sha256: Option<Hash>,
}

/// A request that started nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestRow {
    /// Its id.
    pub id: Uuid,
    /// Its place among all.
    pub seq: u64,
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
    /// Of its body.
    pub body_sha256: Option<Hash>,
    /// The execution that it repeats.
    pub execution: Option<Uuid>,
}

/// What a namespace uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Which.
    pub namespace: String,
    /// Executions that have not begun.
    pub waiting: u64,
    /// Bytes of executions.
    pub stored: u64,
}

/// How much there is of a workflow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Totals {
    /// Which.
    pub workflow: Arc<WorkflowRef>,
    /// Executions that have not begun.
    pub queued: u64,
    /// Those that have and are not finished.
    pub active: u64,
    /// Those that failed and are kept.
    pub dead_letters: u64,
    /// When the oldest one was accepted that has not begun.
    pub oldest_queued: Option<Timestamp>,
    /// When something is to be done next: one may begin or go on, or a lease runs out.
    pub due_at: Option<Timestamp>,
}
