//! Senders that are gone before their answer, as those are who reset their stream of HTTP/2.

use std::time::Duration;

use boathook_plan::plan::{Concurrency, Deduplication, Mode, Overflow, Plan, Suspend};
use tempfile::tempdir;
use tokio::time::timeout;

use crate::store::RequestPhase;
use crate::testing::{App, calling, once, plan, request, route};

/// Sends a delivery that is dropped as soon as something has to be waited for.
async fn break_off(app: &App) {
    tokio::select! {
        biased;
        seen = app.send(request("POST", "/hello", r#"{"id":1}"#)) => panic!("its answer takes time: {seen:?}"),
        () = std::future::ready(()) => {}
    }
}

/// Waits until something is counted.
async fn counted(count: impl Fn() -> u64) {
    let seen = async {
        while count() == 0 {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(20), seen).await.expect("it is counted");
}

/// An Async workflow with room for one.
fn full() -> Plan {
    let mut plan = calling("hello", "http://127.0.0.1:1/");
    plan.concurrency = Concurrency { max: 1, key: None, queue: 0, overflow: Overflow::Queue };
    plan.suspend = Suspend::Execution;
    plan
}

#[tokio::test]
async fn a_delivery_that_is_not_accepted_is_not_counted_so() {
    let directory = tempdir().unwrap();
    let app = App::over(directory.path(), [route(full())]).await;
    assert_eq!(app.post("/hello", "{}").await.status, 202);
    break_off(&app).await;
    counted(|| app.requests("QueueFull")).await;
    assert_eq!(app.requests("Accepted"), 1);
    let rows = app.refused(1).await;
    assert_eq!((rows[0].phase, rows[0].reason.as_str()), (RequestPhase::Rejected, "QueueFull"));
}

#[tokio::test]
async fn a_repeat_is_counted_as_one() {
    let directory = tempdir().unwrap();
    let mut plan = once(plan("hello", "/hello"));
    plan.response.mode = Mode::Async;
    let app = App::over(directory.path(), [route(plan)]).await;
    assert_eq!(app.post("/hello", r#"{"id":1}"#).await.status, 202);
    break_off(&app).await;
    counted(|| app.requests("Duplicate")).await;
    assert_eq!(app.requests("Accepted"), 1);
}

#[tokio::test]
async fn a_delivery_whose_key_is_being_looked_for_is_run() {
    let directory = tempdir().unwrap();
    let mut plan = once(plan("hello", "/hello"));
    plan.deduplication = plan.deduplication.map(|it| Deduplication { explicit: false, ..it });
    let app = App::over(directory.path(), [route(plan)]).await;
    break_off(&app).await;
    counted(|| app.executions("Succeeded")).await;
    counted(|| app.requests("Accepted")).await;
}
