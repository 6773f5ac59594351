//! Steps that are many, and deliveries that are one, through the whole gateway.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use boathook_plan::plan::{Batch, Block, ForEachStep, OnItemError, ParallelStep, StepKind, WaitStep};
use jiff::{SignedDuration, Timestamp};
use tempfile::tempdir;

use crate::clock::Clock;
use crate::runner::housekeeping;
use crate::store::Phase;
use crate::testing::{App, Target, calling, get, once, route, step};

#[tokio::test]
async fn each_item_of_a_loop_is_an_effect_of_its_own() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let mut workflow = calling("hello", &target.url);
    workflow.program.blocks = vec![Block { name: "one".to_owned(), steps: vec![step("call", get(&target.url))] }];
    workflow.program.steps = vec![step(
        "each",
        StepKind::ForEach(ForEachStep {
            items: "$context.data.items".to_owned(),
            run: "one".to_owned(),
            as_: "item".to_owned(),
            concurrency: 3,
            on_item_error: OnItemError::Fail,
            collect: None,
        }),
    )];
    let app = App::over(directory.path(), [route(workflow)]).await;
    let id = app.post("/hello", r#"{"items":[1,2,3]}"#).await.execution();
    let calls = [target.next().await, target.next().await, target.next().await];
    let keys: BTreeSet<String> = calls.iter().map(|called| called.field("idempotency-key")).collect();
    assert_eq!(keys.len(), 3);
    for called in calls {
        called.answer(200).await;
    }
    app.phase(id, Phase::Succeeded).await;
    assert!(!target.is_called());
}

#[tokio::test]
async fn parallel_blocks_go_on_at_the_same_time() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let mut workflow = calling("hello", &target.url);
    let block =
        |name: &str| Block { name: name.to_owned(), steps: vec![step(&format!("{name}Call"), get(&target.url))] };
    workflow.program.blocks = vec![block("left"), block("right")];
    let both = ParallelStep { blocks: vec!["left".to_owned(), "right".to_owned()] };
    workflow.program.steps = vec![step("both", StepKind::Parallel(both))];
    let app = App::over(directory.path(), [route(workflow)]).await;
    let id = app.post("/hello", "{}").await.execution();
    let (one, other) = (target.next().await, target.next().await);
    one.answer(200).await;
    other.answer(200).await;
    app.phase(id, Phase::Succeeded).await;
}

#[tokio::test]
async fn deliveries_of_a_batch_are_one_execution() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let mut workflow = calling("hello", &target.url);
    workflow.batch = Some(Batch { max: 2, for_ms: 600_000 });
    let StepKind::Http(http) = &mut workflow.program.steps[0].kind else { panic!("the step calls") };
    http.headers.insert("x-numbers".to_owned(), "{{ sum($batch.map(one, one.data.n)) }}".to_owned());
    let app = App::over(directory.path(), [route(once(workflow))]).await;
    let first = app.post("/hello", r#"{"id":1,"n":3}"#).await.execution();
    assert_eq!(app.post("/hello", r#"{"id":2,"n":4}"#).await.execution(), first);
    let called = target.next().await;
    assert_eq!(called.field("x-numbers"), "7");
    called.answer(200).await;
    assert_eq!(app.phase(first, Phase::Succeeded).await.items, 2);
}

#[tokio::test]
async fn a_run_that_waits_long_goes_on_when_its_time_has_come() {
    let directory = tempdir().unwrap();
    let mut workflow = calling("hello", "http://127.0.0.1:1/");
    workflow.program.steps = vec![step("pause", StepKind::Wait(WaitStep::For(3_600_000)))];
    workflow.timeout_ms = 7_200_000;
    let ahead = Arc::new(AtomicI64::new(0));
    let clock = {
        let ahead = Arc::clone(&ahead);
        Clock::new(move || Timestamp::now() + SignedDuration::from_secs(ahead.load(Ordering::Relaxed)))
    };
    let app = App::by(clock, directory.path(), [route(workflow)]).await;
    let id = app.post("/hello", "{}").await.execution();
    app.phase(id, Phase::Waiting).await;
    ahead.store(3_600, Ordering::Relaxed);
    housekeeping::look(&app.shared).await.unwrap();
    app.phase(id, Phase::Succeeded).await;
}
