//! Who may write to an execution: the owner of the newest lease, and nobody else.

use jiff::Timestamp;
use uuid::Uuid;

/// A right to run an execution for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The process.
    pub owner: Uuid,
    /// Past this, anybody may take over.
    pub until: Timestamp,
}

/// What every write to a running execution carries. Each claim has a higher number, so a process that lost its lease
/// cannot write any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fence {
    /// The execution.
    pub id: Uuid,
    /// Of the claim.
    pub number: u64,
}

/// Whether a write under a fence was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// It is durable.
    Done,
    /// The execution has another owner, or has ended: nothing was written, and nothing more may be done.
    Fenced,
}

/// What became of leases that were to be renewed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Renewed {
    /// Those that are lost.
    pub fenced: Vec<Fence>,
    /// Those to be cancelled, and why.
    pub cancelling: Vec<(Uuid, String)>,
}
