//! The command from outside: in process where that shows the same, as a process where signals, ports and exit codes are
//! what is tested.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod access;
mod deliveries;
mod egress;
mod ending;
mod eval;
mod executions;
mod files;
mod flows;
mod golden;
mod https;
mod process;
mod queues;
mod reload;
mod scripts;
mod sending;
mod served;
mod store;
mod support;
mod target;
