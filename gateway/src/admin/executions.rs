//! Executions on the admin port: lists, records, exports, what happens now, replays and cancellations. Reads the store and
//! shapes what it holds; the shape is decided in `boathook_plan::execution`.
//!
//! | request | answer |
//! |---|---|
//! | `GET /v1/executions?FILTER&limit=N&continue=C` | an `ExecutionList`, newest first; `limit` is 1 to 500, which is the default |
//! | `GET /v1/executions/ID` | one `WebhookExecution`, with its request and steps |
//! | `GET /v1/executions/export?FILTER` | NDJSON: whole records, newest first |
//! | `GET /v1/executions/events?FILTER` | NDJSON without an end: a row whenever one comes or moves to another phase |
//! | `POST /v1/executions/ID/replay` | 201 [`Replayed`]; the body is a [`ReplayRequest`] or empty |
//! | `POST /v1/executions/ID/cancel` | [`Cancelled`] |
//! | `POST /v1/executions/replay?FILTER`, `…/cancel?FILTER` | NDJSON of [`BulkLine`], the total first; of all that have failed, or have not ended |
//!
//! `FILTER` is `namespace`, `workflow` (a name), `phase` (several with commas) and `since` (a time, or how long ago: `1h30m`).
//! Without a phase all executions are meant, and no requests that started none: those are asked for by `Rejected`,
//! `Filtered` and `Duplicate`. `ID` may be the beginning of an id. A refusal is a [`Problem`](super::Problem). An answer of many
//! lines that cannot be given whole breaks off, so that nobody takes a part for the whole.

mod archive;
mod bulk;
mod events;
mod export;
mod orders;
mod pages;
mod query;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use boathook_plan::execution::{Execution, ExecutionList};

use super::problem::Refusal;
use crate::shared::Shared;
use crate::store::Store;
use archive::Archive;
use query::Asked;

pub use bulk::{BulkLine, Refused};
pub use orders::{Cancelled, ReplayRequest, Replayed, Revision, Start};

/// What is answered here.
pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/v1/executions", get(list))
        .route("/v1/executions/export", get(export::all))
        .route("/v1/executions/events", get(events::follow))
        .route("/v1/executions/replay", post(bulk::replay))
        .route("/v1/executions/cancel", post(bulk::cancel))
        .route("/v1/executions/{id}", get(one))
        .route("/v1/executions/{id}/replay", post(orders::replay))
        .route("/v1/executions/{id}/cancel", post(orders::cancel))
}

type Asking = Result<Query<Asked>, QueryRejection>;

async fn list(State(shared): State<Arc<Shared>>, asking: Asking) -> Result<Json<ExecutionList>, Refusal> {
    let wanted = asked(asking)?.page(shared.clock.now())?;
    let page = pages::read(store(&shared)?, &wanted).await?;
    let items = page.rows.iter().map(|row| Execution::summary(&row.facts())).collect();
    Ok(Json(ExecutionList::new(items, page.next.map(|next| next.to_string()))))
}

async fn one(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Result<Json<Execution>, Refusal> {
    let found = query::find(store(&shared)?, &id).await?;
    let record = Archive::new(&shared)?.by_id(found).await?;
    record.map(Json).ok_or_else(|| Refusal::not_found(&id))
}

fn asked(asking: Asking) -> Result<Asked, Refusal> {
    let Query(asked) = asking.map_err(|rejection| Refusal::bad(rejection.body_text()))?;
    Ok(asked)
}

fn store(shared: &Shared) -> Result<&Store, Refusal> {
    Ok(shared.runner.store()?)
}
