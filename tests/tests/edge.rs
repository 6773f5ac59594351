//! The edge of the public port against what strangers send: framing, slow clients, overload, and the
//! witnesses that others wrote.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking; the lints' own exemption covers `#[test]` functions alone"
)]

#[path = "edge/framing.rs"]
mod framing;
#[path = "edge/h2spec.rs"]
mod h2spec;
#[path = "edge/memory.rs"]
mod memory;
#[path = "edge/overload.rs"]
mod overload;
#[path = "edge/slow.rs"]
mod slow;
#[path = "edge/slowhttptest.rs"]
mod slowhttptest;
