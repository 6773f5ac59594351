//! TLS: who is believed, and what is said when somebody is not.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use boathook_plan::reason::{StepFailure, StepReason};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;

use super::server::{Server, response};
use super::{HttpExecutor, PUBLIC, TestNetwork, attempt, step};
use crate::egress::Site;

pub(super) const AUTHORITY: &[u8] = include_bytes!("../../../../tests/data/tls/authority.pem");
pub(super) const SERVER: &[u8] = include_bytes!("../../../../tests/data/tls/server.pem");
const EXPIRED: &[u8] = include_bytes!("../../../../tests/data/tls/expired.pem");
pub(super) const KEY: &[u8] = include_bytes!("../../../../tests/data/tls/server.key");

async fn serving(certificate: &'static [u8]) -> Server {
    let chain = vec![CertificateDer::from_pem_slice(certificate).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(KEY).unwrap();
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    Server::start(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            let mut stream = acceptor.accept(stream).await?;
            let mut piece = [0; 4096];
            if stream.read(&mut piece).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            stream.write_all(&response("200 OK", &["connection: close"], "safe")).await?;
            stream.shutdown().await
        }
    })
    .await
}

async fn perform(server: &Server, url: &str, roots: &[&'static [u8]]) -> Result<(), StepFailure> {
    let mut store = RootCertStore::empty();
    for root in roots {
        store.add(CertificateDer::from_pem_slice(root).unwrap()).unwrap();
    }
    let trust = ClientConfig::builder().with_root_certificates(store).with_no_client_auth();
    let network = TestNetwork::default()
        .name("hooks.test", &[PUBLIC])
        .name("other.test", &[PUBLIC])
        .leads("93.184.216.34:443", server.address);
    let executor = HttpExecutor::at(Site { network: Arc::new(network), trust, admin: None });
    executor.perform(&attempt(&step(url)), &BTreeMap::new()).await.map(|_| ())
}

#[tokio::test]
async fn a_certificate_of_a_known_authority_is_believed() {
    perform(&serving(SERVER).await, "https://hooks.test/", &[AUTHORITY]).await.unwrap();
}

#[tokio::test]
async fn a_bad_certificate_is_named_and_not_tried_again() {
    let good = serving(SERVER).await;
    let expired = serving(EXPIRED).await;
    let cases = [
        (&good, "https://hooks.test/", &[][..], "GET hooks.test: the certificate is of an unknown authority"),
        (&good, "https://other.test/", &[AUTHORITY], "GET other.test: the certificate is another host's"),
        (&good, "https://93.184.216.34/", &[AUTHORITY], "GET 93.184.216.34: the certificate is another host's"),
        (&expired, "https://hooks.test/", &[AUTHORITY], "GET hooks.test: the certificate has expired"),
    ];
    for (server, url, roots, message) in cases {
        let failure = perform(server, url, roots).await.unwrap_err();
        assert_eq!((failure.reason, failure.retryable), (StepReason::ConnectionFailed, false), "{message}");
        assert_eq!(failure.message, message);
    }
}

#[tokio::test]
async fn a_server_that_does_not_speak_tls_may_be_tried_again() {
    let server =
        Server::start(|mut stream| async move { stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await }).await;
    let failure = perform(&server, "https://hooks.test/", &[AUTHORITY]).await.unwrap_err();
    assert_eq!((failure.reason, failure.retryable), (StepReason::ConnectionFailed, true));
    assert_eq!(failure.message, "GET hooks.test: the TLS handshake failed");
}
