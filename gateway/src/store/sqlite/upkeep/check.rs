//! Looks at everything that a store holds. Changes nothing of it.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::findings::{Counts, Damage, Report};
use super::{UpkeepError, failed, present, rows};
use crate::store::error::{OpenError, StoreError};
use crate::store::seal::Sealer;
use crate::store::sqlite::convert::{count, int};
use crate::store::sqlite::files::Paths;
use crate::store::sqlite::open::connect;
use crate::store::sqlite::tally::Tally;
use crate::store::sqlite::verify;
use crate::store::sqlite::witness::Testimony;

/// Lines that are told of damaged pages.
const LINES: u32 = 100;

/// Looks at everything: pages, indexes, counts, the witness, and the checksum of every row. Holds the store's lock
/// meanwhile: no gateway has it.
pub fn check(directory: &Path) -> Result<Report, UpkeepError> {
    let paths = Paths::new(directory);
    let testimony = present(&paths)?;
    let mut lock = paths.lock()?;
    lock.sign()?;
    examine(&paths, testimony)
}

/// As [`check`], under a lock that is held.
pub(super) fn examine(paths: &Paths, testimony: Testimony) -> Result<Report, UpkeepError> {
    if !paths.database.exists() {
        let damage = vec![Damage::Gone { commits: testimony.commit() }];
        return Ok(Report { damage, ..Report::default() });
    }
    let sealer = match paths.kept_key() {
        Ok(key) => key.and_then(|key| Sealer::new(&key).ok()),
        // Said where it is needed.
        Err(OpenError::Key(_)) => None,
        Err(error) => return Err(error.into()),
    };
    let db = match connect(paths, OpenFlags::SQLITE_OPEN_READ_ONLY) {
        Err(OpenError::Database { source, path }) => return unreadable(source, path),
        db => db?,
    };
    look(&db, testimony, sealer.as_ref()).map_err(failed(&paths.directory))
}

/// Its first pages are damaged: no table can be looked at.
fn unreadable(source: rusqlite::Error, path: PathBuf) -> Result<Report, UpkeepError> {
    if let StoreError::Corrupt(what) = StoreError::from(&source) {
        return Ok(Report { damage: vec![Damage::Page(what)], ..Report::default() });
    }
    Err(OpenError::Database { source, path }.into())
}

fn look(db: &Connection, testimony: Testimony, sealer: Option<&Sealer>) -> Result<Report, StoreError> {
    let mut findings = Findings::default();
    let snapshot = db.unchecked_transaction()?;
    findings.counts(&snapshot, testimony)?;
    let pages = pages(&snapshot);
    findings.note("the database", pages)?;
    rows::all(&snapshot, sealer, &mut findings)?;
    Ok(findings.report)
}

/// What is found on the way.
#[derive(Default)]
pub(super) struct Findings {
    pub(super) report: Report,
}

impl Findings {
    pub(super) fn push(&mut self, damage: Damage) {
        self.report.damage.push(damage);
    }

    /// Adds what was found of a table; that it cannot be read is a finding, that the disk fails is an error.
    pub(super) fn note(
        &mut self,
        table: &'static str,
        found: Result<Vec<Damage>, StoreError>,
    ) -> Result<(), StoreError> {
        match found {
            Ok(damage) => self.report.damage.extend(damage),
            Err(StoreError::Corrupt(what) | StoreError::Statement(what)) => self.push(Damage::Table { table, what }),
            Err(
                error @ (StoreError::Full
                | StoreError::Broken(_)
                | StoreError::Busy
                | StoreError::Damaged(_)
                | StoreError::Closed),
            ) => {
                return Err(error);
            }
        }
        Ok(())
    }

    /// Compares the counts with the witness and with the tables.
    fn counts(&mut self, db: &Connection, testimony: Testimony) -> Result<(), StoreError> {
        if testimony == Testimony::Unreadable {
            self.push(Damage::Witness);
        }
        match Tally::read(db) {
            Ok(Some(tally)) => {
                self.report.counts = counts(tally);
                self.report.damage.extend(behind(testimony, tally));
                for (table, expected) in verify::counted(tally) {
                    let found = rows(db, table, expected);
                    self.note(table, found)?;
                }
            }
            Ok(None) | Err(StoreError::Corrupt(_) | StoreError::Statement(_)) => self.push(Damage::Tally),
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

fn counts(tally: Tally) -> Counts {
    Counts {
        commits: count(tally.commits),
        executions: count(tally.executions),
        payloads: count(tally.seq - tally.payloads_deleted),
        entries: 0,
        requests: count(tally.requests),
        keys: count(tally.deliveries),
    }
}

fn behind(testimony: Testimony, tally: Tally) -> Option<Damage> {
    match testimony {
        Testimony::Commit { commit, seq } if testimony.is_past(tally) => Some(Damage::Behind {
            commits: count(int(commit) - tally.commits),
            deliveries: count(int(seq) - tally.seq),
        }),
        Testimony::Commit { .. } | Testimony::None | Testimony::Unreadable => None,
    }
}

fn rows(db: &Connection, table: &'static str, expected: i64) -> Result<Vec<Damage>, StoreError> {
    let found = verify::rows_of(db, table)?;
    let is_off = found != expected;
    Ok(is_off.then(|| Damage::Rows { table, found: count(found), expected: count(expected) }).into_iter().collect())
}

fn pages(db: &Connection) -> Result<Vec<Damage>, StoreError> {
    let mut statement = db.prepare(&format!("PRAGMA integrity_check({LINES})"))?;
    let mut said = statement.query([])?;
    let mut damage = Vec::new();
    while let Some(columns) = said.next()? {
        let line: String = columns.get(0)?;
        if line != "ok" {
            damage.push(if line.contains(" index ") { Damage::Index(line) } else { Damage::Page(line) });
        }
    }
    Ok(damage)
}
