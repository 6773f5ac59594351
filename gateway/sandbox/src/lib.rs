//! Users' JavaScript, in worker processes that can be killed and can reach nothing.
//!
//! A script is never run in the process that serves: a loop inside of the engine has no end that the engine would see,
//! and its memory safety is not assumed. A worker is this very program, started again with one word as its argument
//! ([`worker::entered`]); it confines itself before it reads a script, and is killed when a script's time is up. Where a
//! worker cannot confine itself no script runs at all.
#![forbid(unsafe_code)]

pub mod limits;
mod message;
mod pool;
mod wire;
pub mod worker;

pub use message::{Ended, Fault, FaultKind, Job};
pub use pool::{Program, Sandbox, SandboxError, Settings};
