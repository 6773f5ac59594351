//! What every command works with inside its transaction, and what a workflow counts.

use std::sync::Arc;

use rusqlite::{Connection, params};
use uuid::Uuid;

use super::aside;
use super::known::Known;
use super::row::{self, Row};
use super::tally::Tally;
use crate::store::error::StoreError;
use crate::store::seal::Sealer;

/// A transaction under way.
pub(super) struct Work<'a> {
    pub(super) db: &'a Connection,
    pub(super) now: i64,
    pub(super) tally: &'a mut Tally,
    pub(super) known: &'a mut Known,
    pub(super) sealer: &'a Arc<Sealer>,
}

/// What an execution counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    /// Not begun, and may.
    Queued,
    /// Not begun, and may not yet.
    Blocked,
    /// Begun.
    Active,
}

/// What an execution counts for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Weight {
    /// Of its workflow.
    pub(super) slot: Option<Slot>,
    /// Bytes of its namespace.
    pub(super) size: i64,
}

/// What a workflow has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Load {
    pub(super) queued: i64,
    pub(super) blocked: i64,
    pub(super) active: i64,
}

impl Weight {
    fn waiting(self) -> i64 {
        i64::from(matches!(self.slot, Some(Slot::Queued | Slot::Blocked)))
    }
}

impl Load {
    pub(super) fn add(&mut self, slot: Option<Slot>, by: i64) {
        match slot {
            Some(Slot::Queued) => self.queued += by,
            Some(Slot::Blocked) => self.blocked += by,
            Some(Slot::Active) => self.active += by,
            None => {}
        }
    }
}

impl Work<'_> {
    /// What a workflow has.
    pub(super) fn load(&self, workflow: i64) -> Result<Load, StoreError> {
        let mut statement = self.db.prepare_cached("SELECT queued, blocked, active FROM workflows WHERE id = ?1")?;
        Ok(statement
            .query_row([workflow], |row| Ok(Load { queued: row.get(0)?, blocked: row.get(1)?, active: row.get(2)? }))?)
    }

    /// Counts an execution elsewhere.
    pub(super) fn shift(&mut self, workflow: i64, from: Weight, to: Weight) -> Result<(), StoreError> {
        let (waiting, stored) = (to.waiting() - from.waiting(), to.size - from.size);
        if (waiting, stored) != (0, 0) {
            self.charge(workflow, waiting, stored)?;
        }
        if from.slot == to.slot {
            return Ok(());
        }
        let mut by = Load::default();
        by.add(from.slot, -1);
        by.add(to.slot, 1);
        let mut statement = self.db.prepare_cached(
            "UPDATE workflows SET queued = queued + ?2, blocked = blocked + ?3, active = active + ?4 WHERE id = ?1",
        )?;
        statement.execute(params![workflow, by.queued, by.blocked, by.active])?;
        Ok(())
    }

    /// The execution of an id; a damaged one is set aside, and is as if it were not there.
    pub(super) fn row(&mut self, id: Uuid) -> Result<Option<Row>, StoreError> {
        match row::by_id(self.db, id)? {
            None => Ok(None),
            Some(Ok(row)) => Ok(Some(row)),
            Some(Err(damaged)) => {
                aside::set(self, damaged.seq)?;
                Ok(None)
            }
        }
    }

    /// The execution of a seq, as [`Work::row`].
    pub(super) fn row_at(&mut self, seq: i64) -> Result<Option<Row>, StoreError> {
        match row::by_seq(self.db, seq)? {
            None => Ok(None),
            Some(Ok(row)) => Ok(Some(row)),
            Some(Err(damaged)) => {
                aside::set(self, damaged.seq)?;
                Ok(None)
            }
        }
    }

    /// The seqs that a query finds.
    pub(super) fn seqs(&self, sql: &str, params: impl rusqlite::Params) -> Result<Vec<i64>, StoreError> {
        let mut statement = self.db.prepare_cached(sql)?;
        let rows = statement.query_map(params, |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
