//! The two things that the operating system does for a connection: finding a name's addresses, and dialling one.
//!
//! A seam: tests put another network in, which knows other names and keeps a list of what was dialled.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::pin::Pin;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// Something that is under way.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Names and sockets. Judges nothing: [`super::Connector`] does, between the two.
pub trait Network: fmt::Debug + Send + Sync + 'static {
    /// Every address of `host`, which is a name.
    fn resolve<'a>(&'a self, host: &'a str) -> Pending<'a, io::Result<Vec<IpAddr>>>;

    /// A connection to exactly this address.
    fn dial(&self, address: SocketAddr) -> Pending<'_, io::Result<TcpStream>>;
}

/// Lookups at once. Each holds a thread for as long as the system's resolver waits for a name server, which is longer
/// than anybody waits for the answer; the pool of threads is shared with all blocking work.
const LOOKUPS: usize = 64;

/// The system's resolver (`/etc/hosts`, `/etc/resolv.conf`) and sockets.
#[derive(Debug)]
pub struct SystemNetwork {
    lookups: Arc<Semaphore>,
}

impl Default for SystemNetwork {
    fn default() -> Self {
        Self { lookups: Arc::new(Semaphore::new(LOOKUPS)) }
    }
}

impl Network for SystemNetwork {
    fn resolve<'a>(&'a self, host: &'a str) -> Pending<'a, io::Result<Vec<IpAddr>>> {
        Box::pin(async move {
            let permit = Arc::clone(&self.lookups).acquire_owned().await.map_err(io::Error::other)?;
            let host = host.to_owned();
            let looking_up = spawn_blocking(move || {
                // Held until the resolver is done, also when nobody waits for it any more.
                let _permit = permit;
                (host.as_str(), 0).to_socket_addrs().map(|found| found.map(|address| address.ip()).collect())
            });
            looking_up.await.map_err(io::Error::other)?
        })
    }

    fn dial(&self, address: SocketAddr) -> Pending<'_, io::Result<TcpStream>> {
        Box::pin(async move {
            let stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            Ok(stream)
        })
    }
}
