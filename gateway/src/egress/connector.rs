//! The one way to a socket: resolve, judge every address, dial one of them, TLS.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use boathook_plan::egress::{Cause, Denied, judge_http};
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

/// Where connections start from.
#[derive(Clone, Debug)]
pub struct Site {
    /// Names and sockets.
    pub network: Arc<dyn Network>,
    /// Which servers are believed.
    pub trust: ClientConfig,
    /// The gateway's own admin port. On this machine's loopback nobody else guards it.
    pub admin: Option<SocketAddr>,
}

impl Site {
    /// Whether this is the admin port.
    fn is_admin(&self, address: IpAddr, port: u16) -> bool {
        let address = address.to_canonical();
        self.admin.is_some_and(|admin| admin.port() == port && (admin.ip() == address || address.is_loopback()))
    }
}

/// Connects to URLs under one set of egress rules.
#[derive(Clone, Debug)]
pub struct Connector(HttpsConnector<Guarded>);

impl Connector {
    /// A connector from `site` under `egress`.
    pub fn new(egress: Arc<Egress>, site: Arc<Site>) -> Self {
        let https = HttpsConnectorBuilder::new().with_tls_config(site.trust.clone());
        Self(https.https_or_http().enable_all_versions().wrap_connector(Guarded { egress, site }))
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
    site: Arc<Site>,
}

impl Guarded {
    /// Every address must pass: a name that mixes public and private ones is an attempt to have the wrong one dialled.
    fn judged(&self, host: &str, port: u16, found: Vec<IpAddr>) -> Result<Vec<SocketAddr>, Denied> {
        let judged = found.into_iter().map(|address| {
            if self.site.is_admin(address, port) {
                return Err(Denied { address, port, cause: Cause::Admin });
            }
            judge_http(&self.egress, host, port, address)?;
            Ok(SocketAddr::new(address, port))
        });
        judged.collect()
    }
}

impl Service<Uri> for Guarded {
    type Response = TokioIo<TcpStream>;
    type Error = ConnectError;
    type Future = Pending<'static, Result<Self::Response, ConnectError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ConnectError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        let guarded = self.clone();
        Box::pin(async move {
            let network = &guarded.site.network;
            let (host, port) = host_and_port(&target).ok_or(ConnectError::Host)?;
            let found = addresses(network, host).await.map_err(ConnectError::Lookup)?;
            let judged = guarded.judged(host, port, found)?;
            let stream = dial::first(network, &judged).await.map_err(ConnectError::Unreachable)?;
            Ok(TokioIo::new(stream))
        })
    }
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
