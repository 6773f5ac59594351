//! The end of an execution, whoever ends it: its keys are dated or freed, the next of its concurrency key may run, its
//! caller goes on.

use uuid::Uuid;

use super::work::Work;
use super::{answers, deliveries, keys, payloads, row::Row};
use crate::store::ending::{Ending, Phase, Settled, Waiter};
use crate::store::error::StoreError;
use boathook_plan::plan::Mode;

/// The first status that says that the run did not do what it was asked.
const SERVER_ERROR: u16 = 500;

/// Ends an execution.
pub(super) fn settle(work: &mut Work<'_>, mut row: Row, ending: &Ending) -> Result<Settled, StoreError> {
    let phase = if ending.phase.is_final() { ending.phase } else { Phase::Failed };
    let state = &mut row.state;
    state.phase = phase;
    (state.blocked, state.gathering) = (false, false);
    state.finished_at = Some(work.now);
    state.reason.clone_from(&ending.reason);
    state.step.clone_from(&ending.step);
    state.message.clone_from(&ending.message);
    (state.cancelling, state.owner) = (None, None);
    if let Some(answer) = &ending.answer {
        answers::keep(work, &mut row, answer)?;
    }
    let keep = if phase == Phase::Failed { row.origin.keep_failed } else { row.origin.keep.max(repeats(work, &row)?) };
    row.state.expires_at = Some(work.now.saturating_add(keep));
    payloads::shed(work, &mut row)?;
    row.save(work)?;
    let parent = let_go(work, &row)?;
    Ok(Settled { id: row.origin.id, workflow: work.workflow_ref(row.origin.workflow)?, phase, parent })
}

/// Whether it keeps its keys: a Sync answer of a fault frees them, whatever became of the run.
fn holds(row: &Row) -> bool {
    let refused = row.origin.mode == Mode::Sync && row.state.status.is_some_and(|status| status >= SERVER_ERROR);
    row.state.phase == Phase::Succeeded && !refused
}

/// How long senders may repeat it that are to get its answer again.
fn repeats(work: &Work<'_>, row: &Row) -> Result<i64, StoreError> {
    if row.origin.mode != Mode::Sync || !holds(row) {
        return Ok(0);
    }
    let keys = payloads::keys(work.db, row.seq, row.state.items)?;
    keys.into_iter().try_fold(0, |longest, key| Ok(deliveries::window(work.db, row, key)?.max(longest)))
}

/// Tells everybody who waits for it.
fn let_go(work: &mut Work<'_>, row: &Row) -> Result<Option<Waiter>, StoreError> {
    let held = holds(row);
    for key in payloads::keys(work.db, row.seq, row.state.items)? {
        deliveries::settle(work, row, key, held)?;
    }
    if let Some(key) = row.origin.key {
        keys::unblock(work, row.origin.workflow, key)?;
    }
    match row.origin.parent.as_ref().filter(|parent| parent.awaited) {
        Some(parent) => wake(work, parent.id),
        None => Ok(None),
    }
}

/// Makes an execution due at once if it is parked; returns whose it is.
pub(super) fn wake(work: &mut Work<'_>, id: Uuid) -> Result<Option<Waiter>, StoreError> {
    let Some(mut row) = work.row(id)? else { return Ok(None) };
    if row.state.phase == Phase::Waiting {
        row.state.due_at = 0;
        row.save(work)?;
    }
    Ok(Some(Waiter { id, workflow: work.workflow_ref(row.origin.workflow)? }))
}
