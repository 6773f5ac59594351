//! What a run starts from.

use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use super::place::Seed;
use crate::json::Json;

/// The facts that a run is given; with them and its journal it can go on anywhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// The execution's id, a `UUIDv7`.
    pub execution: Uuid,
    /// `$execution.attempt`: 1, and one more with each replay.
    pub attempt: u32,
    /// What its idempotency keys derive from. A replay from the failed step keeps it, one from the start has a new one.
    pub seed: Seed,
    /// The request's id, for problem documents.
    pub request_id: Arc<str>,
    /// When the head of the request had arrived: the Sync deadline counts from here.
    pub received_at: Timestamp,
    /// When the run began: the workflow's `timeout` counts from here, and the first step's `now()` is this.
    pub started_at: Timestamp,
    /// `$context`.
    pub context: Json,
    /// `$batch`, of a run for several deliveries: a list.
    pub batch: Option<Json>,
    /// How often the chain of requests passed through Boathook before, as a header of the request said.
    pub hops: u32,
    /// Who is told the answer.
    pub caller: Caller,
    /// How many `call` steps led here; 0 for a delivery.
    pub depth: u32,
}

/// Who is told what a run answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Caller {
    /// The sender of the delivery: of a Sync workflow until the deadline, of an Async one not by the run.
    #[default]
    Sender,
    /// The `call` step of another run. No deadline; the answer is that step's result.
    Step,
    /// Nobody: somebody has the run repeated.
    Nobody,
}
