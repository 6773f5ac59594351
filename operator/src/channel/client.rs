//! Dials one gateway pod and speaks with it: HTTP/2 over mutual TLS. The pod must show its gateway's certificate, whatever
//! its address is.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use boathook_operator_core::object::ObjectKey;
use boathook_plan::channel::{
    Acknowledgement, REPORT_PATH, ROUTES_PATH, Refusal, Report, ReportFault, ReportReader, gateway_name,
};
use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::body::Lines;
use super::certificates::Issued;

/// For a connection and its handshake.
const DIAL: Duration = Duration::from_secs(10);

/// For a table: what a gateway gives a body, and the time to compile ten thousand routes.
const PUSH: Duration = Duration::from_mins(3);

/// Between two reports, of which one comes each second.
const SILENCE: Duration = Duration::from_secs(10);

/// Bytes of an answer: as many rejections as a table may have routes, each of a line.
const ANSWER_SIZE: usize = 64 << 20;

/// How often a silent gateway is asked whether it is there.
const PING: Duration = Duration::from_secs(10);

/// Dials with the operator's certificate. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Dialer {
    tls: Arc<ClientConfig>,
}

/// A connection to a pod. Clones share it; it closes with the last of them.
#[derive(Clone, Debug)]
pub struct Connection {
    sender: SendRequest<Lines>,
}

/// A stream of reports.
#[derive(Debug)]
pub struct Reports {
    body: Incoming,
    reader: ReportReader,
    read: std::collections::VecDeque<Report>,
}

/// Why a pod is not spoken with.
#[derive(Debug, thiserror::Error)]
pub enum ChannelError {
    /// The operator's own certificate cannot be used.
    #[error("using the operator's certificate of the control channel")]
    Own(#[source] rustls::Error),
    /// It is not PEM.
    #[error("the operator's certificates of the control channel are not PEM")]
    Pem,
    /// No connection.
    #[error("connecting to the gateway")]
    Connect(#[source] io::Error),
    /// The connection broke.
    #[error("speaking with the gateway")]
    Broken(#[from] hyper::Error),
    /// Nothing was heard in time.
    #[error("the gateway did not answer in time")]
    Late,
    /// An answer is not what it should be.
    #[error("an answer of the gateway cannot be read: {0}")]
    Answer(String),
    /// A report is not what it should be.
    #[error(transparent)]
    Report(#[from] ReportFault),
    /// It said no.
    #[error("the gateway refuses: {}", .0.detail)]
    Refused(Refusal),
    /// It ended the stream of its reports.
    #[error("the gateway is stopping")]
    Over,
}

impl Dialer {
    /// Trusts gateways whose certificate one of these authorities signed (PEM, one or more), and shows its own.
    pub fn new(authorities: &str, own: &Issued) -> Result<Self, ChannelError> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(CertificateDer::pem_slice_iter(authorities.as_bytes()).filter_map(Result::ok));
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(own.certificate.as_bytes()).collect();
        let chain = chain.map_err(|_| ChannelError::Pem)?;
        let key = PrivateKeyDer::from_pem_slice(own.key.expose()).map_err(|_| ChannelError::Pem)?;
        let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
        let builder = builder.with_protocol_versions(&[&rustls::version::TLS13]).map_err(ChannelError::Own)?;
        let config = builder.with_root_certificates(roots).with_client_auth_cert(chain, key);
        let mut config = config.map_err(ChannelError::Own)?;
        config.alpn_protocols = vec![b"h2".to_vec()];
        config.resumption = rustls::client::Resumption::disabled();
        Ok(Self { tls: Arc::new(config) })
    }

    /// Connects to a pod of a gateway.
    pub async fn dial(&self, gateway: &ObjectKey, address: SocketAddr) -> Result<Connection, ChannelError> {
        timeout(DIAL, self.open(gateway, address)).await.unwrap_or(Err(ChannelError::Late))
    }

    async fn open(&self, gateway: &ObjectKey, address: SocketAddr) -> Result<Connection, ChannelError> {
        let name = ServerName::try_from(gateway_name(&gateway.namespace, &gateway.name));
        let name = name.map_err(|error| ChannelError::Connect(io::Error::other(error)))?;
        let stream = TcpStream::connect(address).await.map_err(ChannelError::Connect)?;
        stream.set_nodelay(true).map_err(ChannelError::Connect)?;
        let connector = TlsConnector::from(Arc::clone(&self.tls));
        let stream = connector.connect(name, stream).await.map_err(ChannelError::Connect)?;
        let mut http = http2::Builder::new(TokioExecutor::new());
        http.timer(TokioTimer::new()).keep_alive_interval(PING).keep_alive_timeout(PING).keep_alive_while_idle(true);
        let (sender, connection) = http.handshake(TokioIo::new(stream)).await?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(error = %error, %address, "a connection of the control channel");
            }
        });
        Ok(Connection { sender })
    }
}

impl Connection {
    /// Gives the pod a table.
    pub(super) async fn push(&mut self, table: Lines) -> Result<Acknowledgement, ChannelError> {
        let pushed = async {
            let answer = self.request(Method::PUT, ROUTES_PATH, table).await?;
            let status = answer.status();
            let body = Limited::new(answer.into_body(), ANSWER_SIZE).collect().await;
            let body = body.map_err(|error| ChannelError::Answer(error.to_string()))?.to_bytes();
            let unreadable = |error: serde_json::Error| ChannelError::Answer(format!("{status}: {error}"));
            match status {
                StatusCode::OK => serde_json::from_slice(&body).map_err(unreadable),
                _ => Err(ChannelError::Refused(serde_json::from_slice(&body).map_err(unreadable)?)),
            }
        };
        timeout(PUSH, pushed).await.unwrap_or(Err(ChannelError::Late))
    }

    /// The pod's reports from now on.
    pub async fn reports(&mut self) -> Result<Reports, ChannelError> {
        let asked = self.request(Method::GET, REPORT_PATH, Lines::whole(Bytes::new()));
        let answer = timeout(SILENCE, asked).await.unwrap_or(Err(ChannelError::Late))?;
        if answer.status() != StatusCode::OK {
            return Err(ChannelError::Answer(answer.status().to_string()));
        }
        Ok(Reports { body: answer.into_body(), reader: ReportReader::default(), read: [].into() })
    }

    /// Asks the pod for something else, such as its executions. The answer's body is bounded by whoever reads it.
    pub async fn send(&mut self, request: Request<Bytes>) -> Result<Response<Incoming>, ChannelError> {
        Ok(self.sender.send_request(request.map(Lines::whole)).await?)
    }

    async fn request(&mut self, method: Method, path: &str, body: Lines) -> Result<Response<Incoming>, ChannelError> {
        // HTTP/2 wants an authority; nobody looks at this one.
        let request = Request::builder().method(method).uri(format!("https://gateway{path}")).body(body);
        let request = request.map_err(|error| ChannelError::Answer(error.to_string()))?;
        Ok(self.sender.send_request(request).await?)
    }
}

impl Reports {
    /// The next one. May be dropped and asked again.
    pub async fn next(&mut self) -> Result<Report, ChannelError> {
        loop {
            if let Some(report) = self.read.pop_front() {
                return Ok(report);
            }
            let part = timeout(SILENCE, self.body.frame()).await.map_err(|_| ChannelError::Late)?;
            let frame = part.ok_or(ChannelError::Over)??;
            if let Some(bytes) = frame.data_ref() {
                self.read.extend(self.reader.push(bytes)?);
            }
        }
    }
}
