//! Boathook in the pods of a real cluster: installed by Helm, applied to by kubectl, sent to as GitHub sends.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test fails by panicking; the lints' own exemption covers `#[test]` functions alone"
)]

#[path = "cluster/install.rs"]
mod install;
#[path = "cluster/restarts.rs"]
mod restarts;
#[path = "cluster/stage.rs"]
mod stage;
