//! Who a client is: the address that it connects from, or that a proxy which we trust has seen.
//!
//! A header is believed only as far as trusted proxies wrote it: each appends the address that it was called from, so the
//! list is read from its right end, and the first hop that is not trusted is the client. What stands left of it is the
//! client's own invention.

mod networks;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use http::{HeaderMap, HeaderName};

pub use networks::Networks;

/// The field that proxies append to.
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Hops that are followed: no chain of proxies is as long, and each costs a look into the trusted networks.
const HOPS: usize = 32;

/// The client of a request that came from `peer`. An IPv4 address in IPv6 clothes (`::ffff:a.b.c.d`, RFC 4291, 2.5.5.2) is
/// that IPv4 address. A hop that is no address ends the list: the proxy that wrote it is the last who is known.
pub fn client(peer: IpAddr, headers: &HeaderMap, trusted: &Networks) -> IpAddr {
    let mut client = peer.to_canonical();
    let fields = headers.get_all(FORWARDED_FOR).iter().collect::<Vec<_>>();
    let hops = fields.iter().rev().flat_map(|field| field.as_bytes().rsplit(|byte| *byte == b','));
    for hop in hops.take(HOPS) {
        let Some(address) = hop_address(hop).filter(|_| trusted.contain(client)) else { break };
        client = address;
    }
    client
}

/// One hop: an address, perhaps with brackets and a port as some proxies write it.
fn hop_address(hop: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(hop).ok()?.trim_matches([' ', '\t']);
    let bare = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']').filter(|(_, port)| port.is_empty() || is_port(port))?.0,
        None => text.split_once(':').filter(|(_, port)| !port.contains(':')).map_or(text, |(address, _)| address),
    };
    bare.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

fn is_port(text: &str) -> bool {
    text.strip_prefix(':').is_some_and(|digits| digits.parse::<u16>().is_ok())
}
