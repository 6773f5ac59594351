//! One workflow delays no other, whatever it does.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use boathook_plan::plan::{Retry, StepKind, WaitStep};
use jiff::{SignedDuration, Timestamp};
use tempfile::tempdir;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::clock::Clock;
use crate::runner::{Control, Owner};
use crate::store::{Cancel, Filter, Phase, Which};
use crate::testing::{App, Target, calling, get, json, plan, route, step};

#[tokio::test]
async fn a_slow_workflow_with_a_backlog_delays_no_other() {
    let directory = tempdir().unwrap();
    let slow = Target::start().await;
    let mut quick = calling("quick", &slow.url);
    quick.program.steps = vec![step("greet", StepKind::Set(json(r#"{"a":1}"#)))];
    let app = App::over(directory.path(), [route(calling("slow", &slow.url)), route(quick)]).await;
    // More than there are places for all workflows together.
    let app = Arc::new(app);
    for _ in 0..7 {
        let mut flood = JoinSet::new();
        for _ in 0..300 {
            let app = Arc::clone(&app);
            flood.spawn(async move { app.post("/slow", "{}").await.status });
        }
        assert!(flood.join_all().await.iter().all(|status| *status == 202));
    }
    let id = app.post("/quick", "{}").await.execution();
    app.phase(id, Phase::Succeeded).await;
}

#[tokio::test]
async fn a_sync_run_is_durable_where_as_many_go_on_as_may() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let mut workflow = plan("hello", "/hello");
    workflow.program.steps = calling("hello", &target.url).program.steps;
    let app = App::over(directory.path(), [route(workflow)]).await;
    let owner = Owner::of(&app.shared.routes.named("shop", "hello").unwrap().workflow);
    let late: Vec<_> = (0..1_000).map(|_| app.shared.runner.enter(&owner)).collect();
    let serve = async {
        let called = target.next().await;
        let rows = app.store().executions(Filter::default()).await.unwrap().rows;
        called.answer(200).await;
        rows
    };
    let (seen, rows) = tokio::join!(app.post("/hello", "{}"), serve);
    assert_eq!(seen.status, 200);
    assert_eq!((rows.len(), rows[0].phase), (1, Phase::Running));
    drop(late);
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
async fn a_run_that_tries_again_much_later_goes_on_with_the_same_key() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let mut plan = calling("hello", &target.url);
    plan.timeout_ms = 7_200_000;
    plan.program.steps[0].retry = Retry { attempts: 2, initial_ms: 3_600_000, factor: 1, max_ms: 3_600_000 };
    let ahead = Arc::new(AtomicI64::new(0));
    let clock = {
        let ahead = Arc::clone(&ahead);
        Clock::new(move || Timestamp::now() + SignedDuration::from_secs(ahead.load(Ordering::Relaxed)))
    };
    let app = App::by(clock.clone(), directory.path(), [route(plan.clone())]).await;
    let id = app.post("/hello", "{}").await.execution();
    let first = target.next().await;
    let key = first.field("idempotency-key");
    first.answer(503).await;
    app.phase(id, Phase::Waiting).await;
    app.crash().await;
    ahead.store(3_600, Ordering::Relaxed);
    let app = App::by(clock, directory.path(), [route(plan)]).await;
    let second = target.next().await;
    assert_eq!(second.field("idempotency-key"), key);
    second.answer(200).await;
    app.phase(id, Phase::Succeeded).await;
}

#[tokio::test]
async fn a_run_whose_lease_is_another_s_stops_without_an_effect() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let mut plan = calling("hello", &target.url);
    plan.program.steps.push(step("again", get(&target.url)));
    let app = App::over(directory.path(), [route(plan)]).await;
    let id = app.post("/hello", "{}").await.execution();
    let called = target.next().await;
    app.shared.runner.running.tell(id, &Control::Lost);
    app.shared.runner.idle().await;
    called.answer(200).await;
    assert_eq!(app.phase(id, Phase::Running).await.entries, 0);
    assert!(!target.is_called());
}

#[tokio::test]
async fn a_run_that_is_cancelled_finishes_its_step_and_no_more() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let mut plan = calling("hello", &target.url);
    plan.program.steps.push(step("again", get(&target.url)));
    let app = App::over(directory.path(), [route(plan)]).await;
    let id = app.post("/hello", "{}").await.execution();
    let called = target.next().await;
    let cancel = Cancel { which: Which::Execution(id), reason: "CancelledByHand".to_owned(), limit: 1 };
    assert_eq!(app.shared.cancel(cancel).await.unwrap().running, [id]);
    called.answer(200).await;
    assert_eq!(app.phase(id, Phase::Cancelled).await.reason.as_deref(), Some("CancelledByHand"));
    assert!(!target.is_called());
}

#[tokio::test]
async fn a_run_waits_for_memory_to_read_its_request_in_and_gives_it_back_at_its_end() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let mut workflow = calling("hello", &target.url);
    workflow.webhook.as_mut().unwrap().max_body_size = 1 << 20;
    let app = App::over(directory.path(), [route(workflow)]).await;
    let resuming = &app.shared.gate.resuming;
    let all = resuming.try_take(32 << 20).unwrap();
    let id = app.post("/hello", &format!("\"{}\"", "x".repeat(100 << 10))).await.execution();
    app.phase(id, Phase::Running).await;
    assert!(timeout(Duration::ZERO, target.next()).await.is_err(), "it has not begun");
    drop(all);
    let called = target.next().await;
    assert!(resuming.free() <= (32 << 20) - (100 << 10), "its body is held: {}", resuming.free());
    called.answer(200).await;
    app.phase(id, Phase::Succeeded).await;
    app.shared.runner.idle().await;
    assert_eq!(resuming.free(), 32 << 20);
}
