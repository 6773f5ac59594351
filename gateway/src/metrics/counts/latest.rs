//! When something last happened to a workflow. Lock-free, as everything on the request path is.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use arc_swap::ArcSwapOption;
use boathook_plan::channel::{LastFailure, LastRejection};
use boathook_plan::machine::RunError;
use boathook_plan::reason::Reason;
use jiff::Timestamp;

/// Bits of a reason's place; the time in milliseconds stands above it, enough for nine thousand years.
const REASON_BITS: u32 = 8;

/// The latest of each kind.
#[derive(Debug)]
pub(super) struct Latest {
    /// Unix milliseconds; [`i64::MIN`] is never.
    received: AtomicI64,
    success: AtomicI64,
    failure: ArcSwapOption<LastFailure>,
    /// Time and reason in one, so that neither is another rejection's. 0 is never.
    rejection: AtomicU64,
}

impl Default for Latest {
    fn default() -> Self {
        Self {
            received: AtomicI64::new(i64::MIN),
            success: AtomicI64::new(i64::MIN),
            failure: ArcSwapOption::empty(),
            rejection: AtomicU64::new(0),
        }
    }
}

impl Latest {
    pub(super) fn receive(&self, now: Timestamp) {
        self.received.store(now.as_millisecond(), Ordering::Relaxed);
    }

    /// A request was refused.
    pub(super) fn reject(&self, place: usize, now: Timestamp) {
        let (Ok(time), Ok(place)) = (u64::try_from(now.as_millisecond()), u64::try_from(place)) else { return };
        self.rejection.store((time << REASON_BITS) | place, Ordering::Relaxed);
    }

    pub(super) fn succeed(&self, now: Timestamp) {
        self.success.store(now.as_millisecond(), Ordering::Relaxed);
    }

    pub(super) fn fail(&self, error: &RunError, now: Timestamp) {
        let reason = error.failure.reason.as_str().to_owned();
        self.failure.store(Some(Arc::new(LastFailure { time: now, step: error.step.clone(), reason })));
    }

    pub(super) fn received(&self) -> Option<Timestamp> {
        time(self.received.load(Ordering::Relaxed))
    }

    pub(super) fn success(&self) -> Option<Timestamp> {
        time(self.success.load(Ordering::Relaxed))
    }

    pub(super) fn failure(&self) -> Option<LastFailure> {
        self.failure.load().as_deref().cloned()
    }

    pub(super) fn rejection(&self) -> Option<LastRejection> {
        let packed = self.rejection.load(Ordering::Relaxed);
        let place = usize::try_from(packed & ((1 << REASON_BITS) - 1)).ok()?;
        let reason = Reason::ALL.get(place).filter(|_| packed != 0)?;
        Some(LastRejection {
            time: time(i64::try_from(packed >> REASON_BITS).ok()?)?,
            reason: reason.as_str().to_owned(),
        })
    }
}

fn time(milliseconds: i64) -> Option<Timestamp> {
    (milliseconds != i64::MIN).then(|| Timestamp::from_millisecond(milliseconds).ok()).flatten()
}
