//! Whether a database holds what was written to it, before anything is done with it.

use rusqlite::Connection;

use super::convert::count;
use super::files::Paths;
use super::open::database;
use super::tally::Tally;
use super::version;
use super::witness::Testimony;
use crate::store::error::{OpenError, StoreError};

/// Pages of a database up to which every page is checked at each start: 128 MiB, 0.3 s (measured: 950 MiB took 2.3 s).
pub(super) const CHECKED: i64 = 32_768;

/// Compares the database with the witness and with its own counts.
pub(super) fn all(db: &Connection, paths: &Paths, testimony: Testimony, checked: i64) -> Result<Tally, OpenError> {
    let tally = Tally::read(db).map_err(store(paths))?;
    let tally = tally.ok_or_else(|| corrupt(paths, "the row of counts does not match its checksum"))?;
    if testimony.is_past(tally) {
        let (found, witness) = (count(tally.commits), testimony.commit());
        return Err(OpenError::Behind { path: paths.database.clone(), found, witness });
    }
    tables(db, paths)?;
    let pages: i64 = db.query_row("PRAGMA page_count", [], |row| row.get(0)).map_err(database(paths))?;
    let is_small = pages <= checked;
    if is_small {
        integrity(db, paths)?;
    }
    // Payloads of a large store are not counted, as that reads all of them: each execution says how many it has.
    for (table, expected) in counted(tally).into_iter().filter(|(table, _)| is_small || *table != PAYLOADS) {
        count_rows(db, paths, table, expected)?;
    }
    Ok(tally)
}

const PAYLOADS: &str = "payloads";

/// The database has the tables and indexes that this version makes, to the letter: a flipped bit in the name of a column is
/// a statement that fails, or an index by something else.
fn tables(db: &Connection, paths: &Paths) -> Result<(), OpenError> {
    let mut made = Connection::open_in_memory().map_err(database(paths))?;
    version::make_tables(&mut made).map_err(database(paths))?;
    let expected = definitions(&made).map_err(database(paths))?;
    let found = definitions(db).map_err(StoreError::from).map_err(store(paths))?;
    if found == expected { Ok(()) } else { Err(corrupt(paths, "its tables are not those of this version")) }
}

/// Kind, name, table and text of everything that is defined.
type Definition = (String, String, String, Option<String>);

fn definitions(db: &Connection) -> rusqlite::Result<Vec<Definition>> {
    let mut statement = db.prepare("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
    rows.collect()
}

fn integrity(db: &Connection, paths: &Paths) -> Result<(), OpenError> {
    let said: Result<String, _> = db.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0));
    let said = said.map_err(StoreError::from).map_err(store(paths))?;
    if said == "ok" { Ok(()) } else { Err(corrupt(paths, &said)) }
}

/// A table has as many rows as were written to it and not deleted.
fn count_rows(db: &Connection, paths: &Paths, table: &'static str, expected: i64) -> Result<(), OpenError> {
    let found = rows_of(db, table).map_err(store(paths))?;
    if found == expected {
        return Ok(());
    }
    let (found, expected) = (count(found), count(expected));
    Err(OpenError::RowsMissing { path: paths.database.clone(), table, found, expected })
}

/// The tables whose rows are counted, and how many there must be.
pub(super) fn counted(tally: Tally) -> [(&'static str, i64); 4] {
    [
        (PAYLOADS, tally.seq - tally.payloads_deleted),
        ("executions", tally.executions),
        ("deliveries", tally.deliveries),
        ("requests", tally.requests),
    ]
}

/// Rows of a table: of itself, as an index may have lost some or have some too many.
pub(super) fn rows_of(db: &Connection, table: &'static str) -> Result<i64, StoreError> {
    Ok(db.query_row(&format!("SELECT count(*) FROM {table} NOT INDEXED"), [], |row| row.get(0))?)
}

fn corrupt(paths: &Paths, what: &str) -> OpenError {
    OpenError::Corrupt { path: paths.database.clone(), what: what.to_owned() }
}

/// An error of the store while it is opened.
pub(super) fn store(paths: &Paths) -> impl FnOnce(StoreError) -> OpenError {
    let path = paths.database.clone();
    move |error| match error {
        StoreError::Full => OpenError::Full(path),
        StoreError::Busy => OpenError::Busy(path),
        StoreError::Broken(_)
        | StoreError::Corrupt(_)
        | StoreError::Damaged(_)
        | StoreError::Statement(_)
        | StoreError::Closed => OpenError::Corrupt { path, what: error.to_string() },
    }
}
