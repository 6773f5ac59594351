//! What changes an execution: replays and cancellations.

mod replay;

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{query, store};
use crate::admin::problem::Refusal;
use crate::shared::Shared;
use crate::store::{Cancel, ExecutionRow, Which};

/// How an execution is run again. What is not said is the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ReplayRequest {
    /// Where it begins.
    pub from: Start,
    /// Of which revision.
    pub revision: Revision,
}

/// Where a replay begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Start {
    /// At the first step, with new idempotency keys.
    #[default]
    Start,
    /// At the step that failed; what was done before it is kept, and its idempotency keys.
    FailedStep,
}

/// Which revision of the workflow a replay is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Revision {
    /// The one that the execution is pinned to.
    #[default]
    Original,
    /// The one that is served now.
    Current,
}

/// A replay that is queued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Replayed {
    /// The execution that was asked for.
    pub replay_of: Uuid,
    /// The new one.
    #[serde(rename = "executionID")]
    pub execution_id: Uuid,
}

/// A cancellation that is durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cancelled {
    /// Which execution.
    #[serde(rename = "executionID")]
    pub execution_id: Uuid,
    /// Whether it has ended already; else it ends as soon as its run hears of it.
    pub ended: bool,
}

/// What is to be done with an execution.
#[derive(Clone, Copy, Debug)]
pub(super) enum Order {
    Replay(ReplayRequest),
    Cancel,
}

/// What was done with it.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Done {
    Replayed(Replayed),
    Cancelled(Cancelled),
}

/// Queues an execution again.
pub(super) async fn replay(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<(StatusCode, Json<Done>), Refusal> {
    let order = Order::Replay(request(&body)?);
    Ok((StatusCode::CREATED, Json(one(shared, &id, order).await?)))
}

/// Cancels an execution that has not ended.
pub(super) async fn cancel(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Result<Json<Done>, Refusal> {
    Ok(Json(one(shared, &id, Order::Cancel).await?))
}

/// How to replay; an empty body asks for the defaults.
pub(super) fn request(body: &[u8]) -> Result<ReplayRequest, Refusal> {
    if body.is_empty() {
        return Ok(ReplayRequest::default());
    }
    serde_json::from_slice(body).map_err(|error| Refusal::bad(format!("the body: {error}")))
}

/// In a task of its own: a caller that goes away does not leave it half done.
async fn one(shared: Arc<Shared>, id: &str, order: Order) -> Result<Done, Refusal> {
    let id = query::find(store(&shared)?, id).await?;
    let done = tokio::spawn(async move { order.perform(&shared, id).await }).await;
    done.unwrap_or_else(|_| Err(Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal", "see the log")))
}

impl Order {
    /// Does it.
    pub(super) async fn perform(self, shared: &Shared, id: Uuid) -> Result<Done, Refusal> {
        let row = row(shared, id).await?;
        match self {
            Self::Replay(asked) => replay::perform(shared, &row, asked).await.map(Done::Replayed),
            Self::Cancel => end(shared, &row).await.map(Done::Cancelled),
        }
    }
}

async fn end(shared: &Shared, row: &ExecutionRow) -> Result<Cancelled, Refusal> {
    let ended = || Refusal::conflict("Finished", format!("{} has ended already", row.id));
    if row.phase.is_final() {
        return Err(ended());
    }
    let cancel = Cancel { which: Which::Execution(row.id), reason: "Cancelled".to_owned(), limit: 1 };
    let cancelled = shared.cancel(cancel).await?;
    match (cancelled.settled.is_empty(), cancelled.running.is_empty()) {
        (false, _) => Ok(Cancelled { execution_id: row.id, ended: true }),
        (true, false) => Ok(Cancelled { execution_id: row.id, ended: false }),
        (true, true) => Err(ended()),
    }
}

async fn row(shared: &Shared, id: Uuid) -> Result<ExecutionRow, Refusal> {
    if let Some(row) = store(shared)?.execution(id).await? {
        return Ok(row);
    }
    match store(shared)?.request(id).await? {
        Some(_) => Err(Refusal::conflict("NotAnExecution", format!("{id} is a request that started nothing"))),
        None => Err(Refusal::not_found(&id.to_string())),
    }
}
