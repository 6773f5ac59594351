//! Which gateway answers on the admin port, as `GET /v1/instance` says: what the command line needs to send to it.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// A running gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Instance {
    /// Boathook's version.
    pub version: String,
    /// Where senders connect.
    pub listen: SocketAddr,
    /// The files and folders that its workflows are written in; none in a cluster.
    pub sources: Vec<PathBuf>,
}

impl Instance {
    /// This build, listening there.
    pub(crate) fn new(listen: SocketAddr, sources: Vec<PathBuf>) -> Self {
        Self { version: env!("CARGO_PKG_VERSION").to_owned(), listen, sources }
    }
}
