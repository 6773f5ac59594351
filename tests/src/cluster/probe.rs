//! What `probe`, a process inside of a cluster's network, does.

pub mod records;
pub mod send;
