//! The channel's port: few connections, each of the operator or closed at once, and HTTP/2 on it.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use boathook_plan::channel::OPERATOR_NAME;
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rustls::client::verify_server_name;
use rustls::pki_types::ServerName;
use rustls::server::ParsedCertificate;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tower_service::Service as _;

use super::credentials::Credentials;
use crate::tls::HANDSHAKE;

/// Connections at once, handshakes included: two replicas of the operator, each with some to spare.
const CONNECTIONS: usize = 64;

/// Requests at once on a connection: a report, a table, and those who read executions.
const STREAMS: u32 = 64;

/// Bytes of a head.
const HEADER_LIST: u32 = 16 << 10;

/// What one stream may send ahead of our reading.
const STREAM_WINDOW: u32 = 1 << 20;

/// What one connection may send ahead of our reading.
const CONNECTION_WINDOW: u32 = 2 << 20;

/// How often a silent operator is asked whether it is there.
const PING: Duration = Duration::from_secs(10);

/// How long it may take to say so.
const PONG: Duration = Duration::from_secs(10);

/// Pause after an accept that failed for want of something: trying again at once would spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves until it is aborted.
pub(super) async fn run(listener: TcpListener, credentials: Credentials, app: Router) {
    let (places, credentials) = (Arc::new(Semaphore::new(CONNECTIONS)), Arc::new(credentials));
    let mut connections = JoinSet::new();
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::debug!(error = %error, "accepting connections of the channel");
                sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let (credentials, app) = (Arc::clone(&credentials), app.clone());
        connections.spawn(async move {
            if let Some(stream) = open(&credentials, stream).await {
                serve(stream, app).await;
            }
            drop(place);
        });
        while connections.try_join_next().is_some() {}
    }
}

/// A connection of the operator; `None`: somebody else's, who was asked for a certificate and told nothing.
async fn open(credentials: &Credentials, stream: TcpStream) -> Option<TlsStream<TcpStream>> {
    let acceptor = TlsAcceptor::from(credentials.current().await?);
    let stream = match timeout(HANDSHAKE, acceptor.accept(stream)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => {
            tracing::warn!(error = %error, "a handshake of the channel");
            return None;
        }
        Err(_) => return None,
    };
    let is_operators = is_operators(&stream);
    if !is_operators {
        tracing::warn!("a certificate of the channel's authority that is not the operator's is refused");
    }
    is_operators.then_some(stream)
}

/// The authority signs the gateways' certificates too.
fn is_operators(stream: &TlsStream<TcpStream>) -> bool {
    let (_, session) = stream.get_ref();
    let own = session.peer_certificates().and_then(<[_]>::first);
    let (Some(own), Ok(name)) = (own, ServerName::try_from(OPERATOR_NAME)) else { return false };
    ParsedCertificate::try_from(own).is_ok_and(|own| verify_server_name(&own, &name).is_ok())
}

async fn serve(stream: TlsStream<TcpStream>, app: Router) {
    let service = service_fn(move |request: http::Request<Incoming>| {
        let mut app = app.clone();
        async move { Ok::<_, Infallible>(app.call(request.map(Body::new)).await.unwrap_or_else(|never| match never {})) }
    });
    let connection = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(HEADER_LIST)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .keep_alive_interval(PING)
        .keep_alive_timeout(PONG)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = connection {
        tracing::debug!(error = %error, "a connection of the channel");
    }
}
