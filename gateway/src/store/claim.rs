//! Taking executions to run them.

use std::sync::Arc;

use boathook_plan::pinned::SeedOf;
use boathook_plan::plan::{Mode, WorkflowRef};
use jiff::Timestamp;
use uuid::Uuid;

use super::ending::Settled;
use super::lease::{Fence, Lease};
use super::new::{Hash, JournalEntry, Parent, Payload};

/// Asks for work of one workflow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The workflow's UID.
    pub workflow: String,
    /// How many at most.
    pub limit: u32,
    /// Executions of the workflow that may have begun and not ended; those that go on are taken whatever it says.
    pub max: u32,
    /// Who takes them, and for how long. What the owner has already is not taken, even if its lease has run out: it may run
    /// still. What it has lost it must release.
    pub lease: Lease,
}

/// What there is to do.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Claims {
    /// Those that go on first, then the oldest.
    pub claimed: Vec<Claimed>,
    /// Whether there may be more at once.
    pub more: bool,
    /// When the next one is due, where it is known.
    pub next: Option<Timestamp>,
    /// Those that cannot be run and have failed: damaged ones, and those during which the process ended again and again.
    pub settled: Vec<Settled>,
}

/// An execution with all that is needed to run it. Its phase is Running.
#[derive(Clone, Debug, PartialEq)]
pub struct Claimed {
    /// What each write carries.
    pub fence: Fence,
    /// Whose it is.
    pub workflow: Arc<WorkflowRef>,
    /// Its plan; [`super::Store::plan`] has the text.
    pub plan: Hash,
    /// Whether a sender waited for it.
    pub mode: Mode,
    /// When its request was received.
    pub accepted_at: Timestamp,
    /// When it began.
    pub started_at: Timestamp,
    /// Claims so far, this one included.
    pub attempt: u32,
    /// The execution of the same delivery that failed before.
    pub retry_of: Option<Uuid>,
    /// The execution that this one replays.
    pub replay_of: Option<Uuid>,
    /// Replays that led to it; 0 is the first run of its delivery.
    pub replays: u32,
    /// What its idempotency keys derive from: a replay from the start has its own, one from the failed step that of the
    /// run which it goes on with.
    pub seed: SeedOf,
    /// The execution that called it.
    pub parent: Option<Parent>,
    /// Why it is to be cancelled.
    pub cancelling: Option<String>,
    /// The request; several for a batch, in order.
    pub payloads: Vec<Payload>,
    /// The journal.
    pub entries: Vec<JournalEntry>,
}
