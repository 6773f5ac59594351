//! The bounds of the loader, one named constant each, with its reason.

/// Bytes of one file: far beyond what people keep in one, and small enough to read whole.
pub const FILE_SIZE: u64 = 16 << 20;

/// Bytes of one document: what an API server takes in one request.
pub const DOCUMENT_SIZE: usize = 3 << 20;

/// Files of one `run` or `validate`.
pub const FILES: usize = 10_000;

/// Folders inside folders.
pub const FOLDER_DEPTH: usize = 32;

/// Values in one document after its aliases are expanded.
pub const NODES: usize = 250_000;

/// How deep a document may nest: beyond any real resource, far below what a 2 MiB stack holds.
pub const DEPTH: usize = 64;

/// Aliases in one document, as written.
pub const ALIASES: usize = 200;

/// Values that aliases may add to one document.
pub const ALIASED_NODES: usize = 2_000;

/// Bytes of a document that may hold aliases at all: times [`ALIASED_NODES`], a bomb of them grows to 64 MiB.
pub const ALIASED_DOCUMENT: usize = 32 << 10;

/// Problems told of one document: the first ones explain the rest.
pub const PROBLEMS_OF_A_DOCUMENT: usize = 100;
