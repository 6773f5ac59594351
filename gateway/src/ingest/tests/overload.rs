//! Stage 2, and the ceiling on verifications that cost CPU.

use std::time::Duration;

use boathook_plan::plan::SchemeKind;
use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use tokio::time::timeout;

use crate::config::Limits;
use crate::gate::Place;
use crate::testing::{App, build, plan, request, route, verified};

/// A workflow whose users' passwords are hashed by bcrypt at cost 12: a quarter of a second of CPU each.
fn bcrypt() -> App {
    let file = "ada:$2y$12$uWJo9XfMMHOwsAs0ruXdd.fvYA1ND80FCFcsgOKkv7OWw8tI9TZlO";
    let (plan, keys) = verified(plan("hello", "/hello"), SchemeKind::Basic, Some(file));
    App::new([build(plan, keys)])
}

/// Somebody who says that he is Ada.
fn guess() -> Request<Full<Bytes>> {
    let mut request = request("POST", "/hello", "{}");
    request.headers_mut().insert("authorization", "Basic YWRhOmd1ZXNz".parse().unwrap());
    request
}

#[tokio::test]
async fn a_request_too_many_is_503_and_told_to_come_back() {
    let app = App::within(Limits { in_flight: 1, ..Limits::default() }, [route(plan("hello", "/hello"))]);
    let place = app.shared.gate.enter().unwrap();
    let seen = app.post("/hello", "{}").await;
    assert_eq!((seen.status.as_u16(), seen.reason().as_str()), (503, "Overloaded"));
    assert_eq!(seen.header("retry-after"), "1");
    assert_eq!(app.count(r#"boathook_requests_total{namespace="",workflow="",outcome="Overloaded"}"#), 1);
    drop(place);
    assert_eq!(app.post("/hello", "{}").await.status, 200);
}

#[tokio::test]
async fn a_workflow_with_its_share_of_the_places_is_told_so_as_its_own_answers_are() {
    let mut plan = plan("hello", "/hello");
    plan.webhook.as_mut().unwrap().policy.origins = vec!["https://www.example.com".to_owned()];
    let app = App::within(Limits { in_flight: 2, ..Limits::default() }, [route(plan)]);
    let held = share(&app);
    let mut request = request("POST", "/hello", "{}");
    request.headers_mut().insert("origin", "https://www.example.com".parse().unwrap());
    let seen = app.send(request).await;
    assert_eq!((seen.status.as_u16(), seen.reason().as_str(), seen.header("retry-after")), (503, "Overloaded", "1"));
    assert_eq!(seen.header("access-control-allow-origin"), "https://www.example.com");
    assert_eq!(app.requests("Overloaded"), 1);
    drop(held);
    assert_eq!(app.post("/hello", "{}").await.status, 200);
}

/// Takes a place of the workflow `hello`.
fn share(app: &App) -> Place {
    let found = app.shared.routes.find("hooks.example.test", "/hello").unwrap();
    app.shared.gate.assign(app.shared.gate.enter().unwrap(), &found.served.counts.in_flight).unwrap()
}

#[tokio::test]
async fn every_end_of_a_request_gives_its_place_back() {
    let app = App::within(Limits { in_flight: 1, ..Limits::default() }, [route(plan("hello", "/hello"))]);
    for (path, body, status) in
        [("/nowhere", "{}", 404), ("/hello", "{", 400), ("/hello", "{}", 200), ("/hello", "{}", 200)]
    {
        assert_eq!(app.post(path, body).await.status, status);
        app.shared.gate.empty().await;
    }
}

#[tokio::test]
async fn a_sender_that_is_gone_does_not_make_room_for_another_password() {
    let app = bcrypt();
    let all = app.shared.gate.turns();
    assert!(timeout(Duration::ZERO, app.send(guess())).await.is_err(), "it takes a quarter of a second");
    assert_eq!(app.shared.gate.turns(), all - 1, "the password is still being hashed");
}

#[tokio::test]
async fn a_flood_of_passwords_is_told_to_come_back_and_leaves_the_places_to_others() {
    let app = bcrypt();
    let mut turns = Vec::new();
    while app.shared.gate.turns() > 0 {
        turns.push(app.shared.gate.check().await.unwrap());
    }
    let mut waiting: Vec<_> = (0..32).map(|_| Box::pin(app.send(guess()))).collect();
    for guess in &mut waiting {
        assert!(timeout(Duration::ZERO, guess).await.is_err(), "it waits");
    }
    let seen = app.send(guess()).await;
    assert_eq!((seen.status.as_u16(), seen.reason().as_str()), (503, "Overloaded"));
    assert_eq!(app.post("/hello", "{}").await.reason(), "SignatureMissing", "what costs nothing is answered");
    drop(waiting);
    drop(turns);
    assert_eq!(app.send(guess()).await.reason(), "CredentialsInvalid");
}
