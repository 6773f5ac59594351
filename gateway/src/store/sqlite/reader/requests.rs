//! Lists of requests that started nothing.

use std::sync::Arc;

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use uuid::Uuid;

use super::list::{Wanted, limit, page};
use super::workflow;
use crate::store::command::{RecordedRequest, RequestPhase};
use crate::store::error::StoreError;
use crate::store::query::{Filter, Page, RequestRow};
use crate::store::sqlite::convert::{Code, count, hash, id, micros, time};
use crate::store::sqlite::requests::crc;

const COLUMNS: &str = "seq, id, workflow, at, phase, reason, body_sha256, execution, crc, head";

/// The newest requests that are wanted. Damaged ones are left out and counted in the log: they are nobody's work.
pub(super) fn list(db: &Connection, filter: &Filter) -> Result<Page<RequestRow>, StoreError> {
    let mut wanted = Wanted::new(filter);
    if let Some(since) = filter.since {
        wanted.and("at >= ?", Value::Integer(micros(since)));
    }
    let limit = limit(filter);
    let mut statement = db.prepare_cached(&wanted.select(COLUMNS, "requests"))?;
    let mut found = statement.query(params_from_iter(wanted.bound(limit)))?;
    let mut rows = Vec::new();
    while let Some(columns) = found.next()? {
        rows.push((count(columns.get(0)?), read(db, columns)?));
    }
    let page = page(rows, limit, |(seq, _)| *seq);
    let damaged = page.rows.iter().filter(|(_, row)| row.is_none()).count();
    if damaged > 0 {
        tracing::error!(damaged, "recorded requests are damaged and are not listed");
    }
    Ok(Page { rows: page.rows.into_iter().filter_map(|(_, row)| row).collect(), next: page.next })
}

/// The ids of the requests that are damaged, as far as these can be read.
pub(in crate::store::sqlite) fn damaged(db: &Connection) -> Result<Vec<Uuid>, StoreError> {
    let mut statement = db.prepare(&format!("SELECT {COLUMNS} FROM requests"))?;
    let mut found = statement.query([])?;
    let mut damaged = Vec::new();
    while let Some(columns) = found.next()? {
        let sound = match read(db, columns) {
            Ok(read) => read.is_some(),
            // A column of a type that was never written, or a workflow that is not there.
            Err(StoreError::Statement(_) | StoreError::Corrupt(_)) => false,
            Err(error) => return Err(error),
        };
        if !sound {
            damaged.push(columns.get(1).map_or_else(|_| Uuid::nil(), Uuid::from_bytes));
        }
    }
    Ok(damaged)
}

/// One of them.
pub(super) fn one(db: &Connection, id: Uuid) -> Result<Option<RequestRow>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM requests WHERE id = ?1");
    let mut statement = db.prepare_cached(&sql)?;
    let mut found = statement.query([id.as_bytes()])?;
    let Some(columns) = found.next()? else { return Ok(None) };
    read(db, columns)?.ok_or(StoreError::Damaged(id)).map(Some)
}

fn read(db: &Connection, columns: &rusqlite::Row<'_>) -> Result<Option<RequestRow>, StoreError> {
    let number: i64 = columns.get(2)?;
    let Some(phase) = RequestPhase::of(columns.get(4)?) else { return Ok(None) };
    let request = RecordedRequest {
        id: Uuid::from_bytes(columns.get(1)?),
        workflow: Arc::new(workflow(db, number)?),
        at: time(columns.get(3)?),
        phase,
        reason: columns.get(5)?,
        head: columns.get(9)?,
        body_sha256: hash(columns.get(6)?),
        execution: id(columns.get(7)?),
    };
    if crc(number, &request) != columns.get::<_, i64>(8)? {
        return Ok(None);
    }
    let seq = count(columns.get(0)?);
    let RecordedRequest { id, workflow, at, phase, reason, head, body_sha256, execution } = request;
    Ok(Some(RequestRow { id, seq, workflow, at, phase, reason, head, body_sha256, execution }))
}
