//! The rows of `answers`: what a sender was told, for those who repeat the delivery. Whether there is one stands in the
//! execution's own row.

use rusqlite::{Connection, OptionalExtension, params};

use super::check::Check;
use super::convert::int;
use super::row::{Damaged, Row};
use super::work::Work;
use crate::store::ending::{ANSWER_KEPT, Answer};
use crate::store::error::StoreError;

fn check(row: &Row, bytes: &[u8]) -> i64 {
    Check::default().bytes(row.origin.id.as_bytes()).bytes(bytes).sum()
}

/// Keeps what may be kept; what a sender was told before stays. The row is not saved.
pub(super) fn keep(work: &Work<'_>, row: &mut Row, answer: &Answer) -> Result<(), StoreError> {
    if row.state.status.is_some() {
        return Ok(());
    }
    row.state.status = Some(answer.status);
    let Some(bytes) = answer.kept.as_ref().filter(|bytes| bytes.len() <= ANSWER_KEPT) else { return Ok(()) };
    let mut statement = work.db.prepare_cached("INSERT INTO answers (execution, crc, answer) VALUES (?1, ?2, ?3)")?;
    statement.execute(params![row.seq, check(row, bytes), bytes])?;
    row.state.answered = true;
    row.state.size += int(bytes.len());
    Ok(())
}

/// What was kept.
pub(super) fn of(db: &Connection, row: &Row) -> Result<Result<Option<Answer>, Damaged>, StoreError> {
    let Some(status) = row.state.status else { return Ok(Ok(None)) };
    if !row.state.answered {
        return Ok(Ok(Some(Answer { status, kept: None })));
    }
    let mut statement = db.prepare_cached("SELECT crc, answer FROM answers WHERE execution = ?1")?;
    let kept: Option<(i64, Vec<u8>)> =
        statement.query_row([row.seq], |columns| Ok((columns.get(0)?, columns.get(1)?))).optional()?;
    let sound = kept.filter(|(crc, bytes)| *crc == check(row, bytes));
    Ok(sound.map(|(_, bytes)| Some(Answer { status, kept: Some(bytes) })).ok_or(Damaged { seq: row.seq }))
}

/// What those are told who repeat a delivery: of an answer that is damaged, the status.
pub(super) fn told(db: &Connection, row: &Row) -> Result<Option<Answer>, StoreError> {
    Ok(of(db, row)?.unwrap_or_else(|_| {
        tracing::error!(execution = %row.origin.id, "a kept answer is damaged and is not given");
        row.state.status.map(|status| Answer { status, kept: None })
    }))
}

/// Deletes the answer of an execution.
pub(super) fn delete(work: &Work<'_>, seq: i64) -> Result<(), StoreError> {
    work.db.prepare_cached("DELETE FROM answers WHERE execution = ?1")?.execute([seq])?;
    Ok(())
}
