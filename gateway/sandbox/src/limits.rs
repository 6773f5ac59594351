//! Every bound of this crate, one named constant each, with its reason.

use std::time::Duration;

/// How long a script may run unless the step says otherwise: a thousand times what real ones need.
pub const DEFAULT_TIME: Duration = Duration::from_secs(1);

/// Bytes that a script's values may take unless the step says otherwise: a body of 1 MiB, read into values and changed.
pub const DEFAULT_MEMORY: u64 = 16 << 20;

/// Bytes of the least memory in which the engine can start.
pub const LEAST_MEMORY: u64 = 1 << 20;

/// Bytes of the most memory that a script can be given: workers share the pod with the gateway.
pub const MEMORY: u64 = 1 << 30;

/// The longest time that a script can be given.
pub const TIME: Duration = Duration::from_mins(1);

/// How long a script is compiled at most, to see whether it does: the largest one takes a second on an idle machine, and
/// this may be one that starts everything at once.
pub const CHECK_TIME: Duration = Duration::from_secs(5);

/// How much later than its deadline a worker is killed. Until then the engine may stop by itself, and say at which line;
/// past it, it is inside of something that does not stop.
pub const GRACE: Duration = Duration::from_millis(25);

/// How long a worker may take from its start until it is confined: of a machine under load.
pub const START: Duration = Duration::from_secs(10);

/// Bytes of a result's JSON text, in UTF-16 units: what the journal takes.
pub const RESULT_SIZE: usize = 1 << 20;

/// Lines that one run may write to the console; more are counted.
pub const CONSOLE_LINES: usize = 100;

/// Bytes of all console lines of one run.
pub const CONSOLE_SIZE: usize = 16 << 10;

/// Bytes of one console line.
pub const LINE_SIZE: usize = 2 << 10;

/// Bytes of an error's message.
pub const MESSAGE_SIZE: usize = 1 << 10;

/// Characters of a text, or bytes, that a function of the library takes at once. What it makes of them is not within the
/// script's memory: six bytes for each at most, which the address space of every worker has room for.
pub const TEXT_SIZE: usize = 16 << 20;

/// Bytes of the engine's stack: deep enough for any real recursion, far below the 8 MiB of a process.
pub const STACK_SIZE: usize = 512 << 10;

/// Bytes that `randomBytes` yields at once.
pub const RANDOM_SIZE: usize = 64 << 10;

/// Bytes of what a worker is told: a journal's worth of results, the largest body, as values and as bytes.
pub const ORDER_SIZE: usize = 64 << 20;

/// Bytes of what a worker says: a result, its console, and nothing else.
pub const REPLY_SIZE: usize = 8 << 20;

/// Runs of one worker, until another takes its place: whatever a run left behind has an end.
pub const RUNS: u32 = 10_000;

/// How long the runs of one worker may take together, until another takes its place. Below [`CPU_TIME`].
pub const BUSY: Duration = Duration::from_mins(5);

/// Processor time of one worker, after which the kernel ends it: a worker that nobody kills any more.
pub const CPU_TIME: Duration = Duration::from_mins(10);

/// Scripts of one owner that wait for a worker.
pub const QUEUE: usize = 1_000;
