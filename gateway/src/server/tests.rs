//! The public port with real sockets.

mod body;
mod drain;
mod hang_up;
mod heads;
mod http2;
mod pace;
mod rows;
mod swap;
mod tls;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use boathook_plan::edge::Edge;
use boathook_plan::plan::{Answer, AnswerBody, Plan};
use boathook_plan::route::Route;
use bytes::Bytes;
use http::{Request, Version};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::timeout;

use crate::clock::Clock;
use crate::config::{Config, Limits};
use crate::gateway::Gateway;
use crate::testing::{get, plan, route, step};

/// No test waits longer for anything.
const PATIENCE: Duration = Duration::from_secs(20);

/// A small request that is answered `{"ok":true}`.
const POST: &[u8] = b"POST /hello HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";

/// A gateway on free ports.
async fn start(limits: Limits, routes: Vec<Arc<Route>>) -> Gateway {
    let free = SocketAddr::from(([127, 0, 0, 1], 0));
    let config = Config { listen: free, admin: free, limits, ..Config::default() };
    let gateway = Gateway::start(config, Clock::system()).await.unwrap();
    gateway.apply(&Edge::default()).unwrap();
    assert_eq!(gateway.swap(routes, BTreeSet::new()), Vec::new());
    gateway
}

/// A gateway with the workflow `hello`.
async fn hello(limits: Limits) -> Gateway {
    start(limits, vec![route(plan("hello", "/hello"))]).await
}

/// A connection to the public port.
async fn connect(gateway: &Gateway) -> TcpStream {
    TcpStream::connect(gateway.addresses().public).await.unwrap()
}

/// A connection whose client holds next to nothing of what it has not read.
async fn narrow(gateway: &Gateway) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4 << 10).unwrap();
    socket.connect(gateway.addresses().public).await.unwrap()
}

/// A workflow that answers with so many bytes.
fn large(name: &str, size: usize) -> Arc<Route> {
    let mut plan = plan(name, &format!("/{name}"));
    plan.response.answer = Answer { body: Some(AnswerBody::Text("x".repeat(size))), ..Answer::default() };
    route(plan)
}

/// Everything until the other side closes.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut bytes)).await.expect("the connection is closed").unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// One answer to `request` with its body, which has a length.
async fn exchange(stream: &mut TcpStream, request: &[u8]) -> String {
    stream.write_all(request).await.unwrap();
    let mut text = String::new();
    while !whole(&text) {
        let mut space = [0; 4096];
        let count = timeout(PATIENCE, stream.read(&mut space)).await.expect("an answer").unwrap();
        assert_ne!(count, 0, "closed after {text:?}");
        text.push_str(std::str::from_utf8(&space[..count]).unwrap());
    }
    text
}

fn whole(text: &str) -> bool {
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    body.len() >= length.unwrap_or(0)
}

/// A target of `http` steps that takes a request and answers when it is told to.
struct Target {
    listener: TcpListener,
}

/// A request that waits for its answer.
struct Held(TcpStream);

impl Target {
    async fn start() -> Self {
        Self { listener: TcpListener::bind("127.0.0.1:0").await.unwrap() }
    }

    /// The workflow `hello` with a step that calls this target.
    fn plan(&self) -> Plan {
        let mut plan = plan("hello", "/hello");
        plan.program.steps = vec![step("call", get(&format!("http://{}/", self.listener.local_addr().unwrap())))];
        plan
    }

    async fn held(&self) -> Held {
        let (mut stream, _) = timeout(PATIENCE, self.listener.accept()).await.expect("a call").unwrap();
        let mut space = [0; 4096];
        assert_ne!(stream.read(&mut space).await.unwrap(), 0);
        Held(stream)
    }
}

impl Held {
    async fn answer(mut self) {
        self.0.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").await.unwrap();
    }
}

/// Status and body of a path on the admin port.
async fn admin(gateway: &Gateway, path: &str) -> (u16, String) {
    get_from(gateway.addresses().admin, path).await
}

/// Status and body of a GET.
async fn get_from(address: SocketAddr, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let answer = rest(&mut stream).await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head["HTTP/1.1 ".len()..][..3].parse().unwrap(), body.to_owned())
}

