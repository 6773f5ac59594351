//! Repeats of a delivery: one run, and the answer that workflow.md promises, concurrent and later.

use boathook_plan::plan::{Deduplication, Plan};
use tempfile::tempdir;

use crate::store::Phase;
use crate::testing::{App, Target, answer, calling, get, once, plan, route, step};

/// A Sync workflow that calls `url` once for each `id`.
fn sync(url: &str, explicit: bool) -> Plan {
    let mut plan = plan("hello", "/hello");
    plan.program.steps = vec![step("call", get(url))];
    plan.response.answer = answer(r#"{"n":"{{ $execution.id }}"}"#);
    let key = "{{ $context.data.id }}".to_owned();
    plan.deduplication = Some(Deduplication { key, window_ms: 3_600_000, explicit });
    plan
}

#[tokio::test]
async fn an_async_repeat_is_acknowledged_with_the_first_execution_and_not_run() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let app = App::over(directory.path(), [route(once(calling("hello", &target.url)))]).await;
    let first = app.post("/hello", r#"{"id":7}"#).await;
    let called = target.next().await;
    let running = app.post("/hello", r#"{"id":7}"#).await;
    assert_eq!((running.status.as_u16(), &running.body), (202, &first.body));
    called.answer(200).await;
    app.phase(first.execution(), Phase::Succeeded).await;
    let later = app.post("/hello", r#"{"id":7}"#).await;
    assert_eq!((later.status.as_u16(), &later.body), (202, &first.body));
    assert!(!target.is_called());
    assert_eq!((app.requests("Accepted"), app.requests("Duplicate")), (1, 2));
}

#[tokio::test]
async fn a_repeat_after_a_restart_is_one_too() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let routes = || [route(once(calling("hello", &target.url)))];
    let (app, again) = (routes(), routes());
    let app = App::over(directory.path(), app).await;
    let first = app.post("/hello", r#"{"id":7}"#).await;
    target.next().await.answer(200).await;
    app.phase(first.execution(), Phase::Succeeded).await;
    app.crash().await;
    let app = App::over(directory.path(), again).await;
    assert_eq!(app.post("/hello", r#"{"id":7}"#).await.body, first.body);
}

#[tokio::test]
async fn a_failed_first_one_frees_its_key() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let app = App::over(directory.path(), [route(once(calling("hello", &target.url)))]).await;
    let first = app.post("/hello", r#"{"id":7}"#).await.execution();
    let called = target.next().await;
    let key = called.field("idempotency-key");
    called.answer(400).await;
    app.phase(first, Phase::Failed).await;
    let second = app.post("/hello", r#"{"id":7}"#).await.execution();
    assert_ne!(first, second);
    let called = target.next().await;
    assert_eq!(called.field("idempotency-key"), key, "a retry of the sender repeats the effects' keys");
    called.answer(200).await;
    assert_eq!(app.phase(second, Phase::Succeeded).await.retry_of, Some(first));
}

#[tokio::test]
async fn a_key_that_is_null_is_none() {
    let directory = tempdir().unwrap();
    let target = Target::start().await;
    let app = App::over(directory.path(), [route(once(calling("hello", &target.url)))]).await;
    let (one, two) = (app.post("/hello", r#"{"id":null}"#).await, app.post("/hello", "{}").await);
    assert_ne!(one.execution(), two.execution());
    let series = r#"boathook_deliveries_without_key_total{namespace="shop",workflow="hello"}"#;
    assert_eq!(app.count(series), 2);
}

#[tokio::test]
async fn a_sync_repeat_waits_for_the_first_answer_and_gets_it_later_too() {
    for explicit in [false, true] {
        let directory = tempdir().unwrap();
        let mut target = Target::start().await;
        let app = App::over(directory.path(), [route(sync(&target.url, explicit))]).await;
        let send = || app.post("/hello", r#"{"id":7}"#);
        let serve = async {
            let called = target.next().await;
            tokio::task::yield_now().await;
            called.answer(200).await;
        };
        let (one, two, ()) = tokio::join!(send(), send(), serve);
        assert_eq!(one.status, 200, "{explicit}: {}", one.body);
        assert_eq!((two.status, &two.body), (one.status, &one.body), "{explicit}");
        assert_eq!(two.execution(), one.execution());
        app.phase(one.execution(), Phase::Succeeded).await;
        let later = send().await;
        assert_eq!((later.status, &later.body), (one.status, &one.body), "{explicit}");
        assert!(!target.is_called());
        assert_eq!(app.requests("Duplicate"), 2, "{explicit}");
    }
}

#[tokio::test]
async fn a_sync_repeat_of_a_failed_first_one_is_run() {
    for explicit in [false, true] {
        let directory = tempdir().unwrap();
        let mut target = Target::start().await;
        let app = App::over(directory.path(), [route(sync(&target.url, explicit))]).await;
        let send = || app.post("/hello", r#"{"id":7}"#);
        let serve = async {
            target.next().await.answer(400).await;
            target.next().await.answer(200).await;
        };
        let (one, two, ()) = tokio::join!(send(), send(), serve);
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 500], "{explicit}");
        assert_ne!(one.execution(), two.execution(), "{explicit}");
    }
}

#[tokio::test]
async fn a_sync_repeat_gets_late_at_its_own_deadline() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let mut plan = sync(&target.url, false);
    plan.response.deadline_ms = 300;
    plan.response.late = Some(answer(r#"{"late":true}"#));
    let app = App::over(directory.path(), [route(plan)]).await;
    let send = || app.post("/hello", r#"{"id":7}"#);
    let (_called, one, two) = tokio::join!(target.next(), send(), send());
    assert_eq!((one.json()["late"].as_bool(), two.json()["late"].as_bool()), (Some(true), Some(true)));
}
