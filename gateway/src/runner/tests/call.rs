//! Workflows that call others: the callee is an execution of its own, and the caller goes on with its answer.

use boathook_plan::plan::{CallStep, Plan, StepKind};
use tempfile::tempdir;

use crate::store::Phase;
use crate::testing::{App, Target, answer, calling, json, plan, route, step};

/// A Sync workflow that calls a target and answers with its input.
fn callee(url: &str) -> Plan {
    let mut callee = plan("callee", "/callee");
    callee.program.steps = calling("callee", url).program.steps;
    callee.response.answer = answer(r#"{"got":"{{ $context.data.n }}"}"#);
    callee
}

/// Calls it.
fn asking(mut plan: Plan, detach: bool) -> Plan {
    let input = json(r#"{"n":"{{ $context.data.n }}"}"#);
    let call = CallStep { workflow: "callee".to_owned(), input, detach };
    plan.program.steps = vec![step("ask", StepKind::Call(call))];
    plan
}

#[tokio::test]
async fn a_caller_gets_the_answer_of_its_callee() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let mut sync = asking(plan("hello", "/hello"), false);
    sync.response.answer = answer(r#"{"said":"{{ $steps.ask.got }}"}"#);
    let app = App::over(directory.path(), [route(callee(&target.url)), route(sync)]).await;
    let serve = async { target.next().await.answer(200).await };
    let (seen, ()) = tokio::join!(app.post("/hello", r#"{"n":7}"#), serve);
    assert_eq!((seen.status.as_u16(), seen.body.as_str()), (200, r#"{"said":7}"#));
}

#[tokio::test]
async fn a_callee_may_answer_as_much_as_any_step() {
    let directory = tempdir().unwrap();
    let mut large = callee("");
    large.program.steps.clear();
    large.webhook.as_mut().unwrap().max_body_size = 1 << 20;
    let mut caller = asking(calling("hello", ""), false);
    caller.webhook.as_mut().unwrap().max_body_size = 1 << 20;
    let text = "x".repeat(200_000);
    let app = App::over(directory.path(), [route(large), route(caller)]).await;
    let id = app.post("/hello", &format!(r#"{{"n":"{text}"}}"#)).await.execution();
    app.phase(id, Phase::Succeeded).await;
}

#[tokio::test]
async fn a_caller_that_waits_long_holds_no_task_and_goes_on_when_its_callee_ends() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let caller = asking(calling("hello", &target.url), false);
    let app = App::over(directory.path(), [route(callee(&target.url)), route(caller)]).await;
    let id = app.post("/hello", r#"{"n":7}"#).await.execution();
    let work = target.next().await;
    app.phase(id, Phase::Waiting).await;
    work.answer(200).await;
    app.phase(id, Phase::Succeeded).await;
}

#[tokio::test]
async fn a_callee_is_not_started_twice_by_a_caller_that_crashed() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let routes = || [route(callee(&target.url)), route(asking(calling("hello", &target.url), false))];
    let (now, then) = (routes(), routes());
    let app = App::over(directory.path(), now).await;
    let id = app.post("/hello", r#"{"n":7}"#).await.execution();
    let cut = target.next().await;
    let key = cut.field("idempotency-key");
    app.crash().await;

    let app = App::over(directory.path(), then).await;
    let again = target.next().await;
    assert_eq!(again.field("idempotency-key"), key);
    again.answer(200).await;
    app.phase(id, Phase::Succeeded).await;
    assert!(!target.is_called());
}

#[tokio::test]
async fn a_failed_callee_fails_the_step_that_called_it() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let caller = asking(calling("hello", &target.url), false);
    let app = App::over(directory.path(), [route(callee(&target.url)), route(caller)]).await;
    let id = app.post("/hello", r#"{"n":7}"#).await.execution();
    target.next().await.answer(400).await;
    let row = app.phase(id, Phase::Failed).await;
    assert_eq!((row.reason.as_deref(), row.step.as_deref()), (Some("CallFailed"), Some("ask")));
}

#[tokio::test]
async fn a_detached_callee_is_not_waited_for() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let caller = asking(calling("hello", &target.url), true);
    let app = App::over(directory.path(), [route(callee(&target.url)), route(caller)]).await;
    let id = app.post("/hello", r#"{"n":7}"#).await.execution();
    app.phase(id, Phase::Succeeded).await;
    target.next().await.answer(200).await;
}

#[tokio::test]
async fn a_workflow_that_is_not_there_cannot_be_called() {
    let directory = tempdir().unwrap();
    let app = App::over(directory.path(), [route(asking(calling("hello", "http://127.0.0.1:1/"), false))]).await;
    let id = app.post("/hello", r#"{"n":7}"#).await.execution();
    assert_eq!(app.phase(id, Phase::Failed).await.reason.as_deref(), Some("CallFailed"));
}
