//! Async deliveries: durable before their senders hear of it, or refused so that they come again.

use std::collections::BTreeSet;

use boathook_plan::plan::{Concurrency, Overflow, SchemeKind, Suspend};
use tempfile::tempdir;
use uuid::Uuid;

use crate::runner::housekeeping;
use crate::store::{Filter, Hash, Phase, Replay, Replayed, RequestPhase, Settings, Store};
use crate::testing::{App, NOW, Target, build, calling, request, route, verified};

#[tokio::test]
async fn a_delivery_is_durable_before_it_is_acknowledged() {
    let directory = tempdir().unwrap();
    let target = Target::start().await;
    let app = App::over(directory.path(), [route(calling("hello", &target.url))]).await;
    let seen = app.post("/hello", r#"{"n":1}"#).await;
    assert_eq!(seen.status, 202);
    let id = seen.execution();
    assert_eq!(seen.body, format!(r#"{{"status":"accepted","executionID":"{id}"}}"#));
    app.crash().await;
    let again = App::over(directory.path(), []).await;
    assert_eq!(again.store().payloads(id).await.unwrap()[0].body.as_deref(), Some(&br#"{"n":1}"#[..]));
}

#[tokio::test]
async fn an_accepted_delivery_is_run_to_its_end() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let app = App::over(directory.path(), [route(calling("hello", &target.url))]).await;
    let id = app.post("/hello", "{}").await.execution();
    target.next().await.answer(204).await;
    let row = app.phase(id, Phase::Succeeded).await;
    assert_eq!((row.entries, row.reason), (2, None));
    app.shared.runner.idle().await;
    assert_eq!(app.executions("Succeeded"), 1);
}

#[tokio::test]
async fn a_failed_execution_is_a_dead_letter_that_names_its_step() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let app = App::over(directory.path(), [route(calling("hello", &target.url))]).await;
    let id = app.post("/hello", "{}").await.execution();
    target.next().await.answer(400).await;
    let row = app.phase(id, Phase::Failed).await;
    assert!(row.dead_letter());
    assert_eq!((row.reason.as_deref(), row.step.as_deref()), (Some("UnexpectedStatus"), Some("call")));
}

#[tokio::test]
async fn a_gateway_without_a_store_refuses_what_it_cannot_keep() {
    let app = App::new([route(calling("hello", "http://127.0.0.1:1/"))]);
    let seen = app.post("/hello", "{}").await;
    assert_eq!((seen.status.as_u16(), seen.reason().as_str()), (503, "StoreUnavailable"));
    assert_eq!(seen.header("retry-after"), "5");
    assert_eq!(app.requests("StoreUnavailable"), 1);
}

#[tokio::test]
async fn a_store_that_is_closed_is_503() {
    let directory = tempdir().unwrap();
    let app = App::over(directory.path(), [route(calling("hello", "http://127.0.0.1:1/"))]).await;
    app.store().close().await;
    let seen = app.post("/hello", "{}").await;
    assert_eq!((seen.status.as_u16(), seen.reason().as_str()), (503, "StoreUnavailable"));
}

#[tokio::test]
async fn a_queue_that_is_full_is_429() {
    let directory = tempdir().unwrap();
    let target = Target::start().await;
    let mut plan = calling("hello", &target.url);
    plan.concurrency = Concurrency { max: 1, key: None, queue: 1, overflow: Overflow::Queue };
    plan.suspend = Suspend::Execution;
    let app = App::over(directory.path(), [route(plan)]).await;
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(app.post("/hello", "{}").await.status.as_u16());
    }
    assert_eq!(statuses, [202, 202, 429, 429]);
    assert_eq!(app.requests("QueueFull"), 2);
}

#[tokio::test]
async fn a_request_that_is_refused_is_no_execution() {
    let directory = tempdir().unwrap();
    let target = Target::start().await;
    let (plan, keys) = verified(calling("hello", &target.url), SchemeKind::Bearer, Some("key"));
    let app = App::over(directory.path(), [build(plan, keys)]).await;
    assert_eq!(app.post("/hello", "{}").await.status, 401);
    assert!(!target.is_called());
    assert_eq!(app.store().executions(Filter::default()).await.unwrap().rows, []);
}

#[tokio::test]
async fn a_suspended_intake_is_503_and_a_suspended_execution_waits() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let plan = calling("hello", &target.url);
    let suspended = |suspend| {
        let mut plan = plan.clone();
        plan.suspend = suspend;
        route(plan)
    };
    let app = App::over(directory.path(), [suspended(Suspend::Intake)]).await;
    let seen = app.post("/hello", "{}").await;
    assert_eq!((seen.status.as_u16(), seen.reason().as_str()), (503, "Suspended"));
    assert_eq!(seen.header("retry-after"), "60");
    app.swap([suspended(Suspend::Execution)]);
    let id = app.post("/hello", "{}").await.execution();
    assert_eq!(app.phase(id, Phase::Queued).await.phase, Phase::Queued);
    app.swap([suspended(Suspend::No)]);
    target.next().await.answer(200).await;
    app.phase(id, Phase::Succeeded).await;
}

#[tokio::test]
async fn the_work_of_a_workflow_that_is_refused_waits_until_it_is_mended() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let suspended = |name| {
        let mut plan = calling(name, &target.url);
        plan.suspend = Suspend::Execution;
        route(plan)
    };
    let app = App::over(directory.path(), [suspended("hello"), suspended("gone")]).await;
    let kept = app.post("/hello", "{}").await.execution();
    let gone = app.post("/gone", "{}").await.execution();
    app.refuse(["hello"]);
    app.phase(gone, Phase::Cancelled).await;
    assert_eq!(app.phase(kept, Phase::Queued).await.cancelling, None);
    let mended = calling("hello", &target.url);
    app.swap([route(mended)]);
    target.next().await.answer(200).await;
    app.phase(kept, Phase::Succeeded).await;
}

