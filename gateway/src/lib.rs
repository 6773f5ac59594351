//! The data plane: sockets, step executors, metrics. What to do is decided in `boathook_plan`.
#![forbid(unsafe_code)]

pub mod admin;
mod allocator;
pub mod channel;
pub mod clock;
pub mod config;
mod edge;
pub mod egress;
mod execute;
mod files;
mod gate;
pub mod gateway;
pub mod http_step;
mod ingest;
mod kept;
mod log;
mod memory;
mod metrics;
mod rates;
pub mod routes;
mod runner;
mod script_step;
mod server;
mod shared;
mod stop;
pub mod store;
#[cfg(test)]
mod testing;
mod tls;

pub use allocator::start_frugally;
pub use channel::ChannelConfig;
pub use clock::Clock;
pub use config::{Config, Limits, Private};
pub use gateway::{Addresses, Gateway, StartError};
pub use routes::Rejected;
