//! `overflow: Supersede`: a delivery that must wait takes the place of those of the same key that wait already.

use boathook_plan::plan::Overflow;
use rusqlite::params;

use super::convert::int;
use super::settle::settle;
use super::work::Work;
use crate::store::ending::{Ending, Phase, Settled};
use crate::store::error::StoreError;
use crate::store::new::{Hash, Queueing};

/// Why it was cancelled.
const REASON: &str = "Superseded";

/// Executions that one delivery cancels: there are more only where a queue was long before it was to be superseded.
const CANCELLED: i64 = 256;

/// What a new delivery has replaced.
pub(super) struct Superseded {
    pub(super) settled: Vec<Settled>,
    /// Whether there may be more.
    pub(super) more: bool,
}

/// A queue: what waits of a workflow and a concurrency key, or of none.
#[derive(Clone, Copy)]
pub(super) struct Queue {
    pub(super) workflow: i64,
    pub(super) key: Option<Hash>,
}

/// Cancels what waits before a new delivery, if that is how its workflow queues.
pub(super) fn apply(work: &mut Work<'_>, workflow: i64, queueing: &Queueing) -> Result<Superseded, StoreError> {
    if queueing.overflow != Overflow::Supersede {
        return Ok(Superseded { settled: Vec::new(), more: false });
    }
    let queue = Queue { workflow, key: queueing.key };
    let waiting = waiting(work, queue, queueing.max)?;
    let older = before(work, queue, i64::MAX, waiting.min(CANCELLED))?;
    let more = int(older.len()) == CANCELLED && waiting > CANCELLED;
    Ok(Superseded { settled: cancel(work, &older)?, more })
}

/// The newest that wait before a seq, from the newest on: the next of a key that may begin comes last.
pub(super) fn before(work: &Work<'_>, queue: Queue, seq: i64, limit: i64) -> Result<Vec<i64>, StoreError> {
    match queue.key {
        Some(key) => work.seqs(
            "SELECT seq FROM executions INDEXED BY executions_keyed WHERE workflow = ?1 AND concurrency_key = ?2 \
             AND phase = 0 AND phase < 3 AND concurrency_key IS NOT NULL AND seq < ?3 \
             ORDER BY blocked DESC, seq DESC LIMIT ?4",
            params![queue.workflow, key.0, seq, limit],
        ),
        None => work.seqs(
            "SELECT seq FROM executions INDEXED BY executions_pending WHERE workflow = ?1 AND phase = 0 AND blocked = 0 \
             AND phase < 3 AND concurrency_key IS NULL AND seq < ?2 ORDER BY due_at DESC, seq DESC LIMIT ?3",
            params![queue.workflow, seq, limit],
        ),
    }
}

/// How many wait at most: without a key, those that a free place will take are about to begin and are left alone.
pub(super) fn waiting(work: &Work<'_>, queue: Queue, max: u32) -> Result<i64, StoreError> {
    if queue.key.is_some() {
        return Ok(i64::MAX);
    }
    let load = work.load(queue.workflow)?;
    let free = int(max).saturating_sub(load.active).max(0);
    Ok(load.queued.saturating_sub(free).max(0))
}

fn cancel(work: &mut Work<'_>, older: &[i64]) -> Result<Vec<Settled>, StoreError> {
    let ending =
        Ending { phase: Phase::Cancelled, reason: Some(REASON.into()), step: None, message: None, answer: None };
    let mut superseded = Vec::with_capacity(older.len());
    for seq in older {
        let Some(row) = work.row_at(*seq)?.filter(|row| row.state.phase == Phase::Queued) else { continue };
        superseded.push(settle(work, row, &ending)?);
    }
    Ok(superseded)
}
