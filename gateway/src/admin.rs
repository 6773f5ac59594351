//! The admin port: health, metrics, the list of routes, executions. Never served on the public port.
//!
//! What stands under `/v1` is kept from web pages; health and metrics are for probes and scrapers, which call it what they
//! like.

pub(crate) mod executions;
mod guard;
mod instance;
pub(crate) mod lines;
mod problem;

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use boathook_plan::plan::Verification;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

use crate::config::Private;
use crate::routes::Served;
use crate::shared::Shared;

pub use executions::{BulkLine, Cancelled, Refused, ReplayRequest, Replayed, Revision, Start};
pub use instance::Instance;
pub use problem::Problem;
pub(crate) use problem::Refusal;

use guard::{Loopback, keep_pages_out};

/// One route, as `GET /v1/routes` lists it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RouteView {
    /// The workflow's namespace.
    pub namespace: String,
    /// The workflow's name.
    pub workflow: String,
    /// Where senders send, path parameters as `{name}`; empty where only `call` steps start it.
    pub url: String,
    /// The host whose own table the route is in.
    pub host: Option<String>,
    /// The path pattern.
    pub path: String,
    /// Methods that start the workflow.
    pub methods: Vec<String>,
    /// The preset's name or the scheme's; empty when everybody is admitted.
    pub schemes: Vec<String>,
    /// `Async` or `Sync`.
    pub mode: String,
    /// `metadata.generation` that is served.
    pub generation: i64,
    /// The revision that is served.
    pub revision: String,
    /// A body that has all that the workflow reads of one.
    pub sample: boathook_plan::json::Json,
}

/// Serves until it is aborted.
pub(crate) async fn run(shared: Arc<Shared>, private: Private, instance: Instance, listener: TcpListener) {
    let loopback = Loopback(listener.local_addr().is_ok_and(|address| address.ip().is_loopback()));
    let app = match private {
        Private::Everything => app(shared, instance, loopback),
        Private::Health => health().with_state(shared),
    };
    if let Err(error) = axum::serve(listener, app).await {
        tracing::error!(error = %error, "serving the admin port");
    }
}

fn app(shared: Arc<Shared>, instance: Instance, loopback: Loopback) -> Router {
    let guarded = Router::new()
        .route("/v1/instance", get(async move || Json(instance)))
        .route("/v1/routes", get(routes))
        .merge(executions::routes())
        .route_layer(from_fn_with_state(loopback, keep_pages_out));
    health().merge(guarded).with_state(shared)
}

/// For probes and scrapers: nothing of what senders sent.
fn health() -> Router<Arc<Shared>> {
    let router = Router::new().route("/livez", get(async || "ok\n")).route("/healthz", get(async || "ok\n"));
    router.route("/readyz", get(ready)).route("/metrics", get(metrics))
}

/// Ready with a table, until it drains.
async fn ready(State(shared): State<Arc<Shared>>) -> (StatusCode, &'static str) {
    match (shared.stop.welcomes(), shared.routes.ready()) {
        (true, true) => (StatusCode::OK, "ok\n"),
        (true, false) => (StatusCode::SERVICE_UNAVAILABLE, "no routes yet\n"),
        (false, _) => (StatusCode::SERVICE_UNAVAILABLE, "stopping\n"),
    }
}

async fn metrics(State(shared): State<Arc<Shared>>) -> axum::response::Response {
    match shared.metrics.text() {
        Ok(text) => ([(header::CONTENT_TYPE, prometheus::TEXT_FORMAT)], text).into_response(),
        Err(error) => {
            tracing::error!(error = %error, "writing the metrics");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

async fn routes(State(shared): State<Arc<Shared>>) -> Json<Vec<RouteView>> {
    Json(views(&shared))
}

/// Every route, by namespace and name.
pub(crate) fn views(shared: &Shared) -> Vec<RouteView> {
    shared.routes.served().iter().map(|served| RouteView::of(served)).collect()
}

impl RouteView {
    fn of(served: &Served) -> Self {
        let route = &served.route;
        let plan = route.plan();
        let webhook = plan.webhook.as_ref();
        Self {
            namespace: plan.workflow.namespace.clone(),
            workflow: plan.workflow.name.clone(),
            url: webhook.map(|webhook| format!("{}{}", webhook.base_url, webhook.path)).unwrap_or_default(),
            host: webhook.and_then(|webhook| webhook.host.clone()),
            path: webhook.map(|webhook| webhook.path.clone()).unwrap_or_default(),
            methods: webhook.map(|webhook| webhook.methods.clone()).unwrap_or_default(),
            schemes: webhook.and_then(|webhook| webhook.verification.as_ref()).map(scheme_names).unwrap_or_default(),
            mode: format!("{:?}", plan.response.mode),
            generation: plan.generation,
            revision: route.revision().to_string(),
            sample: route.sample_body(),
        }
    }
}

fn scheme_names(verification: &Verification) -> Vec<String> {
    verification.schemes.iter().map(|scheme| scheme.kind.name().to_owned()).collect()
}
