//! How many commits and rows there must be: one row, written with every commit. Rows that are not there any more show by it.

use rusqlite::{Connection, params};

use super::check::Check;
use crate::store::error::StoreError;

/// The counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) commits: i64,
    /// The newest `seq` of a payload; they are gapless.
    pub(super) seq: i64,
    pub(super) payloads_deleted: i64,
    pub(super) executions: i64,
    pub(super) deliveries: i64,
    pub(super) requests: i64,
}

impl Tally {
    /// `None` when the row is not what was written.
    pub(super) fn read(db: &Connection) -> Result<Option<Self>, StoreError> {
        let sql =
            "SELECT commits, seq, payloads_deleted, executions, deliveries, requests, crc FROM tally WHERE one = 1";
        let (tally, crc) = db.prepare_cached(sql)?.query_row([], |row| {
            let tally = Self {
                commits: row.get(0)?,
                seq: row.get(1)?,
                payloads_deleted: row.get(2)?,
                executions: row.get(3)?,
                deliveries: row.get(4)?,
                requests: row.get(5)?,
            };
            Ok((tally, row.get::<_, i64>(6)?))
        })?;
        // A database that was made and never written to has no checksum yet.
        Ok((tally.crc() == crc || (tally == Self::default() && crc == 0)).then_some(tally))
    }

    pub(super) fn write(&self, db: &Connection) -> Result<(), StoreError> {
        let sql = "UPDATE tally SET commits = ?1, seq = ?2, payloads_deleted = ?3, executions = ?4, deliveries = ?5, \
             requests = ?6, crc = ?7 WHERE one = 1";
        db.prepare_cached(sql)?.execute(params![
            self.commits,
            self.seq,
            self.payloads_deleted,
            self.executions,
            self.deliveries,
            self.requests,
            self.crc(),
        ])?;
        Ok(())
    }

    fn crc(&self) -> i64 {
        Check::default()
            .int(self.commits)
            .int(self.seq)
            .int(self.payloads_deleted)
            .int(self.executions)
            .int(self.deliveries)
            .int(self.requests)
            .sum()
    }
}
