//! Writes of a running execution: its journal, its rest, its end.

use super::claim::fenced;
use super::convert::micros;
use super::row::{self, NEVER, Row};
use super::settle::settle;
use super::work::Work;
use super::{answers, journal};
use crate::store::command::{Append, Finish, Park};
use crate::store::ending::{Answer, Finished, Phase};
use crate::store::error::StoreError;
use crate::store::lease::Written;
use crate::store::new::JournalEntry;
use uuid::Uuid;

/// Writes to a journal.
pub(super) fn append(work: &mut Work<'_>, append: &Append) -> Result<Written, StoreError> {
    let Some(mut row) = fenced(work, append.fence)? else { return Ok(Written::Fenced) };
    let plain = row.state.crashes == 0 && append.answer.is_none();
    write(work, &mut row, &append.entries, append.answer.as_ref())?;
    if plain {
        row.save_entries(work)?;
    } else {
        row.save(work)?;
    }
    Ok(Written::Done)
}

/// Writes entries, and what the sender is told by them. Who wrote something did not end the process. The row is not saved.
fn write(work: &Work<'_>, row: &mut Row, entries: &[JournalEntry], answer: Option<&Answer>) -> Result<(), StoreError> {
    row.state.crashes = 0;
    journal::append(work, row, entries)?;
    answer.map_or(Ok(()), |answer| answers::keep(work, row, answer))
}

/// Lets go of an execution.
pub(super) fn park(work: &mut Work<'_>, park: &Park) -> Result<Written, StoreError> {
    let Some(mut row) = fenced(work, park.fence)? else { return Ok(Written::Fenced) };
    write(work, &mut row, &park.entries, park.answer.as_ref())?;
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
