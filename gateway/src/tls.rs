//! HTTPS: the certificates that are served by host, replaced while connections go on, and handshakes within their time.
//!
//! A connection keeps what it began with; the next one finds what is served now. A host whose new certificate cannot be used
//! keeps the one from before, and a port that is to speak HTTPS never falls back to plain HTTP.

mod names;

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use boathook_plan::edge::HostCertificate;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use names::Names;

/// For a handshake: two round trips, each with a lost packet on a bad line.
pub(crate) const HANDSHAKE: Duration = Duration::from_secs(10);

/// What is offered, HTTP/2 first (RFC 7301).
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// What the public port speaks.
#[derive(Debug, Default)]
pub(crate) struct Tls(ArcSwapOption<Serving>);

/// The certificates of one time.
#[derive(Debug)]
struct Serving {
    names: Arc<Names>,
    config: Arc<ServerConfig>,
}

/// A connection whose handshake is done, where there is one.
#[derive(Debug)]
pub(crate) enum Opened<S> {
    /// The port speaks plain HTTP.
    Plain(S),
    /// It speaks HTTPS.
    Secure(Box<TlsStream<S>>),
}

impl Tls {
    /// Serves these certificates from now on; `None` is plain HTTP.
    pub(crate) fn apply(&self, wanted: Option<&[HostCertificate]>) -> Result<(), rustls::Error> {
        let before = self.0.load();
        let serving = wanted.map(|wanted| {
            let names = Arc::new(Names::of(wanted, before.as_ref().map(|serving| &*serving.names)));
            config(&names).map(|config| Arc::new(Serving { names, config }))
        });
        self.0.store(serving.transpose()?);
        Ok(())
    }

    /// Whether the port speaks HTTPS.
    pub(crate) fn is_on(&self) -> bool {
        self.0.load().is_some()
    }

    /// Makes the handshake; `None`: it failed, and nothing was asked.
    pub(crate) async fn open<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: S) -> Option<Opened<S>> {
        let Some(serving) = self.0.load_full() else { return Some(Opened::Plain(stream)) };
        let acceptor = TlsAcceptor::from(Arc::clone(&serving.config));
        match timeout(HANDSHAKE, acceptor.accept(stream)).await {
            Ok(Ok(stream)) => Some(Opened::Secure(Box::new(stream))),
            Ok(Err(error)) => {
                tracing::debug!(error = %error, "a TLS handshake");
                None
            }
            Err(_) => None,
        }
    }
}

/// TLS 1.2 and 1.3. No data before the handshake is done (RFC 8446, 8): it could be sent again by anybody who has seen it.
fn config(names: &Arc<Names>) -> Result<Arc<ServerConfig>, rustls::Error> {
    let builder = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
    let builder = builder.with_safe_default_protocol_versions()?.with_no_client_auth();
    let mut config = builder.with_cert_resolver(Arc::clone(names) as Arc<dyn rustls::server::ResolvesServerCert>);
    config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
    Ok(Arc::new(config))
}
