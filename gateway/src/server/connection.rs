//! One connection: HTTP/1 behind the framing guard, or HTTP/2, within the limits of both.

use std::convert::Infallible;
use std::future::ready;
use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use boathook_plan::framing::preface::{self, Protocol};
use bytes::Bytes;
use http::{HeaderValue, Request, Response, Version, header};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::activity::Activity;
use super::guard::Guarded;
use super::metered::Metered;
use super::paced::Paced;
use super::protocols;
use super::untaken::{Untaken, Waiting};
use crate::ingest;
use crate::metrics::Dropped;
use crate::shared::Shared;
use crate::tls::Opened;

/// How long an idle connection is kept when the gateway drains: a request may be on its way, and is answered with
/// `connection: close`.
const DRAIN_LINGER: Duration = Duration::from_millis(250);

/// What all connections have in common.
pub(super) struct Server {
    shared: Arc<Shared>,
    http1: http1::Builder,
    http2: http2::Builder<TokioExecutor>,
    /// For connections that come when there are many.
    crowded: http2::Builder<TokioExecutor>,
    untaken: Untaken,
}

/// Among whom a connection comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Crowd {
    /// It is of a trusted proxy, which stands for many clients.
    Trusted,
    /// There are few others.
    Few,
    /// There are many others.
    Many,
}

/// Who is at the other end of a connection, and what was agreed with it.
#[derive(Clone, Copy, Debug)]
struct Peer {
    address: IpAddr,
    /// Negotiated, in a TLS handshake; else told by the first bytes.
    protocol: Option<Protocol>,
    /// Whether it came when there were many.
    crowded: bool,
}

/// The answer to a request, as hyper takes it.
type Answer = Pin<Box<dyn Future<Output = Result<Response<Waiting>, Infallible>> + Send>>;

impl Server {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        let untaken = Untaken::new(shared.limits.untaken);
        let (http2, crowded) = (protocols::http2(false), protocols::http2(true));
        Self { shared, http1: protocols::http1(), http2, crowded, untaken }
    }

    /// Serves what the port speaks: HTTP, or HTTP behind a handshake.
    pub(super) async fn open(&self, stream: TcpStream, address: IpAddr, crowd: Crowd) {
        let _ = stream.set_nodelay(true);
        let activity = Arc::new(Activity::new(crowd == Crowd::Trusted));
        let crowded = crowd == Crowd::Many;
        let stream = Metered::new(stream, Arc::clone(&activity));
        match self.shared.edge.tls.open(stream).await {
            Some(Opened::Plain(stream)) => {
                self.serve(stream, Peer { address, protocol: None, crowded }, &activity).await;
            }
            Some(Opened::Secure(stream)) => {
                let protocol = stream.get_ref().1.alpn_protocol().and_then(preface::negotiated);
                self.serve(stream, Peer { address, protocol, crowded }, &activity).await;
            }
            None => activity.drop_for(Dropped::Handshake),
        }
        if let Some(cause) = activity.dropped() {
            self.shared.metrics.dropped.count(cause);
        }
    }

    /// Serves a connection to its end. Errors are the client's: whatever went wrong with a request is counted on the
    /// request path, and what went wrong before it by [`ingest::unread`].
    async fn serve<S>(&self, stream: S, peer: Peer, activity: &Arc<Activity>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let paced = Paced::new(stream, Arc::clone(activity), self.shared.limits.pace);
        let mut socket = Guarded::new(paced, Arc::clone(activity));
        let spoken = async {
            match peer.protocol {
                Some(protocol) => {
                    socket.speak(protocol);
                    protocol
                }
                None => socket.protocol().await,
            }
        };
        let protocol = tokio::select! {
            protocol = spoken => protocol,
            () = self.lingered() => return,
        };
        match protocol {
            Protocol::Http1 => self.http1(socket, peer.address, activity).await,
            Protocol::Http2 => self.http2(socket, peer, activity).await,
        }
    }

    async fn http1<S>(&self, socket: Guarded<S>, peer: IpAddr, activity: &Arc<Activity>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let service = service_fn(|request| self.answer(peer, activity, request));
        let mut connection = self.http1.serve_connection(TokioIo::new(socket), service);
        let over = tokio::select! {
            _ = &mut connection => true,
            () = self.lingered() => false,
        };
        if !over {
            Pin::new(&mut connection).graceful_shutdown();
            tokio::select! {
                _ = &mut connection => {}
                () = self.aborted() => return,
            }
        }
        self.farewell(connection.into_parts().io.into_inner(), peer).await;
    }

    /// Says why the last head was not read, if it was not, and closes. Whatever was answered before has gone out.
    async fn farewell<S>(&self, socket: Guarded<S>, peer: IpAddr)
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let refused = socket.refused();
        let mut socket = socket.into_inner();
        if let Some((flaw, since)) = refused {
            let answer = ingest::unread(&self.shared, peer, flaw, since);
            // A client that is gone reads nothing.
            let _ = socket.write_all(&answer).await;
        }
        let _ = socket.shutdown().await;
    }

    async fn http2<S>(&self, socket: Guarded<S>, peer: Peer, activity: &Arc<Activity>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let service = service_fn(|request| self.answer(peer.address, activity, request));
        let builder = if peer.crowded { &self.crowded } else { &self.http2 };
        let mut connection = pin!(builder.serve_connection(TokioIo::new(socket), service));
        let over = tokio::select! {
            ended = connection.as_mut() => Some(ended),
            () = self.lingered() => None,
        };
        let ended = if let Some(ended) = over {
            ended
        } else {
            connection.as_mut().graceful_shutdown();
            tokio::select! {
                ended = connection => ended,
                () = self.aborted() => Ok(()),
            }
        };
        if ended.is_err_and(|error| protocols::is_broken(&error)) {
            activity.drop_for(Dropped::Protocol);
        }
    }

    /// Returns once the gateway drains and what was on its way has come.
    async fn lingered(&self) {
        self.shared.stop.clone().draining().await;
        tokio::time::sleep(DRAIN_LINGER).await;
    }

    /// Returns once the gateway ends what is in flight, and had the time to tell so.
    async fn aborted(&self) {
        self.shared.stop.clone().aborting().await;
        tokio::time::sleep(self.shared.limits.pace.write).await;
    }

    fn answer(&self, peer: IpAddr, activity: &Arc<Activity>, mut request: Request<Incoming>) -> Answer {
        request.extensions_mut().insert(activity.breach().clone());
        let serving = activity.begin();
        let last = activity.is_closing() && request.version() <= Version::HTTP_11;
        let (untaken, activity) = (self.untaken.clone(), Arc::clone(activity));
        let told = move |mut response: Response<Full<Bytes>>| {
            if last {
                response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            drop(serving);
            Ok(response.map(|bytes| untaken.wait(bytes, &activity)))
        };
        match ingest::enter(&self.shared, peer, request) {
            ingest::Entry::Let(entered) => Box::pin(async move { told(entered.answer().await) }),
            ingest::Entry::Refused(refused) => Box::pin(ready(told(refused))),
        }
    }
}
