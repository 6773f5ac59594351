//! Cancelling: what has no worker ends at once; what has one is marked, and its worker ends it.

use rusqlite::params;

use super::convert::int;
use super::row::{self, Row};
use super::settle::settle;
use super::supersede::{self, Queue};
use super::work::Work;
use crate::store::command::{Cancel, Cancelled, Which};
use crate::store::ending::{Ending, Phase};
use crate::store::error::StoreError;

/// Applies the command.
pub(super) fn apply(work: &mut Work<'_>, cancel: &Cancel) -> Result<Cancelled, StoreError> {
    let mut cancelled = Cancelled::default();
    for seq in which(work, cancel)? {
        if let Some(row) = work.row_at(seq)? {
            one(work, row, &cancel.reason, &mut cancelled)?;
        }
    }
    cancelled.more = int(cancelled.settled.len() + cancelled.running.len()) >= int(cancel.limit)
        && !matches!(cancel.which, Which::Execution(_));
    Ok(cancelled)
}

fn which(work: &mut Work<'_>, cancel: &Cancel) -> Result<Vec<i64>, StoreError> {
    match &cancel.which {
        Which::Execution(id) => Ok(row::seq_of(work.db, *id)?.into_iter().collect()),
        Which::Workflow(uid) => {
            let Some(workflow) = work.workflow_of(uid)? else { return Ok(Vec::new()) };
            let sql = "SELECT seq FROM executions INDEXED BY executions_pending WHERE workflow = ?1 AND phase < 3 \
                 AND (phase <> 1 OR cancelling IS NULL) ORDER BY phase, blocked, due_at, seq LIMIT ?2";
            work.seqs(sql, params![workflow, cancel.limit])
        }
        Which::Before { id, max } => {
            let Some(row) = work.row(*id)? else { return Ok(Vec::new()) };
            let queue = Queue { workflow: row.origin.workflow, key: row.origin.key };
            // It waits itself.
            let waiting = supersede::waiting(work, queue, *max)?.saturating_sub(1);
            supersede::before(work, queue, row.seq, int(cancel.limit).min(waiting))
        }
    }
}

fn one(work: &mut Work<'_>, mut row: Row, reason: &str, cancelled: &mut Cancelled) -> Result<(), StoreError> {
    match row.state.phase {
        Phase::Queued | Phase::Waiting => {
            let reason = Some(reason.to_owned());
            let ending = Ending { phase: Phase::Cancelled, reason, step: None, message: None, answer: None };
            cancelled.settled.push(settle(work, row, &ending)?);
        }
        Phase::Running => {
            cancelled.running.push(row.origin.id);
            row.state.cancelling.get_or_insert_with(|| reason.to_owned());
            row.save(work)?;
        }
        Phase::Succeeded | Phase::Failed | Phase::Cancelled => {}
    }
    Ok(())
}
