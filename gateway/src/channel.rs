//! The gateway's end of the control channel: HTTP/2 over mutual TLS on a port of its own, for the operator alone.
//!
//! Takes tables of routes, serves them at once and keeps the last one, so that it is served again after a restart with
//! nobody connected. Tells what became of each workflow's requests, and what executions there are. What is said here is
//! written down in `boathook_plan::channel`.

mod api;
mod body;
mod connection;
mod credentials;
mod desk;
mod last;
mod report;
mod table;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::net::TcpListener;

use crate::shared::Shared;
use credentials::Credentials;
use desk::Desk;
use last::Last;

/// Where the operator connects, and what for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelConfig {
    /// Where it listens. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// The directory of the gateway's certificate `tls.crt`, its key `tls.key`, and `ca.crt`, who signs the operator's. They
    /// are read again when they change.
    pub certificates: PathBuf,
    /// The directory in which the last table is kept, on a volume that lives as long as the pod and is in memory: it holds
    /// keys. Without one a restart waits for the operator.
    pub table: Option<PathBuf>,
}

/// The channel, before anybody connects.
#[derive(Debug)]
pub(crate) struct Channel {
    desk: Arc<Desk>,
    credentials: Credentials,
    listener: TcpListener,
}

impl Channel {
    /// Serves the table that was kept, where there is one.
    pub(crate) async fn open(shared: &Arc<Shared>, config: ChannelConfig, listener: TcpListener) -> Self {
        let desk = Arc::new(Desk::new(Arc::clone(shared), config.table.map(Last::in_directory)));
        desk.restore().await;
        Self { desk, credentials: Credentials::in_directory(config.certificates), listener }
    }

    /// Serves until it is aborted.
    pub(crate) async fn run(self) {
        let serving = connection::run(self.listener, self.credentials, api::app(&self.desk));
        tokio::join!(serving, self.desk.try_sandbox());
    }
}
