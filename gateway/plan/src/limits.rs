//! Every bound of this crate, one named constant each, with its reason.
//!
//! Decides nothing; a limit that a user can set lives in the plan, and its ceiling here.

use std::time::Duration;

/// Bytes of a request body when the workflow names no limit: what GitHub's largest common events need, and small
/// enough that 1,000 at once fit a pod.
pub const DEFAULT_BODY_SIZE: u64 = 1 << 20;

/// How long a sender of a Sync workflow waits unless `response.deadline` says otherwise: most senders give up at 10 s.
pub const DEFAULT_SYNC_DEADLINE: Duration = Duration::from_secs(10);

/// From the first step to the last of a Sync run unless `timeout` says otherwise.
pub const DEFAULT_SYNC_TIMEOUT: Duration = Duration::from_secs(30);

/// One attempt of a step unless its `timeout` says otherwise.
pub const DEFAULT_STEP_TIMEOUT: Duration = Duration::from_secs(30);

/// Bytes of one step's result in the journal.
pub const RESULT_SIZE: usize = 1 << 20;

/// Bytes of all results of an execution.
pub const JOURNAL_SIZE: usize = 16 << 20;

/// Journal entries of an execution.
pub const JOURNAL_ENTRIES: usize = 20_000;

/// How deep a JSON value may nest: beyond any real payload, far below what a 2 MiB stack holds.
pub const JSON_DEPTH: usize = 64;

/// How many values one JSON body may hold: a tree can take 87 times the bytes of its text.
pub const JSON_NODES: usize = 100_000;

/// Requests through Boathook that led to this one, counted by a header; more than this is a loop.
pub const HOPS: u32 = 5;

/// Bytes of an outbound URL: what common servers read of a request line.
pub const URL_SIZE: usize = 8 << 10;

/// Bytes of a failure's message in the journal and in `$error`.
pub const MESSAGE_SIZE: usize = 4 << 10;

/// How many attempts of one step its trace holds, the last ones.
pub const TRACE_ATTEMPTS: usize = 32;

/// Bytes of one header field's value in an answer.
pub const ANSWER_HEADER_SIZE: usize = 8 << 10;

/// Bytes of one outbound header value: what common servers read of a field.
pub const HEADER_VALUE_SIZE: usize = 8 << 10;

/// Bytes of an outbound body: a whole execution's results fit, a runaway template does not.
pub const OUTBOUND_BODY_SIZE: usize = 16 << 20;

/// How many redirects a step may follow: what real services need, fewer than a loop.
pub const REDIRECTS: u32 = 5;

/// Bytes of the shortest secret that is looked for in answers.
pub const MASKED_SIZE: usize = 8;

/// How deep blocks may run blocks: as many as a workflow may have.
pub const BLOCK_DEPTH: usize = 32;

/// How many things one event makes a run do before other runs have their turn: an expression may take milliseconds.
pub const TURN: usize = 32;
