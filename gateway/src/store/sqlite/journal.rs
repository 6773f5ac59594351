//! The rows of `journal`: numbered from 0, each with a checksum; how many there are stands in the execution's own row.

use rusqlite::{Connection, params};
use uuid::Uuid;

use super::check::Check;
use super::convert::int;
use super::row::{Damaged, Row};
use super::work::Work;
use crate::store::error::StoreError;
use crate::store::new::JournalEntry;
use crate::store::seal::Sealer;

struct Kept {
    number: u32,
    sealed: bool,
    crc: i64,
    bytes: Vec<u8>,
}

impl Kept {
    fn check(&self, id: Uuid) -> i64 {
        let check = Check::default().bytes(id.as_bytes()).int(int(self.number)).int(int(self.sealed));
        check.bytes(&self.bytes).sum()
    }

    fn open(self, id: Uuid, sealer: &Sealer) -> Option<JournalEntry> {
        if self.check(id) != self.crc {
            return None;
        }
        let text = if self.sealed { sealer.open(id, self.number, &self.bytes)? } else { self.bytes };
        Some(JournalEntry { text: text.into(), sensitive: self.sealed })
    }
}

/// Writes entries behind those that are there. The row is not saved.
pub(super) fn append(work: &Work<'_>, row: &mut Row, entries: &[JournalEntry]) -> Result<(), StoreError> {
    let mut statement = work
        .db
        .prepare_cached("INSERT INTO journal (execution, number, sealed, crc, entry) VALUES (?1, ?2, ?3, ?4, ?5)")?;
    for entry in entries {
        let number = row.state.entries;
        let bytes = if entry.sensitive {
            let sealed = work.sealer.seal(row.origin.id, number, &entry.text);
            sealed.map_err(|error| StoreError::Statement(error.to_string()))?
        } else {
            entry.text.to_vec()
        };
        let kept = Kept { number, sealed: entry.sensitive, crc: 0, bytes };
        statement.execute(params![row.seq, number, kept.sealed, kept.check(row.origin.id), kept.bytes])?;
        row.state.entries = number.saturating_add(1);
        row.state.size += int(kept.bytes.len());
    }
    Ok(())
}

/// The entries of an execution from a number on, without gaps, to the last.
pub(super) fn of(
    db: &Connection,
    sealer: &Sealer,
    row: &Row,
    from: u32,
) -> Result<Result<Vec<JournalEntry>, Damaged>, StoreError> {
    let damaged = Damaged { seq: row.seq };
    let mut statement = db.prepare_cached(
        "SELECT number, sealed, crc, entry FROM journal WHERE execution = ?1 AND number >= ?2 ORDER BY number",
    )?;
    let mut rows = statement.query(params![row.seq, from])?;
    let mut entries = Vec::new();
    let mut next = from;
    while let Some(columns) = rows.next()? {
        let kept = read(columns).ok().filter(|kept| kept.number == next);
        let Some(entry) = kept.and_then(|kept| kept.open(row.origin.id, sealer)) else { return Ok(Err(damaged)) };
        entries.push(entry);
        next = next.saturating_add(1);
    }
    Ok(if next == row.state.entries.max(from) { Ok(entries) } else { Err(damaged) })
}

/// What a journal is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sound {
    /// It holds what was written.
    Whole,
    /// It does, and a sealed entry does not open under the key.
    Closed,
    /// It does not.
    Damaged,
}

/// Looks at all entries of an execution; without a key sealed ones do not open.
pub(super) fn look(db: &Connection, sealer: Option<&Sealer>, row: &Row) -> Result<Sound, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT number, sealed, crc, entry FROM journal WHERE execution = ?1 ORDER BY number")?;
    let mut rows = statement.query([row.seq])?;
    let id = row.origin.id;
    let (mut next, mut sound) = (0_u32, Sound::Whole);
    while let Some(columns) = rows.next()? {
        let Ok(kept) = read(columns) else { return Ok(Sound::Damaged) };
        if kept.number != next || kept.check(id) != kept.crc {
            return Ok(Sound::Damaged);
        }
        if kept.sealed && sealer.and_then(|sealer| sealer.open(id, kept.number, &kept.bytes)).is_none() {
            sound = Sound::Closed;
        }
        next = next.saturating_add(1);
    }
    Ok(if next == row.state.entries { sound } else { Sound::Damaged })
}

fn read(columns: &rusqlite::Row<'_>) -> rusqlite::Result<Kept> {
    Ok(Kept { number: columns.get(0)?, sealed: columns.get(1)?, crc: columns.get(2)?, bytes: columns.get(3)? })
}

/// Deletes the journal of an execution.
pub(super) fn delete(work: &Work<'_>, seq: i64) -> Result<(), StoreError> {
    work.db.prepare_cached("DELETE FROM journal WHERE execution = ?1")?.execute([seq])?;
    Ok(())
}
