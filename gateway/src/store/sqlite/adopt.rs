//! Runs that were held in memory: those that go on durably, and those that have ended.

use super::accept::{self, Fresh, Holder};
use super::convert::micros;
use super::row::{Row, State};
use super::settle::settle;
use super::work::Work;
use super::{answers, journal, keys, namespaces};
use crate::store::ending::{Accepted, Admission, Adopt, FinishedExecution, Phase};
use crate::store::error::StoreError;
use crate::store::lease::{Fence, Lease};
use crate::store::new::{JournalEntry, NewExecution, Start};
use jiff::Timestamp;
use uuid::Uuid;

/// Takes a run that goes on.
pub(super) fn apply(work: &mut Work<'_>, adopt: &Adopt) -> Result<Admission, StoreError> {
    let new = &adopt.new;
    if let Some(known) = accept::known(work, new.id)? {
        return Ok(Admission::Duplicate(known));
    }
    let mut row = write(work, new, adopt.started_at, &adopt.entries)?;
    if let Some(answer) = &adopt.answer {
        answers::keep(work, &mut row, answer)?;
        row.save(work)?;
    }
    let fence = Some(Fence { id: new.id, number: 1 });
    Ok(Admission::Accepted(Accepted {
        id: new.id,
        fence,
        retry_of: row.origin.retry_of,
        superseded: Vec::new(),
        more: false,
    }))
}

/// Keeps a run that has ended, unless its namespace keeps too much.
pub(super) fn record(work: &mut Work<'_>, run: &FinishedExecution) -> Result<bool, StoreError> {
    if accept::known(work, run.new.id)?.is_some() {
        return Ok(true);
    }
    if namespaces::of(work, &run.new)?.store_is_full(run.new.quota).is_some() {
        return Ok(false);
    }
    let row = write(work, &run.new, run.started_at, &run.entries)?;
    settle(work, row, &run.ending)?;
    Ok(true)
}

/// Writes a run that has begun. It goes without its deduplication key where another execution holds that.
fn write(
    work: &mut Work<'_>,
    new: &NewExecution,
    started_at: Timestamp,
    entries: &[JournalEntry],
) -> Result<Row, StoreError> {
    let workflow = work.workflow(&new.workflow)?;
    let (retry_of, hold) = match accept::holder(work, workflow, new)? {
        Holder::Nobody { retry_of } => (retry_of, true),
        Holder::Execution(_) => (None, false),
    };
    let lease = match new.start {
        Start::Now(lease) => lease,
        Start::Queued => Lease { owner: Uuid::nil(), until: Timestamp::MIN },
    };
    if let Some(key) = new.queueing.key {
        keys::hold_back(work, workflow, key)?;
    }
    let state = accept::running(State::queued(), lease, micros(started_at));
    let mut row = accept::insert(work, workflow, Fresh { run: new, retry_of, state, hold })?;
    debug_assert_eq!(row.state.phase, Phase::Running, "a run that has begun is under a lease");
    journal::append(work, &mut row, entries)?;
    row.save_entries(work)?;
    Ok(row)
}
