//! Outbound connections: names are looked up, every address is judged, and only what was judged is dialled.
//!
//! The judgement itself is `boathook_plan::egress`; here it stands between the resolver and the socket, so that nothing
//! (a literal address, a redirect, a name that changes its mind) gets round it.

mod client;
mod connector;
mod dial;
mod network;
mod trust;

pub use self::client::{Client, Clients};
pub use self::connector::{ConnectError, Connector, Site};
pub use self::network::{Network, Pending, SystemNetwork};
pub use self::trust::system_trust;

#[cfg(test)]
pub(crate) mod tests;
