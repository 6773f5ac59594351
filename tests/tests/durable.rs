//! The durable store under everything that can end a process or a disk. Each campaign prints its seed; `./test` runs a
//! sample, `./test campaign NAME` all of it. The oracle is the client's ledger.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking; the lints' own exemption covers `#[test]` functions alone"
)]

#[path = "durable/disk.rs"]
mod disk;
#[path = "durable/duplicates.rs"]
mod duplicates;
#[path = "durable/eio.rs"]
mod eio;
#[path = "durable/flip.rs"]
mod flip;
#[path = "durable/kill.rs"]
mod kill;
#[path = "durable/load.rs"]
mod load;
#[path = "durable/power.rs"]
mod power;
#[path = "durable/sync.rs"]
mod sync;
