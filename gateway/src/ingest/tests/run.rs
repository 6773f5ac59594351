//! Stage 14: what the sender of a Sync workflow is told.

use std::time::Duration;

use boathook_plan::plan::{Answer, OnError, StepKind};
use tokio::net::TcpListener;

use crate::testing::{App, answer, get, json, plan, request, route, step};

/// A URL that takes connections and never answers.
async fn silent() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    (listener, url)
}

#[tokio::test]
async fn steps_run_in_order_and_the_answer_sees_their_results() {
    let mut plan = plan("hello", "/hello");
    plan.program.steps = vec![
        step("greet", StepKind::Set(json(r#"{"text":"Hello {{ $context.data.name }}"}"#))),
        step("count", StepKind::Set(json(r#"{"length":"{{ size($steps.greet.text) }}"}"#))),
    ];
    plan.response.answer = answer(r#"{"greeting":"{{ $steps.greet.text }}","length":"{{ $steps.count.length }}"}"#);
    plan.response.answer.status = Some(201);
    let app = App::new([route(plan)]);
    let seen = app.post("/hello", r#"{"name":"Ada"}"#).await;
    assert_eq!((seen.status.as_u16(), seen.body.as_str()), (201, r#"{"greeting":"Hello Ada","length":9}"#));
    assert_eq!(app.steps("set", "Succeeded"), 2);
}

#[tokio::test]
async fn without_a_body_of_its_own_the_answer_is_the_last_result() {
    let mut plan = plan("hello", "/hello");
    plan.program.steps = vec![step("greet", StepKind::Set(json(r#"{"text":"Hello"}"#)))];
    plan.response.answer = Answer::default();
    assert_eq!(App::new([route(plan)]).post("/hello", "{}").await.body, r#"{"text":"Hello"}"#);
}

#[tokio::test]
async fn a_condition_whose_path_is_not_there_is_false_and_counted() {
    let mut plan = plan("hello", "/hello");
    let mut greet = step("greet", StepKind::Set(json(r#"{"text":"Hello"}"#)));
    greet.if_ = Some("$context.data.user.name != ''".to_owned());
    plan.program.steps = vec![greet];
    plan.response.answer = answer(r#"{"greeted":"{{ $steps.greet != null }}"}"#);
    let app = App::new([route(plan)]);
    let counted = || app.count(r#"boathook_missing_paths_total{namespace="shop",workflow="hello"}"#);
    assert_eq!(app.post("/hello", r#"{"user":{"name":"Ada"}}"#).await.body, r#"{"greeted":true}"#);
    assert_eq!(app.post("/hello", r#"{"user":{"name":""}}"#).await.body, r#"{"greeted":false}"#);
    assert_eq!(counted(), 0);
    assert_eq!(app.post("/hello", r#"{"user":{}}"#).await.body, r#"{"greeted":false}"#);
    assert_eq!(counted(), 1);
    assert_eq!(app.steps("set", "Skipped"), 2);
}

#[tokio::test]
async fn a_failed_run_is_500_without_internals() {
    let mut plan = plan("hello", "/hello");
    plan.program.steps = vec![step("greet", StepKind::Set(json(r#"{"text":"{{ $context.data.missing }}"}"#)))];
    let app = App::new([route(plan)]);
    let seen = app.post("/hello", "{}").await;
    assert_eq!((seen.status.as_u16(), seen.reason().as_str()), (500, "RunFailed"));
    assert!(!seen.body.contains("missing") && !seen.body.contains("greet"), "{}", seen.body);
    assert_eq!(seen.header("boathook-execution-id").len(), 36);
    assert_eq!(app.executions("Failed"), 1);
    assert_eq!(app.requests("Accepted"), 1);
    assert_eq!(app.steps("set", "Failed"), 1);
}

#[tokio::test]
async fn a_failed_run_answers_as_its_workflow_says() {
    let mut plan = plan("hello", "/hello");
    plan.program.steps = vec![step("greet", StepKind::Set(json(r#"{"text":"{{ $context.data.missing }}"}"#)))];
    plan.response.failed = Some(Answer { status: Some(418), ..answer(r#"{"sorry":true}"#) });
    let seen = App::new([route(plan)]).post("/hello", "{}").await;
    assert_eq!((seen.status.as_u16(), seen.body.as_str()), (418, r#"{"sorry":true}"#));
}

#[tokio::test]
async fn at_the_deadline_the_sender_is_told_504() {
    let (_listener, url) = silent().await;
    let mut plan = plan("hello", "/hello");
    plan.program.steps = vec![step("call", get(&url))];
    plan.response.deadline_ms = 30;
    let app = App::new([route(plan)]);
    let seen = app.post("/hello", "{}").await;
    assert_eq!((seen.status.as_u16(), seen.reason().as_str()), (504, "DeadlineExceeded"));
    app.shared.gate.empty().await;
    assert_eq!(app.executions("Failed"), 1);
}

#[tokio::test]
async fn at_the_deadline_the_sender_is_told_what_late_says() {
    let (_listener, url) = silent().await;
    let mut plan = plan("hello", "/hello");
    plan.program.steps = vec![step("call", get(&url))];
    plan.response.deadline_ms = 30;
    plan.response.late = Some(Answer { status: Some(202), ..answer(r#"{"late":true}"#) });
    let seen = App::new([route(plan)]).post("/hello", "{}").await;
    assert_eq!((seen.status.as_u16(), seen.body.as_str()), (202, r#"{"late":true}"#));
}

#[tokio::test]
async fn an_attempt_ends_with_its_timeout() {
    let (_listener, url) = silent().await;
    let mut plan = plan("hello", "/hello");
    let mut call = step("call", get(&url));
    call.timeout_ms = 30;
    plan.program.steps = vec![call];
    let app = App::new([route(plan)]);
    let seen = app.post("/hello", "{}").await;
    assert_eq!((seen.status.as_u16(), seen.reason().as_str()), (500, "RunFailed"));
    assert_eq!(app.steps("http", "Failed"), 1);
}

#[tokio::test]
async fn a_run_goes_on_when_nobody_awaits_it() {
    let (listener, url) = silent().await;
    let mut plan = plan("hello", "/hello");
    plan.program.steps = vec![step("call", get(&url))];
    let app = App::new([route(plan)]);
    let request = app.send(request("POST", "/hello", "{}"));
    let connection = tokio::select! {
        _ = request => panic!("the target has not answered"),
        connection = listener.accept() => connection.unwrap().0,
    };
    assert_eq!(app.executions("Succeeded"), 0);
    connection.writable().await.unwrap();
    connection.try_write(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap();
    app.shared.gate.empty().await;
    assert_eq!(app.executions("Succeeded"), 1);
}

#[tokio::test]
async fn a_gateway_that_cannot_wait_longer_ends_its_runs_with_503() {
    let (listener, url) = silent().await;
    let mut plan = plan("hello", "/hello");
    plan.program.steps = vec![step("call", get(&url))];
    let app = App::new([route(plan)]);
    let stop = async {
        let connection = listener.accept().await.unwrap();
        app.stop.drain();
        app.stop.abort();
        connection
    };
    let (seen, _connection) = tokio::join!(app.post("/hello", "{}"), stop);
    assert_eq!((seen.status.as_u16(), seen.reason().as_str()), (503, "ShuttingDown"));
    assert_eq!(seen.header("connection"), "close");
    tokio::time::timeout(Duration::from_secs(5), app.shared.gate.empty()).await.unwrap();
}

#[tokio::test]
async fn how_long_runs_and_steps_take_is_counted_and_how_often_steps_are_tried_again() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let mut plan = plan("hello", "/hello");
    let mut call = step("call", get(&format!("http://{closed}/")));
    call.retry.attempts = 3;
    call.on_error = OnError::Continue;
    plan.program.steps = vec![call, step("said", StepKind::Set(json(r#"{"a":1}"#)))];
    let app = App::new([route(plan)]);
    assert_eq!(app.post("/hello", "{}").await.status, 200);
    assert_eq!(app.count("boathook_execution_duration_seconds_count"), 1);
    assert_eq!(app.count(r#"boathook_step_duration_seconds_count{kind="http"}"#), 1);
    assert_eq!(app.count(r#"boathook_step_duration_seconds_count{kind="set"}"#), 1);
    let retries = r#"boathook_step_retries_total{namespace="shop",workflow="hello"}"#;
    assert_eq!(app.count(retries), 2);
    app.swap([]);
    assert_eq!(app.count(retries), 0, "its series goes with the workflow");
}
