//! A row of `executions`: read whole, changed in memory, written whole, so that its checksum is always over all of it.

use rusqlite::{Connection, OptionalExtension, Row as Columns};
use uuid::Uuid;

use super::check::Check;
use super::work::Weight;
use crate::store::error::StoreError;

mod origin;
mod state;
mod write;

pub(super) use origin::Origin;
pub(super) use state::State;

/// Never due by itself.
pub(super) const NEVER: i64 = i64::MAX;

/// An execution.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) seq: i64,
    pub(super) origin: Origin,
    pub(super) state: State,
    /// What it counted for when it was read.
    loaded: Weight,
}

/// A row does not hold what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Damaged {
    pub(super) seq: i64,
}

/// A row, if it is sound.
pub(super) type Loaded = Result<Row, Damaged>;

/// In the order of [`read`].
pub(super) const COLUMNS: &str = "seq, crc, damaged, id, workflow, plan, mode, accepted_at, parent, parent_place, depth, \
     awaited, retry_of, replay_of, seed, concurrency_key, body_kept, keep, keep_failed, phase, blocked, gathering, due_at, \
     fence, attempt, items, entries, started_at, finished_at, expires_at, reason, step, message, status, answered, cancelling, owner, \
     size, replays, reseeded, crashes";

/// Reads the columns of [`COLUMNS`].
pub(super) fn read(columns: &Columns<'_>) -> rusqlite::Result<Loaded> {
    let seq = columns.get(0)?;
    // A column of a type that was never written is damage as well.
    Ok(sound(seq, columns).ok().flatten().ok_or(Damaged { seq }))
}

fn sound(seq: i64, columns: &Columns<'_>) -> rusqlite::Result<Option<Row>> {
    let (crc, damaged): (i64, i64) = (columns.get(1)?, columns.get(2)?);
    let (Some(origin), Some(state)) = (Origin::read(columns)?, State::read(columns)?) else { return Ok(None) };
    let row = Row { seq, loaded: state.weight(), origin, state };
    Ok((damaged == 0 && row.crc() == crc).then_some(row))
}

/// The execution of a seq.
pub(super) fn by_seq(db: &Connection, seq: i64) -> Result<Option<Loaded>, StoreError> {
    let sql = select_by_seq();
    Ok(db.prepare_cached(sql)?.query_row([seq], read).optional()?)
}

/// The execution of an id.
pub(super) fn by_id(db: &Connection, id: Uuid) -> Result<Option<Loaded>, StoreError> {
    let Some(seq) = seq_of(db, id)? else { return Ok(None) };
    let found = by_seq(db, seq)?;
    if found.as_ref().is_some_and(|row| row.as_ref().is_ok_and(|row| row.origin.id != id)) {
        return Err(StoreError::Corrupt(format!("the index of execution {id}")));
    }
    Ok(found)
}

/// The seq of an id.
pub(super) fn seq_of(db: &Connection, id: Uuid) -> Result<Option<i64>, StoreError> {
    let mut statement = db.prepare_cached("SELECT seq FROM executions WHERE id = ?1")?;
    Ok(statement.query_row([id.as_bytes()], |row| row.get(0)).optional()?)
}

fn select_by_seq() -> &'static str {
    static SQL: std::sync::LazyLock<String> =
        std::sync::LazyLock::new(|| format!("SELECT {COLUMNS} FROM executions WHERE seq = ?1"));
    &SQL
}

impl Row {
    pub(super) fn new(seq: i64, origin: Origin, state: State) -> Self {
        Self { seq, origin, state, loaded: Weight::default() }
    }

    fn crc(&self) -> i64 {
        self.state.check(self.origin.check(Check::default().int(self.seq))).sum()
    }
}
