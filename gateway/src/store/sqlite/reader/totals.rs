//! How much there is of each workflow.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension};

use super::workflow;
use crate::store::error::StoreError;
use crate::store::query::Totals;
use crate::store::sqlite::convert::{count, time};
use crate::store::sqlite::row::NEVER;

const OLDEST: &str = "SELECT accepted_at FROM executions INDEXED BY executions_pending WHERE workflow = ?1 AND phase = 0 AND blocked = ?2 AND phase < 3 \
     ORDER BY due_at, seq LIMIT 1";

const DUE: &str = "SELECT due_at FROM executions INDEXED BY executions_pending WHERE workflow = ?1 AND phase = ?2 AND blocked = 0 AND phase < 3 \
     ORDER BY due_at LIMIT 1";

/// Of each workflow.
pub(super) fn all(db: &Connection) -> Result<Vec<Totals>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT id, queued + blocked, active, (SELECT count(*) FROM executions INDEXED BY executions_dead \
         WHERE workflow = workflows.id AND phase = 4) FROM workflows",
    )?;
    let rows =
        statement.query_map([], |columns| Ok((columns.get(0)?, columns.get(1)?, columns.get(2)?, columns.get(3)?)))?;
    let rows: Vec<(i64, i64, i64, i64)> = rows.collect::<Result<_, _>>()?;
    let sound = |id: &i64| match workflow(db, *id) {
        Err(StoreError::Corrupt(_)) => {
            tracing::error!(workflow = id, "a workflow of the store is damaged and is not counted");
            false
        }
        Ok(_) | Err(_) => true,
    };
    rows.into_iter()
        .filter(|(id, ..)| sound(id))
        .map(|(id, queued, active, dead)| {
            let oldest = oldest(db, id)?;
            Ok(Totals {
                workflow: Arc::new(workflow(db, id)?),
                queued: count(queued),
                active: count(active),
                dead_letters: count(dead),
                oldest_queued: oldest.map(time),
                due_at: due(db, id)?.filter(|due| *due < NEVER).map(time),
            })
        })
        .collect()
}

fn oldest(db: &Connection, workflow: i64) -> Result<Option<i64>, StoreError> {
    let mut oldest: Option<i64> = None;
    for blocked in [0, 1] {
        let mut statement = db.prepare_cached(OLDEST)?;
        let found: Option<i64> = statement.query_row([workflow, blocked], |columns| columns.get(0)).optional()?;
        oldest = oldest.into_iter().chain(found).min();
    }
    Ok(oldest)
}

/// The earliest time at which something of a workflow is due, of those that have not ended.
fn due(db: &Connection, workflow: i64) -> Result<Option<i64>, StoreError> {
    let mut due: Option<i64> = None;
    for phase in [0, 1, 2] {
        let mut statement = db.prepare_cached(DUE)?;
        let found: Option<i64> = statement.query_row([workflow, phase], |columns| columns.get(0)).optional()?;
        due = due.into_iter().chain(found).min();
    }
    Ok(due)
}
