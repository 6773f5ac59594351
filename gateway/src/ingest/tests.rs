//! Every stage of the request path, through the whole of it and without sockets.

mod address;
mod body;
mod broken;
mod cors;
mod filter;
mod gone;
mod memory;
mod method;
mod order;
mod overload;
mod pinned;
mod rate;
mod run;
mod schema;
mod sender;

use crate::testing::{App, plan, request, route};

#[tokio::test]
async fn a_public_workflow_answers_with_its_response() {
    let app = App::new([route(plan("hello", "/hello"))]);
    let seen = app.post("/hello", "{}").await;
    assert_eq!(seen.status, 200);
    assert_eq!(seen.body, r#"{"ok":true}"#);
    assert_eq!(seen.header("content-type"), "application/json");
    assert_eq!(app.requests("Accepted"), 1);
    assert_eq!(app.executions("Succeeded"), 1);
}

#[tokio::test]
async fn every_answer_has_a_request_id_and_an_accepted_one_an_execution_id() {
    let app = App::new([route(plan("hello", "/hello"))]);
    let (accepted, other) = (app.post("/hello", "{}").await, app.post("/hello", "{}").await);
    assert_eq!(accepted.header("boathook-request-id").len(), 36);
    assert_ne!(accepted.header("boathook-request-id"), other.header("boathook-request-id"));
    assert_eq!(accepted.header("boathook-execution-id").as_bytes()[14], b'7');
    assert_ne!(accepted.header("boathook-execution-id"), other.header("boathook-execution-id"));
    let refused = app.post("/nowhere", "{}").await;
    assert_eq!(refused.header("boathook-request-id").len(), 36);
    assert_eq!(refused.header("boathook-execution-id"), "");
    assert_eq!(refused.json()["requestID"], refused.header("boathook-request-id"));
}

#[tokio::test]
async fn a_path_without_a_workflow_is_404_and_counted_without_labels_of_its_own() {
    let app = App::new([route(plan("hello", "/hello"))]);
    for path in ["/", "/hell", "/hello/", "/hello%2f", "/x/../hello", "//hello", "/healthz", "/metrics", "/readyz"] {
        let seen = app.post(path, "{}").await;
        assert_eq!((seen.status.as_u16(), seen.reason().as_str()), (404, "NoRoute"), "{path}");
        assert!(!seen.body.contains("hell"), "nothing of the request is reflected: {}", seen.body);
    }
    assert_eq!(app.count(r#"boathook_requests_total{namespace="",workflow="",outcome="NoRoute"}"#), 9);
}

#[tokio::test]
async fn a_gateway_without_a_table_knows_no_route() {
    let app = App::new([]);
    assert_eq!(app.post("/hello", "{}").await.status, 404);
}

#[tokio::test]
async fn a_target_longer_than_8_kib_is_414() {
    let app = App::new([route(plan("hello", "/hello"))]);
    let seen = app.post(&format!("/hello?{}", "a".repeat(8185)), "{}").await;
    assert_eq!(seen.status, 200);
    let seen = app.post(&format!("/hello?{}", "a".repeat(8186)), "{}").await;
    assert_eq!((seen.status.as_u16(), seen.reason().as_str()), (414, "HeadersTooLarge"));
}

#[tokio::test]
async fn more_than_a_hundred_header_fields_are_431_also_where_the_connection_does_not_count_them() {
    let app = App::new([route(plan("hello", "/hello"))]);
    let with = |count: usize| {
        let mut request = request("POST", "/hello", "{}");
        *request.version_mut() = http::Version::HTTP_2;
        for _ in request.headers().len()..count {
            request.headers_mut().append("x", "y".parse().unwrap());
        }
        request
    };
    assert_eq!(app.send(with(100)).await.status, 200);
    let seen = app.send(with(101)).await;
    assert_eq!((seen.status.as_u16(), seen.reason().as_str()), (431, "HeadersTooLarge"));
}

#[tokio::test]
async fn the_host_must_be_exactly_one() {
    let app = App::new([route(plan("hello", "/hello"))]);
    let mut none = request("POST", "/hello", "{}");
    none.headers_mut().remove("host");
    let mut two = request("POST", "/hello", "{}");
    two.headers_mut().append("host", "other.example.test".parse().unwrap());
    let mut elsewhere = request("POST", "http://other.example.test/hello", "{}");
    elsewhere.headers_mut().insert("host", "hooks.example.test".parse().unwrap());
    let here = request("POST", "http://Hooks.example.test/hello", "{}");
    assert_eq!(app.send(here).await.status, 200);
    for request in [none, two, elsewhere] {
        let seen = app.send(request).await;
        assert_eq!((seen.status.as_u16(), seen.reason().as_str()), (400, "BadFraming"));
    }
    let mut old = request("POST", "/hello", "{}");
    old.headers_mut().remove("host");
    *old.version_mut() = http::Version::HTTP_10;
    assert_eq!(app.send(old).await.status, 200, "HTTP/1.0 has no Host");
}

#[tokio::test]
async fn a_host_of_its_own_answers_for_its_namespace_alone() {
    let mut own = plan("own", "/own");
    own.webhook.as_mut().unwrap().host = Some("shop.example.test".to_owned());
    let app = App::new([route(own), route(plan("hello", "/hello"))]);
    let at = |host: &'static str, path: &str| {
        let mut request = request("POST", path, "{}");
        request.headers_mut().insert("host", host.parse().unwrap());
        request
    };
    assert_eq!(app.send(at("shop.example.test", "/own")).await.status, 200);
    assert_eq!(app.send(at("SHOP.example.test:443", "/own")).await.status, 200);
    assert_eq!(app.send(at("shop.example.test", "/hello")).await.status, 404);
    assert_eq!(app.send(at("hooks.example.test", "/own")).await.status, 404);
}

#[tokio::test]
async fn no_request_makes_a_series() {
    let app = App::new([route(plan("hello", "/hello"))]);
    app.post("/nowhere", "{}").await;
    let series = |app: &App| {
        app.shared.metrics.text().unwrap().lines().filter(|line| line.starts_with("boathook_requests")).count()
    };
    let before = series(&app);
    for number in 0..200 {
        let mut request = request("POST", &format!("/{number}?q={number}"), "{}");
        request.headers_mut().insert("host", format!("h{number}.example.test").parse().unwrap());
        *request.method_mut() = http::Method::from_bytes(format!("M{number}").as_bytes()).unwrap();
        assert_eq!(app.send(request).await.status, 404);
    }
    assert_eq!(series(&app), before);
}
