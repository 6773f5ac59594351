//! What is handed to the store when an execution begins.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use boathook_plan::plan::{Batch, BodyKept, Mode, Overflow, WorkflowRef};
use bytes::Bytes;
use jiff::Timestamp;
use uuid::Uuid;

use super::lease::Lease;

/// A SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// Of bytes.
    pub fn of(bytes: &[u8]) -> Self {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, bytes).as_ref());
        Self(hash)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

/// A plan as the store keeps it: once, under its hash, as long as an execution needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanText {
    /// Of the JSON.
    pub hash: Hash,
    /// The plan as JSON.
    pub json: Bytes,
}

impl PlanText {
    /// A plan's JSON under its hash.
    pub fn new(json: Bytes) -> Self {
        Self { hash: Hash::of(&json), json }
    }
}

/// A request: what is known of it as JSON, and its body as it came. The store reads neither.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Payload {
    /// JSON.
    pub head: Vec<u8>,
    /// The raw bytes.
    pub body: Bytes,
}

impl Payload {
    /// Bytes.
    pub(super) fn size(&self) -> usize {
        self.head.len().saturating_add(self.body.len())
    }
}

/// One entry of a journal as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct JournalEntry {
    /// JSON. The store does not read it.
    pub text: Bytes,
    /// Whether it is encrypted on disk.
    pub sensitive: bool,
}

impl fmt::Debug for JournalEntry {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = if self.sensitive { "…".into() } else { String::from_utf8_lossy(&self.text) };
        write!(out, "JournalEntry({text})")
    }
}

/// Which deliveries are one: the hash of the key, and how long it is held after success.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeliveryKey {
    /// Of the key's text. Scoped to the workflow.
    pub hash: Hash,
    /// After success.
    pub window: Duration,
}

/// How an execution waits for its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queueing {
    /// Executions of the workflow that may have begun and not ended.
    pub max: u32,
    /// Hash of the concurrency key: executions with equal ones run one at a time.
    pub key: Option<Hash>,
    /// Executions that may wait.
    pub queue: u64,
    /// What becomes of one that must wait.
    pub overflow: Overflow,
}

/// What a namespace may use in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Executions that wait for their turn.
    pub queued: u64,
    /// Bytes of executions that are kept.
    pub storage: u64,
}

/// What is kept once the execution has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    /// After success or a cancellation.
    pub succeeded: Duration,
    /// After a failure.
    pub failed: Duration,
    /// Of the request's body.
    pub body: BodyKept,
}

/// The execution that called this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parent {
    /// Its id.
    pub id: Uuid,
    /// The calling step's place in its journal.
    pub place: String,
    /// Calls above this one; 1 for the callee of a delivery.
    pub depth: u32,
    /// Whether it waits for the end of this one.
    pub awaited: bool,
}

/// When an execution begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// When it is claimed.
    Queued,
    /// At once under this lease, and at the time it was accepted, if nothing is before it; else when it is claimed.
    Now(Lease),
}

/// An execution to be.
#[derive(Clone, Debug, PartialEq)]
pub struct NewExecution {
    /// Unique; a second one with the same id changes nothing.
    pub id: Uuid,
    /// Whose it is.
    pub workflow: Arc<WorkflowRef>,
    /// What it is pinned to.
    pub plan: Arc<PlanText>,
    /// Whether a sender waits for it.
    pub mode: Mode,
    /// When the request was received.
    pub accepted_at: Timestamp,
    /// The request.
    pub payload: Payload,
    /// `None` is not deduplicated.
    pub delivery: Option<DeliveryKey>,
    /// How it waits.
    pub queueing: Queueing,
    /// What its namespace may use.
    pub quota: Quota,
    /// Several deliveries as one execution; they are of one plan and one concurrency key.
    pub batch: Option<Batch>,
    /// What is kept.
    pub keep: Keep,
    /// `None` for a delivery.
    pub parent: Option<Parent>,
    /// When it begins.
    pub start: Start,
}
