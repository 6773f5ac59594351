//! A target on loopback that counts what reaches it, by delivery: `POST /DELIVERY` with any body.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::ledger::{Effects, sha256};

/// What is known of the target's past, and what it answers.
#[derive(Debug, Default)]
struct Desk {
    seen: Mutex<BTreeMap<String, Effects>>,
    refuses: AtomicBool,
}

/// A running target; it ends with its handle.
#[derive(Debug)]
pub struct Sink {
    address: SocketAddr,
    desk: Arc<Desk>,
    server: JoinHandle<()>,
}

impl Sink {
    /// Starts on a free port.
    ///
    /// # Panics
    ///
    /// Without a free port.
    pub async fn start() -> Self {
        let desk = Arc::<Desk>::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound port");
        let app = Router::new().route("/{delivery}", post(take)).with_state(Arc::clone(&desk));
        let server = tokio::spawn(async move { axum::serve(listener, app).await.expect("the target serves") });
        Self { address, desk, server }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it has seen, refused requests included.
    pub fn seen(&self) -> BTreeMap<String, Effects> {
        self.desk.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether it answers 422 from now on: a failure that is not retried.
    pub fn refuse(&self, refuses: bool) {
        self.desk.refuses.store(refuses, Ordering::Relaxed);
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn take(
    State(desk): State<Arc<Desk>>,
    Path(delivery): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok()).unwrap_or_default().to_owned();
    let mut seen = desk.seen.lock().unwrap_or_else(PoisonError::into_inner);
    let effects = seen.entry(delivery).or_default();
    effects.sha256.insert(sha256(&body));
    effects.keys.insert(key);
    effects.count += 1;
    if desk.refuses.load(Ordering::Relaxed) { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }
}
