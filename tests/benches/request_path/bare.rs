//! The measure: what anybody would write who wants a signed push's two fields and nothing else.

use std::net::SocketAddr;

use aws_lc_rs::hmac::{HMAC_SHA256, Key, verify};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use serde::Deserialize;
use tokio::net::TcpListener;

use super::contender::{PATH, SECRET};

/// The argument that makes this program the bare handler.
pub const COMMAND: &str = "bare-handler";

#[derive(Deserialize)]
struct Push<'a> {
    #[serde(rename = "ref", borrow)]
    branch: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    repository: Repository<'a>,
}

#[derive(Deserialize)]
struct Repository<'a> {
    #[serde(borrow)]
    full_name: std::borrow::Cow<'a, str>,
}

/// Serves until it is killed.
pub async fn serve(address: SocketAddr) {
    let key = Key::new(HMAC_SHA256, SECRET.as_bytes());
    let app = Router::new().route(PATH, post(handle)).with_state(key);
    let listener = TcpListener::bind(address).await.expect("the port is free");
    axum::serve(listener, app).await.expect("it serves");
}

async fn handle(State(key): State<Key>, headers: HeaderMap, body: Bytes) -> Response {
    let signature = headers.get("x-hub-signature-256").and_then(|value| value.to_str().ok()?.strip_prefix("sha256="));
    let signature = signature.and_then(bytes_of).unwrap_or_default();
    if verify(&key, &body, &signature).is_err() {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let Ok(push) = serde_json::from_slice::<Push<'_>>(&body) else { return StatusCode::BAD_REQUEST.into_response() };
    if push.branch != "refs/heads/main" || push.repository.full_name.is_empty() {
        return StatusCode::NO_CONTENT.into_response();
    }
    let answer = serde_json::json!({"seen": push.branch}).to_string();
    ([(header::CONTENT_TYPE, "application/json")], answer).into_response()
}

fn bytes_of(hex: &str) -> Option<Vec<u8>> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok()).collect()
}
