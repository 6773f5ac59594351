//! What the log of a database says of its version: a newer Boathook may have ended before that stood in the database. The
//! format is <https://www.sqlite.org/fileformat.html#the_write_ahead_log>.

use std::fs::File;
use std::io::{Error, ErrorKind};
use std::os::unix::fs::FileExt;
use std::path::Path;

/// The first bytes of a log, without the bit that tells the order of its checksums.
const MAGIC: u32 = 0x377f_0682;

/// Bytes before the first frame.
const HEADER: u64 = 32;

/// Bytes of a frame before its page.
const FRAME: u64 = 24;

/// Where a page that begins a database has the version.
const VERSION_AT: u64 = 60;

/// The version in the newest first page that was committed to a log; `None` where it holds none.
pub(super) fn version(path: &Path) -> Result<Option<u32>, Error> {
    let file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    let Some(header) = read::<32>(&file, 0)?.filter(|header| number(header, 0) & !1 == MAGIC) else { return Ok(None) };
    let (size, salts) = (u64::from(number(&header, 8)), (number(&header, 16), number(&header, 20)));
    let (mut at, mut written, mut committed) = (HEADER, None, None);
    while let Some(frame) = read::<24>(&file, at)? {
        if (number(&frame, 8), number(&frame, 12)) != salts {
            break;
        }
        if number(&frame, 0) == 1 {
            written = read(&file, at + FRAME + VERSION_AT)?.map(u32::from_be_bytes);
        }
        // The last frame of a commit says how large the database is then.
        if number(&frame, 4) != 0 {
            committed = written;
        }
        at += FRAME + size;
    }
    Ok(committed)
}

/// Some bytes of a file; `None` where it ends before.
fn read<const N: usize>(file: &File, at: u64) -> Result<Option<[u8; N]>, Error> {
    let mut bytes = [0; N];
    match file.read_exact_at(&mut bytes, at) {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(None),
        read => read.map(|()| Some(bytes)),
    }
}

fn number(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |bytes| u32::from_be_bytes(*bytes))
}
