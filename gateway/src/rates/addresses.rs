//! The clients that rates are counted for: those of all workflows together, and never more than [`CLIENTS`].
//!
//! In two generations: a client that is seen is in the young one; when that is full it becomes the old one, and who was not
//! seen for a whole generation is forgotten. No client that keeps coming is forgotten, and nothing has to be swept. Whoever
//! has more addresses than that is held by no rate by address anyway; a rate by workflow holds him.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::gcra::Gcra;

/// Clients that are remembered, of all workflows: 8 MiB.
const CLIENTS: usize = 1 << 17;

/// Parts with a lock each, so that requests do not wait for one another.
const PARTS: usize = 16;

/// Clients of a generation of a part.
const GENERATION: usize = CLIENTS / PARTS / 2;

/// Who a rate is counted for: an IPv4 address, or the /64 that a site has of IPv6 (RFC 6177): each host of it may take any
/// of 2⁶⁴ addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Client {
    V4(u32),
    V6(u64),
}

impl Client {
    pub(super) fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::V4(address.to_bits()),
            IpAddr::V6(address) => Self::V6(u64::try_from(address.to_bits() >> 64).unwrap_or_default()),
        }
    }
}

/// All clients that are remembered.
#[derive(Debug)]
pub(crate) struct Addresses {
    parts: Vec<Mutex<Generations>>,
    slots: AtomicU64,
}

/// Some rates that hold together, each with the number by which its clients are known.
#[derive(Debug)]
pub(super) struct Slots {
    addresses: Arc<Addresses>,
    rates: Vec<(Gcra, u64)>,
}

/// A client of a rate, and when it will have used up nothing.
type Times = HashMap<(u64, Client), u64>;

#[derive(Debug, Default)]
struct Generations {
    young: Times,
    old: Times,
}

impl Default for Addresses {
    fn default() -> Self {
        Self { parts: std::iter::repeat_with(Mutex::default).take(PARTS).collect(), slots: AtomicU64::new(0) }
    }
}

impl Addresses {
    /// How many are remembered.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        let parts = self.parts.iter().map(|part| part.lock().unwrap());
        parts.map(|part| part.young.len() + part.old.len()).sum()
    }
}

impl Slots {
    /// Room for these rates.
    pub(super) fn new(addresses: &Arc<Addresses>, rates: impl Iterator<Item = Gcra>) -> Self {
        let rates = rates.map(|rate| (rate, addresses.slots.fetch_add(1, Ordering::Relaxed))).collect();
        Self { addresses: Arc::clone(addresses), rates }
    }

    /// Counts a request of a client by all rates, or by none: then, how long until it may come.
    pub(super) fn count(&self, client: Client, now: u64) -> Result<(), Duration> {
        let Some(part) = self.addresses.parts.get(part(&client)) else { return Ok(()) };
        if self.rates.is_empty() {
            return Ok(());
        }
        let mut part = part.lock().unwrap_or_else(PoisonError::into_inner);
        let rates: Vec<_> = self.rates.iter().map(|(rate, slot)| (*rate, part.get(&(*slot, client)))).collect();
        let counted = Gcra::all(&rates, now);
        // Who is refused is seen too: forgetting him would be a new burst for him.
        let times = match &counted {
            Ok(after) => after.iter().copied().map(Some).collect(),
            Err(_) => rates.iter().map(|(_, time)| *time).collect::<Vec<_>>(),
        };
        for ((_, slot), time) in self.rates.iter().zip(times) {
            if let Some(time) = time {
                part.put((*slot, client), time);
            }
        }
        counted.map(|_| ())
    }
}

impl Generations {
    fn get(&self, key: &(u64, Client)) -> Option<u64> {
        self.young.get(key).or_else(|| self.old.get(key)).copied()
    }

    fn put(&mut self, key: (u64, Client), time: u64) {
        if self.young.len() >= GENERATION && !self.young.contains_key(&key) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, time);
    }
}

/// Neighbours are in different parts.
fn part(client: &Client) -> usize {
    let bits = match client {
        Client::V4(bits) => u64::from(*bits),
        Client::V6(bits) => *bits,
    };
    usize::try_from((bits ^ (bits >> 16) ^ (bits >> 32)) % 16).unwrap_or_default()
}
