//! The control plane's shell.
#![forbid(unsafe_code)]

pub mod channel;
