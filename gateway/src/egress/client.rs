//! HTTP clients, one for each set of egress rules.
//!
//! A connection is judged when it is dialled, so it may be used again only under the rules that it was judged by: each
//! set has a pool of its own. A name that moves afterwards does not move the connection, and rules that change lead to
//! another pool; what is idle in the old one is closed within [`IDLE`].

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use boathook_plan::plan::Egress;
use bytes::Bytes;
use http_body_util::Full;
use hyper_util::client::legacy;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tower_http::decompression::Decompression;

use super::connector::{Connector, Site};

/// Sends requests under one set of rules; answers are decoded (gzip, deflate, br, zstd). Follows no redirect, keeps no
/// cookie, knows no proxy.
pub type Client = Decompression<legacy::Client<Connector, Full<Bytes>>>;

/// How long an idle connection is kept: shorter than the servers' own limits, which end at 60 s mostly.
const IDLE: Duration = Duration::from_secs(30);

/// Idle connections to one host.
const IDLE_CONNECTIONS: usize = 16;

/// How long an HTTP/2 connection that somebody waits for may be silent before it is asked, and before it is given up
/// without an answer. Requests share it and their timeouts do not end it: one that a firewall has forgotten would take
/// every request until the kernel gives up, a quarter of an hour later. Twice this is less than a step's default timeout.
const SILENCE: Duration = Duration::from_secs(10);

/// Fields of an answer.
const HEADER_FIELDS: usize = 128;

/// Bytes of an answer's head.
const HEAD_SIZE: u32 = 64 << 10;

/// Sets of rules whose clients are kept. There is one a gateway and namespace; the oldest makes room.
const CLIENTS: usize = 64;

/// Clients by their rules.
#[derive(Debug)]
pub struct Clients {
    site: Arc<Site>,
    /// The last used one at the end.
    known: Mutex<Vec<(Arc<Egress>, Client)>>,
}

impl Clients {
    /// Clients that connect from `site`.
    pub fn new(site: Site) -> Self {
        Self { site: Arc::new(site), known: Mutex::default() }
    }

    /// The client of these rules.
    pub fn under(&self, egress: &Arc<Egress>) -> Client {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let at = known.iter().position(|(rules, _)| Arc::ptr_eq(rules, egress) || rules == egress);
        let entry = at.map_or_else(|| (Arc::clone(egress), self.client(egress)), |at| known.remove(at));
        if known.len() >= CLIENTS {
            known.remove(0);
        }
        let client = entry.1.clone();
        known.push(entry);
        client
    }

    fn client(&self, egress: &Arc<Egress>) -> Client {
        let connector = Connector::new(Arc::clone(egress), Arc::clone(&self.site));
        let mut client = legacy::Client::builder(TokioExecutor::new());
        client
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(IDLE_CONNECTIONS)
            .http1_max_headers(HEADER_FIELDS)
            .http1_max_buf_size(HEAD_SIZE as usize)
            .http2_max_header_list_size(HEAD_SIZE)
            .http2_keep_alive_interval(SILENCE)
            .http2_keep_alive_timeout(SILENCE);
        Decompression::new(client.build(connector))
    }
}
