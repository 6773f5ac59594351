//! Going on without what is gone: counts what is there, and promises that from now on. Only when somebody says so.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::check::examine;
use super::findings::{Cure, Damage, Report};
use super::{UpkeepError, failed, present, rows};
use crate::store::error::StoreError;
use crate::store::sqlite::convert::int;
use crate::store::sqlite::files::{Paths, io};
use crate::store::sqlite::open::connect;
use crate::store::sqlite::tally::Tally;
use crate::store::sqlite::verify::rows_of;
use crate::store::sqlite::witness::{Testimony, Witness};

/// A loss that was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// What is gone; nothing where nothing was.
    pub lost: Vec<Damage>,
    /// What a look at everything finds now.
    pub left: Report,
}

/// Accepts that commits or rows are gone: the counts and the witness say what is there, indexes are made anew, and rows
/// of executions that are gone are deleted. Refused, and nothing changed, where a page or a plan is damaged.
pub fn accept_loss(directory: &Path) -> Result<Accepted, UpkeepError> {
    let paths = Paths::new(directory);
    let testimony = present(&paths)?;
    let mut lock = paths.lock()?;
    lock.sign()?;
    let report = examine(&paths, testimony)?;
    if report.damage.iter().any(|damage| damage.cure() == Cure::Restore) {
        return Err(UpkeepError::BeyondLoss { path: directory.to_owned(), report });
    }
    let lost: Vec<_> = report.damage.iter().filter(|damage| damage.cure() == Cure::AcceptLoss).cloned().collect();
    if lost.is_empty() {
        return Ok(Accepted { lost, left: report });
    }
    let witness = Witness::new(paths.make(&paths.witness)?);
    if !paths.database.exists() {
        forget(&paths, &witness)?;
        return Ok(Accepted { lost, left: Report::default() });
    }
    let mut db = connect(&paths, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let tally = recount(&mut db, testimony, &lost).map_err(failed(directory))?;
    witness.swear(tally).map_err(failed(directory))?;
    drop(db);
    let left = examine(&paths, Witness::read(&paths.witness).map_err(io("read", &paths.witness))?)?;
    Ok(Accepted { lost, left })
}

/// Without a database its log must go as well: it would be taken for the log of the next one.
fn forget(paths: &Paths, witness: &Witness) -> Result<(), UpkeepError> {
    for ending in ["db-wal", "db-shm"] {
        let left = paths.database.with_extension(ending);
        if left.exists() {
            std::fs::remove_file(&left).map_err(io("remove", &left))?;
        }
    }
    paths.sync()?;
    witness.forget().map_err(failed(&paths.directory))
}

fn recount(db: &mut Connection, testimony: Testimony, lost: &[Damage]) -> Result<Tally, StoreError> {
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if lost.iter().any(|damage| matches!(damage, Damage::Index(_))) {
        transaction.execute_batch("REINDEX")?;
    }
    rows::delete_strays(&transaction)?;
    let tally = count(&transaction, testimony)?;
    tally.write(&transaction)?;
    transaction.commit()?;
    Ok(tally)
}

/// What is there. A `seq` is never given twice: those that were are behind it.
fn count(db: &Connection, testimony: Testimony) -> Result<Tally, StoreError> {
    let before = Tally::read(db)?.unwrap_or_default();
    let promised = match testimony {
        Testimony::Commit { commit, seq } => Tally { commits: int(commit), seq: int(seq), ..Tally::default() },
        Testimony::None | Testimony::Unreadable => Tally::default(),
    };
    let newest: i64 = db.query_row("SELECT coalesce(max(seq), 0) FROM payloads", [], |columns| columns.get(0))?;
    let seq = before.seq.max(promised.seq).max(newest);
    Ok(Tally {
        commits: before.commits.max(promised.commits).saturating_add(1),
        seq,
        payloads_deleted: seq - rows_of(db, "payloads")?,
        executions: rows_of(db, "executions")?,
        deliveries: rows_of(db, "deliveries")?,
        requests: rows_of(db, "requests")?,
    })
}
