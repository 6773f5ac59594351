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

/// From the first step to the last of an Async run unless `timeout` says otherwise.
pub const DEFAULT_ASYNC_TIMEOUT: Duration = Duration::from_hours(1);

/// How long a deduplication key is held after success unless `window` says otherwise: what senders retry within a day.
pub const DEFAULT_WINDOW: Duration = Duration::from_hours(24);

/// Executions of a workflow at once unless `concurrency.max` says otherwise: the gateway's own ceiling.
pub const DEFAULT_CONCURRENCY: u32 = 1_000;

/// Executions of a workflow that wait for their turn unless `concurrency.queue` says otherwise.
pub const DEFAULT_QUEUE: u64 = 10_000;

/// Executions of a namespace that run at once, of a gateway that sets no quota.
pub const DEFAULT_NAMESPACE_RUNNING: u32 = 500;

/// Deliveries of a namespace that wait for their turn, of a gateway that sets no quota.
pub const DEFAULT_NAMESPACE_QUEUED: u64 = 100_000;

/// Bytes of a namespace's executions that are kept, of a gateway that sets no quota.
pub const DEFAULT_NAMESPACE_STORAGE: u64 = 2 << 30;

/// How long a succeeded execution is kept unless `history.keep` says otherwise.
pub const DEFAULT_KEEP: Duration = Duration::from_hours(24);

/// How long a failed one is kept unless `history.keepFailed` says otherwise: a week of somebody's holidays.
pub const DEFAULT_KEEP_FAILED: Duration = Duration::from_hours(168);

/// Items of a `forEach`: with a block of two steps they fill a journal.
pub const ITEMS: usize = 10_000;

/// Bytes of a deduplication or concurrency key; a longer one is its hash.
pub const KEY_SIZE: usize = 1 << 10;

/// How deep `call` steps may call.
pub const CALL_DEPTH: u32 = 5;

/// Bytes of a Sync answer that are kept for a sender's repeat.
pub const ANSWER_KEPT: usize = 64 << 10;

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

/// Bytes of memory that the values of one JSON body may take: [`JSON_NODES`] of the dearest kind, and a body of text.
pub const JSON_TREE_SIZE: usize = 32 << 20;

/// How many times as large as it came a body in a content coding may become: texts become ten times as large, deflate's
/// own most is 1,032.
pub const CODING_RATIO: u64 = 100;

/// Bytes that a body in a content coding may become whatever their ratio: what it says of a few bytes is chance.
pub const CODING_FLOOR: u64 = 64 << 10;

/// The window of zstd, as a power of two: 8 MiB, all that HTTP allows (RFC 9659).
pub const ZSTD_WINDOW_LOG: u32 = 23;

/// Bytes of memory that the undoing of a content coding takes beside its result: brotli's largest window.
pub const CODING_WINDOW: usize = 16 << 20;

/// Parts of a multipart body: far more than a form has fields.
pub const MULTIPART_PARTS: usize = 64;

/// Bytes of the head of one part: a name, a file's name, a type.
pub const MULTIPART_HEAD_SIZE: usize = 8 << 10;

/// Bytes of one expression: far more than a person writes in one.
pub const EXPRESSION_SIZE: usize = 4_096;

/// Tokens of one expression. Parsing and dropping recurse over chains such as `a + b + …`: 1,400 terms overflow 2 MiB.
pub const EXPRESSION_TOKENS: usize = 1_000;

/// How deep brackets may nest in one expression, below the parser's own limit of 96.
pub const EXPRESSION_BRACKETS: usize = 64;

/// Nodes of one expression once its macros are expanded.
pub const EXPRESSION_NODES: usize = 500;

/// How deep the nodes of one expression may nest: evaluation recurses.
pub const EXPRESSION_DEPTH: usize = 100;

/// Steps of one run of an expression, each a few microseconds at most: an iteration of a macro, or a bounded stretch of
/// a value that a function reads.
pub const EXPRESSION_STEPS: u64 = 10_000;

/// Bytes that one run of an expression may build.
pub const EXPRESSION_MEMORY: u64 = 1 << 20;

/// Bytes of a compiled pattern of `matches` and its kin: large enough for a few Unicode classes, and what keeps matching
/// linear in the text with a bearable factor.
pub const PATTERN_SIZE: usize = 512 << 10;

/// Bytes that one rendered template may have, as its JSON text.
pub const TEMPLATE_SIZE: usize = RESULT_SIZE;

/// Requests through Boathook that led to this one, counted by a header; more than this is a loop.
pub const HOPS: u32 = 5;

/// Bytes of an outbound URL: what common servers read of a request line.
pub const URL_SIZE: usize = 8 << 10;

/// Bytes of a failure's message in the journal and in `$error`.
pub const MESSAGE_SIZE: usize = 4 << 10;

/// Bytes of a value, as JSON text, that a record shows whole: the largest common bodies, and a page of results.
pub const SHOWN_SIZE: usize = 1 << 20;

/// Bytes that a record shows of a larger one.
pub const SHOWN_CUT: usize = 4 << 10;

/// Steps of a record whose input is shown, the first ones: each is rendered again.
pub const SHOWN_INPUTS: usize = 200;

/// How many attempts of one step its trace holds, the last ones.
pub const TRACE_ATTEMPTS: usize = 32;

/// Bytes of the results that a trace holds of the steps that ran for items.
pub const TRACE_RESULTS: usize = 1 << 20;

/// How many runs of blocks an execution has at once: what it holds in memory, and how much of the network it takes.
pub const FRAMES: usize = 1_000;

/// Bytes of one header value that we write, to a target or in an answer: what common servers read of a field.
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
