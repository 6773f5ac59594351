//! HTTP/2: spoken where the server offers it, one connection for many requests.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use boathook_plan::reason::StepReason;
use bytes::Bytes;
use http::{Request, Response, Version};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;

use super::server::Server;
use super::tls::{AUTHORITY, KEY, SERVER};
use super::{HttpExecutor, PUBLIC, TestNetwork, attempt, step};
use crate::egress::Site;

fn acceptor() -> TlsAcceptor {
    let chain = vec![CertificateDer::from_pem_slice(SERVER).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(KEY).unwrap();
    let mut config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key).unwrap();
    config.alpn_protocols = vec![b"h2".to_vec()];
    TlsAcceptor::from(Arc::new(config))
}

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    assert_eq!(request.version(), Version::HTTP_2);
    assert_eq!(request.uri().to_string(), "https://hooks.test/");
    Ok(Response::new(Full::from("two")))
}

/// Answers each request with `two`. The connection that takes the notice reads and writes nothing from then on, and stays
/// open, as one that a firewall has forgotten.
async fn serving(silence: Arc<Notify>) -> Server {
    let acceptor = acceptor();
    Server::start(move |stream| {
        let (acceptor, silence) = (acceptor.clone(), Arc::clone(&silence));
        async move {
            let stream = TokioIo::new(acceptor.accept(stream).await?);
            let mut serving = http2::Builder::new(TokioExecutor::new()).serve_connection(stream, service_fn(answer));
            tokio::select! {
                biased;
                () = silence.notified() => std::future::pending().await,
                done = &mut serving => done.map_err(io::Error::other),
            }
        }
    })
    .await
}

fn executor(server: &Server) -> HttpExecutor {
    let mut store = RootCertStore::empty();
    store.add(CertificateDer::from_pem_slice(AUTHORITY).unwrap()).unwrap();
    let trust = ClientConfig::builder().with_root_certificates(store).with_no_client_auth();
    let network = TestNetwork::default().name("hooks.test", &[PUBLIC]).leads("93.184.216.34:443", server.address);
    HttpExecutor::at(Site { network: Arc::new(network), trust, admin: None })
}

#[tokio::test]
async fn requests_share_a_connection_until_it_falls_silent() {
    let silence = Arc::new(Notify::new());
    let server = serving(Arc::clone(&silence)).await;
    let executor = executor(&server);
    let mut attempt = attempt(&step("https://hooks.test/"));
    attempt.timeout = Duration::from_secs(30);
    for _ in 0..2 {
        let result = executor.perform(&attempt, &BTreeMap::new()).await.unwrap();
        assert_eq!(super::text(&result, &["text"]), "two");
    }
    assert_eq!(server.connections(), 1);

    silence.notify_one();
    tokio::time::pause();
    let began = Instant::now();
    let failure = executor.perform(&attempt, &BTreeMap::new()).await.unwrap_err();
    assert_eq!((failure.reason, failure.retryable), (StepReason::ConnectionFailed, true));
    assert_eq!(failure.message, "GET hooks.test: the connection broke before the answer was complete");
    assert_eq!(began.elapsed().as_secs(), 20);

    tokio::time::resume();
    executor.perform(&attempt, &BTreeMap::new()).await.unwrap();
    assert_eq!(server.connections(), 2);
}
