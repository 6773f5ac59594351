//! What a gateway is started with. Decides the defaults, each with its reason; reads no command line.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use boathook_sandbox::{Sandbox, Settings};

use crate::channel::ChannelConfig;

/// What a gateway is started with.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where senders connect. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where health and metrics are served. Whoever can connect may read them.
    pub admin: SocketAddr,
    /// What is served there beside them.
    pub private: Private,
    /// Where an operator connects; none where the process's owner gives the routes.
    pub channel: Option<ChannelConfig>,
    /// The directory of the store, for this process alone. Without one only what promises nothing is served: Sync
    /// workflows.
    pub data: Option<PathBuf>,
    /// How long it waits for that where another process holds it: a pod that is on its way out finishes what it has.
    pub data_wait: Duration,
    /// The files and folders that the workflows are written in, told on the admin port; none in a cluster.
    pub sources: Vec<PathBuf>,
    /// Bounds on connections and requests.
    pub limits: Limits,
    /// Where scripts run.
    pub sandbox: Sandbox,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            admin: SocketAddr::from((Ipv4Addr::LOCALHOST, 8081)),
            private: Private::Everything,
            channel: None,
            data: None,
            data_wait: Duration::ZERO,
            sources: Vec::new(),
            limits: Limits::default(),
            sandbox: Sandbox::new(Settings::default()),
        }
    }
}

/// What the admin port serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Private {
    /// Also routes and executions, with what senders sent: for a port that people of this machine alone can reach.
    Everything,
    /// Health and metrics alone: for a port that probes and scrapers reach from other machines.
    Health,
}

/// Bounds on connections and requests, whatever the workflows say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections at once; more wait in the kernel's queue.
    pub connections: usize,
    /// Connections at once of one address, of an IPv6 one with all that its customer was given; more are closed.
    pub address_connections: usize,
    /// Requests between their head and their answer; more are told to come back.
    pub in_flight: usize,
    /// Answers at once that clients of HTTP/2 have not taken; past that, who leaves many of its own is closed.
    pub untaken: usize,
    /// Time for parts of a request.
    pub pace: Pace,
    /// How long a stopping gateway waits for what is in flight.
    pub drain: Duration,
}

/// How slow a client may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// From the connection, or the first byte of a later head, to the end of the head.
    pub head: Duration,
    /// Between two parts of a body.
    pub body_idle: Duration,
    /// From the head to the end of the body.
    pub body: Duration,
    /// Between an answer and the next head.
    pub keep_alive: Duration,
    /// While the client takes nothing of an answer.
    pub write: Duration,
}

/// Connections at once: each costs at most 32 KiB of buffers while idle, 128 MiB in all.
pub const CONNECTIONS: usize = 4096;

/// Connections at once of one address: what sends this much on as many connections is a proxy, or no sender of webhooks.
pub const ADDRESS_CONNECTIONS: usize = 256;

/// Requests at once: with bodies of 1 MiB they fit a pod of 2 GiB.
pub const IN_FLIGHT: usize = 1024;

/// Answers that wait for windows of HTTP/2: each takes up to 3 KiB with its stream. A connection may always have eight.
pub const UNTAKEN: usize = 4096;

/// Bytes of bodies on their way, beyond [`BODY_ALLOWANCE`] of each: 32 of the default limit at once. More wait, and are
/// then told to come back: a thousand senders of 1 MiB would be more than a small pod has. This and the accounts below,
/// the store's caches and what a thousand connections take fit a pod of 256 MiB (docs/request-path.md).
pub const ARRIVING: usize = 32 << 20;

/// Bytes of a body that are always taken: what a common webhook has, and 16 MiB for all requests at once.
pub const BODY_ALLOWANCE: usize = 16 << 10;

/// Bytes that a body beyond its allowance takes at first, if it may have so many: most bodies never have to wait for more
/// while they hold some.
pub const BODY_STEP: usize = 256 << 10;

/// Bytes of memory that decoded bodies and the values of bodies may take at once: a tree takes up to 87 times its text,
/// and at most 32 MiB ([`boathook_plan::limits::JSON_TREE_SIZE`]). More wait, and are then told to come back.
pub const READING: usize = 48 << 20;

/// Bytes of a head that are always taken: what a common request has.
pub const HEAD_ALLOWANCE: usize = 8 << 10;

/// Bytes of heads that are larger; more are told to come back at once, since what waits is in memory already.
pub const HEADS: usize = 16 << 20;

/// Bytes of an answer that are always taken: what a common one has.
pub const ANSWER_ALLOWANCE: usize = 4 << 10;

/// Bytes of larger answers that clients have not taken yet. More wait.
pub const ANSWERING: usize = 16 << 20;

/// Bytes of memory of executions that are taken from the store: their requests, their journals and the values of both.
/// More wait in the store.
pub const RESUMING: usize = 32 << 20;

/// A head is one packet or two; ten seconds pass for a lost packet on a bad line.
pub const HEAD: Duration = Duration::from_secs(10);

/// As [`HEAD`], for each part of a body.
pub const BODY_IDLE: Duration = Duration::from_secs(10);

/// A body of 1 MiB at 17 KiB/s.
pub const BODY: Duration = Duration::from_mins(1);

/// What common proxies and clients keep a connection for.
pub const KEEP_ALIVE: Duration = Duration::from_mins(1);

/// As [`HEAD`], for an answer that the client does not read.
pub const WRITE: Duration = Duration::from_secs(10);

/// What Kubernetes waits by default before it kills.
pub const DRAIN: Duration = Duration::from_secs(30);

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: CONNECTIONS,
            address_connections: ADDRESS_CONNECTIONS,
            in_flight: IN_FLIGHT,
            untaken: UNTAKEN,
            pace: Pace::default(),
            drain: DRAIN,
        }
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self { head: HEAD, body_idle: BODY_IDLE, body: BODY, keep_alive: KEEP_ALIVE, write: WRITE }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_the_documented_ones() {
        let Limits { connections, address_connections, in_flight, untaken, pace, drain } = Limits::default();
        assert_eq!((connections, address_connections), (4_096, 256));
        assert_eq!((in_flight, untaken, drain), (1_024, 4_096, Duration::from_secs(30)));
        assert_eq!((pace.head, pace.keep_alive), (Duration::from_secs(10), Duration::from_mins(1)));
        assert_eq!((pace.body_idle, pace.body), (Duration::from_secs(10), Duration::from_mins(1)));
        assert_eq!(pace.write, Duration::from_secs(10));
        let Config { listen, admin, .. } = Config::default();
        assert_eq!((listen.to_string(), admin.to_string()), ("127.0.0.1:8080".to_owned(), "127.0.0.1:8081".to_owned()));
    }
}
