//! IPv4 addresses inside IPv6 addresses: finds every address that a packet to one may reach.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Every address that `address` is judged as: itself, or the IPv4 address that it maps, and what a translator or tunnel
/// takes out of it.
///
/// Forms: mapped (RFC 4291 2.5.5.2), compatible (2.5.5.1), translated (RFC 2765 2.1), NAT64 (RFC 6052 2.1), 6to4
/// (RFC 3056 2), Teredo's server and client (RFC 4380 4), ISATAP (RFC 5214 6.1).
pub fn faces(address: IpAddr) -> impl Iterator<Item = IpAddr> {
    let carried = match plain(address) {
        IpAddr::V4(_) => [None, None],
        IpAddr::V6(six) => carried(six),
    };
    std::iter::once(plain(address)).chain(carried.into_iter().flatten().map(IpAddr::V4))
}

/// The address that the kernel dials: a mapped address is the IPv4 address.
pub fn plain(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

fn carried(address: Ipv6Addr) -> [Option<Ipv4Addr>; 2] {
    match address.segments() {
        // `::` and `::1` are in the compatible range and carry nothing.
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => [None, None],
        [0x2001, 0, server_high, server_low, _, _, high, low] => {
            [Some(four(server_high, server_low)), Some(four(!high, !low))]
        }
        [0, 0, 0, 0, 0 | 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..]
        | [_, _, _, _, 0 | 0x200, 0x5efe, high, low] => [Some(four(high, low)), None],
        _ => [None, None],
    }
}

fn four(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low))
}
