//! Executions during which the process ended, without a word of them: the same may happen when they go on.
//!
//! Each waits longer than the time before, so that one that ends the process leaves time to all others. Only one that
//! did so for hours is given up: a machine that loses its power again and again is no fault of an execution.

/// Ends in a row after which an execution is given up. With the pauses that is more than an hour and a half.
const GIVEN_UP: u32 = 20;

/// Ends in a row after which an execution goes on only while no other such one does. What was merely under way together
/// with the one that ends the process would be suspected as often as that one, and given up with it.
pub(super) const APART: u32 = 3;

/// Microseconds.
pub(super) const SECOND: i64 = 1_000_000;

/// The longest pause, in microseconds.
const LONGEST: i64 = 600 * SECOND;

/// Whether it is not to go on any more.
pub(super) const fn is_given_up(crashes: u32) -> bool {
    crashes >= GIVEN_UP
}

/// Microseconds until it may go on: none after the first end, then a second, and twice as long each time.
pub(super) fn pause(crashes: u32) -> i64 {
    let Some(doubled) = crashes.checked_sub(2) else { return 0 };
    2_i64.checked_pow(doubled).map_or(LONGEST, |seconds| seconds.saturating_mul(SECOND).min(LONGEST))
}
