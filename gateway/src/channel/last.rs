//! The last table, kept on a volume that lives as long as the pod: what is served after a restart while nobody is
//! connected. A file in memory, since it holds keys, readable by this user alone.
//!
//! Written beside and renamed, so that there is always a whole one. Not synchronised: memory does not outlive the machine.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;

use aws_lc_rs::digest::{Context, SHA256, SHA256_OUTPUT_LEN};
use boathook_plan::channel::{TableFault, TableMessage, TableReader};
use zeroize::Zeroizing;

use super::table::Table;

/// The file.
const NAME: &str = "routes";

/// The next one, until it is whole.
const NEXT: &str = "routes.next";

/// For its owner alone.
const MODE: u32 = 0o600;

/// Bytes that are read at once.
const CHUNK: usize = 64 << 10;

/// Where the last table is.
#[derive(Clone, Debug)]
pub(super) struct Last {
    directory: PathBuf,
}

/// Why what was kept is not served.
#[derive(Debug, thiserror::Error)]
pub(super) enum LastFault {
    /// It cannot be read.
    #[error("reading the kept routes")]
    Io(#[from] io::Error),
    /// It is not what was written.
    #[error("the kept routes are damaged")]
    Damaged,
    /// It is what was written, by another version.
    #[error("the kept routes cannot be read")]
    Table(#[from] TableFault),
}

impl Last {
    pub(super) fn in_directory(directory: PathBuf) -> Self {
        Self { directory }
    }

    /// Keeps a table. Blocks.
    pub(super) fn write(&self, table: &Table) -> io::Result<()> {
        let next = self.directory.join(NEXT);
        // One that was left half-way may have been made by anybody.
        if let Err(error) = fs::remove_file(&next)
            && error.kind() != io::ErrorKind::NotFound
        {
            return Err(error);
        }
        let mut file = BufWriter::new(OpenOptions::new().write(true).create_new(true).mode(MODE).open(&next)?);
        let mut sum = Context::new(&SHA256);
        for line in table.lines() {
            sum.update(&line);
            file.write_all(&line)?;
        }
        file.write_all(sum.finish().as_ref())?;
        file.into_inner().map_err(io::IntoInnerError::into_error)?;
        fs::rename(next, self.directory.join(NAME))
    }

    /// What was kept; `None` where nothing was. Blocks.
    pub(super) fn read(&self) -> Result<Option<TableMessage>, LastFault> {
        let mut file = match File::open(self.directory.join(NAME)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let mut left = file.metadata()?.len().checked_sub(SUM).ok_or(LastFault::Damaged)?;
        let (mut reader, mut sum) = (TableReader::default(), Context::new(&SHA256));
        let mut chunk = Zeroizing::new(vec![0; CHUNK]);
        let mut fault = None;
        while left > 0 {
            let most = usize::try_from(left).unwrap_or(CHUNK).min(CHUNK);
            let space = chunk.get_mut(..most).unwrap_or_default();
            file.read_exact(space)?;
            sum.update(space);
            // Of a damaged file it is said that it is damaged, not what that looks like.
            if fault.is_none() {
                fault = reader.push(space).err();
            }
            left -= u64::try_from(most).unwrap_or(left);
        }
        let mut written = [0; SHA256_OUTPUT_LEN];
        file.read_exact(&mut written)?;
        if sum.finish().as_ref() != written {
            return Err(LastFault::Damaged);
        }
        match fault {
            Some(fault) => Err(fault.into()),
            None => Ok(Some(reader.finish()?)),
        }
    }
}

/// Bytes of the checksum at the end.
const SUM: u64 = 32;
