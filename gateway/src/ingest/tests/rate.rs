//! Stages 6 and 8b: what is let through, before and after the sender is verified.

use std::time::Duration;

use boathook_plan::plan::{Plan, Rate, RateKey, SchemeKind};
use tokio::time::advance;

use crate::testing::{App, Seen, build, plan, request, route, verified};

fn rated(key: RateKey, requests: u32, per_ms: u64) -> Plan {
    let mut plan = plan("hello", "/hello");
    plan.webhook.as_mut().unwrap().policy.rates = vec![Rate { key, requests, per_ms, burst: requests }];
    plan
}

fn told(seen: &Seen) -> (u16, String, &str) {
    (seen.status.as_u16(), seen.reason(), seen.header("retry-after"))
}

async fn by(app: &App, peer: &str, token: &str) -> Seen {
    let mut request = request("POST", "/hello", "{}");
    request.headers_mut().insert("authorization", token.parse().unwrap());
    app.send_from(peer.parse().unwrap(), request).await
}

#[tokio::test(start_paused = true)]
async fn a_client_above_its_rate_is_429_and_told_when_to_come_back() {
    let app = App::new([route(rated(RateKey::ClientIP, 2, 60_000))]);
    for _ in 0..2 {
        assert_eq!(app.post("/hello", "{}").await.status, 200);
    }
    assert_eq!(told(&app.post("/hello", "{}").await), (429, "RateLimited".to_owned(), "30"));
    advance(Duration::from_millis(29_001)).await;
    assert_eq!(told(&app.post("/hello", "{}").await).2, "1");
    advance(Duration::from_secs(1)).await;
    assert_eq!(app.post("/hello", "{}").await.status, 200, "who waits as long as told is let through");
    assert_eq!((app.requests("RateLimited"), app.requests("Accepted")), (2, 3));
}

#[tokio::test(start_paused = true)]
async fn a_client_is_held_before_its_body_is_read_and_others_are_not() {
    let app = App::new([route(rated(RateKey::ClientIP, 1, 60_000))]);
    let large = "x".repeat(2_000);
    let send =
        async |peer: &str| app.send_from(peer.parse().unwrap(), request("POST", "/hello", &large)).await.reason();
    assert_eq!(send("10.0.0.1").await, "BodyTooLarge");
    assert_eq!(send("10.0.0.1").await, "RateLimited");
    assert_eq!(send("::ffff:10.0.0.1").await, "RateLimited");
    assert_eq!(send("10.0.0.2").await, "BodyTooLarge");
}

#[tokio::test(start_paused = true)]
async fn strangers_cannot_spend_the_rate_of_the_workflow() {
    let (plan, keys) = verified(rated(RateKey::Workflow, 2, 60_000), SchemeKind::Bearer, Some("correct-horse"));
    let app = App::new([build(plan, keys)]);
    for _ in 0..50 {
        assert_eq!(by(&app, "203.0.113.9", "Bearer wrong").await.reason(), "CredentialsInvalid");
    }
    for _ in 0..2 {
        assert_eq!(by(&app, "10.0.0.1", "Bearer correct-horse").await.status, 200);
    }
    assert_eq!(told(&by(&app, "10.0.0.2", "Bearer correct-horse").await), (429, "RateLimited".to_owned(), "30"));
    assert_eq!(by(&app, "203.0.113.9", "Bearer wrong").await.reason(), "CredentialsInvalid", "strangers learn nothing");
}

#[tokio::test(start_paused = true)]
async fn an_edit_gives_nobody_a_new_burst_and_a_new_rate_counts_from_now() {
    let app = App::new([route(rated(RateKey::Workflow, 1, 60_000))]);
    assert_eq!(app.post("/hello", "{}").await.status, 200);
    let mut edited = rated(RateKey::Workflow, 1, 60_000);
    edited.generation = 2;
    app.swap([route(edited)]);
    assert_eq!(told(&app.post("/hello", "{}").await).0, 429);
    app.swap([route(rated(RateKey::Workflow, 2, 60_000))]);
    assert_eq!(app.post("/hello", "{}").await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn what_runs_nothing_before_the_rates_spends_none_of_them() {
    let app = App::new([route(rated(RateKey::ClientIP, 1, 60_000))]);
    for (method, status) in [("HEAD", 200), ("OPTIONS", 204), ("GET", 405)] {
        assert_eq!(app.send(request(method, "/hello", "")).await.status, status, "{method}");
    }
    assert_eq!(app.post("/hello", "{}").await.status, 200);
}
