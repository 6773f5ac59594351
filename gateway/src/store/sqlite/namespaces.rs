//! The rows of `namespaces`: what the workflows of one have together, and the quotas that this is held to.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::convert::{count, int};
use super::work::Work;
use crate::store::ending::Admission;
use crate::store::error::StoreError;
use crate::store::new::{NewExecution, Quota};
use crate::store::query::Usage;

/// What a namespace has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Used {
    waiting: i64,
    /// Bytes.
    pub(super) stored: i64,
}

impl Used {
    /// Why nothing more may be kept of the namespace.
    pub(super) fn store_is_full(self, quota: Quota) -> Option<Admission> {
        (count(self.stored) >= quota.storage).then_some(Admission::StorageFull)
    }

    /// Why nothing more may wait.
    pub(super) fn queue_is_full(self, quota: Quota) -> Option<Admission> {
        (count(self.waiting) >= quota.queued).then_some(Admission::QuotaFull)
    }
}

/// A namespace has a workflow.
pub(super) fn know(db: &Connection, namespace: &str) -> Result<(), StoreError> {
    let sql = "INSERT INTO namespaces (namespace) VALUES (?1) ON CONFLICT DO NOTHING";
    db.prepare_cached(sql)?.execute([namespace])?;
    Ok(())
}

/// A namespace is gone.
pub(super) fn forget(db: &Connection, namespace: &str) -> Result<(), StoreError> {
    db.execute("DELETE FROM namespaces WHERE namespace = ?1", [namespace])?;
    Ok(())
}

/// What the namespace of a delivery has.
pub(super) fn of(work: &Work<'_>, new: &NewExecution) -> Result<Used, StoreError> {
    used(work.db, &new.workflow.namespace)
}

/// What a namespace has.
pub(super) fn used(db: &Connection, namespace: &str) -> Result<Used, StoreError> {
    let mut statement = db.prepare_cached("SELECT waiting, stored FROM namespaces WHERE namespace = ?1")?;
    let used = statement.query_row([namespace], |row| Ok(Used { waiting: row.get(0)?, stored: row.get(1)? }));
    Ok(used.optional()?.unwrap_or_default())
}

/// What each namespace has.
pub(super) fn all(db: &Connection) -> Result<Vec<Usage>, StoreError> {
    let mut statement = db.prepare_cached("SELECT namespace, waiting, stored FROM namespaces ORDER BY namespace")?;
    let rows = statement.query_map([], |row| {
        Ok(Usage { namespace: row.get(0)?, waiting: count(row.get(1)?), stored: count(row.get(2)?) })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

impl Work<'_> {
    /// Counts for the namespace of a workflow.
    pub(super) fn charge(&mut self, workflow: i64, waiting: i64, stored: i64) -> Result<(), StoreError> {
        let workflow = self.workflow_ref(workflow)?;
        let sql = "UPDATE namespaces SET waiting = waiting + ?2, stored = stored + ?3 WHERE namespace = ?1";
        self.db.prepare_cached(sql)?.execute(params![workflow.namespace, waiting, stored])?;
        Ok(())
    }
}

/// Counts of a workflow that were taken anew.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Recount {
    pub(super) waiting: i64,
    /// `None` where not every execution was looked at.
    pub(super) stored: Option<i64>,
}

/// Begins to count anew: bytes only where every execution is looked at.
pub(super) fn reset(db: &Connection, whole: bool) -> Result<(), StoreError> {
    db.execute(
        "INSERT INTO namespaces (namespace) SELECT DISTINCT namespace FROM workflows WHERE 1 ON CONFLICT DO NOTHING",
        [],
    )?;
    let sql = if whole { "UPDATE namespaces SET waiting = 0, stored = 0" } else { "UPDATE namespaces SET waiting = 0" };
    db.execute(sql, [])?;
    Ok(())
}

/// Adds what a workflow has.
pub(super) fn add(db: &Connection, workflow: i64, counted: Recount) -> Result<(), StoreError> {
    let mut statement = db.prepare_cached(
        "UPDATE namespaces SET waiting = waiting + ?2, stored = stored + ?3 \
         WHERE namespace = (SELECT namespace FROM workflows WHERE id = ?1)",
    )?;
    statement.execute(params![workflow, counted.waiting, counted.stored.unwrap_or(0)])?;
    Ok(())
}

/// As many as are given up of each workflow, at least one.
pub(super) fn share(limit: u32, workflows: usize) -> i64 {
    (int(limit) / int(workflows).max(1)).max(1)
}
