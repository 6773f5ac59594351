//! What tests of the whole system share: processes and servers that start on free ports and end with their handle.
#![forbid(unsafe_code)]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::unwrap_used,
    reason = "all of this is tests': what does not hold ends the test"
)]

pub mod boathook;
pub mod cgroup;
pub mod cluster;
pub mod control_plane;
pub mod durable;
pub mod edge;
pub mod helm;
pub mod operator;
pub mod served;
pub mod wire;
pub mod witness;
