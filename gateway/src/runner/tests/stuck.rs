//! Nothing waits for ever: not for a run that panicked, not for one that was replaced or cancelled.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use boathook_plan::plan::{Concurrency, Overflow, Plan, StepKind, WaitStep};
use jiff::Timestamp;
use tempfile::tempdir;
use tokio::runtime::Handle;

use crate::clock::Clock;
use crate::store::{Cancel, Filter, Phase, Which};
use crate::testing::{App, Target, calling, get, once, plan, route, step};

/// A clock that panics when it is asked by a task while it is armed: what a fault of ours does.
fn faulty(armed: &Arc<AtomicBool>) -> Clock {
    let armed = Arc::clone(armed);
    Clock::new(move || {
        assert!(Handle::try_current().is_err() || !armed.load(Ordering::Relaxed), "the clock is faulty");
        Timestamp::now()
    })
}

/// Calls `url` twice.
fn twice(mut plan: Plan, url: &str) -> Plan {
    plan.program.steps = vec![step("call", get(url)), step("again", get(url))];
    plan
}

#[tokio::test]
async fn a_durable_run_that_panics_is_a_dead_letter() {
    for sync in [false, true] {
        let directory = tempdir().unwrap();
        let mut target = Target::start().await;
        let workflow = if sync { once(plan("hello", "/hello")) } else { calling("hello", &target.url) };
        let armed = Arc::default();
        let app = App::by(faulty(&armed), directory.path(), [route(twice(workflow, &target.url))]).await;
        let serve = async {
            let called = target.next().await;
            armed.store(true, Ordering::Relaxed);
            called.answer(200).await;
        };
        let (seen, ()) = tokio::join!(app.post("/hello", r#"{"id":7}"#), serve);
        assert_eq!(seen.status, if sync { 500 } else { 202 });
        let row = app.phase(seen.execution(), Phase::Failed).await;
        armed.store(false, Ordering::Relaxed);
        assert_eq!(row.reason.as_deref(), Some("GatewayFailed"), "{sync}");
    }
}

#[tokio::test]
async fn a_sender_whose_delivery_is_superseded_is_told_at_once() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let mut workflow = plan("hello", "/hello");
    workflow.program.steps = vec![step("call", get(&target.url))];
    workflow.concurrency = Concurrency { max: 1, key: None, queue: 9, overflow: Overflow::Supersede };
    let app = App::over(directory.path(), [route(workflow)]).await;
    let queued = async || while app.store().totals().await.unwrap()[0].queued == 0 {};
    let first = app.post("/hello", "{}");
    let others = async {
        let called = target.next().await;
        let third = async {
            queued().await;
            app.post("/hello", "{}").await
        };
        let second = async {
            let seen = app.post("/hello", "{}").await;
            called.answer(200).await;
            seen
        };
        let serve = async { target.next().await.answer(200).await };
        let (second, third, ()) = tokio::join!(second, third, serve);
        assert_eq!((second.status.as_u16(), second.reason().as_str()), (500, "RunCancelled"));
        assert_eq!(third.status, 200);
    };
    let (first, ()) = tokio::join!(first, others);
    assert_eq!(first.status, 200);
}

#[tokio::test]
async fn a_run_that_is_cancelled_while_it_is_let_go_ends() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let mut workflow = calling("hello", &target.url);
    workflow.timeout_ms = 7_200_000;
    workflow.program.steps.push(step("pause", StepKind::Wait(WaitStep::For(3_600_000))));
    let app = App::over(directory.path(), [route(workflow)]).await;
    let id = app.post("/hello", "{}").await.execution();
    let called = target.next().await;
    let cancel = Cancel { which: Which::Execution(id), reason: "CancelledByHand".to_owned(), limit: 1 };
    // Its run does not hear of it.
    assert_eq!(app.store().cancel(cancel).await.unwrap().running, [id]);
    called.answer(200).await;
    assert_eq!(app.phase(id, Phase::Cancelled).await.reason.as_deref(), Some("CancelledByHand"));
    assert_eq!(app.store().executions(Filter::default()).await.unwrap().rows.len(), 1);
}