/// Waits until the metrics hold this line.
async fn metric(gateway: &Gateway, line: &str) {
    let seen = async {
        while !admin(gateway, "/metrics").await.1.lines().any(|known| known == line) {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, seen).await.unwrap_or_else(|_| panic!("{line} is never counted"));
}

#[tokio::test]
async fn a_connection_serves_one_request_after_the_other() {
    let gateway = hello(Limits::default()).await;
    let mut stream = connect(&gateway).await;
    for _ in 0..3 {
        let answer = exchange(&mut stream, POST).await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.ends_with(r#"{"ok":true}"#), "{answer}");
        assert!(!answer.contains("connection: close"), "{answer}");
    }
}

#[tokio::test]
async fn http_2_with_prior_knowledge_is_served() {
    let gateway = hello(Limits::default()).await;
    let client = Client::builder(TokioExecutor::new()).http2_only(true).build_http();
    let post = |body: String| {
        let uri = format!("http://{}/hello", gateway.addresses().public);
        let request = Request::post(uri).header("content-type", "application/json");
        client.request(request.body(Full::new(Bytes::from(body))).unwrap())
    };
    for _ in 0..3 {
        let response = post("{}".to_owned()).await.unwrap();
        assert_eq!((response.status().as_u16(), response.version()), (200, Version::HTTP_2));
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(body, r#"{"ok":true}"#);
    }
    assert_eq!(post(" ".repeat(1025)).await.unwrap().status(), 413);
}

#[tokio::test]
async fn a_port_that_is_taken_is_an_error_that_names_it() {
    let gateway = hello(Limits::default()).await;
    let taken = gateway.addresses().public;
    let config = Config { listen: taken, ..Config::default() };
    let error = Gateway::start(config, Clock::system()).await.unwrap_err();
    assert_eq!(error.to_string(), format!("listening on {taken}"));
}

#[tokio::test]
async fn the_admin_port_tells_health_metrics_and_routes() {
    let free = SocketAddr::from(([127, 0, 0, 1], 0));
    let config = Config { listen: free, admin: free, ..Config::default() };
    let gateway = Gateway::start(config, Clock::system()).await.unwrap();
    assert_eq!(admin(&gateway, "/healthz").await, (200, "ok\n".to_owned()));
    assert_eq!(admin(&gateway, "/readyz").await, (503, "no routes yet\n".to_owned()));
    assert_eq!(gateway.swap(vec![route(plan("hello", "/hello/{name}"))], BTreeSet::new()), Vec::new());
    assert_eq!(admin(&gateway, "/readyz").await, (200, "ok\n".to_owned()));
    metric(&gateway, "boathook_routes 1").await;
    metric(&gateway, r#"boathook_build_info{version="0.1.0"} 1"#).await;
    let (_, routes) = admin(&gateway, "/v1/routes").await;
    let mut routes: serde_json::Value = serde_json::from_str(&routes).unwrap();
    assert_eq!(routes[0]["revision"].as_str().unwrap().len(), 64);
    routes[0]["revision"].take();
    assert_eq!(
        routes,
        serde_json::json!([{
            "namespace": "shop", "workflow": "hello", "url": "https://hooks.example.test/hello/{name}", "host": null,
            "path": "/hello/{name}", "methods": ["POST"], "schemes": [], "mode": "Sync", "generation": 1, "revision": null,
            "sample": {},
        }])
    );
    assert_eq!(admin(&gateway, "/hello").await.0, 404);
}

#[tokio::test]
async fn an_address_with_too_many_connections_gets_no_more_and_others_do() {
    let gateway = hello(Limits { address_connections: 1, ..Limits::default() }).await;
    let mut first = connect(&gateway).await;
    exchange(&mut first, POST).await;
    assert_eq!(rest(&mut connect(&gateway).await).await, "");
    metric(&gateway, r#"boathook_connections_dropped_total{cause="AddressFull"} 1"#).await;
    let elsewhere = TcpSocket::new_v4().unwrap();
    elsewhere.bind("127.0.0.2:0".parse().unwrap()).unwrap();
    let mut other = elsewhere.connect(gateway.addresses().public).await.unwrap();
    assert!(exchange(&mut other, POST).await.starts_with("HTTP/1.1 200 "));
    drop(first);
    let again = async {
        loop {
            let mut stream = connect(&gateway).await;
            let _ = stream.write_all(POST).await;
            let mut space = [0; 1];
            if matches!(stream.read(&mut space).await, Ok(1)) {
                break;
            }
        }
    };
    timeout(PATIENCE, again).await.expect("a place is free again");
}

#[tokio::test]
async fn a_trusted_proxy_has_more_connections_than_one_client() {
    let gateway = hello(Limits { address_connections: 1, ..Limits::default() }).await;
    let trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    gateway.apply(&Edge { trusted_proxies, ..Edge::default() }).unwrap();
    let mut held = Vec::new();
    for _ in 0..3 {
        let mut stream = connect(&gateway).await;
        assert!(exchange(&mut stream, POST).await.starts_with("HTTP/1.1 200 "));
        held.push(stream);
    }
}

#[tokio::test]
async fn more_connections_than_the_ceiling_wait_their_turn() {
    let gateway = hello(Limits { connections: 1, ..Limits::default() }).await;
    let mut first = connect(&gateway).await;
    exchange(&mut first, POST).await;
    let mut second = connect(&gateway).await;
    second.write_all(POST).await.unwrap();
    let mut space = [0; 1];
    let early = timeout(Duration::from_millis(50), second.read(&mut space)).await;
    assert!(early.is_err(), "answered although the ceiling is reached");
    drop(first);
    let answer = exchange(&mut second, b"").await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
}
