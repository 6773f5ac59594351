//! Times of a run, reckoned without overflow.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// Milliseconds after a time; the end of time when there is no such time.
pub(super) fn after(at: Timestamp, milliseconds: u64) -> Timestamp {
    let pause = SignedDuration::from_millis(i64::try_from(milliseconds).unwrap_or(i64::MAX));
    at.checked_add(pause).unwrap_or(Timestamp::MAX)
}

/// As [`after`].
pub(super) fn later(at: Timestamp, duration: Duration) -> Timestamp {
    after(at, u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
}

/// How long it is from `now` until `then`; nothing when that is past.
pub(super) fn until(then: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(then.duration_since(now)).unwrap_or(Duration::ZERO)
}
