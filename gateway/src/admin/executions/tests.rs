//! Executions on the admin port, without sockets.

mod bulk;
mod lines;
mod list;
mod orders;
mod record;
mod refused;

use axum::body::Body;
use axum::http::Request;
use axum::response::Response;
use boathook_plan::execution::Execution;
use boathook_plan::plan::{Plan, Suspend};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower_service::Service as _;
use uuid::Uuid;

use crate::admin::{self, Instance, Loopback};
use crate::testing::{App, Seen, calling};

/// What the admin port answers, its body unread.
async fn open(app: &App, request: Request<Body>) -> Response {
    let instance = Instance::new(([127, 0, 0, 1], 8080).into(), Vec::new());
    admin::app(app.shared.clone(), instance, Loopback(true)).call(request).await.unwrap()
}

/// A request of a tool on this machine.
fn request(method: &str, path: &str, body: &str) -> Request<Body> {
    let request = Request::builder().method(method).uri(path).header("host", "127.0.0.1:8081");
    request.body(Body::from(body.to_owned())).unwrap()
}

async fn ask(app: &App, method: &str, path: &str, body: &str) -> Seen {
    seen(open(app, request(method, path, body)).await).await
}

/// The whole answer.
async fn seen(response: Response) -> Seen {
    let (head, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Seen { status: head.status, headers: head.headers, body: String::from_utf8(body.to_vec()).unwrap() }
}

/// The answer to a GET that is not refused.
async fn get(app: &App, path: &str) -> Value {
    let seen = ask(app, "GET", path, "").await;
    assert_eq!(seen.status, 200, "{}", seen.body);
    seen.json()
}

/// The names in a list.
async fn names(app: &App, query: &str) -> Vec<String> {
    names_of(&get(app, &format!("/v1/executions?{query}")).await)
}

fn names_of(list: &Value) -> Vec<String> {
    list["items"].as_array().unwrap().iter().map(|item| item["metadata"]["name"].as_str().unwrap().to_owned()).collect()
}

/// The record of an execution.
async fn record(app: &App, id: Uuid) -> Value {
    get(app, &format!("/v1/executions/{id}")).await
}

/// Every line of an answer.
async fn lines(app: &App, method: &str, path: &str, body: &str) -> Vec<Value> {
    let seen = ask(app, method, path, body).await;
    assert_eq!((seen.status.as_u16(), seen.header("content-type")), (200, "application/x-ndjson"), "{}", seen.body);
    seen.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Status and reason of a refusal.
async fn refusal(app: &App, method: &str, path: &str, body: &str) -> (u16, String) {
    let seen = ask(app, method, path, body).await;
    (seen.status.as_u16(), seen.reason())
}

/// An Async workflow whose executions are accepted and not begun.
fn queued(name: &str) -> Plan {
    Plan { suspend: Suspend::Execution, ..calling(name, "http://127.0.0.1:1/") }
}

fn execution(record: &Value) -> Execution {
    serde_json::from_value(record.clone()).unwrap()
}
