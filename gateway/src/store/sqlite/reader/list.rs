//! Lists of executions, newest first, a page at a time.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use uuid::Uuid;

use super::{shown, shown_damaged};
use crate::store::error::StoreError;
use crate::store::query::{ExecutionRow, Filter, PAGE, Page};
use crate::store::sqlite::convert::{Code, int, micros};
use crate::store::sqlite::row;

/// A `WHERE` and what it is bound to. Made of constant pieces; everything of the caller's is bound.
pub(super) struct Wanted {
    sql: String,
    bound: Vec<Value>,
}

impl Wanted {
    pub(super) fn new(filter: &Filter) -> Self {
        let mut wanted = Self { sql: "seq < ?".into(), bound: Vec::new() };
        wanted.bound.push(Value::Integer(filter.before.map_or(i64::MAX, int)));
        if let Some(namespace) = &filter.namespace {
            wanted.and("workflow IN (SELECT id FROM workflows WHERE namespace = ?)", Value::Text(namespace.clone()));
        }
        if let Some(workflow) = &filter.workflow {
            wanted.and("workflow IN (SELECT id FROM workflows WHERE name = ?)", Value::Text(workflow.clone()));
        }
        wanted
    }

    pub(super) fn and(&mut self, condition: &'static str, value: Value) {
        self.sql.push_str(" AND ");
        self.sql.push_str(condition);
        self.bound.push(value);
    }

    fn phases(&mut self, filter: &Filter) {
        if filter.phases.is_empty() {
            return;
        }
        let places = vec!["?"; filter.phases.len()].join(", ");
        self.sql.push_str(" AND phase IN (");
        self.sql.push_str(&places);
        self.sql.push(')');
        self.bound.extend(filter.phases.iter().map(|phase| Value::Integer(phase.code())));
    }

    /// The statement, for one row more than the page has.
    pub(super) fn select(&self, columns: &str, table: &str) -> String {
        format!("SELECT {columns} FROM {table} WHERE {} ORDER BY seq DESC LIMIT ?", self.sql)
    }

    pub(super) fn bound(mut self, limit: u32) -> Vec<Value> {
        self.bound.push(Value::Integer(int(limit.saturating_add(1))));
        self.bound
    }
}

/// Rows that a page has.
pub(super) fn limit(filter: &Filter) -> u32 {
    if filter.limit == 0 { PAGE } else { filter.limit.min(PAGE) }
}

/// A page of what was found; one row more than it has says that there is more.
pub(super) fn page<T>(mut rows: Vec<T>, limit: u32, seq: impl Fn(&T) -> u64) -> Page<T> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(seq);
    Page { rows, next }
}

/// How many ids are told of a span: whether there is one, or another one.
const IDS: u32 = 3;

/// The first ids of a span.
pub(super) fn ids(db: &Connection, from: Uuid, to: Uuid) -> Result<Vec<Uuid>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT id FROM executions WHERE id BETWEEN ?1 AND ?2 UNION ALL \
         SELECT id FROM requests WHERE id BETWEEN ?1 AND ?2 LIMIT ?3",
    )?;
    let found = statement.query_map((from.as_bytes(), to.as_bytes(), IDS), |columns| columns.get(0))?;
    Ok(found.map(|id| id.map(Uuid::from_bytes)).collect::<Result<_, _>>()?)
}

/// The newest executions that are wanted.
pub(super) fn executions(db: &Connection, filter: &Filter) -> Result<Page<ExecutionRow>, StoreError> {
    let mut wanted = Wanted::new(filter);
    wanted.phases(filter);
    if let Some(since) = filter.since {
        wanted.and("accepted_at >= ?", Value::Integer(micros(since)));
    }
    let limit = limit(filter);
    let mut statement = db.prepare_cached(&wanted.select(row::COLUMNS, "executions"))?;
    let found = statement.query_map(params_from_iter(wanted.bound(limit)), row::read)?;
    let mut rows = Vec::new();
    for loaded in found {
        rows.push(match loaded? {
            Ok(row) => {
                let seq = row.seq;
                match shown(db, row) {
                    // Its workflow or its plan is not what was written.
                    Err(StoreError::Corrupt(_)) => shown_damaged(db, seq)?,
                    shown => shown?,
                }
            }
            Err(damaged) => shown_damaged(db, damaged.seq)?,
        });
    }
    Ok(page(rows, limit, |row: &ExecutionRow| row.seq))
}
