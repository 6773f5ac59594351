//! Sync runs and the store: a record behind each answer, and durable before anything is promised.

use boathook_plan::plan::StepKind;
use tempfile::tempdir;

use crate::store::Phase;
use crate::testing::{App, Target, answer, get, once, plan, route, step};

#[tokio::test]
async fn a_sync_run_leaves_a_record() {
    let directory = tempdir().unwrap();
    let app = App::over(directory.path(), [route(plan("hello", "/hello"))]).await;
    let seen = app.post("/hello", r#"{"n":1}"#).await;
    let row = app.phase(seen.execution(), Phase::Succeeded).await;
    assert_eq!(row.status, Some(200));
    let payloads = app.store().payloads(seen.execution()).await.unwrap();
    assert_eq!(payloads[0].body.as_deref(), Some(&br#"{"n":1}"#[..]));
}

#[tokio::test]
async fn a_run_that_answers_early_is_durable_before_that() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let mut plan = plan("hello", "/hello");
    plan.program.steps =
        vec![step("reply", StepKind::Respond(answer(r#"{"early":true}"#))), step("call", get(&target.url))];
    let (now, then) = (route(plan.clone()), route(plan));
    let app = App::over(directory.path(), [now]).await;
    let seen = app.post("/hello", "{}").await;
    assert_eq!(seen.body, r#"{"early":true}"#);
    let cut = target.next().await;
    let key = cut.field("idempotency-key");
    app.crash().await;

    let app = App::over(directory.path(), [then]).await;
    let again = target.next().await;
    assert_eq!(again.field("idempotency-key"), key);
    again.answer(200).await;
    app.phase(seen.execution(), Phase::Succeeded).await;
}

#[tokio::test]
async fn an_early_answer_outlives_a_crash_and_is_given_to_repeats_while_the_run_goes_on() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let mut plan = once(plan("hello", "/hello"));
    plan.program.steps =
        vec![step("reply", StepKind::Respond(answer(r#"{"early":true}"#))), step("call", get(&target.url))];
    let (now, then) = (route(plan.clone()), route(plan));
    let app = App::over(directory.path(), [now]).await;
    let first = app.post("/hello", r#"{"id":7}"#).await;
    let cut = target.next().await;
    let repeat = app.post("/hello", r#"{"id":7}"#).await;
    assert_eq!((&repeat.body, repeat.execution()), (&first.body, first.execution()), "the run has not ended");
    app.crash().await;
    drop(cut);

    let app = App::over(directory.path(), [then]).await;
    let again = target.next().await;
    let repeat = app.post("/hello", r#"{"id":7}"#).await;
    assert_eq!((&repeat.body, repeat.execution()), (&first.body, first.execution()), "the run goes on elsewhere");
    again.answer(200).await;
    app.phase(first.execution(), Phase::Succeeded).await;
    let repeat = app.post("/hello", r#"{"id":7}"#).await;
    assert_eq!((&repeat.body, repeat.execution()), (&first.body, first.execution()), "the run has ended");
    assert!(!target.is_called());
}

#[tokio::test]
async fn a_repeat_runs_nothing_though_the_record_of_the_first_was_not_written() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let mut plan = once(plan("hello", "/hello"));
    plan.deduplication.as_mut().unwrap().explicit = false;
    plan.quota.storage = 0;
    plan.program.steps = vec![step("call", get(&target.url))];
    let app = App::over(directory.path(), [route(plan)]).await;
    let (first, ()) = tokio::join!(app.post("/hello", r#"{"id":7}"#), async { target.next().await.answer(200).await });
    assert_eq!(first.status, 200);
    while app.count("boathook_records_dropped_total") == 0 {
        tokio::task::yield_now().await;
    }
    let repeat = app.post("/hello", r#"{"id":7}"#).await;
    assert_eq!((&repeat.body, repeat.execution()), (&first.body, first.execution()));
    assert!(!target.is_called());
}

#[tokio::test]
async fn a_run_that_is_late_and_not_cancelled_goes_on_durably() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let mut plan = plan("hello", "/hello");
    plan.program.steps = vec![step("call", get(&target.url))];
    plan.response.deadline_ms = 50;
    plan.response.cancel = false;
    let app = App::over(directory.path(), [route(plan)]).await;
    let (seen, called) = tokio::join!(app.post("/hello", "{}"), target.next());
    assert_eq!(seen.status, 202);
    assert_eq!(seen.json()["executionID"], seen.header("boathook-execution-id"));
    app.phase(seen.execution(), Phase::Running).await;
    called.answer(200).await;
    app.phase(seen.execution(), Phase::Succeeded).await;
}

#[tokio::test]
async fn a_run_that_cannot_be_kept_promises_nothing() {
    let target = Target::start().await;
    let mut plan = plan("hello", "/hello");
    plan.program.steps =
        vec![step("reply", StepKind::Respond(answer(r#"{"early":true}"#))), step("call", get(&target.url))];
    let app = App::new([route(plan)]);
    let seen = app.post("/hello", "{}").await;
    assert_eq!((seen.status.as_u16(), seen.reason().as_str()), (503, "StoreUnavailable"));
}
