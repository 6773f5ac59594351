//! What the campaigns on the durable store share: a ledger of what a client was promised, a target that counts effects,
//! a `boathook run` that is ended in every way a process can end, and a disk whose power is cut.
//!
//! The oracle is the client's own: it believes nothing but the answers that it has read whole.

pub mod campaign;
pub mod disk;
pub mod injection;
pub mod lab;
pub mod ledger;
pub mod sender;
pub mod server;
pub mod sink;
