//! Known faults, put between the model and the engine: a simulation that does not find them proves nothing.

use crate::store::command::Command;

/// A fault, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sabotage {
    /// Everything works.
    None,
    /// A commit that was answered is not there after a crash.
    CommitLost,
    /// Deduplication keys are not seen.
    DeliveryForgotten,
    /// Concurrency keys are not seen.
    KeyForgotten,
    /// More run than may.
    MaxIgnored,
    /// An owner that lost its lease may write.
    FenceIgnored,
    /// A caller is not told of the end of what it called.
    WakeLost,
    /// Leases and timers end ten minutes late.
    ClockLate,
    /// An entry is written twice.
    EntryTwice,
}

impl Sabotage {
    pub(super) const FAULTS: [Self; 8] = [
        Self::CommitLost,
        Self::DeliveryForgotten,
        Self::KeyForgotten,
        Self::MaxIgnored,
        Self::FenceIgnored,
        Self::WakeLost,
        Self::ClockLate,
        Self::EntryTwice,
    ];

    /// The command that the engine is given.
    pub(super) fn change(self, command: &mut Command, newest: impl Fn(uuid::Uuid) -> Option<u64>) {
        match (self, command) {
            (Self::DeliveryForgotten, Command::Accept(new)) => new.delivery = None,
            (Self::KeyForgotten, Command::Accept(new)) => new.queueing.key = None,
            (Self::WakeLost, Command::Accept(new)) => new.parent = None,
            (Self::MaxIgnored, Command::Claim(claim)) => claim.max = u32::MAX,
            (Self::FenceIgnored, Command::Append(append)) => {
                append.fence.number = newest(append.fence.id).unwrap_or(append.fence.number);
            }
            (Self::EntryTwice, Command::Append(append)) => append.entries.extend(append.entries.clone()),
            _ => {}
        }
    }

    /// What time the engine takes it to be.
    pub(super) fn now(self, now: i64) -> i64 {
        if self == Self::ClockLate { now - 600_000_000 } else { now }
    }
}
