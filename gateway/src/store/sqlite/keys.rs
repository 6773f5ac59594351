//! Concurrency keys: of the executions with equal ones, the oldest may run and the others are blocked.

use rusqlite::{OptionalExtension, params};

use super::aside;
use super::row;
use super::work::Work;
use crate::store::ending::Phase;
use crate::store::error::StoreError;
use crate::store::new::Hash;

/// Whether an execution of a key has not ended.
pub(super) fn is_busy(work: &Work<'_>, workflow: i64, key: Hash) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM executions INDEXED BY executions_keyed WHERE workflow = ?1 AND concurrency_key = ?2 \
         AND phase < 3 AND concurrency_key IS NOT NULL LIMIT 1";
    Ok(work.db.prepare_cached(sql)?.exists(params![workflow, key.0])?)
}

/// Lets the oldest blocked one of a key go, when none that may run is left.
pub(super) fn unblock(work: &mut Work<'_>, workflow: i64, key: Hash) -> Result<(), StoreError> {
    if first(work, workflow, key, false)?.is_some() {
        return Ok(());
    }
    let mut before = 0;
    while let Some(seq) = first(work, workflow, key, true)? {
        if seq <= before {
            // What was set aside a moment ago is still said to wait.
            return Err(StoreError::Corrupt(format!("the index of key {key} of workflow {workflow}")));
        }
        before = seq;
        match row::by_seq(work.db, seq)? {
            Some(Ok(mut row)) => {
                row.state.blocked = false;
                return row.save(work);
            }
            Some(Err(damaged)) => aside::forget(work, damaged.seq)?,
            None => return Ok(()),
        }
    }
    Ok(())
}

/// Keeps back the one of a key that may run and has not begun: another one runs already.
pub(super) fn hold_back(work: &mut Work<'_>, workflow: i64, key: Hash) -> Result<(), StoreError> {
    let Some(seq) = first(work, workflow, key, false)? else { return Ok(()) };
    let Some(mut row) = work.row_at(seq)?.filter(|row| row.state.phase == Phase::Queued) else { return Ok(()) };
    row.state.blocked = true;
    row.save(work)
}

fn first(work: &Work<'_>, workflow: i64, key: Hash, blocked: bool) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT seq FROM executions INDEXED BY executions_keyed WHERE workflow = ?1 AND concurrency_key = ?2 \
         AND blocked = ?3 AND phase < 3 AND concurrency_key IS NOT NULL ORDER BY seq LIMIT 1";
    let mut statement = work.db.prepare_cached(sql)?;
    Ok(statement.query_row(params![workflow, key.0, blocked], |columns| columns.get(0)).optional()?)
}
