//! How many connections each address has, so that one cannot have all.
//!
//! Owned by the accept loop alone: a connection holds what counts it, and lets go of it however it ends.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

/// Of an IPv6 address, the bits that one customer is given as a whole.
const CUSTOMER: u128 = !0 << 64;

/// Entries that are kept before those without a connection are looked for.
const FEW: usize = 1_024;

/// The connections of every address.
#[derive(Debug)]
pub(super) struct Addresses {
    most: usize,
    counts: HashMap<IpAddr, Arc<()>>,
    /// Entries at which the next look for unused ones is due.
    due: usize,
}

/// One connection of an address, as long as it is held.
#[derive(Debug)]
pub(super) struct Counted {
    _count: Arc<()>,
}

impl Addresses {
    /// With `most` connections an address.
    pub(super) fn new(most: usize) -> Self {
        Self { most, counts: HashMap::new(), due: FEW }
    }

    /// One more connection, if the address may have one. A trusted one may have all: a proxy carries those of many.
    pub(super) fn enter(&mut self, address: IpAddr, trusted: bool) -> Option<Counted> {
        if self.counts.len() >= self.due {
            self.counts.retain(|_, count| Arc::strong_count(count) > 1);
            self.due = (self.counts.len() * 2).max(FEW);
        }
        let count = self.counts.entry(customer(address)).or_default();
        // The table's own is one.
        (trusted || Arc::strong_count(count) <= self.most).then(|| Counted { _count: Arc::clone(count) })
    }
}

/// Who has this address: an IPv6 customer has 2⁶⁴ of them.
fn customer(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & CUSTOMER).into(),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_has_its_number_and_leaves_others_theirs() {
        let mut addresses = Addresses::new(2);
        let held: Vec<_> = (0..3).map(|_| addresses.enter(address("192.0.2.1"), false)).collect();
        assert_eq!(held.iter().filter(|entered| entered.is_some()).count(), 2);
        assert!(addresses.enter(address("192.0.2.2"), false).is_some());
        drop(held);
        assert!(addresses.enter(address("192.0.2.1"), false).is_some());
    }

    #[test]
    fn an_ipv6_customer_is_one_and_a_mapped_address_is_its_ipv4_one() {
        let mut addresses = Addresses::new(1);
        let held = [addresses.enter(address("2001:db8::1"), false), addresses.enter(address("192.0.2.1"), false)];
        assert!(held.iter().all(Option::is_some));
        assert!(addresses.enter(address("2001:db8::2"), false).is_none());
        assert!(addresses.enter(address("2001:db8:0:1::1"), false).is_some());
        assert!(addresses.enter(address("::ffff:192.0.2.1"), false).is_none());
    }

    #[test]
    fn a_trusted_proxy_has_as_many_as_it_wants() {
        let mut addresses = Addresses::new(1);
        let held: Vec<_> = (0..100).map(|_| addresses.enter(address("192.0.2.1"), true)).collect();
        assert!(held.iter().all(Option::is_some));
        assert!(addresses.enter(address("192.0.2.1"), false).is_none(), "until it is trusted no more");
    }

    #[test]
    fn addresses_that_are_gone_take_no_room() {
        let mut addresses = Addresses::new(1);
        for number in 0..100_000_u32 {
            assert!(addresses.enter(IpAddr::V4(number.into()), false).is_some());
        }
        assert!(addresses.counts.len() <= FEW, "{}", addresses.counts.len());
    }
}