#[tokio::test]
async fn the_work_of_a_workflow_that_loses_its_path_goes_on() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let mut plan = calling("hello", &target.url);
    plan.suspend = Suspend::Execution;
    let app = App::over(directory.path(), [route(plan.clone())]).await;
    let id = app.post("/hello", "{}").await.execution();
    plan.suspend = Suspend::No;
    let mut winner = calling("winner", &target.url);
    winner.webhook.as_mut().unwrap().path = "/hello".to_owned();
    let rejected = app.shared.routes.swap(vec![route(winner), route(plan)], BTreeSet::new());
    assert_eq!(rejected[0].workflow.name, "hello");
    app.shared.runner.rerouted.notify_one();
    target.next().await.answer(200).await;
    app.phase(id, Phase::Succeeded).await;
}

#[tokio::test]
async fn work_that_nobody_told_of_is_found() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let app = App::over(directory.path(), [route(calling("hello", &target.url))]).await;
    let of = app.post("/hello", "{}").await.execution();
    target.next().await.answer(200).await;
    app.phase(of, Phase::Succeeded).await;
    let id = Uuid::from_u128(7);
    let replay = Replay { of, id, entries: None, plan: None };
    assert_eq!(app.store().replay(replay).await.unwrap(), Replayed::Accepted(id));
    housekeeping::look(&app.shared).await.unwrap();
    target.next().await.answer(200).await;
    app.phase(id, Phase::Succeeded).await;
}

#[tokio::test]
async fn the_work_of_a_workflow_that_is_gone_is_cancelled() {
    let directory = tempdir().unwrap();
    let mut plan = calling("hello", "http://127.0.0.1:1/");
    plan.suspend = Suspend::Execution;
    let app = App::over(directory.path(), [route(plan)]).await;
    let id = app.post("/hello", "{}").await.execution();
    app.swap([]);
    assert_eq!(app.phase(id, Phase::Cancelled).await.reason.as_deref(), Some("WorkflowDeleted"));
}

#[tokio::test]
async fn one_store_has_one_owner() {
    let directory = tempdir().unwrap();
    let app = App::over(directory.path(), []).await;
    let settings = Settings {
        directory: directory.path().to_owned(),
        clock: app.shared.clock.clone(),
        observer: app.shared.metrics.observer(),
    };
    let refused = Store::open(settings).unwrap_err().to_string();
    assert!(refused.contains("in use"), "{refused}");
}

#[tokio::test]
async fn a_refused_request_is_recorded_without_its_credential_and_its_body() {
    let directory = tempdir().unwrap();
    let (plan, keys) = verified(calling("hello", "http://127.0.0.1:1/"), SchemeKind::Bearer, Some("key"));
    let app = App::over(directory.path(), [build(plan, keys)]).await;
    let mut wrong = request("POST", "/hello", r#"{"n":1}"#);
    wrong.headers_mut().insert("authorization", "Bearer wrong".parse().unwrap());
    assert_eq!(app.send(wrong).await.status, 401);
    let row = app.refused(1).await.remove(0);
    assert_eq!((row.phase, row.reason.as_str()), (RequestPhase::Rejected, "CredentialsInvalid"));
    assert_eq!(row.body_sha256, Some(Hash::of(br#"{"n":1}"#)));
    let head = String::from_utf8(row.head).unwrap();
    assert!(head.contains(r#"["authorization","[redacted]"]"#) && !head.contains("wrong"), "{head}");
}

#[tokio::test]
async fn a_flood_of_refused_requests_is_recorded_in_part_and_counted_whole() {
    let directory = tempdir().unwrap();
    let (plan, keys) = verified(calling("hello", "http://127.0.0.1:1/"), SchemeKind::Bearer, Some("key"));
    let app = App::at(directory.path(), NOW.parse().unwrap(), [build(plan, keys)]).await;
    for _ in 0..50 {
        app.post("/hello", "{}").await;
    }
    assert_eq!(app.requests("SignatureMissing"), 50);
    assert_eq!(app.refused(10).await.len(), 10);
}
