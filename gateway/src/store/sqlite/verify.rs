//! Whether a database holds what was written to it, before anything is done with it.

use rusqlite::Connection;

use super::convert::count;
use super::files::Paths;
use super::open::database;
use super::tally::Tally;
use super::witness::Testimony;
use crate::store::error::{OpenError, StoreError};

/// Pages of a database up to which every page is checked at each start: 128 MiB, half a second or so.
pub(super) const CHECKED: i64 = 32_768;

/// Compares the database with the witness and with its own counts.
pub(super) fn all(db: &Connection, paths: &Paths, testimony: Testimony, checked: i64) -> Result<Tally, OpenError> {
    let tally = Tally::read(db).map_err(store(paths))?;
    let tally = tally.ok_or_else(|| corrupt(paths, "the row of counts does not match its checksum"))?;
    if testimony.is_past(tally) {
        let (found, witness) = (count(tally.commits), testimony.commit());
        return Err(OpenError::Behind { path: paths.database.clone(), found, witness });
    }
    pages(db, paths, checked)?;
    rows(db, paths, tally)?;
    Ok(tally)
}

/// A small database is checked page by page.
fn pages(db: &Connection, paths: &Paths, checked: i64) -> Result<(), OpenError> {
    let pages: i64 = db.query_row("PRAGMA page_count", [], |row| row.get(0)).map_err(database(paths))?;
    if pages > checked {
        return Ok(());
    }
    let said: String = db
        .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
        .map_err(StoreError::from)
        .map_err(store(paths))?;
    if said == "ok" { Ok(()) } else { Err(corrupt(paths, &said)) }
}

/// Every table has as many rows as were written to it and not deleted.
fn rows(db: &Connection, paths: &Paths, tally: Tally) -> Result<(), OpenError> {
    let tables = [
        ("payloads", "SELECT count(*) FROM payloads", tally.seq - tally.payloads_deleted),
        ("executions", "SELECT count(*) FROM executions", tally.executions),
        ("deliveries", "SELECT count(*) FROM deliveries", tally.deliveries),
        ("requests", "SELECT count(*) FROM requests", tally.requests),
    ];
    for (table, sql, expected) in tables {
        let found: i64 = db.query_row(sql, [], |row| row.get(0)).map_err(StoreError::from).map_err(store(paths))?;
        if found != expected {
            let (found, expected) = (count(found), count(expected));
            return Err(OpenError::RowsMissing { path: paths.database.clone(), table, found, expected });
        }
    }
    Ok(())
}

fn corrupt(paths: &Paths, what: &str) -> OpenError {
    OpenError::Corrupt { path: paths.database.clone(), what: what.to_owned() }
}

/// An error of the store while it is opened.
pub(super) fn store(paths: &Paths) -> impl FnOnce(StoreError) -> OpenError {
    let path = paths.database.clone();
    move |error| OpenError::Corrupt { path, what: error.to_string() }
}
