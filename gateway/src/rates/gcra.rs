//! The generic cell rate algorithm, by the virtual scheduling of ITU-T I.371, Annex A: decides, and keeps nothing.
//!
//! All that is to be known of the past is one time: when the rate will have used up nothing. Times are nanoseconds of a clock
//! of the caller's.

use std::time::Duration;

use boathook_plan::plan::Rate;

/// A burst that takes longer to come back is the same as one that takes as long.
const REFILL: Duration = Duration::from_hours(24 * 365);

/// One rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gcra {
    /// Between two requests at the rate.
    interval: u64,
    /// How much earlier than at the rate a request may come.
    tolerance: u64,
}

impl Gcra {
    /// What `validate` lets through is one.
    pub(super) fn of(rate: &Rate) -> Option<Self> {
        let interval = nanoseconds(Duration::from_millis(rate.per_ms) / rate.requests.max(1));
        let most = nanoseconds(REFILL).checked_div(interval)?.max(1);
        let burst = u64::from(rate.burst).clamp(1, most);
        Some(Self { interval, tolerance: interval.saturating_mul(burst - 1) })
    }

    /// The time after one more request at `now`.
    ///
    /// # Errors
    ///
    /// How long until it may come.
    pub(super) fn next(&self, time: Option<u64>, now: u64) -> Result<u64, Duration> {
        let time = time.unwrap_or(now);
        let earliest = time.saturating_sub(self.tolerance);
        if now < earliest {
            return Err(Duration::from_nanos(earliest - now));
        }
        Ok(time.max(now).saturating_add(self.interval))
    }

    /// The times of several rates after one more request that all of them let through.
    ///
    /// # Errors
    ///
    /// How long until it may come by all of them; it has used up nothing of any.
    pub(super) fn all(rates: &[(Self, Option<u64>)], now: u64) -> Result<Vec<u64>, Duration> {
        let decided: Vec<_> = rates.iter().map(|(rate, time)| rate.next(*time, now)).collect();
        match decided.iter().filter_map(|decided| decided.err()).max() {
            Some(wait) => Err(wait),
            None => Ok(decided.into_iter().flatten().collect()),
        }
    }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use boathook_plan::plan::RateKey;
    use governor::clock::{Clock as _, FakeRelativeClock};
    use governor::{Quota, RateLimiter};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn one_rate_is_what_another_implementation_makes_of_it(
            requests in 1_u32..1_000,
            per_ms in 1_u64..100_000,
            burst in 1_u32..50,
            pauses in proptest::collection::vec(0_u64..200, 1..200),
        ) {
            let rate = Rate { key: RateKey::Workflow, requests, per_ms, burst };
            let gcra = Gcra::of(&rate).unwrap();
            let interval = Duration::from_millis(per_ms) / requests;
            let quota = Quota::with_period(interval).unwrap().allow_burst(NonZeroU32::new(burst).unwrap());
            let clock = FakeRelativeClock::default();
            let oracle = RateLimiter::direct_with_clock(quota, clock.clone());
            let (mut now, mut time) = (0, None);
            for pause in pauses {
                // Up to two of the intervals, in hundredths.
                let pause = interval * u32::try_from(pause).unwrap() / 100;
                clock.advance(pause);
                now += u64::try_from(pause.as_nanos()).unwrap();
                let decided = gcra.next(time, now);
                let expected = oracle.check().map_err(|not_until| not_until.wait_time_from(clock.now()));
                prop_assert_eq!(decided.map(|_| ()), expected);
                time = decided.ok().or(time);
            }
        }
    }

    #[test]
    fn what_one_rate_refuses_is_free_by_the_others_and_waits_for_the_slowest() {
        let [second, minute] = [(10, 1_000), (1, 60_000)]
            .map(|(requests, per_ms)| Gcra::of(&Rate { key: RateKey::Workflow, requests, per_ms, burst: 1 }).unwrap());
        let after = Gcra::all(&[(second, None), (minute, None)], 0);
        assert_eq!(after, Ok(vec![100_000_000, 60_000_000_000]));
        for rates in [[(second, Some(100_000_000)), (minute, Some(60_000_000_000))]; 2] {
            assert_eq!(Gcra::all(&rates, 0), Err(Duration::from_mins(1)));
            assert_eq!(Gcra::all(&[rates[1], rates[0]], 0), Err(Duration::from_mins(1)));
        }
    }
}
