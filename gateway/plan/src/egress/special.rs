//! The address space as a table: what each network is for and whether anything may open it.
//!
//! Sources: IANA's special-purpose registries for IPv4 and IPv6 (iana-ipv4-special-registry, iana-ipv6-special-registry),
//! whose names and "globally reachable" columns are taken over; the multicast registries; and the pages of the cloud
//! providers for their metadata services.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// What it takes to dial an address of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// `internet: Allow`, or a rule.
    Public,
    /// A rule.
    Rule,
    /// `boathook run` on the user's own machine; never a rule.
    Loopback,
    /// Nothing.
    Never,
}

/// A network, its name in the registry, and what opens it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Special {
    network: IpNet,
    /// The registry's name.
    pub name: &'static str,
    /// What opens it.
    pub opening: Opening,
}

/// The row of the longest prefix that holds `address`.
pub fn find(address: IpAddr) -> Special {
    TABLE
        .iter()
        .filter(|row| row.network.contains(&address))
        .max_by_key(|row| row.network.prefix_len())
        .copied()
        .unwrap_or(EVERYTHING)
}

/// What stands for an address that no row holds; the table has none, as its first rows hold all.
const EVERYTHING: Special = v6([0; 8], 0, "unallocated", Opening::Never);

const fn v4(address: [u8; 4], prefix: u8, name: &'static str, opening: Opening) -> Special {
    Special { network: IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::from_octets(address), prefix)), name, opening }
}

const fn v6(segments: [u16; 8], prefix: u8, name: &'static str, opening: Opening) -> Special {
    Special { network: IpNet::V6(Ipv6Net::new_assert(Ipv6Addr::from_segments(segments), prefix)), name, opening }
}

#[rustfmt::skip]
const TABLE: &[Special] = &[
    // IPv4: everything, and what IANA takes out of it.
    v4([0, 0, 0, 0], 0, "global unicast", Opening::Public),
    v4([0, 0, 0, 0], 8, "\"this network\"", Opening::Never),
    v4([10, 0, 0, 0], 8, "private-use", Opening::Rule),
    v4([100, 64, 0, 0], 10, "shared address space", Opening::Rule),
    v4([127, 0, 0, 0], 8, "loopback", Opening::Loopback),
    v4([169, 254, 0, 0], 16, "link-local", Opening::Never),
    v4([172, 16, 0, 0], 12, "private-use", Opening::Rule),
    v4([192, 0, 0, 0], 24, "IETF protocol assignment", Opening::Rule),
    v4([192, 0, 0, 9], 32, "port control protocol anycast", Opening::Public),
    v4([192, 0, 0, 10], 32, "TURN anycast", Opening::Public),
    v4([192, 0, 2, 0], 24, "documentation", Opening::Rule),
    v4([192, 88, 99, 0], 24, "deprecated 6to4 relay", Opening::Rule),
    v4([192, 168, 0, 0], 16, "private-use", Opening::Rule),
    v4([198, 18, 0, 0], 15, "benchmarking", Opening::Rule),
    v4([198, 51, 100, 0], 24, "documentation", Opening::Rule),
    v4([203, 0, 113, 0], 24, "documentation", Opening::Rule),
    v4([224, 0, 0, 0], 4, "multicast", Opening::Never),
    v4([240, 0, 0, 0], 4, "reserved", Opening::Rule),
    v4([255, 255, 255, 255], 32, "limited broadcast", Opening::Never),
    // IPv6: only 2000::/3 is allocated, less what IANA takes out of it.
    v6([0, 0, 0, 0, 0, 0, 0, 0], 0, "unallocated", Opening::Rule),
    v6([0x2000, 0, 0, 0, 0, 0, 0, 0], 3, "global unicast", Opening::Public),
    v6([0, 0, 0, 0, 0, 0, 0, 0], 128, "unspecified", Opening::Never),
    v6([0, 0, 0, 0, 0, 0, 0, 1], 128, "loopback", Opening::Loopback),
    v6([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96, "IPv4-IPv6 translation", Opening::Public),
    v6([0x64, 0xff9b, 1, 0, 0, 0, 0, 0], 48, "local-use IPv4-IPv6 translation", Opening::Rule),
    v6([0x100, 0, 0, 0, 0, 0, 0, 0], 64, "discard-only", Opening::Never),
    v6([0x100, 0, 0, 1, 0, 0, 0, 0], 64, "dummy", Opening::Never),
    v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 23, "IETF protocol assignment", Opening::Rule),
    v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 32, "Teredo", Opening::Rule),
    v6([0x2001, 1, 0, 0, 0, 0, 0, 1], 128, "port control protocol anycast", Opening::Public),
    v6([0x2001, 1, 0, 0, 0, 0, 0, 2], 128, "TURN anycast", Opening::Public),
    v6([0x2001, 1, 0, 0, 0, 0, 0, 3], 128, "DNS-SD service registration anycast", Opening::Public),
    v6([0x2001, 2, 0, 0, 0, 0, 0, 0], 48, "benchmarking", Opening::Rule),
    v6([0x2001, 3, 0, 0, 0, 0, 0, 0], 32, "AMT", Opening::Public),
    v6([0x2001, 4, 0x112, 0, 0, 0, 0, 0], 48, "AS112", Opening::Public),
    v6([0x2001, 0x20, 0, 0, 0, 0, 0, 0], 28, "ORCHIDv2", Opening::Public),
    v6([0x2001, 0x30, 0, 0, 0, 0, 0, 0], 28, "drone remote identification", Opening::Public),
    v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32, "documentation", Opening::Rule),
    v6([0x2002, 0, 0, 0, 0, 0, 0, 0], 16, "6to4", Opening::Rule),
    v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20, "documentation", Opening::Rule),
    v6([0x5f00, 0, 0, 0, 0, 0, 0, 0], 16, "segment routing", Opening::Rule),
    v6([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7, "unique-local", Opening::Rule),
    v6([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10, "link-local", Opening::Never),
    v6([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10, "deprecated site-local", Opening::Rule),
    v6([0xff00, 0, 0, 0, 0, 0, 0, 0], 8, "multicast", Opening::Never),
    // Metadata services outside link-local: they hand out the node's credentials to whoever asks.
    v4([100, 100, 100, 200], 32, "Alibaba Cloud metadata", Opening::Never),
    v4([168, 63, 129, 16], 32, "Azure metadata", Opening::Never),
    v4([192, 0, 0, 192], 32, "Oracle Cloud metadata", Opening::Never),
    v6([0xfd00, 0xec2, 0, 0, 0, 0, 0, 0], 32, "AWS metadata", Opening::Never),
    v6([0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254], 128, "Google Cloud metadata", Opening::Never),
    v6([0xfd00, 0x42, 0, 0, 0, 0, 0, 0x42], 128, "Scaleway metadata", Opening::Never),
];
