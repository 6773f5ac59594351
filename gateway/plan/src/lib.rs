//! What a gateway does with a request, as plain data and pure functions over it.
//!
//! The contract between the planes: the operator compiles a resource into a [`plan::Plan`]; the gateway turns plan and
//! keys into a [`route::Route`] and asks it what to do. Nothing here performs IO, reads a clock or draws randomness:
//! `now`, ids and bytes are arguments.
#![forbid(unsafe_code)]

pub mod address;
pub mod body;
pub mod certificate;
pub mod channel;
pub mod edge;
pub mod egress;
pub mod envelope;
pub mod execution;
pub mod expr;
pub mod framing;
pub mod http_step;
pub mod json;
pub mod limits;
pub mod machine;
pub mod pinned;
pub mod plan;
pub mod problem;
pub mod reason;
pub mod reply;
pub mod request;
pub mod route;
pub mod schema;
pub mod scope;
pub mod script;
pub mod secret;
pub mod table;
pub mod template;
pub mod verify;
