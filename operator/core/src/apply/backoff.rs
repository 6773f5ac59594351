//! How long an object is let alone after a call that came to nothing: from one second, twice as long each time, to five
//! minutes.

use jiff::{SignedDuration, Timestamp};

const FIRST: SignedDuration = SignedDuration::from_secs(1);
const LONGEST: SignedDuration = SignedDuration::from_mins(5);

/// What was just made is seen by then.
const PAUSE: SignedDuration = SignedDuration::from_secs(2);

/// The failures of one object.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
    until: Option<Timestamp>,
}

impl Backoff {
    pub fn is_over(self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| until <= now)
    }

    pub fn until(self) -> Option<Timestamp> {
        self.until
    }

    pub fn clear(&mut self) {
        *self = Self::default();
    }

    pub fn pause(&mut self, now: Timestamp) {
        self.until = now.checked_add(PAUSE).ok();
    }

    pub fn fail(&mut self, now: Timestamp) {
        let factor = 1 << self.failures.min(10);
        self.failures = self.failures.saturating_add(1);
        let wait = FIRST.checked_mul(factor).unwrap_or(LONGEST).min(LONGEST);
        self.until = now.checked_add(wait).ok();
    }
}
