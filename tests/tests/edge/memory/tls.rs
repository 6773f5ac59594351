//! Clients of HTTPS that believe the tests' own authority.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::inputs::Speaks;

const AUTHORITY: &str = include_str!("../../../data/tls/authority.pem");
const CERTIFICATE: &str = include_str!("../../../data/tls/server.pem");
const KEY: &str = include_str!("../../../data/tls/server.key");

/// Whom the certificate is for.
const HOST: &str = "hooks.test";

/// A gateway whose port speaks HTTPS.
pub const GATEWAY: &str = "\
apiVersion: boathook.dev/v1alpha1
kind: WebhookGateway
metadata: {name: default}
spec: {storage: {embedded: {}}, tls: {secretName: hooks-tls}}
---
";

/// Its certificate.
pub fn secret() -> String {
    let block = |text: &str| text.lines().fold(String::new(), |block, line| block + "    " + line + "\n");
    let head = "apiVersion: v1\nkind: Secret\ntype: kubernetes.io/tls\nmetadata: {name: hooks-tls}\nstringData:\n";
    format!("{head}  tls.crt: |\n{}  tls.key: |\n{}---\n", block(CERTIFICATE), block(KEY))
}

/// What all connections have in common.
#[derive(Clone)]
pub struct Client {
    http1: TlsConnector,
    http2: TlsConnector,
    /// Asks as a library does.
    whole: reqwest::Client,
}

impl Client {
    pub fn new() -> Self {
        let authority = CertificateDer::from_pem_slice(AUTHORITY.as_bytes()).expect("a certificate");
        let mut roots = RootCertStore::empty();
        roots.add(authority).expect("an authority");
        let connector = |protocol: &[u8]| {
            let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
            let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
            let mut config = builder.expect("its versions").with_root_certificates(roots.clone()).with_no_client_auth();
            config.alpn_protocols = vec![protocol.to_vec()];
            TlsConnector::from(Arc::new(config))
        };
        let authority = reqwest::Certificate::from_pem(AUTHORITY.as_bytes()).expect("a certificate");
        let builder = reqwest::Client::builder().no_proxy().tls_certs_only([authority]).pool_max_idle_per_host(0);
        // Only the name is looked up here: the port stands in the URL.
        let whole = builder.resolve(HOST, SocketAddr::from(([127, 0, 0, 1], 0))).build().expect("a client");
        Self { http1: connector(b"http/1.1"), http2: connector(b"h2"), whole }
    }

    pub async fn connect(&self, stream: TcpStream, speaks: Speaks) -> io::Result<TlsStream<TcpStream>> {
        let connector = match speaks {
            Speaks::Http1 => &self.http1,
            Speaks::Http2 => &self.http2,
        };
        connector.connect(ServerName::try_from(HOST).expect("a name"), stream).await
    }

    /// The status that a workflow answers.
    pub async fn post(&self, to: SocketAddr, workflow: &str) -> reqwest::Result<u16> {
        let url = format!("https://{HOST}:{}/api/webhooks/default/{workflow}", to.port());
        let request = self.whole.post(url).header("content-type", "application/json").body("{}");
        Ok(request.send().await?.status().as_u16())
    }
}
