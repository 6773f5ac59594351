//! Replays and cancellations of many.

use serde_json::json;
use tempfile::tempdir;

use super::{ask, lines, names, queued};
use crate::admin::BulkLine;
use crate::store::Phase;
use crate::testing::{App, Target, calling, plan, route};

#[tokio::test]
async fn all_that_failed_are_replayed_in_the_order_accepted() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let routes =
        [route(calling("hello", &target.url)), route(calling("other", &target.url)), route(plan("good", "/good"))];
    let app = App::over(directory.path(), routes).await;
    let mut failed = Vec::new();
    for path in ["/hello", "/hello", "/hello", "/other"] {
        let id = app.post(path, "{}").await.execution();
        target.next().await.answer(400).await;
        app.phase(id, Phase::Failed).await;
        failed.push(id);
    }
    let good = app.post("/good", "{}").await.execution();
    app.phase(good, Phase::Succeeded).await;

    let told = lines(&app, "POST", "/v1/executions/replay?workflow=hello", "").await;
    let told: Vec<BulkLine> = told.into_iter().map(|line| serde_json::from_value(line).unwrap()).collect();
    assert_eq!(told[0], BulkLine::Total { total: 3 });
    let replayed: Vec<_> = told[1..]
        .iter()
        .map(|line| match line {
            BulkLine::Replayed(replayed) => replayed.replay_of,
            BulkLine::Total { .. } | BulkLine::Cancelled(_) | BulkLine::Refused(_) => panic!("{line:?}"),
        })
        .collect();
    assert_eq!(replayed, failed[..3]);
    for _ in 0..3 {
        target.next().await.answer(200).await;
    }
    assert_eq!(lines(&app, "POST", "/v1/executions/replay?workflow=good", "").await, [json!({"total": 0})]);
    assert_eq!(lines(&app, "POST", "/v1/executions/replay?workflow=good&phase=Succeeded", "").await.len(), 2);
}

#[tokio::test]
async fn all_that_have_not_ended_are_cancelled() {
    let directory = tempdir().unwrap();
    let app = App::over(directory.path(), [route(queued("hello")), route(queued("other"))]).await;
    for _ in 0..200 {
        app.post("/hello", "{}").await;
    }
    let other = app.post("/other", "{}").await.execution();
    let told = lines(&app, "POST", "/v1/executions/cancel?namespace=shop&workflow=hello", "").await;
    assert_eq!((told.len(), &told[0]), (201, &json!({"total": 200})));
    assert!(told[1..].iter().all(|line| line["ended"] == true), "{told:?}");
    assert_eq!(names(&app, "phase=Cancelled").await.len(), 200);
    app.phase(other, Phase::Queued).await;
    assert_eq!(lines(&app, "POST", "/v1/executions/cancel?workflow=hello", "").await, [json!({"total": 0})]);
}

#[tokio::test]
async fn one_that_is_refused_holds_up_no_other() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let mut plan = calling("hello", &target.url);
    plan.history.body = boathook_plan::plan::BodyKept::None;
    let app = App::over(directory.path(), [route(plan), route(calling("other", &target.url))]).await;
    let mut failed = Vec::new();
    for path in ["/hello", "/other"] {
        let id = app.post(path, "{}").await.execution();
        target.next().await.answer(400).await;
        app.phase(id, Phase::Failed).await;
        failed.push(id.to_string());
    }
    let told = lines(&app, "POST", "/v1/executions/replay", r#"{"from":"FailedStep"}"#).await;
    assert_eq!(told[0], json!({"total": 2}));
    assert_eq!((&told[1]["executionID"], &told[1]["reason"]), (&json!(failed[0]), &json!("BodyNotKept")));
    assert_eq!(told[2]["replayOf"], failed[1]);
}

#[tokio::test]
async fn phases_that_cannot_be_meant_are_refused() {
    let directory = tempdir().unwrap();
    let app = App::over(directory.path(), []).await;
    for (path, allowed) in [
        ("/v1/executions/replay?phase=Queued", "Failed, Succeeded, Cancelled"),
        ("/v1/executions/replay?phase=Failed,Rejected", "Failed, Succeeded, Cancelled"),
        ("/v1/executions/cancel?phase=Rejected", "Queued, Running, Waiting"),
        ("/v1/executions/cancel?phase=Running,Failed", "Queued, Running, Waiting"),
    ] {
        let seen = ask(&app, "POST", path, "").await;
        assert_eq!(seen.status, 400, "{path}");
        assert!(seen.body.contains(&format!("those can be meant that are {allowed}")), "{path}: {}", seen.body);
    }
}
