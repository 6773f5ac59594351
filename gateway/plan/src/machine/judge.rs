//! What an attempt's outcome means: a result, another attempt, or a failure for good.

use super::decide::At;
use super::entry::{Fact, StepResult, Tried};
use super::ledger::Ledger;
use super::state::State;
use crate::json::Json;
use crate::limits::MESSAGE_SIZE;
use crate::plan::Retry;
use crate::reason::{StepFailure, StepReason};

impl At<'_> {
    /// The first and only try of a calling step.
    pub(super) fn first(&self) -> Tried {
        Tried { attempt: 1, began: self.frame.since }
    }

    pub(super) fn failed(&self, tried: Tried, mut failure: StepFailure) -> Fact {
        failure.message = bounded(failure.message);
        Fact::Failed { place: self.place.clone(), tried, failure, abandoned: Vec::new(), console: Vec::new() }
    }

    pub(super) fn succeeded(&self, tried: Tried, value: Json) -> Fact {
        let result = StepResult { value, sensitive: self.step.sensitive };
        Fact::Succeeded { place: self.place.clone(), tried, result, console: Vec::new() }
    }
}

impl State {
    /// The entry that an outcome makes. The result is what the journal will say it is, so that later steps see the same
    /// whether the run was resumed or not.
    pub(super) fn judge(&self, at: At<'_>, tried: Tried, outcome: Result<Json, StepFailure>) -> Fact {
        let execution = || at.place.child(self.input.execution, tried.attempt, at.frame.since);
        let outcome = outcome.map(|value| at.step.kind.result(value.without_bytes(), execution));
        let result = outcome.and_then(|value| {
            Ledger::result(&at.step.name, &value)?;
            self.until(at, &value)?;
            Ok(value)
        });
        let fact = match result {
            Ok(value) => at.succeeded(tried, value),
            Err(failure) if failure.retryable && tried.attempt < at.step.retry.attempts => {
                self.retrying(at, tried, failure)
            }
            Err(failure) => at.failed(tried, failure),
        };
        let others = self.live.waiting.keys().filter(|place| *place != at.place).count();
        match self.progress.ledger.admit(&at.step.name, &fact, others) {
            Ok(()) => fact,
            Err(failure) => self.stopped(failure),
        }
    }

    /// Whether the step is content with its result.
    pub(super) fn until(&self, at: At<'_>, result: &Json) -> Result<(), StepFailure> {
        let Some(condition) = &at.step.until else { return Ok(()) };
        let scope = self.scope(at.frame, at.place).with("$result", result.clone());
        if condition.holds(&scope)? {
            return Ok(());
        }
        Err(StepFailure::new(StepReason::NotYet, format!("`until` of step `{}` does not hold yet", at.step.name)))
    }

    fn retrying(&self, at: At<'_>, tried: Tried, mut failure: StepFailure) -> Fact {
        let fraction = at.place.fraction(self.input.execution, tried.attempt);
        let pause_ms = pause(&at.step.retry, tried.attempt, fraction, failure.retry_after_ms);
        failure.message = bounded(failure.message);
        Fact::Retrying { place: at.place.clone(), tried, failure, pause_ms, console: Vec::new() }
    }
}

/// Milliseconds before the next attempt: a `fraction` of `min(initial · factorⁿ, max)` (full jitter), but not less than
/// the target asked for, up to `max`.
fn pause(retry: &Retry, failed: u32, fraction: f64, retry_after_ms: Option<u64>) -> u64 {
    let growth = u64::from(retry.factor).checked_pow(failed.saturating_sub(1)).unwrap_or(u64::MAX);
    let ceiling = retry.initial_ms.saturating_mul(growth).min(retry.max_ms);
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a jitter"
    )]
    let jittered = (ceiling as f64 * fraction) as u64;
    jittered.max(retry_after_ms.map_or(0, |asked| asked.min(retry.max_ms)))
}

/// The beginning of a message that outside data may have made long.
pub(super) fn bounded(mut message: String) -> String {
    const MORE: &str = "…";
    if message.len() > MESSAGE_SIZE {
        message.truncate(message.floor_char_boundary(MESSAGE_SIZE - MORE.len()));
        message.push_str(MORE);
        // A journal of short messages must not hold the memory of long ones.
        message.shrink_to_fit();
    }
    message
}

#[cfg(test)]
mod tests;
