//! Gives room back: deletes what is past its time, and writes the database anew without gaps.

use std::path::Path;

use jiff::Timestamp;

use super::{UpkeepError, failed, present};
use crate::store::command::{Command, Deleted, Outcome, Prune};
use crate::store::engine::Engine as _;
use crate::store::error::{OpenError, StoreError};
use crate::store::sqlite::files::Paths;
use crate::store::sqlite::{Sqlite, open, verify};

/// Rows of a kind that one transaction deletes.
const PRUNED: u32 = 2_000;

/// A store that was compacted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compacted {
    /// Bytes of database and log before.
    pub before: u64,
    /// The same after.
    pub after: u64,
    /// What was past its time.
    pub deleted: Deleted,
}

/// Deletes what is past its time and writes the database anew, which takes as much room on the disk as it has, for as
/// long as it takes. Holds the store's lock meanwhile: no gateway has it.
pub fn compact(directory: &Path, now: Timestamp) -> Result<Compacted, UpkeepError> {
    let paths = Paths::new(directory);
    let testimony = present(&paths)?;
    if !paths.database.exists() {
        let (path, witness) = (paths.database, testimony.commit());
        return Err(OpenError::Behind { path, found: 0, witness }.into());
    }
    let before = size(&paths);
    let (mut engine, _) = open::engine(&paths, now, verify::CHECKED)?;
    let deleted = prune(&mut engine, now).and_then(|deleted| engine.vacuum().map(|()| deleted));
    let deleted = deleted.map_err(failed(directory))?;
    // The log is emptied when the engine goes.
    drop(engine);
    Ok(Compacted { before, after: size(&paths), deleted })
}

fn prune(engine: &mut Sqlite, now: Timestamp) -> Result<Deleted, StoreError> {
    let mut all = Deleted::default();
    loop {
        let outcomes = engine.commit(&[Command::Prune(Prune { limit: PRUNED })], now)?;
        let Some(Outcome::Deleted(deleted)) = outcomes.into_iter().next() else { return Ok(all) };
        all.executions += deleted.executions;
        all.requests += deleted.requests;
        all.keys += deleted.keys;
        all.plans += deleted.plans;
        if !deleted.more {
            return Ok(all);
        }
    }
}

impl Sqlite {
    /// Writes the database anew. Through a file: what is in memory otherwise would be all of it.
    fn vacuum(&mut self) -> Result<(), StoreError> {
        self.db.pragma_update(None, "temp_store", "FILE")?;
        self.db.execute_batch("VACUUM")?;
        Ok(self.db.pragma_update(None, "temp_store", "MEMORY")?)
    }
}

fn size(paths: &Paths) -> u64 {
    let files = [paths.database.clone(), paths.database.with_extension("db-wal")];
    files.iter().filter_map(|file| std::fs::metadata(file).ok()).map(|file| file.len()).sum()
}
