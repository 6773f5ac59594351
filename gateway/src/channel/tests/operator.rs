//! An operator as the tests play it: certificates, and requests over HTTP/2.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use boathook_plan::channel::{
    Acknowledgement, OPERATOR_NAME, REPORT_PATH, ROUTES_PATH, Refusal, Report, ReportReader, gateway_name,
};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::{Message, PATIENCE};

/// A certificate and its key, as PEM.
pub(super) struct Identity {
    pub(super) certificate: String,
    pub(super) key: String,
}

/// Signs both ends.
pub(super) struct Authority {
    certificate: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    pub(super) fn new() -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "channel");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap().pem();
        Self { certificate, issuer: Issuer::new(params, key) }
    }

    pub(super) fn issue(&self, name: &str, usage: ExtendedKeyUsagePurpose) -> Identity {
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        params.extended_key_usages = vec![usage];
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap().pem();
        Identity { certificate, key: key.serialize_pem() }
    }

    pub(super) fn operator(&self) -> Identity {
        self.issue(OPERATOR_NAME, ExtendedKeyUsagePurpose::ClientAuth)
    }

    /// What the gateway's Secret is mounted as.
    pub(super) fn write_gateway(&self, folder: &Path) {
        let own = self.issue(&gateway_name("shop", "gateway"), ExtendedKeyUsagePurpose::ServerAuth);
        for (name, text) in [("tls.crt", &own.certificate), ("tls.key", &own.key), ("ca.crt", &self.certificate)] {
            std::fs::write(folder.join(name), text).unwrap();
        }
    }
}

/// A connection.
pub(super) struct Operator(SendRequest<Full<Bytes>>);

impl Operator {
    pub(super) async fn connect(to: SocketAddr, trusted: &Authority, own: &Identity) -> io::Result<Self> {
        Self::over(to, trusted, Some(own)).await
    }

    /// The same; `None` presents nothing.
    pub(super) async fn over(to: SocketAddr, trusted: &Authority, own: Option<&Identity>) -> io::Result<Self> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(trusted.certificate.as_bytes()).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let builder = builder.with_root_certificates(roots);
        let mut config = match own {
            Some(own) => {
                let chain = vec![CertificateDer::from_pem_slice(own.certificate.as_bytes()).unwrap()];
                let key = PrivateKeyDer::from_pem_slice(own.key.as_bytes()).unwrap();
                builder.with_client_auth_cert(chain, key).unwrap()
            }
            None => builder.with_no_client_auth(),
        };
        config.alpn_protocols = vec![b"h2".to_vec()];
        let name = ServerName::try_from(gateway_name("shop", "gateway")).unwrap();
        let stream = TcpStream::connect(to).await?;
        let stream = timeout(PATIENCE, TlsConnector::from(Arc::new(config)).connect(name, stream)).await.unwrap()?;
        let opened = handshake(TokioExecutor::new(), TokioIo::new(stream)).await;
        let (sender, connection) = opened.map_err(io::Error::other)?;
        tokio::spawn(connection);
        Ok(Self(sender))
    }

    pub(super) async fn send(&mut self, method: &str, path: &str, body: Vec<u8>) -> io::Result<Response<Incoming>> {
        let request = Request::builder().method(method).uri(format!("https://gateway{path}"));
        let request = request.body(Full::new(Bytes::from(body))).unwrap();
        timeout(PATIENCE, self.0.send_request(request)).await.unwrap().map_err(io::Error::other)
    }

    pub(super) async fn put(&mut self, message: &Message) -> Acknowledgement {
        let (status, body) = self.put_bytes(message.bytes()).await;
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
        serde_json::from_slice(&body).unwrap()
    }

    /// A message that is refused: the status, and why.
    pub(super) async fn refused(&mut self, bytes: Vec<u8>) -> (u16, Refusal) {
        let (status, body) = self.put_bytes(bytes).await;
        (status, serde_json::from_slice(&body).unwrap())
    }

    async fn put_bytes(&mut self, bytes: Vec<u8>) -> (u16, Bytes) {
        let answer = self.send("PUT", ROUTES_PATH, bytes).await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.into_body().collect().await.unwrap().to_bytes())
    }

    /// Reports, from now on.
    pub(super) async fn reports(&mut self) -> Reports {
        let answer = self.send("GET", REPORT_PATH, Vec::new()).await.unwrap();
        assert_eq!(answer.status(), 200);
        Reports { body: answer.into_body(), reader: ReportReader::default() }
    }
}

/// A stream of reports.
pub(super) struct Reports {
    body: Incoming,
    reader: ReportReader,
}

impl Reports {
    /// The first one of which this holds.
    pub(super) async fn until(&mut self, holds: impl Fn(&Report) -> bool) -> Report {
        let found = async {
            loop {
                let frame = self.body.frame().await.unwrap().unwrap();
                let reports = self.reader.push(&frame.into_data().unwrap()).unwrap();
                if let Some(report) = reports.into_iter().find(&holds) {
                    return report;
                }
            }
        };
        timeout(PATIENCE, found).await.unwrap()
    }
}
