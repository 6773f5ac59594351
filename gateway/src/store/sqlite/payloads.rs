//! The rows of `payloads`: gapless in `seq`, each with a checksum.

use bytes::Bytes;
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use super::check::Check;
use super::convert::{hash, int};
use super::row::{Damaged, Row};
use super::work::Work;
use crate::store::error::StoreError;
use crate::store::new::{Hash, Payload};
use crate::store::query::KeptPayload;
use boathook_plan::plan::BodyKept;

/// Where a payload belongs.
#[derive(Clone, Copy)]
pub(super) struct Spot {
    /// The execution's id, for the checksum.
    pub(super) id: Uuid,
    /// The execution's seq; [`None`] is the payload's own, as it is its first.
    pub(super) execution: Option<i64>,
    pub(super) position: u32,
    /// The key of the delivery that it was.
    pub(super) key: Option<Hash>,
}

struct Kept {
    seq: i64,
    position: i64,
    key: Option<Hash>,
    crc: i64,
    payload: KeptPayload,
}

impl Kept {
    fn check(&self, id: Uuid) -> i64 {
        let payload = &self.payload;
        Check::default()
            .bytes(id.as_bytes())
            .int(self.seq)
            .int(self.position)
            .maybe_hash(self.key)
            .maybe_hash(payload.body_sha256)
            .bytes(&payload.head)
            .maybe_bytes(payload.body.as_deref())
            .sum()
    }
}

/// Writes a payload; returns its seq.
pub(super) fn insert(work: &mut Work<'_>, spot: Spot, payload: &Payload) -> Result<i64, StoreError> {
    let seq = work.tally.seq + 1;
    let body: &[u8] = &payload.body;
    let crc = Check::default()
        .bytes(spot.id.as_bytes())
        .int(seq)
        .int(int(spot.position))
        .maybe_hash(spot.key)
        .maybe_hash(None)
        .bytes(&payload.head)
        .maybe_bytes(Some(body))
        .sum();
    let mut statement = work.db.prepare_cached(
        "INSERT INTO payloads (seq, execution, position, delivery_key, crc, head, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    let execution = spot.execution.unwrap_or(seq);
    statement.execute(params![seq, execution, spot.position, spot.key.map(|key| key.0), crc, payload.head, body])?;
    drop(statement);
    work.tally.seq = seq;
    Ok(seq)
}

const FIRST: &str = "SELECT seq, position, delivery_key, body_sha256, crc, head, body FROM payloads WHERE seq = ?1";
const LATER: &str = "SELECT seq, position, delivery_key, body_sha256, crc, head, body FROM payloads \
     WHERE execution = ?1 AND position > 0 ORDER BY position";

fn read(columns: &rusqlite::Row<'_>) -> rusqlite::Result<Kept> {
    let body: Option<Vec<u8>> = columns.get(6)?;
    Ok(Kept {
        seq: columns.get(0)?,
        position: columns.get(1)?,
        key: hash(columns.get(2)?),
        crc: columns.get(4)?,
        payload: KeptPayload { head: columns.get(5)?, body: body.map(Bytes::from), body_sha256: hash(columns.get(3)?) },
    })
}

fn all(db: &Connection, row: &Row) -> Result<Result<Vec<Kept>, Damaged>, StoreError> {
    let damaged = Damaged { seq: row.seq };
    let Some(first) = sound(db.prepare_cached(FIRST)?.query_row([row.seq], read).optional())? else {
        return Ok(Err(damaged));
    };
    let mut kept: Vec<Kept> = first.into_iter().collect();
    if row.state.items > 1 {
        let mut statement = db.prepare_cached(LATER)?;
        for later in statement.query_map([row.seq], read)? {
            let Some(later) = sound(later)? else { return Ok(Err(damaged)) };
            kept.push(later);
        }
    }
    let whole = kept.len() == usize::try_from(row.state.items).unwrap_or(usize::MAX)
        && kept.iter().zip(0..).all(|(one, place)| one.position == place && one.crc == one.check(row.origin.id));
    Ok(if whole { Ok(kept) } else { Err(damaged) })
}

/// A column of a type that was never written is damage; other errors are not.
fn sound<T>(read: rusqlite::Result<T>) -> Result<Option<T>, StoreError> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(error @ rusqlite::Error::SqliteFailure(..)) => Err(error.into()),
        Err(_) => Ok(None),
    }
}

/// All payloads of an execution, in order.
pub(super) fn of(db: &Connection, row: &Row) -> Result<Result<Vec<KeptPayload>, Damaged>, StoreError> {
    Ok(all(db, row)?.map(|kept| kept.into_iter().map(|one| one.payload).collect()))
}

/// The deduplication keys of an execution. They are not checked: a key that is not one finds nothing.
pub(super) fn keys(db: &Connection, seq: i64, items: u32) -> Result<Vec<Hash>, StoreError> {
    let sql = if items > 1 {
        "SELECT delivery_key FROM payloads WHERE seq = ?1 UNION ALL \
         SELECT delivery_key FROM payloads WHERE execution = ?1 AND position > 0"
    } else {
        "SELECT delivery_key FROM payloads WHERE seq = ?1"
    };
    let mut statement = db.prepare_cached(sql)?;
    let keys = statement.query_map([seq], |row| Ok(row.get(0).ok().flatten()))?;
    Ok(keys.filter_map(Result::transpose).map(|key| key.map(Hash)).collect::<Result<_, _>>()?)
}

/// Drops of the bodies what is not kept once the execution has ended. The row is not saved.
pub(super) fn shed(work: &Work<'_>, row: &mut Row) -> Result<(), StoreError> {
    if row.origin.body == BodyKept::Full {
        return Ok(());
    }
    // One that is damaged stays as it is: it shows when it is read.
    let Ok(kept) = all(work.db, row)? else { return Ok(()) };
    let mut statement =
        work.db.prepare_cached("UPDATE payloads SET body = NULL, body_sha256 = ?2, crc = ?3 WHERE seq = ?1")?;
    for mut one in kept {
        let Some(body) = one.payload.body.take() else { continue };
        row.state.size -= int(body.len());
        one.payload.body_sha256 = (row.origin.body == BodyKept::Hash).then(|| Hash::of(&body));
        let crc = one.check(row.origin.id);
        statement.execute(params![one.seq, one.payload.body_sha256.map(|hash| hash.0), crc])?;
    }
    Ok(())
}

/// Deletes all payloads of an execution.
pub(super) fn delete(work: &mut Work<'_>, seq: i64) -> Result<(), StoreError> {
    let first = work.db.prepare_cached("DELETE FROM payloads WHERE seq = ?1")?.execute([seq])?;
    let later = work.db.prepare_cached("DELETE FROM payloads WHERE execution = ?1 AND position > 0")?.execute([seq])?;
    work.tally.payloads_deleted += int(first.saturating_add(later));
    Ok(())
}
