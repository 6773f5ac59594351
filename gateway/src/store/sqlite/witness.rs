//! A file beside the database that names its last commit. It is written after each commit and never synced: a power cut may
//! leave it behind the database, but nothing that is written leaves it before.

use std::fs::File;
use std::io::ErrorKind;
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::convert::{count, int};
use super::tally::Tally;
use crate::store::error::StoreError;
use crc32c::crc32c;

/// Commit, seq, checksum.
const SIZE: usize = 20;

/// The open file.
pub(super) struct Witness(File);

/// What the file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Testimony {
    /// Nothing was written to it yet.
    None,
    /// A commit was made.
    Commit { commit: u64, seq: u64 },
    /// It is damaged itself: then it says nothing.
    Unreadable,
}

impl Witness {
    pub(super) fn new(file: File) -> Self {
        Self(file)
    }

    /// Names a commit. Where a file system writes elsewhere what is written over, there may be no room for it: the commit is
    /// made all the same, and a witness behind its database says nothing wrong.
    pub(super) fn write(&self, tally: Tally) -> Result<(), StoreError> {
        match self.put(tally) {
            Err(error) if matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded) => Ok(()),
            put => put.map_err(broken),
        }
    }

    /// Names a commit for good: what is written here outlives a power cut.
    pub(super) fn swear(&self, tally: Tally) -> Result<(), StoreError> {
        self.put(tally).and_then(|()| self.0.sync_all()).map_err(broken)
    }

    fn put(&self, tally: Tally) -> std::io::Result<()> {
        self.0.write_all_at(&encode(tally), 0)
    }

    /// Forgets what was promised.
    pub(super) fn forget(&self) -> Result<(), StoreError> {
        self.0.set_len(0).and_then(|()| self.0.sync_all()).map_err(broken)
    }

    /// What a file says.
    pub(super) fn read(path: &Path) -> std::io::Result<Testimony> {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Testimony::None),
            Err(error) => return Err(error),
        };
        Ok(if bytes.is_empty() { Testimony::None } else { decode(&bytes).unwrap_or(Testimony::Unreadable) })
    }
}

#[expect(clippy::needless_pass_by_value, reason = "`map_err` gives it away")]
fn broken(error: std::io::Error) -> StoreError {
    StoreError::Broken(format!("the witness file: {error}"))
}

fn encode(tally: Tally) -> [u8; SIZE] {
    let mut bytes = [0; SIZE];
    bytes[..8].copy_from_slice(&tally.commits.to_le_bytes());
    bytes[8..16].copy_from_slice(&tally.seq.to_le_bytes());
    let crc = crc32c(&bytes[..16]);
    bytes[16..].copy_from_slice(&crc.to_le_bytes());
    bytes
}

fn decode(bytes: &[u8]) -> Option<Testimony> {
    let (commit, rest) = bytes.split_first_chunk::<8>()?;
    let (seq, rest) = rest.split_first_chunk::<8>()?;
    let (crc, rest) = rest.split_first_chunk::<4>()?;
    let whole = rest.is_empty() && crc32c(bytes.get(..16)?) == u32::from_le_bytes(*crc);
    let commit = count(i64::from_le_bytes(*commit));
    whole.then_some(Testimony::Commit { commit, seq: count(i64::from_le_bytes(*seq)) })
}

impl Testimony {
    /// The commit that a database must have reached; 0 where nothing is known.
    pub(super) fn commit(self) -> u64 {
        match self {
            Self::Commit { commit, .. } => commit,
            Self::None | Self::Unreadable => 0,
        }
    }

    /// Whether a database is behind it.
    pub(super) fn is_past(self, tally: Tally) -> bool {
        match self {
            Self::Commit { commit, seq } => int(commit) > tally.commits || int(seq) > tally.seq,
            Self::None | Self::Unreadable => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_witness_that_finds_no_room_holds_up_no_commit() {
        let full = Witness::new(File::options().write(true).open("/dev/full").unwrap());
        assert_eq!(full.write(Tally::default()), Ok(()));
        assert!(full.swear(Tally::default()).is_err());
    }

    #[test]
    fn a_witness_that_cannot_be_written_breaks_the_store() {
        let told = Witness::new(File::open("/dev/null").unwrap()).write(Tally::default());
        assert!(matches!(&told, Err(StoreError::Broken(what)) if what.starts_with("the witness file: ")), "{told:?}");
    }
}
