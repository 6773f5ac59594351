//! The control channel: what an operator and a gateway tell each other, as plain data, and how it is written.
//!
//! | request | body | answer |
//! |---|---|---|
//! | `PUT /v1/routes` | lines: a [`Header`], then one for each [`Change`] | an [`Acknowledgement`], or a [`Refusal`]: 409 where the gateway does not hold the table that the changes are about |
//! | `GET /v1/report` | | lines without an end: [`Report`]s, on change and at least each second |
//!
//! A line is one JSON object. A route is packed by itself ([`Packed`]): the kept table lies in memory that counts against
//! the pod, and one stream for all would let the length of a tenant's plan tell of another tenant's secrets. Packed, it also
//! fails by itself: what a gateway of another version cannot read is rejected alone.
//!
//! Fields that are not known are passed over. A version that is not known is refused: what it means cannot be guessed.
//! Everything is read within bounds, and no error holds a part of what was read but a plan's own words.

mod answer;
mod fault;
mod lines;
mod message;
mod packed;
mod report;
#[cfg(test)]
mod tests;

pub use answer::{Acknowledgement, Refusal, Rejection};
pub use fault::{PackedFault, TableFault};
pub use lines::{LineFault, Lines};
pub use message::{Change, Extent, Header, TableMessage, TableReader, TableRevision};
pub use packed::{Packed, Unpacked};
pub use report::{Deliveries, LastFailure, LastRejection, REPORTED, Report, ReportFault, ReportReader, WorkflowReport};

/// The version that is spoken here.
pub const VERSION: u32 = 1;

/// The oldest one that is understood as well: the one before, once there is one.
pub const OLDEST: u32 = 1;

/// The port of a gateway's end.
pub const PORT: u16 = 8444;

/// Whom a gateway lets in: the DNS name in the client's certificate. It leads nowhere.
pub const OPERATOR_NAME: &str = "operator.channel.boathook.internal";

/// What follows the first label of a gateway's name in its certificate: see [`gateway_name`].
const GATEWAYS: &str = "gateway.channel.boathook.internal";

/// Where routes are put.
pub const ROUTES_PATH: &str = "/v1/routes";

/// Where reports are read.
pub const REPORT_PATH: &str = "/v1/report";

/// Bytes of a line: a packed route of the largest size, as base64.
pub const LINE_SIZE: usize = 24 << 20;

/// Bytes of a route unpacked: a plan of 2 MiB, and its keys, of which there are some hundred of 128 KiB at most.
pub const ROUTE_SIZE: usize = 32 << 20;

/// Changes of one message: ten times the workflows that one gateway is meant for.
pub const CHANGES: usize = 100_000;

/// Bytes of one message: 100,000 routes of a common size, which is 1 to 2 KiB packed.
pub const MESSAGE_SIZE: usize = 256 << 20;

/// The name that a gateway's certificate is for, whatever its address is. One gateway's certificate is no other's: a pod
/// that is taken over is given the routes of its own gateway alone. The first label is a hash, since namespace and name
/// together may be longer than a DNS name.
pub fn gateway_name(namespace: &str, name: &str) -> String {
    use sha2::{Digest as _, Sha256};
    // No name of Kubernetes holds a slash.
    let hash = Sha256::digest(format!("{namespace}/{name}"));
    let label = hash.iter().take(16).fold(String::with_capacity(32), |hex, byte| hex + &format!("{byte:02x}"));
    format!("{label}.{GATEWAYS}")
}

/// Whether a version is understood here.
pub const fn is_known(version: u32) -> bool {
    OLDEST <= version && version <= VERSION
}
