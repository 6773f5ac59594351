//! What can go wrong with the store as a whole. That one command cannot be applied is an outcome, not an error.

use std::path::PathBuf;

use thiserror::Error;
use uuid::Uuid;

/// Why the store did not do what it was asked.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum StoreError {
    /// The disk has no room: nothing of the command was kept. The store heals by itself once there is room.
    #[error("the disk of the store is full")]
    Full,
    /// A write, a read or an fsync failed: what the disk holds is not known. The process must exit and recover from disk.
    #[error("the store's disk failed: {0}")]
    Broken(String),
    /// A page of the database is damaged where the command had to read it.
    #[error("the store is damaged: {0}")]
    Corrupt(String),
    /// The row of one execution, its payload or its journal does not have the content that was written.
    #[error("the store holds execution {0} damaged")]
    Damaged(Uuid),
    /// Another process holds the database: nothing of the command was kept.
    #[error("the store is held by another process")]
    Busy,
    /// A statement failed in a way that it never should.
    #[error("the store could not run a statement: {0}")]
    Statement(String),
    /// The store is being closed.
    #[error("the store is closed")]
    Closed,
}

/// Why a store cannot be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// Another process has it open.
    #[error("the store {path} is in use by process {pid}")]
    Locked {
        /// The directory.
        path: PathBuf,
        /// What the holder wrote into the lock file; `?` where it wrote nothing yet.
        pid: String,
    },
    /// A newer Boathook wrote it. It was not touched.
    #[error("the store {path} has version {found}, this Boathook knows versions up to {known}: use a newer one")]
    NewerVersion {
        /// The database.
        path: PathBuf,
        /// What it says.
        found: u32,
        /// What we know.
        known: u32,
    },
    /// The file is a database of something else.
    #[error("{0} is not a store of Boathook")]
    NotAStore(PathBuf),
    /// Commits that were promised are gone: the log was cut or damaged.
    #[error(
        "the store {path} ends at commit {found}, but commit {witness} was promised: its log is damaged or was cut"
    )]
    Behind {
        /// The database.
        path: PathBuf,
        /// The last commit that can be read.
        found: u64,
        /// The last commit that the witness file names.
        witness: u64,
    },
    /// A table has fewer or more rows than were written to it.
    #[error("the store {path} lost rows: {table} holds {found}, {expected} were written")]
    RowsMissing {
        /// The database.
        path: PathBuf,
        /// Which table.
        table: &'static str,
        /// Rows that can be read.
        found: u64,
        /// Rows that there must be.
        expected: u64,
    },
    /// The disk has no room for what a start writes.
    #[error("the disk of the store {0} is full")]
    Full(PathBuf),
    /// Another program holds the database.
    #[error("the store {0} is held by another program")]
    Busy(PathBuf),
    /// The database is damaged.
    #[error("the store {path} is damaged: {what}")]
    Corrupt {
        /// The database.
        path: PathBuf,
        /// What the check says.
        what: String,
    },
    /// The key that seals sensitive entries is not one.
    #[error("{0} does not hold a key of 32 bytes")]
    Key(PathBuf),
    /// The key that sealed sensitive entries is gone.
    #[error("{0} is gone, and the store was written with it")]
    KeyGone(PathBuf),
    /// The operating system refuses.
    #[error("cannot {what} {path}")]
    Io {
        /// What we were doing.
        what: &'static str,
        /// To what.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The database engine refuses.
    #[error("cannot open the store {path}")]
    Database {
        /// The database.
        path: PathBuf,
        /// Why not.
        source: rusqlite::Error,
    },
}
