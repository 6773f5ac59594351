//! What a crash does to an execution: it goes on behind its last entry, and does nothing twice under two keys.

use boathook_plan::plan::{Concurrency, StepKind};
use tempfile::tempdir;

use crate::store::Phase;
use crate::testing::{App, Target, calling, get, json, route, step};

#[tokio::test]
async fn an_execution_goes_on_behind_its_last_entry_with_the_same_key() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let mut plan = calling("hello", &target.url);
    plan.program.steps.push(step("again", get(&target.url)));
    let routes = || [route(plan.clone())];
    let app = App::over(directory.path(), routes()).await;
    let id = app.post("/hello", "{}").await.execution();
    let first = target.next().await;
    let first_key = first.field("idempotency-key");
    first.answer(200).await;
    let second = target.next().await;
    let second_key = second.field("idempotency-key");
    assert_ne!(first_key, second_key, "another step is another effect");
    app.crash().await;
    second.answer(200).await;

    let app = App::over(directory.path(), routes()).await;
    let repeated = target.next().await;
    assert_eq!(repeated.field("idempotency-key"), second_key);
    repeated.answer(200).await;
    let row = app.phase(id, Phase::Succeeded).await;
    assert!(!target.is_called(), "the first step is not run again");
    assert_eq!(row.entries, 3);
}

#[tokio::test]
async fn an_execution_is_pinned_to_the_revision_that_accepted_it() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let mut plan = calling("hello", &target.url);
    let old = plan.clone();
    plan.program.steps[0] = step("other", StepKind::Set(json(r#"{"a":1}"#)));
    let app = App::over(directory.path(), [route(old)]).await;
    let id = app.post("/hello", "{}").await.execution();
    let _cut = target.next().await;
    app.crash().await;

    let app = App::over(directory.path(), [route(plan)]).await;
    target.next().await.answer(200).await;
    app.phase(id, Phase::Succeeded).await;
}

#[tokio::test]
async fn a_workflow_has_no_more_executions_at_once_than_it_says() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let mut plan = calling("hello", &target.url);
    plan.concurrency = Concurrency { max: 1, ..Concurrency::default() };
    let app = App::over(directory.path(), [route(plan)]).await;
    let ids = [app.post("/hello", "{}").await.execution(), app.post("/hello", "{}").await.execution()];
    let first = target.next().await;
    app.phase(ids[1], Phase::Queued).await;
    assert!(!target.is_called());
    first.answer(200).await;
    app.phase(ids[0], Phase::Succeeded).await;
    target.next().await.answer(200).await;
    app.phase(ids[1], Phase::Succeeded).await;
}

#[tokio::test]
async fn equal_keys_run_one_after_the_other_in_the_order_accepted() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let mut plan = calling("hello", &target.url);
    plan.concurrency = Concurrency { key: Some("{{ $context.data.order }}".to_owned()), ..Concurrency::default() };
    let app = App::over(directory.path(), [route(plan)]).await;
    let first = app.post("/hello", r#"{"order":1}"#).await.execution();
    let second = app.post("/hello", r#"{"order":1}"#).await.execution();
    let other = app.post("/hello", r#"{"order":2}"#).await.execution();
    let (one, two) = (target.next().await, target.next().await);
    assert!(app.phase(second, Phase::Queued).await.blocked);
    one.answer(200).await;
    two.answer(200).await;
    app.phase(first, Phase::Succeeded).await;
    app.phase(other, Phase::Succeeded).await;
    target.next().await.answer(200).await;
    app.phase(second, Phase::Succeeded).await;
}
