//! Stages 8 and 9; the schemes themselves are tested where they are decided.

use boathook_plan::plan::{ApiKeyPlace, SchemeKind};

use crate::testing::{App, Seen, build, plan, request, verified};

fn bearer(key: Option<&str>) -> App {
    let (plan, keys) = verified(plan("hello", "/hello"), SchemeKind::Bearer, key);
    App::new([build(plan, keys)])
}

async fn with_token(app: &App, token: &str) -> Seen {
    let mut request = request("POST", "/hello", "{");
    request.headers_mut().insert("authorization", token.parse().unwrap());
    app.send(request).await
}

#[tokio::test]
async fn nothing_of_a_body_is_read_before_its_sender_is_verified() {
    let app = bearer(Some("correct-horse"));
    let stranger = app.post("/hello", "{").await;
    assert_eq!((stranger.status.as_u16(), stranger.reason().as_str()), (401, "SignatureMissing"));
    assert_eq!(stranger.header("www-authenticate"), r#"Bearer realm="boathook""#);
    let known = with_token(&app, "Bearer correct-horse").await;
    assert_eq!((known.status.as_u16(), known.reason().as_str()), (400, "MalformedBody"));
}

#[tokio::test]
async fn no_method_and_no_empty_body_passes_without_a_signature() {
    let (mut plan, keys) = verified(plan("hello", "/hello"), SchemeKind::Preset("GitHub".to_owned()), Some("s"));
    plan.webhook.as_mut().unwrap().methods = ["GET", "POST", "PUT", "PATCH", "DELETE"].map(str::to_owned).to_vec();
    let app = App::new([build(plan, keys)]);
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
        let seen = app.send(request(method, "/hello", "")).await;
        assert_eq!((seen.status.as_u16(), seen.reason().as_str()), (401, "SignatureMissing"), "{method}");
    }
}

#[tokio::test]
async fn every_wrong_credential_is_told_the_same() {
    let app = bearer(Some("correct-horse"));
    let mut told = Vec::new();
    for token in ["Bearer wrong", "Bearer correct-hors", "Bearer correct-horse2", "Bearer CORRECT-HORSE", "Bearer c"] {
        let seen = with_token(&app, token).await;
        assert_eq!((seen.status.as_u16(), seen.reason().as_str()), (401, "CredentialsInvalid"), "{token}");
        assert!(!seen.body.contains("horse"));
        told.push(seen.body.replace(seen.header("boathook-request-id"), ""));
    }
    told.dedup();
    assert_eq!(told.len(), 1);
}

#[tokio::test]
async fn without_a_key_in_force_nobody_is_admitted() {
    let app = bearer(None);
    for seen in [app.post("/hello", "{}").await, with_token(&app, "Bearer x").await, with_token(&app, "Bearer ").await]
    {
        assert_eq!((seen.status.as_u16(), seen.reason().as_str()), (503, "KeyUnavailable"));
        assert_eq!(seen.header("retry-after"), "30");
    }
}

#[tokio::test]
async fn a_key_in_the_query_is_taken_from_the_query_alone() {
    let kind = SchemeKind::ApiKey(ApiKeyPlace::Query("key".to_owned()));
    let (plan, keys) = verified(plan("hello", "/hello"), kind, Some("k1"));
    let app = App::new([build(plan, keys)]);
    assert_eq!(app.post("/hello?key=k1", "{}").await.status, 200);
    assert_eq!(app.post("/hello?key=k2", "{}").await.status, 401);
    assert_eq!(app.post("/hello", r#"{"key":"k1"}"#).await.status, 401);
}

#[tokio::test]
async fn a_signed_ping_of_github_is_answered_and_not_run() {
    let (plan, keys) =
        verified(plan("hello", "/hello"), SchemeKind::Preset("GitHub".to_owned()), Some("It's a Secret to Everybody"));
    let app = App::new([build(plan, keys)]);
    let signed = |event: &'static str| {
        let mut request = request("POST", "/hello", "Hello, World!");
        let signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        request.headers_mut().insert("x-hub-signature-256", signature.parse().unwrap());
        request.headers_mut().insert("x-github-event", event.parse().unwrap());
        request
    };
    let ping = app.send(signed("ping")).await;
    assert_eq!((ping.status.as_u16(), ping.body.as_str()), (200, r#"{"status":"pong"}"#));
    assert_eq!(ping.header("boathook-execution-id"), "");
    assert_eq!(app.requests("Handshake"), 1);
    assert_eq!(app.send(signed("push")).await.reason(), "MalformedBody", "verified, and not JSON");
}

#[tokio::test(start_paused = true)]
async fn the_key_that_verified_is_counted_by_its_position() {
    let app = bearer(Some("correct-horse"));
    for (token, times) in [("Bearer correct-horse", 3), ("Bearer battery", 2)] {
        for _ in 0..times {
            with_token(&app, token).await;
        }
    }
    assert_eq!(app.count(r#"boathook_verified_key_total{namespace="shop",workflow="hello",position="0"}"#), 3);
    assert!(!app.shared.metrics.text().unwrap().contains(r#"position="1""#), "a series begins with its first count");
    tokio::time::advance(std::time::Duration::from_secs(7)).await;
    assert_eq!(app.count("boathook_route_table_age_seconds"), 7);
}
