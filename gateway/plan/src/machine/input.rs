//! What a run starts from.

use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use crate::json::Json;

/// The facts that a run is given; with them and its journal it can go on anywhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// The execution's id, a `UUIDv7`.
    pub execution: Uuid,
    /// `$execution.attempt`: 1, and one more with each replay.
    pub attempt: u32,
    /// The delivery's deduplication key, where there is one: it seeds the idempotency keys.
    pub deduplication_key: Option<Arc<str>>,
    /// The request's id, for problem documents.
    pub request_id: Arc<str>,
    /// When the head of the request had arrived: the Sync deadline counts from here.
    pub received_at: Timestamp,
    /// When the run was accepted: the workflow's `timeout` counts from here, and the first step's `now()` is this.
    pub started_at: Timestamp,
    /// `$context`.
    pub context: Json,
    /// How often the chain of requests passed through Boathook before, as a header of the request said.
    pub hops: u32,
}
