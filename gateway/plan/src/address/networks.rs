//! A set of networks that is asked often: two lists of ranges, searched by halves, whatever the number of networks.

use std::net::IpAddr;

use ipnet::IpNet;

/// Networks; the empty set contains nobody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Networks {
    /// First and last address of each range, in order and apart.
    v4: Vec<(u32, u32)>,
    v6: Vec<(u128, u128)>,
}

impl Networks {
    /// The union; networks that lie in others add nothing.
    pub fn of(networks: &[IpNet]) -> Self {
        let mut set = Self::default();
        for network in IpNet::aggregate(&networks.to_vec()) {
            match network {
                IpNet::V4(network) => set.v4.push((network.network().to_bits(), network.broadcast().to_bits())),
                IpNet::V6(network) => set.v6.push((network.network().to_bits(), network.broadcast().to_bits())),
            }
        }
        set.v4.sort_unstable();
        set.v6.sort_unstable();
        set
    }

    /// Whether an address is in one of them. An IPv4 address in IPv6 clothes is that IPv4 address.
    pub fn contain(&self, address: IpAddr) -> bool {
        match address.to_canonical() {
            IpAddr::V4(address) => contain(&self.v4, &address.to_bits()),
            IpAddr::V6(address) => contain(&self.v6, &address.to_bits()),
        }
    }
}

/// Whether the last range that begins at or before `address` reaches it.
fn contain<T: Ord>(ranges: &[(T, T)], address: &T) -> bool {
    let after = ranges.partition_point(|(first, _)| first <= address);
    after.checked_sub(1).and_then(|at| ranges.get(at)).is_some_and(|(_, last)| last >= address)
}
