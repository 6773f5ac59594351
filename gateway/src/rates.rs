//! The rates that a workflow lets through, counted by this process: the generic cell rate algorithm, which lets a burst
//! through and then the rate, and says exactly when the next request may come.
//!
//! Counts live with the workflow and outlive its edits, as long as an edit leaves the rates as they are.

mod addresses;
#[cfg(test)]
mod tests;

use std::fmt;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use boathook_plan::plan::{Rate, RateKey};
use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use tokio::time::Instant;

pub(crate) use addresses::Addresses;
use addresses::{Client, Slot};

/// A burst that takes longer to come back is the same as one that takes as long.
const REFILL: Duration = Duration::from_hours(24 * 365);

/// One rate for all requests.
type Direct = RateLimiter<NotKeyed, InMemoryState, Ticks, NoOpMiddleware<std::time::Instant>>;

/// One rate for each client.
type Keyed = RateLimiter<Client, Slot, Ticks, NoOpMiddleware<std::time::Instant>>;

/// The rates of one workflow.
pub(crate) struct Rates {
    stated: Vec<Rate>,
    clients: Vec<Keyed>,
    workflow: Vec<Direct>,
}

/// The monotonic clock, which tests can stop.
#[derive(Clone, Copy, Debug)]
struct Ticks;

impl Clock for Ticks {
    type Instant = std::time::Instant;

    fn now(&self) -> Self::Instant {
        Instant::now().into_std()
    }
}

impl Rates {
    /// Nothing is counted yet.
    pub(crate) fn new(stated: &[Rate], addresses: &Arc<Addresses>) -> Self {
        let of = |key| stated.iter().filter(move |rate| rate.key == key).filter_map(quota);
        Self {
            stated: stated.to_vec(),
            clients: of(RateKey::ClientIP).map(|quota| RateLimiter::new(quota, addresses.slot(), Ticks)).collect(),
            workflow: of(RateKey::Workflow)
                .map(|quota| RateLimiter::new(quota, InMemoryState::default(), Ticks))
                .collect(),
        }
    }

    /// Whether these are the rates that are stated.
    pub(crate) fn are(&self, stated: &[Rate]) -> bool {
        self.stated == stated
    }

    /// Counts a request of a client; where a rate is used up, how long until the next one may come.
    pub(crate) fn client(&self, address: IpAddr) -> Result<(), Duration> {
        let client = Client::of(address);
        let mut rates = self.clients.iter();
        rates.try_for_each(|rate| rate.check_key(&client).map_err(|not_until| not_until.wait_time_from(Ticks.now())))
    }

    /// Counts a request of the workflow, as [`Rates::client`].
    pub(crate) fn workflow(&self) -> Result<(), Duration> {
        let mut rates = self.workflow.iter();
        rates.try_for_each(|rate| rate.check().map_err(|not_until| not_until.wait_time_from(Ticks.now())))
    }
}

impl fmt::Debug for Rates {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("Rates").field(&self.stated).finish()
    }
}

/// What `validate` lets through has one.
fn quota(rate: &Rate) -> Option<Quota> {
    let interval = Duration::from_millis(rate.per_ms) / rate.requests.max(1);
    let most = REFILL.as_nanos().checked_div(interval.as_nanos())?;
    let burst = rate.burst.clamp(1, u32::try_from(most).unwrap_or(u32::MAX).max(1));
    Some(Quota::with_period(interval)?.allow_burst(NonZeroU32::new(burst)?))
}
