//! The rates that a workflow lets through, counted by this process: the generic cell rate algorithm, which lets a burst
//! through and then the rate, and says exactly when the next request may come.
//!
//! Counts live with the workflow and outlive its edits, as long as an edit leaves the rates as they are.

mod addresses;
mod gcra;
#[cfg(test)]
mod tests;

use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use boathook_plan::plan::{Rate, RateKey};
use tokio::time::Instant;

pub(crate) use addresses::Addresses;
use addresses::{Client, Slots};
use gcra::Gcra;

/// The rates of one workflow.
pub(crate) struct Rates {
    stated: Vec<Rate>,
    /// When the counting began, by the monotonic clock, which tests can stop.
    since: Instant,
    clients: Slots,
    /// Each rate, and when it will have used up nothing.
    workflow: Mutex<Vec<(Gcra, Option<u64>)>>,
}

impl Rates {
    /// Nothing is counted yet.
    pub(crate) fn new(stated: &[Rate], addresses: &Arc<Addresses>) -> Self {
        let of = |key| stated.iter().filter(move |rate| rate.key == key).filter_map(Gcra::of);
        Self {
            stated: stated.to_vec(),
            since: Instant::now(),
            clients: Slots::new(addresses, of(RateKey::ClientIP)),
            workflow: Mutex::new(of(RateKey::Workflow).map(|rate| (rate, None)).collect()),
        }
    }

    /// Whether these are the rates that are stated.
    pub(crate) fn are(&self, stated: &[Rate]) -> bool {
        self.stated == stated
    }

    /// Counts a request of a client; where a rate is used up, nothing is counted by any, and this is how long until the next
    /// one may come by all.
    pub(crate) fn client(&self, address: IpAddr) -> Result<(), Duration> {
        self.clients.count(Client::of(address), self.now())
    }

    /// Counts a request of the workflow, as [`Rates::client`].
    pub(crate) fn workflow(&self) -> Result<(), Duration> {
        let mut rates = self.workflow.lock().unwrap_or_else(PoisonError::into_inner);
        // By the lock's turn, so that no request is counted at an earlier time than the one before it.
        let after = Gcra::all(&rates, self.now())?;
        rates.iter_mut().zip(after).for_each(|((_, time), after)| *time = Some(after));
        Ok(())
    }

    fn now(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

impl fmt::Debug for Rates {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("Rates").field(&self.stated).finish()
    }
}
