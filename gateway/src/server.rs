//! The public port: takes connections within the ceiling and hands each to a task of its own.
//!
//! Our own accept loop on hyper: a stock server has no bound on connections, heads or idle ones.

mod activity;
mod addresses;
mod connection;
mod guard;
mod metered;
mod paced;
mod protocols;
#[cfg(test)]
mod tests;
mod untaken;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;

use crate::metrics::Dropped;
use crate::shared::Shared;
use addresses::Addresses;
use connection::Crowd;

/// Pause after an accept that failed for want of something (file descriptors): trying again at once would spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A connection within the ceiling.
struct Accepted {
    stream: TcpStream,
    peer: SocketAddr,
    place: OwnedSemaphorePermit,
}

/// Serves until the gateway drains and the last connection is closed. Until it is told what the port speaks, clients wait
/// in the kernel's queue.
pub(crate) async fn run(shared: Arc<Shared>, listener: TcpListener) {
    let places = Arc::new(Semaphore::new(shared.limits.connections));
    let server = Arc::new(connection::Server::new(Arc::clone(&shared)));
    let mut stop = shared.stop.clone();
    let mut addresses = Addresses::new(shared.limits.address_connections);
    let mut connections = JoinSet::new();
    let mut is_open = tokio::select! {
        () = stop.draining() => false,
        () = shared.edge.told() => true,
    };
    while is_open {
        tokio::select! {
            () = stop.draining() => is_open = false,
            Some(_) = connections.join_next() => {}
            accepted = accept(&listener, &places) => {
                let peer = accepted.peer.ip();
                let trusted = shared.edge.trusts(peer);
                let Some(counted) = addresses.enter(peer, trusted) else {
                    shared.metrics.dropped.count(Dropped::AddressFull);
                    continue;
                };
                let open = shared.limits.connections.saturating_sub(places.available_permits());
                let crowd = match trusted {
                    true => Crowd::Trusted,
                    false if open > protocols::MANY => Crowd::Many,
                    false => Crowd::Few,
                };
                let server = Arc::clone(&server);
                connections.spawn(async move {
                    server.open(accepted.stream, peer, crowd).await;
                    drop((accepted.place, counted));
                });
            }
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

/// The next connection, once there is a place for it: until then it waits in the kernel's queue.
async fn accept(listener: &TcpListener, places: &Arc<Semaphore>) -> Accepted {
    loop {
        let Ok(place) = Arc::clone(places).acquire_owned().await else {
            return std::future::pending().await;
        };
        match listener.accept().await {
            Ok((stream, peer)) => return Accepted { stream, peer, place },
            Err(error) if of_one_connection(&error) => {}
            Err(error) => {
                tracing::warn!(error = %error, "accepting connections");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Whether the error is about a connection that was gone before it was taken.
fn of_one_connection(error: &io::Error) -> bool {
    [io::ErrorKind::ConnectionAborted, io::ErrorKind::ConnectionReset, io::ErrorKind::ConnectionRefused]
        .contains(&error.kind())
}
