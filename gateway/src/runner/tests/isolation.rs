//! One workflow delays no other, whatever it does.

use boathook_plan::plan::{StepKind, WaitStep};
use tempfile::tempdir;

use crate::store::Phase;
use crate::testing::{App, Target, calling, json, plan, route, step};

#[tokio::test]
async fn a_slow_workflow_with_a_backlog_delays_no_other() {
    let directory = tempdir().unwrap();
    let slow = Target::start().await;
    let mut quick = calling("quick", &slow.url);
    quick.program.steps = vec![step("greet", StepKind::Set(json(r#"{"a":1}"#)))];
    let app = App::over(directory.path(), [route(calling("slow", &slow.url)), route(quick)]).await;
    for _ in 0..100 {
        assert_eq!(app.post("/slow", "{}").await.status, 202);
    }
    let id = app.post("/quick", "{}").await.execution();
    app.phase(id, Phase::Succeeded).await;
}

#[tokio::test]
async fn a_run_that_waits_long_holds_no_task() {
    let directory = tempdir().unwrap();
    let mut plan = calling("hello", "http://127.0.0.1:1/");
    plan.program.steps = vec![step("pause", StepKind::Wait(WaitStep::For(3_600_000)))];
    plan.timeout_ms = 7_200_000;
    let app = App::over(directory.path(), [route(plan)]).await;
    let id = app.post("/hello", "{}").await.execution();
    let row = app.phase(id, Phase::Waiting).await;
    assert!(row.due_at.is_some());
    app.shared.runner.idle().await;
}

#[tokio::test]
async fn a_caller_waits_for_its_callee_and_gets_its_answer() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let mut answering = plan("callee", "/callee");
    answering.program.steps = calling("callee", &target.url).program.steps;
    answering.response.answer = crate::testing::answer(r#"{"got":"{{ $context.data.n }}"}"#);
    let mut caller = plan("hello", "/hello");
    caller.program.steps = vec![step(
        "ask",
        StepKind::Call(boathook_plan::plan::CallStep {
            workflow: "callee".to_owned(),
            input: json(r#"{"n":"{{ $context.data.n }}"}"#),
            detach: false,
        }),
    )];
    caller.response.answer = crate::testing::answer(r#"{"said":"{{ $steps.ask.got }}"}"#);
    let app = App::over(directory.path(), [route(answering), route(caller)]).await;
    let serve = async { target.next().await.answer(200).await };
    let (seen, ()) = tokio::join!(app.post("/hello", r#"{"n":7}"#), serve);
    assert_eq!((seen.status.as_u16(), seen.body.as_str()), (200, r#"{"said":7}"#));
}
