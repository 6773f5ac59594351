//! What an error of SQLite means: the disk is full, the disk failed, a page is damaged, or the statement is wrong.

use rusqlite::{Error, ErrorCode, ffi};

use crate::store::error::StoreError;

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        Self::from(&error)
    }
}

impl From<&Error> for StoreError {
    fn from(error: &Error) -> Self {
        // Each column has the type that is written to it: another one is read of a damaged page.
        if let Error::InvalidColumnType(..) | Error::FromSqlConversionFailure(..) | Error::IntegralValueOutOfRange(..) =
            error
        {
            return Self::Corrupt(error.to_string());
        }
        let Error::SqliteFailure(failure, _) = error else { return Self::Statement(error.to_string()) };
        // The shared memory beside the log is no state: what could not grow is retried.
        if failure.extended_code == ffi::SQLITE_IOERR_SHMSIZE {
            return Self::Full;
        }
        #[expect(clippy::wildcard_enum_match_arm, reason = "the enum is SQLite's and not exhaustive")]
        match failure.code {
            ErrorCode::DiskFull => Self::Full,
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Busy,
            ErrorCode::SystemIoFailure => Self::Broken(error.to_string()),
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Self::Corrupt(error.to_string()),
            _ => Self::Statement(error.to_string()),
        }
    }
}
