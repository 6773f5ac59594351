//! Golden cases and properties of the whole crate, through its public functions alone.
#![expect(clippy::disallowed_methods, reason = "tests read their cases from files")]
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "these are tests"
)]

mod cases;
mod fields;
mod incremental;
mod objects;
mod schemas;
mod snapshot;
