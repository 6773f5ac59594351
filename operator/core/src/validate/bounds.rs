//! Bounds that a CRD's schema cannot state: of durations and sizes, each with its reason.

use std::time::Duration;

/// The least duration that means anything here: what timers and networks tell apart.
pub const LEAST: Duration = Duration::from_millis(1);

/// The longest execution: a year, past every process that anybody waits for.
pub const TIMEOUT: Duration = Duration::from_hours(8_760);

/// The longest attempt of a step: past it a connection is not slow, it is gone.
pub const STEP_TIMEOUT: Duration = Duration::from_hours(24);

/// The longest wait of a sender: no proxy between keeps a request open for longer.
pub const DEADLINE: Duration = Duration::from_mins(15);

/// The shortest pause before the next attempt: less would be a hammer.
pub const LEAST_BACKOFF: Duration = Duration::from_millis(10);

/// The longest pause before the next attempt.
pub const BACKOFF: Duration = Duration::from_hours(24);

/// The longest time that a deduplication key is held after success: no sender repeats for longer than a month.
pub const WINDOW: Duration = Duration::from_hours(24 * 31);

/// The longest time that a batch is filled: whoever waits for more wants a schedule.
pub const BATCH: Duration = Duration::from_hours(1);

/// The longest time that an execution is kept: what an audit asks for.
pub const KEEP: Duration = Duration::from_hours(24 * 366);

/// The widest window around a signing time: a replay is possible for as long.
pub const TOLERANCE: Duration = Duration::from_hours(24);

/// The longest period of a rate: what a process counts for longer, its next start forgets.
pub const RATE_PERIOD: Duration = Duration::from_hours(24);

/// Bytes of the largest body that a gateway may take: it is held in memory whole.
pub const BODY_SIZE: u64 = 1 << 30;

/// Bytes of the largest quota of storage: what one volume may have.
pub const STORAGE: u64 = 64 << 40;

/// Bytes of the largest answer of an `http` step: it is held in memory whole.
pub const RESPONSE_SIZE: u64 = 64 << 20;

/// The longest run of a script: one that takes longer is no step between two others.
pub const SCRIPT_TIME: Duration = Duration::from_mins(1);

/// Bytes of a script's values at most: its worker shares the pod with the gateway.
pub const SCRIPT_MEMORY: u64 = 1 << 30;

/// Steps, blocks, and steps of a block, as the schema bounds them: more are not read.
pub const STEPS: usize = 64;
/// See [`STEPS`].
pub const BLOCKS: usize = 32;
/// See [`STEPS`].
pub const BLOCK_STEPS: usize = 32;
