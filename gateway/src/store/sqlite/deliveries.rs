//! The rows of `deliveries`: which execution holds a deduplication key, and until when.

use rusqlite::{OptionalExtension, params};
use uuid::Uuid;

use super::check::Check;
use super::convert::{count, int, span};
use super::row::Row;
use super::work::Work;
use crate::store::error::StoreError;
use crate::store::new::{DeliveryKey, Hash};

/// What a key means to a new delivery.
pub(super) enum Key {
    /// Nobody holds it.
    Free {
        /// The execution of the same delivery that failed before.
        retry_of: Option<Uuid>,
    },
    /// An execution holds it.
    Held(Holding),
}

/// Who holds a key.
#[derive(Clone, Copy)]
pub(super) struct Holding {
    pub(super) execution: Uuid,
    /// Whether its execution has ended well, and so is held until its time.
    pub(super) dated: bool,
}

/// A key of a workflow.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) workflow: i64,
    pub(super) key: Hash,
}

/// A row.
#[derive(Clone, Copy)]
struct Hold {
    execution: Uuid,
    window: i64,
    held_until: Option<i64>,
    freed: bool,
}

impl Hold {
    fn crc(&self, place: Place) -> i64 {
        Check::default()
            .int(place.workflow)
            .bytes(&place.key.0)
            .bytes(self.execution.as_bytes())
            .int(self.window)
            .maybe_int(self.held_until)
            .int(int(self.freed))
            .sum()
    }

    fn key(&self, now: i64) -> Key {
        if self.freed {
            return Key::Free { retry_of: Some(self.execution) };
        }
        match self.held_until {
            Some(until) if until <= now => Key::Free { retry_of: None },
            until => Key::Held(Holding { execution: self.execution, dated: until.is_some() }),
        }
    }
}

/// Whether there is a row, and the row where it is sound.
type Found = Option<Option<Hold>>;

fn find(db: &rusqlite::Connection, place: Place) -> Result<Found, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT execution, time_window, held_until, freed, crc FROM deliveries WHERE workflow = ?1 AND delivery_key = ?2",
    )?;
    let found =
        statement.query_row(params![place.workflow, place.key.0], |columns| Ok(read(columns, place).ok().flatten()));
    Ok(found.optional()?)
}

fn read(columns: &rusqlite::Row<'_>, place: Place) -> rusqlite::Result<Option<Hold>> {
    let execution = Uuid::from_bytes(columns.get(0)?);
    let hold = Hold { execution, window: columns.get(1)?, held_until: columns.get(2)?, freed: columns.get(3)? };
    let crc: i64 = columns.get(4)?;
    Ok((hold.crc(place) == crc).then_some(hold))
}

/// Who holds a key. A row that is damaged holds nothing: the delivery may then run again, which is promised; to lose it
/// would not be.
pub(super) fn look(db: &rusqlite::Connection, place: Place, now: i64) -> Result<Key, StoreError> {
    Ok(match find(db, place)? {
        None => Key::Free { retry_of: None },
        Some(Some(hold)) => hold.key(now),
        Some(None) => {
            tracing::error!(workflow = place.workflow, "a deduplication key is damaged and is taken as free");
            Key::Free { retry_of: None }
        }
    })
}

/// The workflows and keys of the rows that are damaged.
pub(super) fn damaged(db: &rusqlite::Connection) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
    let mut damaged: Vec<(i64, Vec<u8>)> = Vec::new();
    let mut statement =
        db.prepare("SELECT execution, time_window, held_until, freed, crc, workflow, delivery_key FROM deliveries")?;
    let mut rows = statement.query([])?;
    while let Some(columns) = rows.next()? {
        let (workflow, key): (i64, Vec<u8>) = (columns.get(5)?, columns.get(6)?);
        let place = key.as_slice().try_into().ok().map(|key| Place { workflow, key: Hash(key) });
        if place.and_then(|place| read(columns, place).ok().flatten()).is_none() {
            damaged.push((workflow, key));
        }
    }
    Ok(damaged)
}

/// Deletes the rows that are damaged; returns how many.
pub(super) fn clear(work: &mut Work<'_>) -> Result<u64, StoreError> {
    let damaged = damaged(work.db)?;
    for (workflow, key) in &damaged {
        work.db.execute("DELETE FROM deliveries WHERE workflow = ?1 AND delivery_key = ?2", params![workflow, key])?;
    }
    work.tally.deliveries -= int(damaged.len());
    Ok(count(int(damaged.len())))
}

/// Deletes the keys of executions that are gone and never ended: nothing would date them any more.
pub(super) fn clear_orphans(work: &mut Work<'_>) -> Result<(), StoreError> {
    let sql = "DELETE FROM deliveries WHERE held_until IS NULL AND freed = 0 \
         AND NOT EXISTS (SELECT 1 FROM executions WHERE id = execution)";
    let deleted = work.db.prepare(sql)?.execute([])?;
    if deleted > 0 {
        tracing::warn!(keys = deleted, "deduplication keys of executions that are gone are free again");
    }
    work.tally.deliveries -= int(deleted);
    Ok(())
}

/// Gives a key to an execution.
pub(super) fn hold(work: &mut Work<'_>, workflow: i64, key: DeliveryKey, id: Uuid) -> Result<(), StoreError> {
    let place = Place { workflow, key: key.hash };
    let new = find(work.db, place)?.is_none();
    let hold = Hold { execution: id, window: span(key.window), held_until: None, freed: false };
    if new {
        write(work, INSERT, place, hold)?;
        work.tally.deliveries += 1;
        return Ok(());
    }
    write(work, UPDATE, place, hold)
}

/// How long a key is held after the success of its execution; 0 where it is another one's.
pub(super) fn window(db: &rusqlite::Connection, row: &Row, key: Hash) -> Result<i64, StoreError> {
    let hold = find(db, Place { workflow: row.origin.workflow, key })?.flatten();
    Ok(hold.filter(|hold| hold.execution == row.origin.id).map_or(0, |hold| hold.window))
}

/// Dates or frees a key as its execution ends, if it is that execution's still.
pub(super) fn settle(work: &Work<'_>, row: &Row, key: Hash, kept: bool) -> Result<(), StoreError> {
    let place = Place { workflow: row.origin.workflow, key };
    let Some(Some(mut hold)) = find(work.db, place)? else { return Ok(()) };
    if hold.execution != row.origin.id {
        return Ok(());
    }
    hold.freed = !kept;
    hold.held_until = if kept { Some(work.now.saturating_add(hold.window)) } else { row.state.expires_at };
    write(work, UPDATE, place, hold)
}

const INSERT: &str = "INSERT INTO deliveries (workflow, delivery_key, execution, time_window, held_until, freed, crc) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
const UPDATE: &str = "UPDATE deliveries SET execution = ?3, time_window = ?4, held_until = ?5, freed = ?6, crc = ?7 \
     WHERE workflow = ?1 AND delivery_key = ?2";

fn write(work: &Work<'_>, sql: &str, place: Place, hold: Hold) -> Result<(), StoreError> {
    let (execution, crc) = (hold.execution.into_bytes(), hold.crc(place));
    let columns = params![place.workflow, place.key.0, execution, hold.window, hold.held_until, hold.freed, crc];
    work.db.prepare_cached(sql)?.execute(columns)?;
    Ok(())
}
