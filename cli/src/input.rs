//! Files that a command line names beside its resources, bounded. `-` is standard input.

use std::io::Read as _;
use std::path::Path;

use boathook_plan::json::{Json, Projection, read};

use crate::failure::Failure;

/// Bytes of a file: above every ceiling that a gateway can have for a body.
pub const SIZE: u64 = 64 << 20;

/// A file's bytes.
pub fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let unreadable = |why: String| Failure::usage(format!("read {}: {why}", path.display()));
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        std::io::stdin().take(SIZE + 1).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(SIZE + 1).read_to_end(&mut bytes))
    };
    match read {
        Ok(size) if size as u64 > SIZE => Err(unreadable(format!("it is larger than {SIZE} bytes"))),
        Ok(_) => Ok(bytes),
        Err(error) => Err(unreadable(error.to_string())),
    }
}

/// A file's text.
pub fn text(path: &Path) -> Result<String, Failure> {
    String::from_utf8(bytes(path)?)
        .map_err(|_| Failure::usage(format!("read {}: it is not UTF-8 text", path.display())))
}

/// A file's JSON, with its numbers as they are written.
pub fn json(path: &Path) -> Result<Json, Failure> {
    read(&bytes(path)?, &Projection::all())
        .map_err(|error| Failure::usage(format!("read {}: it must be JSON: {error}", path.display())))
}
