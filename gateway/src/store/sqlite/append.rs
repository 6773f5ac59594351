//! Writes of a running execution: its journal, its rest, its end.

use super::claim::fenced;
use super::convert::micros;
use super::journal;
use super::row::{self, NEVER};
use super::settle::settle;
use super::work::Work;
use crate::store::command::{Append, Finish, Park};
use crate::store::ending::{Finished, Phase};
use crate::store::error::StoreError;
use crate::store::lease::Written;
use uuid::Uuid;

/// Writes to a journal.
pub(super) fn append(work: &mut Work<'_>, append: &Append) -> Result<Written, StoreError> {
    let Some(mut row) = fenced(work, append.fence)? else { return Ok(Written::Fenced) };
    journal::append(work, &mut row, &append.entries)?;
    row.save_entries(work)?;
    Ok(Written::Done)
}

/// Lets go of an execution.
pub(super) fn park(work: &mut Work<'_>, park: &Park) -> Result<Written, StoreError> {
    let Some(mut row) = fenced(work, park.fence)? else { return Ok(Written::Fenced) };
    journal::append(work, &mut row, &park.entries)?;
    let ended = any_ended(work, &park.children)?;
    row.state.phase = Phase::Waiting;
    row.state.owner = None;
    // A cancellation that its owner has not seen is seen by the next one, and at once.
    let at_once = ended || row.state.cancelling.is_some();
    row.state.due_at = if at_once { 0 } else { park.until.map_or(NEVER, micros) };
    row.save(work)?;
    Ok(Written::Done)
}

/// Whether one has ended: before its caller was parked, so that nobody would wake it. One that is not there counts.
fn any_ended(work: &mut Work<'_>, children: &[Uuid]) -> Result<bool, StoreError> {
    for child in children {
        match row::by_id(work.db, *child)? {
            Some(Ok(row)) if !row.state.phase.is_final() => {}
            Some(Ok(_) | Err(_)) | None => return Ok(true),
        }
    }
    Ok(false)
}

/// Ends an execution.
pub(super) fn finish(work: &mut Work<'_>, finish: &Finish) -> Result<Finished, StoreError> {
    let Some(mut row) = fenced(work, finish.fence)? else { return Ok(Finished::Fenced) };
    journal::append(work, &mut row, &finish.entries)?;
    settle(work, row, &finish.ending).map(Finished::Done)
}
