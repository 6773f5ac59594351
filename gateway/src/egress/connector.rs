//! The one way to a socket: resolve, judge every address, dial one of them, TLS.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use boathook_plan::egress::{Denied, judge_http};
use boathook_plan::plan::Egress;
use http::Uri;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tower_service::Service;

use super::dial;
use super::network::{Network, Pending};

/// From the name to the end of the TLS handshake.
const CONNECT: Duration = Duration::from_secs(10);

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The guard refuses an address; nothing was dialled.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The name has no address, or no name server said so.
    #[error("the name cannot be resolved")]
    Lookup(#[source] io::Error),
    /// No address took the connection.
    #[error("no connection can be made")]
    Unreachable(#[source] io::Error),
    /// [`CONNECT`] passed.
    #[error("no connection within {} s", CONNECT.as_secs())]
    TooSlow,
    /// TLS failed.
    #[error("TLS failed")]
    Tls(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The URL has no host.
    #[error("the URL has no host")]
    Host,
}

/// Connects to URLs under one set of egress rules.
#[derive(Clone, Debug)]
pub struct Connector(HttpsConnector<Guarded>);

impl Connector {
    /// A connector under `egress`, whose peers are trusted as `trust` says.
    pub fn new(egress: Arc<Egress>, network: Arc<dyn Network>, trust: ClientConfig) -> Self {
        let https = HttpsConnectorBuilder::new().with_tls_config(trust).https_or_http().enable_all_versions();
        Self(https.wrap_connector(Guarded { egress, network }))
    }
}

impl Service<Uri> for Connector {
    type Response = MaybeHttpsStream<TokioIo<TcpStream>>;
    type Error = ConnectError;
    type Future = Pending<'static, Result<Self::Response, ConnectError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ConnectError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        let connecting = self.0.call(target);
        Box::pin(async move {
            let connected = timeout(CONNECT, connecting).await.map_err(|_| ConnectError::TooSlow)?;
            // What is not our own error below came out of the handshake.
            connected.map_err(|error| match error.downcast::<ConnectError>() {
                Ok(own) => *own,
                Err(other) => ConnectError::Tls(other),
            })
        })
    }
}

/// TCP, judged.
#[derive(Clone, Debug)]
struct Guarded {
    egress: Arc<Egress>,
    network: Arc<dyn Network>,
}

impl Service<Uri> for Guarded {
    type Response = TokioIo<TcpStream>;
    type Error = ConnectError;
    type Future = Pending<'static, Result<Self::Response, ConnectError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ConnectError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        let Self { egress, network } = self.clone();
        Box::pin(async move {
            let (host, port) = host_and_port(&target).ok_or(ConnectError::Host)?;
            let found = addresses(&network, host).await.map_err(ConnectError::Lookup)?;
            let judged = judged(&egress, (host, port), found)?;
            let stream = dial::first(&network, &judged).await.map_err(ConnectError::Unreachable)?;
            Ok(TokioIo::new(stream))
        })
    }
}

/// Every address must pass: a name that mixes public and private ones is an attempt to have the wrong one dialled.
fn judged(egress: &Egress, (host, port): (&str, u16), found: Vec<IpAddr>) -> Result<Vec<SocketAddr>, Denied> {
    found
        .into_iter()
        .map(|address| judge_http(egress, host, port, address).map(|()| SocketAddr::new(address, port)))
        .collect()
}

async fn addresses(network: &Arc<dyn Network>, host: &str) -> io::Result<Vec<IpAddr>> {
    match host.parse::<IpAddr>() {
        Ok(literal) => Ok(vec![literal]),
        Err(_) => network.resolve(host).await,
    }
}

fn host_and_port(target: &Uri) -> Option<(&str, u16)> {
    let host = target.host()?;
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let default = if target.scheme_str() == Some("https") { 443 } else { 80 };
    Some((bare, target.port_u16().unwrap_or(default)))
}
