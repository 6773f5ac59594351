//! Nothing is done twice, and nobody is told what does not hold.

use boathook_plan::plan::{Mode, Plan, StepKind, Suspend, WaitStep};
use http::StatusCode;
use tempfile::tempdir;

use crate::store::{Cancel, Filter, Phase, Which};
use crate::testing::{App, Target, answer, calling, get, once, plan, route, step};

/// A Sync workflow that calls `url`; its run goes on when its sender waits no longer.
fn lasting(url: &str) -> Plan {
    let mut workflow = plan("hello", "/hello");
    workflow.program.steps = vec![step("call", get(url))];
    workflow.response.cancel = false;
    workflow
}

#[tokio::test]
async fn an_execution_that_was_cancelled_while_nobody_ran_it_does_nothing_more() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let workflow = calling("hello", &target.url);
    let (now, then) = (route(workflow.clone()), route(workflow));
    let app = App::over(directory.path(), [now]).await;
    let id = app.post("/hello", "{}").await.execution();
    let _cut = target.next().await;
    let cancel = Cancel { which: Which::Execution(id), reason: "CancelledByHand".to_owned(), limit: 1 };
    assert_eq!(app.store().cancel(cancel).await.unwrap().running, [id]);
    app.crash().await;

    let app = App::over(directory.path(), [then]).await;
    assert_eq!(app.phase(id, Phase::Cancelled).await.reason.as_deref(), Some("CancelledByHand"));
    assert!(!target.is_called());
}

#[tokio::test]
async fn a_sender_whose_durable_run_is_given_back_is_told_that_it_goes_on() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let workflow = once(lasting(&target.url));
    let (now, then) = (route(workflow.clone()), route(workflow));
    let app = App::over(directory.path(), [now]).await;
    let stop = async {
        let cut = target.next().await;
        app.stop.drain();
        app.stop.abort();
        cut
    };
    let (seen, _cut) = tokio::join!(app.post("/hello", r#"{"id":7}"#), stop);
    assert_eq!(seen.status, 202);
    assert_eq!(seen.json()["executionID"], seen.header("boathook-execution-id"));
    app.drain().await;

    let app = App::over(directory.path(), [then]).await;
    target.next().await.answer(200).await;
    app.phase(seen.execution(), Phase::Succeeded).await;
}

#[tokio::test]
async fn a_sync_delivery_of_a_suspended_workflow_waits_in_the_queue() {
    let directory = tempdir().unwrap();
    let target = Target::start().await;
    let mut workflow = lasting(&target.url);
    workflow.suspend = Suspend::Execution;
    workflow.response.deadline_ms = 50;
    let app = App::over(directory.path(), [route(workflow)]).await;
    let seen = app.post("/hello", "{}").await;
    assert_eq!(seen.status, 202);
    app.phase(seen.execution(), Phase::Queued).await;
    assert!(!target.is_called());
}

#[tokio::test]
async fn a_late_run_that_waits_holds_no_task() {
    let directory = tempdir().unwrap();
    let mut workflow = lasting("http://127.0.0.1:1/");
    workflow.program.steps = vec![step("pause", StepKind::Wait(WaitStep::For(3_600_000)))];
    workflow.timeout_ms = 7_200_000;
    workflow.response.deadline_ms = 50;
    let app = App::over(directory.path(), [route(workflow)]).await;
    let seen = app.post("/hello", "{}").await;
    assert_eq!(seen.status, 202);
    app.phase(seen.execution(), Phase::Waiting).await;
    app.shared.runner.idle().await;
}

#[tokio::test]
async fn a_key_that_a_run_in_memory_holds_is_held_when_its_workflow_becomes_durable() {
    for fails in [false, true] {
        let directory = tempdir().unwrap();
        let mut target = Target::start().await;
        let mut workflow = once(plan("hello", "/hello"));
        workflow.deduplication.as_mut().unwrap().explicit = false;
        workflow.program.steps = vec![step("call", get(&target.url))];
        let mut durable = workflow.clone();
        durable.response.mode = Mode::Async;
        let app = App::over(directory.path(), [route(workflow)]).await;
        let send = || app.post("/hello", r#"{"id":7}"#);
        let change = async {
            let called = target.next().await;
            app.swap([route(durable)]);
            let serve = async {
                // The repeat waits for the end of the first one.
                tokio::task::yield_now().await;
                called.answer(if fails { 400 } else { 200 }).await;
            };
            tokio::join!(send(), serve).0
        };
        let (first, second) = tokio::join!(send(), change);
        assert_eq!((first.status.as_u16(), second.status), (if fails { 500 } else { 200 }, StatusCode::ACCEPTED));
        assert_eq!(first.execution() == second.execution(), !fails);
        assert_eq!(app.requests("Duplicate"), u64::from(!fails));
    }
}

#[tokio::test]
async fn a_run_that_becomes_durable_holds_its_key_there() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let mut workflow = once(plan("hello", "/hello"));
    workflow.deduplication.as_mut().unwrap().explicit = false;
    workflow.program.steps =
        vec![step("reply", StepKind::Respond(answer(r#"{"early":true}"#))), step("call", get(&target.url))];
    let app = App::over(directory.path(), [route(workflow)]).await;
    let first = app.post("/hello", r#"{"id":7}"#).await;
    let called = target.next().await;
    let serve = async {
        tokio::task::yield_now().await;
        called.answer(200).await;
    };
    let (second, ()) = tokio::join!(app.post("/hello", r#"{"id":7}"#), serve);
    assert_eq!((&second.body, second.execution()), (&first.body, first.execution()));
    assert!(!target.is_called());
    assert_eq!(app.store().executions(Filter::default()).await.unwrap().rows.len(), 1);
}
