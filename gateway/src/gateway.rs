//! A running gateway: what its owner holds to give it routes and to stop it.

use std::collections::BTreeSet;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use boathook_plan::edge::Edge;
use boathook_plan::route::Route;
use tokio::net::{TcpListener, TcpSocket};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::admin::{self, Instance, RouteView};
use crate::channel::Channel;
use crate::clock::Clock;
use crate::config::Config;
use crate::files;
use crate::http_step::HttpExecutor;
use crate::routes::Rejected;
use crate::runner;
use crate::server;
use crate::shared::Shared;
use crate::stop::Stop;
use crate::store::OpenError;

/// Bytes of an answer that the kernel holds for a client of which it has said nothing yet. It tells us of what was taken when
/// that is a third of it, so this and [`crate::config::Pace::write`] are the least speed of a client: 4 KiB/s.
const SEND_BUFFER: u32 = 64 << 10;

/// Connections that wait to be taken.
const BACKLOG: u32 = 1024;

/// A running gateway. Dropping it stops everything at once; [`Gateway::drain`] is the good way.
#[derive(Debug)]
pub struct Gateway {
    shared: Arc<Shared>,
    addresses: Addresses,
    stop: Stop,
    server: JoinHandle<()>,
    /// Ended with the gateway: the admin port, and what keeps durable executions going.
    background: Vec<JoinHandle<()>>,
}

/// Where a gateway listens; free ports have their number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Addresses {
    /// For senders.
    pub public: SocketAddr,
    /// For health, metrics and the list of routes.
    pub admin: SocketAddr,
    /// For the operator.
    pub channel: Option<SocketAddr>,
}

/// Why a gateway does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A port cannot be had.
    #[error("listening on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// The metrics cannot be set up.
    #[error("setting up the metrics")]
    Metrics(#[from] prometheus::Error),
    /// The store cannot be opened.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// A fault of ours ended the opening of the store.
    #[error("opening the store")]
    StoreAborted,
}

impl Gateway {
    /// Opens the ports. Senders wait until the first [`Gateway::apply`] says what the public one speaks; then it answers 404,
    /// and is unready until the first [`Gateway::swap`]. The channel does both with its first table, also with one that was
    /// kept.
    pub async fn start(config: Config, clock: Clock) -> Result<Self, StartError> {
        files::raise(config.limits.connections);
        let public = listen(config.listen)?;
        let private = listen(config.admin)?;
        let channel = config.channel.map(|channel| Ok::<_, StartError>((listen(channel.listen)?, channel)));
        let channel = channel.transpose()?;
        let addresses = Addresses {
            public: address(&public, config.listen),
            admin: address(&private, config.admin),
            channel: channel.as_ref().map(|(listener, channel)| address(listener, channel.listen)),
        };
        let stop = Stop::new();
        let http = HttpExecutor::new(addresses.admin);
        let mut shared = Shared::new(config.limits, clock, stop.signal(), http, config.sandbox)?;
        if let Some(directory) = config.data {
            shared = shared.with_store(directory, config.data_wait).await?;
        }
        let shared = Arc::new(shared);
        let instance = Instance::new(addresses.public, config.sources);
        let mut background = runner::start(&shared);
        background.push(tokio::spawn(admin::run(Arc::clone(&shared), config.private, instance, private)));
        if let Some((listener, channel)) = channel {
            background.push(tokio::spawn(Channel::open(&shared, channel, listener).await.run()));
        }
        let server = tokio::spawn(server::run(Arc::clone(&shared), public));
        Ok(Self { shared, addresses, stop, server, background })
    }

    /// Replaces all routes at once. They are given in the order that decides conflicts: of two with one path the
    /// earlier is served and the later returned. A request in flight keeps the route that it found.
    ///
    /// `alive` names by UID the workflows that exist and may have no route: what they have accepted waits. What a workflow
    /// has accepted that is neither there nor among the routes is cancelled.
    #[must_use = "a rejected route is not served"]
    pub fn swap(&self, routes: Vec<Arc<Route>>, alive: BTreeSet<String>) -> Vec<Rejected> {
        self.shared.swap(routes, alive)
    }

    /// Takes over certificates and what is logged. Connections go on with what they began with; a host whose certificate
    /// cannot be used keeps the one from before.
    pub fn apply(&self, edge: &Edge) -> Result<(), rustls::Error> {
        self.shared.edge.apply(edge)
    }

    /// Whether the public port speaks HTTPS.
    pub fn is_secure(&self) -> bool {
        self.shared.edge.tls.is_on()
    }

    /// Returns once the store has failed, with what failed: the process must exit, and recover from disk.
    pub async fn broken(&self) -> String {
        self.shared.runner.broken().await
    }

    /// Every route that is served, by namespace and name.
    pub fn routes(&self) -> Vec<RouteView> {
        admin::views(&self.shared)
    }

    /// Where it listens.
    pub fn addresses(&self) -> Addresses {
        self.addresses
    }

    /// Becomes unready and serves on: whoever sends here is led elsewhere before [`Gateway::drain`].
    pub fn leave(&self) {
        self.stop.leave();
    }

    /// Stops: becomes unready, takes no more connections, closes each with its next answer, and waits for requests and
    /// runs in flight as long as [`crate::Limits::drain`] says. What is not done by then is told so and ended; durable
    /// executions are let go at their next entry, and go on when the store is opened again.
    pub async fn drain(mut self) {
        let limits = self.shared.limits;
        self.stop.drain();
        if timeout(limits.drain, self.finished()).await.is_err() {
            self.stop.abort();
            // Runs answer 503 on their way out; this is the time to write that.
            let _ = timeout(limits.pace.write, self.finished()).await;
        }
        self.shared.runner.close().await;
        // The ports are free once this returns.
        for task in std::mem::take(&mut self.background) {
            task.abort();
            let _ = task.await;
        }
    }

    /// Returns once the last connection is closed and the last run over.
    async fn finished(&mut self) {
        // A handle that has returned must not be asked again.
        if !self.server.is_finished() {
            let _ = (&mut self.server).await;
        }
        self.shared.gate.empty().await;
        self.shared.runner.idle().await;
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.server.abort();
        self.background.iter().for_each(JoinHandle::abort);
    }
}

fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    listener(address).map_err(|source| StartError::Listen { address, source })
}

fn listener(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_reuseaddr(true)?;
    // Connections inherit it.
    socket.set_send_buffer_size(SEND_BUFFER)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

fn address(listener: &TcpListener, wanted: SocketAddr) -> SocketAddr {
    listener.local_addr().unwrap_or(wanted)
}
