//! Health and metrics over HTTP. Alive is who answers; ready is who has seen everything once.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use tokio::net::TcpListener;

use crate::error::OperatorError;
use crate::metrics::Metrics;
use crate::watches::Watches;

/// Starts to serve; the address that is served.
pub async fn serve(address: SocketAddr, watches: Arc<Watches>, metrics: Metrics) -> Result<SocketAddr, OperatorError> {
    let failed = |source| OperatorError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let ready = move || async move {
        if watches.are_whole() {
            (StatusCode::OK, "ok\n")
        } else {
            (StatusCode::SERVICE_UNAVAILABLE, "not everything is seen yet\n")
        }
    };
    let app = Router::new()
        .route("/livez", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(async move || ([(CONTENT_TYPE, "text/plain; version=0.0.4")], metrics.text())));
    tokio::spawn(async move {
        // It ends with the process.
        let _ = axum::serve(listener, app).await;
    });
    Ok(address)
}
