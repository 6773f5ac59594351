//! Opening a store: lock, look, compare with what was promised, repair what a crash leaves, serve.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use uuid::Uuid;

use super::checkpoint::Checkpoints;
use super::files::Paths;
use super::reader::SqliteReader;
use super::recover::{self, Recovered};
use super::version::{self, Found};
use super::witness::{Testimony, Witness};
use super::{Disk, Sqlite, verify};
use crate::clock::Clock;
use crate::store::engine::Reader;
use crate::store::error::OpenError;
use crate::store::seal::Sealer;
use crate::store::{Observer, Store};

/// Connections that read.
const READERS: usize = 4;

/// How long a statement waits for a lock; only a checkpoint that starts the log over meets one.
pub(super) const BUSY: Duration = Duration::from_secs(5);

/// Kibibytes of pages that the writer keeps in memory: twice what one commit changes at most. What it reads
/// again is in the kernel's cache, which gives way where memory is short.
const CACHE: i64 = 8 << 10;

/// As [`CACHE`], of any other connection.
const SMALL_CACHE: i64 = 2 << 10;

/// Where a store is, and what it works with.
pub struct Settings {
    /// Made where it is not there.
    pub directory: PathBuf,
    /// What time it is.
    pub clock: Clock,
    /// Told of each commit.
    pub observer: Observer,
}

/// A store, and what was found when it was opened.
#[derive(Debug)]
pub struct Opened {
    /// The store.
    pub store: Store,
    /// Executions that were running when the process ended; they go on when they are claimed.
    pub resumed: u64,
    /// Executions that do not hold what was written: they are set aside as failed.
    pub damaged: Vec<Uuid>,
    /// Deduplication keys that do not: their deliveries may run again.
    pub lost_keys: u64,
}

impl Store {
    /// Opens the embedded store of a directory. Blocks: reads every execution that has not ended.
    pub fn open(settings: Settings) -> Result<Opened, OpenError> {
        open(settings, verify::CHECKED)
    }
}

/// Opens a store; its pages are checked one by one where there are at most so many.
pub(in crate::store) fn open(settings: Settings, checked: i64) -> Result<Opened, OpenError> {
    let paths = Paths::new(&settings.directory);
    paths.make_directory()?;
    let (engine, recovered) = engine(&paths, settings.clock.now(), checked)?;
    let Recovered { resumed, damaged, lost_keys } = recovered;
    let readers = (0..READERS).map(|_| reader(&paths, &engine.sealer)).collect::<Result<_, _>>()?;
    let store = Store::new(Box::new(engine), readers, settings.clock, settings.observer);
    Ok(Opened { store, resumed, damaged, lost_keys })
}

/// Locks a store, compares it with what was promised, and brings it into order.
pub(super) fn engine(paths: &Paths, now: Timestamp, checked: i64) -> Result<(Sqlite, Recovered), OpenError> {
    let mut lock = paths.lock()?;
    // All that follows writes: what a newer Boathook wrote is not touched.
    version::look(paths)?;
    lock.sign()?;
    let testimony = promised(paths)?;
    let mut db = connect(paths, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    db.pragma_update(None, "cache_size", -CACHE).map_err(database(paths))?;
    let tally = verify::all(&db, paths, testimony, checked)?;
    let key = paths.key(tally.commits > 0)?;
    let sealer = Arc::new(Sealer::new(&key).map_err(|_| OpenError::Key(paths.directory.clone()))?);
    let copier = connect(paths, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let checkpoints = Checkpoints::start(&mut db, copier).map_err(database(paths))?;
    let mut engine = Sqlite::new(db, tally, sealer);
    engine.disk = Some(Disk { witness: Witness::new(paths.make(&paths.witness)?), checkpoints, _lock: lock });
    let recovered = recover::all(&mut engine, now).map_err(verify::store(paths))?;
    Ok((engine, recovered))
}

/// What the witness says; a new store is made where nothing was promised.
fn promised(paths: &Paths) -> Result<Testimony, OpenError> {
    let found = version::look(paths)?;
    let testimony = Witness::read(&paths.witness).map_err(super::files::io("read", &paths.witness))?;
    match (found, testimony) {
        (Found::Store, testimony) => {
            if testimony == Testimony::Unreadable {
                tracing::warn!("the witness file of the store is damaged: a cut log would not be seen this time");
            }
            Ok(testimony)
        }
        (Found::Nothing, Testimony::None) => version::create(paths).map(|()| Testimony::None),
        (Found::Nothing, Testimony::Commit { .. } | Testimony::Unreadable) => {
            Err(OpenError::Behind { path: paths.database.clone(), found: 0, witness: testimony.commit() })
        }
    }
}

/// A connection, as every one of a store is set up.
pub(super) fn connect(paths: &Paths, flags: OpenFlags) -> Result<Connection, OpenError> {
    let open = || {
        let db = Connection::open_with_flags(&paths.database, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        db.busy_timeout(BUSY)?;
        if flags.contains(OpenFlags::SQLITE_OPEN_READ_WRITE) {
            db.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
        }
        // A store that is refused is left as it was found: else the last connection to it would bring into the database what
        // it understands of a damaged log, and delete the log.
        db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        db.pragma_update(None, "synchronous", "FULL")?;
        db.pragma_update(None, "wal_autocheckpoint", 0)?;
        db.pragma_update(None, "cache_size", -SMALL_CACHE)?;
        // A page whose cells overlap is an error, not other rows.
        db.pragma_update(None, "cell_size_check", true)?;
        db.pragma_update(None, "trusted_schema", false)?;
        db.pragma_update(None, "temp_store", "MEMORY")?;
        Ok(db)
    };
    open().map_err(database(paths))
}

fn reader(paths: &Paths, sealer: &Arc<Sealer>) -> Result<Box<dyn Reader>, OpenError> {
    let db = connect(paths, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    Ok(Box::new(SqliteReader::new(db, Arc::clone(sealer))))
}

/// An error of the database while it is opened.
pub(super) fn database(paths: &Paths) -> impl FnOnce(rusqlite::Error) -> OpenError {
    let path = paths.database.clone();
    move |source| OpenError::Database { path, source }
}
