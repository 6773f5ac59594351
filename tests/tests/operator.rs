//! The operator on a real control plane, with the rights of its own ServiceAccount: what it says of resources, what it
//! makes of gateways, and what becomes of both while others interfere.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what does not hold ends the test"
)]

#[path = "operator/leading.rs"]
mod leading;
#[path = "operator/objects.rs"]
mod objects;
#[path = "operator/serving.rs"]
mod serving;
#[path = "operator/stage.rs"]
mod stage;
#[path = "operator/statuses.rs"]
mod statuses;
