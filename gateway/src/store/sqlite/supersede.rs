//! `overflow: Supersede`: a delivery that must wait takes the place of those of the same key that wait already.

use boathook_plan::plan::Overflow;
use rusqlite::params;

use super::convert::int;
use super::settle::settle;
use super::work::Work;
use crate::store::ending::{Ending, Phase, Settled};
use crate::store::error::StoreError;
use crate::store::new::Queueing;

/// Why it was cancelled.
const REASON: &str = "Superseded";

/// Cancels what waits before a new delivery, if that is how its workflow queues.
pub(super) fn apply(work: &mut Work<'_>, workflow: i64, queueing: &Queueing) -> Result<Vec<Settled>, StoreError> {
    if queueing.overflow != Overflow::Supersede {
        return Ok(Vec::new());
    }
    let older = match queueing.key {
        Some(key) => work.seqs(
            "SELECT seq FROM executions WHERE workflow = ?1 AND concurrency_key = ?2 AND phase = 0 AND phase < 3 \
             AND concurrency_key IS NOT NULL ORDER BY seq DESC",
            params![workflow, key.0],
        )?,
        None if !waits(work, workflow, queueing)? => Vec::new(),
        None => work.seqs(
            "SELECT seq FROM executions WHERE workflow = ?1 AND phase = 0 AND phase < 3 AND concurrency_key IS NULL \
             ORDER BY seq DESC",
            [workflow],
        )?,
    };
    cancel(work, &older)
}

/// Without a key, those that a free place will take are about to begin and are left alone.
fn waits(work: &Work<'_>, workflow: i64, queueing: &Queueing) -> Result<bool, StoreError> {
    let load = work.load(workflow)?;
    Ok(load.queued >= int(queueing.max).saturating_sub(load.active).max(0))
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
