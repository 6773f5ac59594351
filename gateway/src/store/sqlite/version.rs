//! The version of a database's tables, read of the file itself: what a newer Boathook wrote is not even opened.

use std::fs::File;
use std::io::Read;

use rusqlite::Connection;

use super::files::{Paths, io};
use crate::store::error::OpenError;

mod log;

/// The version that this Boathook writes.
pub(super) const VERSION: u32 = 1;

/// `BthK`, in SQLite's `application_id`.
const APPLICATION: u32 = 0x4274_684b;

/// Bytes of the header of a database file: <https://www.sqlite.org/fileformat.html#the_database_header>.
const HEADER: u64 = 100;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// There is none.
    Nothing,
    /// A store.
    Store,
}

/// Looks at the file and its log without opening the database.
pub(super) fn look(paths: &Paths) -> Result<Found, OpenError> {
    let path = &paths.database;
    if !path.exists() {
        return Ok(Found::Nothing);
    }
    let mut header = Vec::new();
    let file = File::open(path).map_err(io("open", path))?;
    file.take(HEADER).read_to_end(&mut header).map_err(io("read", path))?;
    let number = |at: usize| header.get(at..)?.first_chunk::<4>().map(|bytes| u32::from_be_bytes(*bytes));
    match (header.starts_with(b"SQLite format 3\0"), number(68), number(60)) {
        (true, Some(APPLICATION), Some(found)) => {
            let log = path.with_extension("db-wal");
            let found = log::version(&log).map_err(io("read", &log))?.unwrap_or(found);
            let known = VERSION;
            if found <= known {
                Ok(Found::Store)
            } else {
                Err(OpenError::NewerVersion { path: path.clone(), found, known })
            }
        }
        (true | false, Some(_) | None, Some(_) | None) => Err(OpenError::NotAStore(path.clone())),
    }
}

/// Makes a database under another name, whole, and then gives it its own: there is never a half one.
pub(super) fn create(paths: &Paths) -> Result<(), OpenError> {
    let temporary = paths.database.with_extension("db.new");
    for left in [temporary.clone(), temporary.with_extension("new-journal")] {
        if left.exists() {
            std::fs::remove_file(&left).map_err(io("remove", &left))?;
        }
    }
    drop(paths.make(&temporary)?);
    let made = Connection::open(&temporary).and_then(|mut db| make_tables(&mut db));
    made.map_err(|source| OpenError::Database { path: paths.database.clone(), source })?;
    std::fs::rename(&temporary, &paths.database).map_err(io("rename", &temporary))?;
    paths.sync()
}

/// Makes the tables.
pub(super) fn make_tables(db: &mut Connection) -> rusqlite::Result<()> {
    let transaction = db.transaction()?;
    transaction.execute_batch(include_str!("schema.sql"))?;
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", VERSION)?;
    transaction.commit()
}
