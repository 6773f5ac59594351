//! The control plane's shell: gathers what the cluster holds, has the pure core decide, and does what it says.
#![forbid(unsafe_code)]

pub mod args;
pub mod channel;
mod cluster;
mod decide;
mod definitions;
mod error;
mod events;
mod fleet;
mod gateways;
mod health;
mod lease;
mod logging;
mod metrics;
mod mirror;
mod operator;
mod run;
mod scripts;
mod statuses;
mod trust;
mod watches;

pub use args::Args;
pub use error::OperatorError;
pub use run::run;
