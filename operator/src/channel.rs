//! The operator's end of the control channel: gives every gateway pod the routes of its gateway, and hears what becomes of
//! them. What is said is written down in `boathook_plan::channel`.
//!
//! [`Fleet`] is all that a reconcile loop needs: it publishes tables and addresses, and looks at what was acknowledged.

mod body;
pub mod certificates;
mod client;
mod fleet;
mod pod;
mod published;

pub use client::{ChannelError, Connection, Dialer, Reports};
pub use fleet::{Fleet, GatewayState};
pub use pod::PodState;
pub use published::{Published, Table};
