//! How hyper speaks each protocol: its bounds, each with its reason.

use std::error::Error as _;
use std::time::Duration;

use boathook_plan::framing::{FIELDS, HEAD_SIZE};
use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioTimer};

/// Bytes of a head that hyper holds: more than the framing guard lets through, so that the guard alone decides.
const HTTP1_BUFFER: usize = HEAD_SIZE + (8 << 10);

/// Bytes of a head in HTTP/2.
const HEADER_LIST: u32 = 32 << 10;

/// Requests at once on one HTTP/2 connection.
const STREAMS: u32 = 100;

/// The same of a connection that comes when there are [`MANY`] others, and of no trusted proxy: each stream takes up to 3 KiB
/// while its answer is not taken, and there are places for 1,024 requests.
const FEWER_STREAMS: u32 = 16;

/// Bytes of a head of such a connection: it is in memory twice while it comes.
const SHORTER_LIST: u32 = 8 << 10;

/// Connections beyond which the next one has [`FEWER_STREAMS`] and a [`SHORTER_LIST`].
pub(super) const MANY: usize = 64;

/// Streams that a client may open and reset before we have looked at them (CVE-2023-44487).
const PENDING_RESETS: usize = 20;

/// Streams that a client may make us reset.
const LOCAL_RESETS: usize = 1024;

/// What one stream may send ahead of our reading.
const STREAM_WINDOW: u32 = 64 << 10;

/// What one connection may send ahead of our reading.
const CONNECTION_WINDOW: u32 = 1 << 20;

/// What one connection may have us hold of answers that it does not take.
const SEND_BUFFER: usize = 64 << 10;

/// How often a silent HTTP/2 client is asked whether it is there.
const PING: Duration = Duration::from_secs(20);

/// How long it may take to say so.
const PONG: Duration = Duration::from_secs(10);

pub(super) fn http1() -> http1::Builder {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        // `Paced` bounds heads and idle connections, each by its own time.
        .header_read_timeout(None)
        // A client that has closed its side still gets its answer, and so does one whose next head is refused.
        .half_close(true)
        .max_headers(FIELDS)
        .max_buf_size(HTTP1_BUFFER);
    http
}

/// HTTP/2, as one of many connections or of few speaks it.
pub(super) fn http2(many: bool) -> http2::Builder<TokioExecutor> {
    let mut http = http2::Builder::new(TokioExecutor::new());
    http.timer(TokioTimer::new())
        .max_concurrent_streams(if many { FEWER_STREAMS } else { STREAMS })
        .max_header_list_size(if many { SHORTER_LIST } else { HEADER_LIST })
        .max_pending_accept_reset_streams(PENDING_RESETS)
        .max_local_error_reset_streams(LOCAL_RESETS)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_send_buf_size(SEND_BUFFER)
        .keep_alive_interval(PING)
        .keep_alive_timeout(PONG);
    http
}

/// Whether a connection of HTTP/2 ended because the client broke its rules, or went too near to what they let it do.
pub(super) fn is_broken(error: &hyper::Error) -> bool {
    error.source().and_then(|source| source.downcast_ref::<h2::Error>()).is_some_and(h2::Error::is_library)
}
