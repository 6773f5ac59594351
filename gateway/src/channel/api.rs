//! What is answered on the channel: tables, reports, and executions as on the admin port.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::Request;
use axum::response::Response;
use axum::routing::{get, put};
use axum::{Json, Router};
use boathook_plan::channel::{Acknowledgement, REPORT_PATH, ROUTES_PATH};

use super::desk::Desk;
use super::{body, report};
use crate::admin::{Refusal, executions};

/// Everything.
pub(super) fn app(desk: &Arc<Desk>) -> Router {
    let own = Router::new().route(ROUTES_PATH, put(take)).route(REPORT_PATH, get(tell));
    own.with_state(Arc::clone(desk)).merge(executions::routes().with_state(Arc::clone(&desk.shared)))
}

async fn take(State(desk): State<Arc<Desk>>, request: Request<Body>) -> Result<Json<Acknowledgement>, Refusal> {
    let message = body::read(&desk, request.into_body()).await?;
    // A table whose sender is gone is served all the same: it is the newest that is known.
    let taken = tokio::spawn(async move { desk.take(message).await }).await;
    let acknowledgement = taken.unwrap_or_else(|aborted| Err(aborted.into()))?;
    Ok(Json(acknowledgement))
}

async fn tell(State(desk): State<Arc<Desk>>) -> Response {
    report::answer(desk)
}
