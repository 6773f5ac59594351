//! Setting aside an execution that does not hold what was written: it ends as failed, marked, and no one is held up by it.
//! Its columns are read without trust: what is not what it should be is taken as absent.

use rusqlite::params;
use rusqlite::types::FromSql;
use uuid::Uuid;

use super::convert::Code;
use super::settle::wake;
use super::work::{Slot, Weight, Work};
use super::{deliveries, keys, payloads, row};
use crate::store::ending::{Phase, Waiter};
use crate::store::error::StoreError;
use crate::store::new::Hash;

/// How long it is kept, in microseconds: 30 days.
pub(super) const KEPT: i64 = 30 * 86_400 * 1_000_000;

/// What can be guessed of a damaged row.
struct Guess {
    id: Uuid,
    workflow: Option<i64>,
    slot: Option<Slot>,
    key: Option<Hash>,
    parent: Option<Uuid>,
}

/// An execution that was set aside.
pub(super) struct Aside {
    pub(super) id: Uuid,
    /// Who called it and may wait.
    pub(super) parent: Option<Waiter>,
}

/// Sets an execution aside.
pub(super) fn set(work: &mut Work<'_>, seq: i64) -> Result<Aside, StoreError> {
    let guess = bury(work, seq)?;
    if let (Some(workflow), Some(key)) = (guess.workflow, guess.key) {
        keys::unblock(work, workflow, key)?;
    }
    let parent = guess.parent.map_or(Ok(None), |parent| wake(work, parent))?;
    Ok(Aside { id: guess.id, parent })
}

/// As [`set`], without a look at who waits for its key: its caller goes on.
pub(super) fn forget(work: &mut Work<'_>, seq: i64) -> Result<(), StoreError> {
    let guess = bury(work, seq)?;
    guess.parent.map_or(Ok(None), |parent| wake(work, parent)).map(drop)
}

fn bury(work: &mut Work<'_>, seq: i64) -> Result<Guess, StoreError> {
    let guess = guess(work, seq)?;
    tracing::error!(execution = %guess.id, seq, "an execution is damaged and is set aside");
    free_keys(work, seq)?;
    let mut statement = work.db.prepare_cached(
        "UPDATE executions SET phase = ?2, blocked = 0, gathering = 0, damaged = 1, finished_at = ?3, expires_at = ?4, \
         reason = 'Damaged' WHERE seq = ?1",
    )?;
    statement.execute(params![seq, Phase::Failed.code(), work.now, work.now.saturating_add(KEPT)])?;
    drop(statement);
    if let Some(workflow) = guess.workflow {
        match work.shift(workflow, Weight { slot: guess.slot, size: 0 }, Weight::default()) {
            // Of a workflow that is damaged itself: a start counts anew.
            Err(StoreError::Corrupt(_)) => {}
            shifted => shifted?,
        }
    }
    Ok(guess)
}

/// The keys go free if the row was sound and only its payload or journal is not.
fn free_keys(work: &mut Work<'_>, seq: i64) -> Result<(), StoreError> {
    let Some(Ok(mut row)) = row::by_seq(work.db, seq)? else { return Ok(()) };
    row.state.expires_at = Some(work.now.saturating_add(KEPT));
    let keys = match payloads::keys(work.db, seq, row.state.items) {
        // A page that cannot be read names none; they stay held until their execution is deleted.
        Err(StoreError::Corrupt(_)) => Vec::new(),
        keys => keys?,
    };
    for key in keys {
        deliveries::settle(work, &row, key, false)?;
    }
    Ok(())
}

fn guess(work: &Work<'_>, seq: i64) -> Result<Guess, StoreError> {
    let sql = "SELECT id, workflow, phase, blocked, concurrency_key, parent FROM executions WHERE seq = ?1";
    Ok(work.db.prepare_cached(sql)?.query_row([seq], |columns| {
        let phase = column(columns, 2).and_then(Phase::of);
        Ok(Guess {
            id: column(columns, 0).map_or(Uuid::nil(), Uuid::from_bytes),
            workflow: column(columns, 1),
            slot: phase.and_then(|phase| slot(phase, column(columns, 3).unwrap_or(false))),
            key: column(columns, 4).map(Hash),
            parent: column(columns, 5).map(Uuid::from_bytes),
        })
    })?)
}

fn column<T: FromSql>(columns: &rusqlite::Row<'_>, place: usize) -> Option<T> {
    columns.get(place).ok()
}

fn slot(phase: Phase, blocked: bool) -> Option<Slot> {
    let mut state = row::State::queued();
    (state.phase, state.blocked) = (phase, blocked);
    state.slot()
}
