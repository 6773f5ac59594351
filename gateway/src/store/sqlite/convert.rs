//! Between our types and columns. What a column cannot hold is clamped; what is no value of ours is `None`.

use std::time::Duration;

use boathook_plan::plan::{BodyKept, Mode};
use jiff::Timestamp;
use uuid::Uuid;

use crate::store::command::RequestPhase;
use crate::store::ending::Phase;
use crate::store::new::Hash;

/// A number as a column holds it.
pub(super) fn int(value: impl TryInto<i64>) -> i64 {
    value.try_into().unwrap_or(i64::MAX)
}

/// A number that is never negative.
pub(super) fn count(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

/// As [`count`].
pub(super) fn small(value: i64) -> u32 {
    u32::try_from(value.max(0)).unwrap_or(u32::MAX)
}

/// A time as a column holds it.
pub(super) fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

/// A span as a column holds it.
pub(super) fn span(time: Duration) -> i64 {
    int(time.as_micros())
}

/// A time of a column.
pub(super) fn time(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or(if micros < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

/// An id of a column.
pub(super) fn id(bytes: Option<[u8; 16]>) -> Option<Uuid> {
    bytes.map(Uuid::from_bytes)
}

/// A hash of a column.
pub(super) fn hash(bytes: Option<[u8; 32]>) -> Option<Hash> {
    bytes.map(Hash)
}

/// Phases by the number that stands for them; those below 3 are of executions that have not ended.
pub(super) const PHASES: [Phase; 6] =
    [Phase::Queued, Phase::Running, Phase::Waiting, Phase::Succeeded, Phase::Failed, Phase::Cancelled];

const MODES: [Mode; 2] = [Mode::Async, Mode::Sync];
const BODIES: [BodyKept; 3] = [BodyKept::Full, BodyKept::Hash, BodyKept::None];
const REQUESTS: [RequestPhase; 3] = [RequestPhase::Rejected, RequestPhase::Filtered, RequestPhase::Duplicate];

/// An enum whose values stand in a column as their place in a table, which must never change.
pub(super) trait Code: Copy + PartialEq + 'static {
    const ALL: &'static [Self];

    fn code(self) -> i64 {
        Self::ALL.iter().position(|value| *value == self).map_or(-1, int)
    }

    fn of(code: i64) -> Option<Self> {
        usize::try_from(code).ok().and_then(|place| Self::ALL.get(place)).copied()
    }
}

impl Code for Phase {
    const ALL: &'static [Self] = &PHASES;
}

impl Code for Mode {
    const ALL: &'static [Self] = &MODES;
}

impl Code for BodyKept {
    const ALL: &'static [Self] = &BODIES;
}

impl Code for RequestPhase {
    const ALL: &'static [Self] = &REQUESTS;
}
