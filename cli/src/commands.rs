//! The commands, one file each: its arguments, and what it does with them.

pub mod completion;
pub mod crds;
pub mod eval;
pub mod executions;
pub mod routes;
pub mod run;
pub mod schema;
pub mod send;
pub mod sign;
pub mod store;
pub mod validate;
