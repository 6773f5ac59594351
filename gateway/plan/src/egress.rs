//! Judges the addresses that outbound connections may go to. Resolves and dials nothing.

use std::net::IpAddr;

use crate::plan::Egress;

/// Why an address may not be dialled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{address} is refused")]
pub struct Denied {
    /// The address.
    pub address: IpAddr,
}

/// Whether a connection to `address` on `port`, found under the name `host`, may be made.
pub fn judge(_egress: &Egress, _host: &str, _port: u16, address: IpAddr) -> Result<(), Denied> {
    Err(Denied { address })
}
