//! Every decision of the control plane, pure: validate and compile.
//!
//! [`compile::compile`] turns a [`world::World`] into routes and outcomes; [`validate`] holds one resource to its rules.
//! Nothing here performs IO, reads a clock or draws randomness.
#![forbid(unsafe_code)]

pub mod apply;
pub mod compile;
pub mod condition;
pub mod desired;
pub mod field;
pub mod implicit;
pub mod limits;
mod network;
pub mod object;
pub mod outcome;
mod report;
pub mod schema;
pub mod status;
mod text;
pub mod validate;
pub mod violation;
pub mod world;
