//! The part of an execution that changes.

use rusqlite::Row as Columns;
use uuid::Uuid;

use crate::store::ending::Phase;
use crate::store::sqlite::check::Check;
use crate::store::sqlite::convert::{Code, id, int, small};
use crate::store::sqlite::work::{Slot, Weight};

/// Where an execution stands.
#[derive(Clone, Debug)]
pub(in crate::store::sqlite) struct State {
    pub(in crate::store::sqlite) phase: Phase,
    /// Queued behind one of the same concurrency key.
    pub(in crate::store::sqlite) blocked: bool,
    /// A batch that takes more deliveries.
    pub(in crate::store::sqlite) gathering: bool,
    pub(in crate::store::sqlite) due_at: i64,
    pub(in crate::store::sqlite) fence: i64,
    pub(in crate::store::sqlite) attempt: u32,
    pub(in crate::store::sqlite) items: u32,
    pub(in crate::store::sqlite) entries: u32,
    pub(in crate::store::sqlite) started_at: Option<i64>,
    pub(in crate::store::sqlite) finished_at: Option<i64>,
    pub(in crate::store::sqlite) expires_at: Option<i64>,
    pub(in crate::store::sqlite) reason: Option<String>,
    pub(in crate::store::sqlite) step: Option<String>,
    pub(in crate::store::sqlite) message: Option<String>,
    pub(in crate::store::sqlite) status: Option<u16>,
    /// Whether the answer itself is kept.
    pub(in crate::store::sqlite) answered: bool,
    pub(in crate::store::sqlite) cancelling: Option<String>,
    /// The process that has the lease, while Running.
    pub(in crate::store::sqlite) owner: Option<Uuid>,
    /// How often the process ended while this ran, since it last wrote something.
    pub(in crate::store::sqlite) crashes: u32,
    /// Bytes of its requests, journal and answer.
    pub(in crate::store::sqlite) size: i64,
}

impl State {
    /// Of an execution with one payload, due at once.
    pub(in crate::store::sqlite) fn queued() -> Self {
        Self {
            phase: Phase::Queued,
            blocked: false,
            gathering: false,
            due_at: 0,
            fence: 0,
            attempt: 0,
            items: 1,
            entries: 0,
            started_at: None,
            finished_at: None,
            expires_at: None,
            reason: None,
            step: None,
            message: None,
            status: None,
            answered: false,
            cancelling: None,
            owner: None,
            crashes: 0,
            size: 0,
        }
    }

    /// What it counts for.
    pub(in crate::store::sqlite) fn weight(&self) -> Weight {
        Weight { slot: self.slot(), size: self.size }
    }

    /// What it counts as.
    pub(in crate::store::sqlite) fn slot(&self) -> Option<Slot> {
        match self.phase {
            Phase::Queued if self.blocked => Some(Slot::Blocked),
            Phase::Queued => Some(Slot::Queued),
            Phase::Running | Phase::Waiting => Some(Slot::Active),
            Phase::Succeeded | Phase::Failed | Phase::Cancelled => None,
        }
    }

    pub(super) fn read(columns: &Columns<'_>) -> rusqlite::Result<Option<Self>> {
        let Some(phase) = Phase::of(columns.get(19)?) else { return Ok(None) };
        Ok(Some(Self {
            phase,
            blocked: columns.get(20)?,
            gathering: columns.get(21)?,
            due_at: columns.get(22)?,
            fence: columns.get(23)?,
            attempt: small(columns.get(24)?),
            items: small(columns.get(25)?),
            entries: small(columns.get(26)?),
            started_at: columns.get(27)?,
            finished_at: columns.get(28)?,
            expires_at: columns.get(29)?,
            reason: columns.get(30)?,
            step: columns.get(31)?,
            message: columns.get(32)?,
            status: columns.get(33)?,
            answered: columns.get(34)?,
            cancelling: columns.get(35)?,
            owner: id(columns.get(36)?),
            crashes: small(columns.get(40)?),
            size: columns.get(37)?,
        }))
    }

    pub(super) fn check(&self, check: Check) -> Check {
        check
            .int(self.phase.code())
            .int(int(self.blocked))
            .int(int(self.gathering))
            .int(self.due_at)
            .int(self.fence)
            .int(int(self.attempt))
            .int(int(self.items))
            .int(int(self.entries))
            .maybe_int(self.started_at)
            .maybe_int(self.finished_at)
            .maybe_int(self.expires_at)
            .maybe_text(self.reason.as_ref())
            .maybe_text(self.step.as_ref())
            .maybe_text(self.message.as_ref())
            .maybe_int(self.status.map(i64::from))
            .int(int(self.answered))
            .maybe_text(self.cancelling.as_ref())
            .maybe_id(self.owner)
            .int(int(self.crashes))
            .int(self.size)
    }
}
