//! One connection: HTTP/1.1 or HTTP/2 with prior knowledge, within the limits of both.

use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use super::activity::Activity;
use super::paced::Paced;
use crate::config::HEADERS;
use crate::ingest;
use crate::shared::Shared;
use crate::tls::Opened;

/// Bytes of a request's head.
const HEAD_SIZE: usize = 32 << 10;

/// Requests at once on one HTTP/2 connection.
const STREAMS: u32 = 100;

/// Streams that a client may open and reset before we have looked at them (CVE-2023-44487).
const PENDING_RESETS: usize = 20;

/// Streams that a client may make us reset.
const LOCAL_RESETS: usize = 1024;

/// What one stream may send ahead of our reading.
const STREAM_WINDOW: u32 = 64 << 10;

/// What one connection may send ahead of our reading.
const CONNECTION_WINDOW: u32 = 1 << 20;

/// How often a silent HTTP/2 client is asked whether it is there.
const PING: Duration = Duration::from_secs(20);

/// How long it may take to say so.
const PONG: Duration = Duration::from_secs(10);

/// How long an idle connection is kept when the gateway drains: a request may be on its way, and is answered with
/// `connection: close`.
const DRAIN_LINGER: Duration = Duration::from_millis(250);

/// What all connections have in common.
pub(super) struct Server {
    shared: Arc<Shared>,
    http: Builder<TokioExecutor>,
}

impl Server {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        let mut http = Builder::new(TokioExecutor::new());
        http.http1()
            .timer(TokioTimer::new())
            // `Paced` bounds heads and idle connections, each by its own time.
            .header_read_timeout(None)
            // A client that has closed its side still gets its answer.
            .half_close(true)
            .max_headers(HEADERS)
            .max_buf_size(HEAD_SIZE);
        http.http2()
            .timer(TokioTimer::new())
            .max_concurrent_streams(STREAMS)
            .max_header_list_size(u32::try_from(HEAD_SIZE).unwrap_or(u32::MAX))
            .max_pending_accept_reset_streams(PENDING_RESETS)
            .max_local_error_reset_streams(LOCAL_RESETS)
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .keep_alive_interval(PING)
            .keep_alive_timeout(PONG);
        Self { shared, http }
    }

    /// Serves what the port speaks: HTTP, or HTTP behind a handshake.
    pub(super) async fn open(&self, stream: TcpStream, peer: IpAddr) {
        let _ = stream.set_nodelay(true);
        match self.shared.edge.tls.open(stream).await {
            Some(Opened::Plain(stream)) => self.serve(stream, peer).await,
            Some(Opened::Secure(stream)) => self.serve(stream, peer).await,
            None => {}
        }
    }

    /// Serves a connection to its end. Errors are the client's: whatever went wrong with a request that was read is
    /// counted on the request path.
    async fn serve<S>(&self, stream: S, peer: IpAddr)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let activity = Arc::new(Activity::default());
        let socket = Paced::new(stream, Arc::clone(&activity), self.shared.limits.pace);
        let service = service_fn(|request| self.answer(peer, &activity, request));
        let mut connection = pin!(self.http.serve_connection(TokioIo::new(socket), service));
        let (mut draining, mut aborting) = (self.shared.stop.clone(), self.shared.stop.clone());
        let lingered = async {
            draining.draining().await;
            tokio::time::sleep(DRAIN_LINGER).await;
        };
        tokio::select! {
            _ = connection.as_mut() => return,
            () = lingered => connection.as_mut().graceful_shutdown(),
        }
        tokio::select! {
            _ = connection => {}
            () = async { aborting.aborting().await; tokio::time::sleep(self.shared.limits.pace.write).await } => {}
        }
    }

    fn answer(
        &self,
        peer: IpAddr,
        activity: &Arc<Activity>,
        request: Request<Incoming>,
    ) -> impl Future<Output = Result<Response<Full<Bytes>>, Infallible>> + use<> {
        let serving = activity.begin(request.version());
        let shared = Arc::clone(&self.shared);
        async move {
            let response = ingest::answer(&shared, peer, request).await;
            drop(serving);
            Ok(response)
        }
    }
}
