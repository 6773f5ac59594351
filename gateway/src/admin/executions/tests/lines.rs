//! Exports, and what happens from now on.

use std::time::Duration;

use axum::body::Body;
use boathook_plan::plan::Suspend;
use http_body_util::BodyExt as _;
use serde_json::Value;
use tempfile::tempdir;
use tokio::time::timeout;
use uuid::Uuid;

use super::{execution, lines, open, queued, record, request};
use crate::store::Phase;
use crate::testing::{self, App, Target, calling, plan, route};

/// No test waits longer for a line.
const PATIENCE: Duration = Duration::from_secs(20);

/// The next line of an answer that goes on.
async fn next(body: &mut Body) -> Value {
    let frame = timeout(PATIENCE, body.frame()).await.expect("a line comes").expect("the answer goes on").unwrap();
    serde_json::from_slice(&frame.into_data().unwrap()).unwrap()
}

/// Which execution is in which phase.
fn told(line: &Value) -> (Uuid, &str) {
    (line["metadata"]["name"].as_str().unwrap().parse().unwrap(), line["status"]["phase"].as_str().unwrap())
}

async fn follow(app: &App, query: &str) -> Body {
    open(app, request("GET", &format!("/v1/executions/events?{query}"), "")).await.into_body()
}

#[tokio::test]
async fn an_export_has_every_record_as_it_is_shown_alone() {
    let directory = tempdir().unwrap();
    let app = App::over(directory.path(), [route(plan("hello", "/hello"))]).await;
    let mut ids = Vec::new();
    for number in 0..3 {
        let mut request = testing::request("POST", "/hello", "{}");
        request.headers_mut().insert("x-delivery", number.into());
        let id = app.send(request).await.execution();
        app.phase(id, Phase::Succeeded).await;
        ids.push(id);
    }
    let exported = lines(&app, "GET", "/v1/executions/export", "").await;
    assert_eq!(exported.iter().map(|line| told(line).0).collect::<Vec<_>>(), [ids[2], ids[1], ids[0]]);
    for line in &exported {
        let alone = record(&app, told(line).0).await;
        assert_eq!(execution(line), execution(&alone));
        assert_eq!(serde_json::to_value(execution(line)).unwrap(), alone);
    }
    let sent = &exported[0]["spec"]["request"];
    assert_eq!(sent["headers"]["x-delivery"], "2");
    assert_eq!(sent["bodySHA256"], "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
    assert_eq!(exported[0]["status"]["phase"], "Succeeded");
}

#[tokio::test]
async fn an_export_goes_over_all_pages() {
    let directory = tempdir().unwrap();
    let app = App::over(directory.path(), [route(queued("hello"))]).await;
    for _ in 0..600 {
        app.post("/hello", "{}").await;
    }
    assert_eq!(lines(&app, "GET", "/v1/executions/export?workflow=hello", "").await.len(), 600);
}

#[tokio::test]
async fn a_follower_sees_an_execution_through_its_phases() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let mut plan = calling("hello", &target.url);
    plan.suspend = Suspend::Execution;
    let app = App::over(directory.path(), [route(plan.clone()), route(testing::plan("other", "/other"))]).await;
    app.post("/hello", "{}").await;
    let mut events = follow(&app, "workflow=hello").await;
    app.post("/other", "{}").await;
    let id = app.post("/hello", "{}").await.execution();
    assert_eq!(told(&next(&mut events).await), (id, "Queued"), "what was before is not told, nor what others do");
    plan.suspend = Suspend::No;
    app.swap([route(plan)]);
    let mut phases = Vec::new();
    let (one, two) = (target.next().await, target.next().await);
    one.answer(200).await;
    two.answer(400).await;
    while phases.len() < 2 {
        let line = next(&mut events).await;
        if let (of, phase @ ("Running" | "Succeeded" | "Failed")) = told(&line)
            && of == id
        {
            phases.push(phase.to_owned());
        }
    }
    assert_eq!(phases[0], "Running");
    assert!(["Succeeded", "Failed"].contains(&phases[1].as_str()), "{phases:?}");
}

#[tokio::test]
async fn a_follower_that_says_since_when_is_told_what_was_before() {
    let directory = tempdir().unwrap();
    let app = App::over(directory.path(), [route(queued("hello"))]).await;
    let first = app.post("/hello", "{}").await.execution();
    let second = app.post("/hello", "{}").await.execution();
    let mut events = follow(&app, "since=1h").await;
    assert_eq!(told(&next(&mut events).await), (first, "Queued"));
    assert_eq!(told(&next(&mut events).await), (second, "Queued"));
    let third = app.post("/hello", "{}").await.execution();
    assert_eq!(told(&next(&mut events).await), (third, "Queued"));
}

#[tokio::test]
async fn a_follower_of_a_phase_is_told_of_no_other() {
    let directory = tempdir().unwrap();
    let bearer = boathook_plan::plan::SchemeKind::Bearer;
    let (guarded, keys) = testing::verified(plan("hello", "/hello"), bearer, Some("key"));
    let app = App::over(directory.path(), [testing::build(guarded, keys), route(plan("other", "/other"))]).await;
    let mut events = follow(&app, "phase=Rejected,Failed").await;
    let id = app.post("/other", "{}").await.execution();
    app.phase(id, Phase::Succeeded).await;
    assert_eq!(app.post("/hello", "{}").await.status, 401);
    let refused = app.refused(1).await[0].id;
    assert_eq!(told(&next(&mut events).await), (refused, "Rejected"));
}

#[tokio::test]
async fn following_ends_when_the_gateway_drains() {
    let directory = tempdir().unwrap();
    let app = App::over(directory.path(), [route(queued("hello"))]).await;
    let mut events = follow(&app, "").await;
    app.stop.drain();
    assert!(timeout(PATIENCE, events.frame()).await.expect("it ends").is_none());
}
