//! Several addresses of one name: the first that answers wins (RFC 8305). Dials only what it is given.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::network::Network;

/// How long an address has before the next one is tried beside it (RFC 8305, section 5).
const HEAD_START: Duration = Duration::from_millis(250);

/// Addresses of one name that are tried.
const ADDRESSES: usize = 8;

/// A connection to the first of `addresses` that takes one. Those that lose are given up.
pub(super) async fn first(network: &Arc<dyn Network>, addresses: &[SocketAddr]) -> io::Result<TcpStream> {
    let mut waiting = interleaved(addresses).into_iter().take(ADDRESSES);
    let mut dialling = JoinSet::new();
    let mut failure = io::Error::from(io::ErrorKind::AddrNotAvailable);
    loop {
        if let Some(address) = waiting.next() {
            let network = Arc::clone(network);
            dialling.spawn(async move { network.dial(address).await });
        } else if dialling.is_empty() {
            return Err(failure);
        }
        let more = waiting.len() > 0;
        tokio::select! {
            Some(dialled) = dialling.join_next() => match dialled {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => failure = error,
                Err(error) => failure = io::Error::other(error),
            },
            () = sleep(HEAD_START), if more => {}
        }
    }
}

/// Both families in turn, each in the order it came in, so that one that leads nowhere costs one head start.
fn interleaved(addresses: &[SocketAddr]) -> Vec<SocketAddr> {
    let first_is_six = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (mut preferred, mut other): (Vec<_>, Vec<_>) =
        addresses.iter().copied().partition(|address| address.is_ipv6() == first_is_six);
    let mut turns = Vec::with_capacity(addresses.len());
    preferred.reverse();
    other.reverse();
    while !(preferred.is_empty() && other.is_empty()) {
        turns.extend(preferred.pop());
        turns.extend(other.pop());
    }
    turns
}
