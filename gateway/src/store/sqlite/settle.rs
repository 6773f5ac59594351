//! The end of an execution, whoever ends it: its keys are dated or freed, the next of its concurrency key may run, its
//! caller goes on.

use uuid::Uuid;

use super::work::Work;
use super::{answers, deliveries, keys, payloads, row::Row};
use crate::store::ending::{Ending, Phase, Settled};
use crate::store::error::StoreError;
use boathook_plan::plan::Mode;

/// The first status that says that the run did not do what it was asked.
const SERVER_ERROR: u16 = 500;

/// Ends an execution.
pub(super) fn settle(work: &mut Work<'_>, mut row: Row, ending: &Ending) -> Result<Settled, StoreError> {
    let phase = if ending.phase.is_final() { ending.phase } else { Phase::Failed };
    let keep = if phase == Phase::Failed { row.origin.keep_failed } else { row.origin.keep };
    let state = &mut row.state;
    state.phase = phase;
    (state.blocked, state.gathering) = (false, false);
    state.finished_at = Some(work.now);
    state.expires_at = Some(work.now.saturating_add(keep));
    state.reason.clone_from(&ending.reason);
    state.step.clone_from(&ending.step);
    state.message.clone_from(&ending.message);
    (state.cancelling, state.owner) = (None, None);
    if let Some(answer) = &ending.answer {
        answers::keep(work, &mut row, answer)?;
    }
    payloads::shed(work, &mut row)?;
    row.save(work)?;
    let_go(work, &row)?;
    let parent = row.origin.parent.filter(|parent| parent.awaited).map(|parent| parent.id);
    Ok(Settled { id: row.origin.id, phase, parent })
}

/// Tells everybody who waits for it.
fn let_go(work: &mut Work<'_>, row: &Row) -> Result<(), StoreError> {
    let refused = row.origin.mode == Mode::Sync && row.state.status.is_some_and(|status| status >= SERVER_ERROR);
    let held = row.state.phase == Phase::Succeeded && !refused;
    for key in payloads::keys(work.db, row.seq, row.state.items)? {
        deliveries::settle(work, row, key, held)?;
    }
    if let Some(key) = row.origin.key {
        keys::unblock(work, row.origin.workflow, key)?;
    }
    match row.origin.parent.as_ref().filter(|parent| parent.awaited) {
        Some(parent) => wake(work, parent.id),
        None => Ok(()),
    }
}

/// Makes a parked execution due at once.
pub(super) fn wake(work: &mut Work<'_>, id: Uuid) -> Result<(), StoreError> {
    let Some(mut row) = work.row(id)?.filter(|row| row.state.phase == Phase::Waiting) else { return Ok(()) };
    row.state.due_at = 0;
    row.save(work)
}
