//! Copies a store, whole and of one moment, whoever has it open.
//!
//! A copy is made under another name, looked at, and then given its own: what has the name is complete.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::findings::Report;
use super::{UpkeepError, check, failed, present};
use crate::store::error::{OpenError, StoreError};
use crate::store::sqlite::convert::{count, int};
use crate::store::sqlite::files::{Paths, io, sync_directory};
use crate::store::sqlite::open::connect;
use crate::store::sqlite::tally::Tally;
use crate::store::sqlite::witness::{Testimony, Witness};

/// Pages between two words on how far it is: 16 MiB.
const STEP: i32 = 4_096;

/// A copy that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Bytes of its database.
    pub size: u64,
    /// What a look at all of it found; what is damaged in it is damaged in the store as well.
    pub report: Report,
}

/// How far a copy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pages {
    /// Pages that are copied.
    pub done: u64,
    /// Pages that there are.
    pub all: u64,
}

/// Copies a store to a directory that is not there yet, with its key and a witness of its own. A gateway may have the
/// store and goes on: the copy is of the moment at which it began.
pub fn backup(from: &Path, to: &Path, told: &mut dyn FnMut(Pages)) -> Result<Copied, UpkeepError> {
    let source = Paths::new(from);
    let testimony = present(&source)?;
    if !source.database.exists() {
        let (path, witness) = (source.database, testimony.commit());
        return Err(OpenError::Behind { path, found: 0, witness }.into());
    }
    let unfinished = beside(to);
    for taken in [to, &unfinished] {
        if taken.symlink_metadata().is_ok() {
            return Err(UpkeepError::TargetExists(taken.to_owned()));
        }
    }
    let made = DirBuilder::new().mode(0o700).create(&unfinished);
    made.map_err(io("make the directory", &unfinished))?;
    let copied = fill(&source, &unfinished, testimony, told).inspect_err(|_| {
        // What cannot be removed is refused by name the next time.
        let _ = std::fs::remove_dir_all(&unfinished);
    })?;
    std::fs::rename(&unfinished, to).map_err(io("rename", &unfinished))?;
    to.parent().map_or(Ok(()), sync_directory)?;
    Ok(copied)
}

/// `TO.unfinished`
fn beside(to: &Path) -> PathBuf {
    let mut name = to.file_name().unwrap_or_default().to_owned();
    name.push(".unfinished");
    to.with_file_name(name)
}

fn fill(
    source: &Paths,
    directory: &Path,
    testimony: Testimony,
    told: &mut dyn FnMut(Pages),
) -> Result<Copied, UpkeepError> {
    let target = Paths::new(directory);
    if let Some(key) = source.kept_key()? {
        target.place_key(&key)?;
    }
    drop(target.make(&target.database)?);
    let db = connect(source, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut copy = Connection::open(&target.database)
        .map_err(|source| OpenError::Database { path: target.database.clone(), source })?;
    let tally = copy_database(&db, &mut copy, told).map_err(failed(&source.directory))?;
    drop(copy);
    if testimony.is_past(tally) {
        let (path, found) = (source.database.clone(), count(tally.commits));
        return Err(OpenError::Behind { path, found, witness: testimony.commit() }.into());
    }
    Witness::new(target.make(&target.witness)?).swear(tally).map_err(failed(directory))?;
    let size = std::fs::metadata(&target.database).map_err(io("look at", &target.database))?.len();
    let report = check(directory)?;
    target.sync()?;
    Ok(Copied { size, report })
}

/// Copies page by page. The snapshot is held meanwhile: commits that come are not in it, and do not begin it anew.
fn copy_database(db: &Connection, copy: &mut Connection, told: &mut dyn FnMut(Pages)) -> Result<Tally, StoreError> {
    let snapshot = db.unchecked_transaction()?;
    let tally = Tally::read(&snapshot)?;
    let tally = tally.ok_or_else(|| StoreError::Corrupt("the row of counts does not match its checksum".into()))?;
    let backup = Backup::new(&snapshot, copy)?;
    loop {
        let step = backup.step(STEP)?;
        let (left, all) = (backup.progress().remaining, backup.progress().pagecount);
        told(Pages { done: count(int(all.saturating_sub(left))), all: count(int(all)) });
        match step {
            StepResult::Done => return Ok(tally),
            StepResult::More => {}
            StepResult::Busy | StepResult::Locked | _ => {
                return Err(StoreError::Statement("the database is locked".into()));
            }
        }
    }
}
