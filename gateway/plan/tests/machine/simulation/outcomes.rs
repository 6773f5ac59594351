//! What comes of an attempt: a function of the schedule, the place and the number, so that a run that crashed and one
//! that did not meet the same world.

use boathook_plan::json::Json;
use boathook_plan::machine::Place;
use boathook_plan::reason::{StepFailure, StepReason};

use super::chance::Chance;

/// Every reason that an executor can report.
const REASONS: [StepReason; 12] = [
    StepReason::ExpressionFailed,
    StepReason::PathMissing,
    StepReason::ResourceExhausted,
    StepReason::Timeout,
    StepReason::ConnectionFailed,
    StepReason::EgressDenied,
    StepReason::UnexpectedStatus,
    StepReason::BadResponse,
    StepReason::InvalidRequest,
    StepReason::SecretUnavailable,
    StepReason::TooManyHops,
    StepReason::ResultTooLarge,
];

/// The world of one schedule.
#[derive(Clone, Debug)]
pub struct Outcomes {
    schedule: u64,
    /// How often an attempt fails, in a hundred.
    failing: u64,
    too_large: Json,
}

impl Outcomes {
    /// `too_large` is a result that no journal takes.
    pub fn new(schedule: u64, failing: u64, too_large: Json) -> Self {
        Self { schedule, failing, too_large }
    }

    /// What comes of this attempt at this place.
    pub fn of(&self, place: &Place, attempt: u32) -> Result<Json, StepFailure> {
        let mut chance = self.chance(place, attempt);
        if chance.percent(self.failing) {
            let mut failure = StepFailure::new(chance.pick(&REASONS), "as the schedule says");
            failure.retryable |= chance.percent(40);
            failure.retry_after_ms = chance.percent(20).then(|| chance.below(5_000));
            return Err(failure);
        }
        if chance.below(2_000) == 0 {
            return Ok(self.too_large.clone());
        }
        Ok(Json::object([("n", Json::from(chance.below(4))), ("data", Json::text("result"))]))
    }

    /// How long this attempt takes, in milliseconds.
    pub fn latency(&self, place: &Place, attempt: u32) -> u64 {
        self.chance(place, attempt.wrapping_add(1_000_000)).below(3_000)
    }

    fn chance(&self, place: &Place, attempt: u32) -> Chance {
        let mut seed = self.schedule.wrapping_mul(0x100_0000_01b3).wrapping_add(u64::from(attempt));
        for byte in place.as_str().bytes() {
            seed = (seed ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        }
        Chance::new(seed)
    }
}
