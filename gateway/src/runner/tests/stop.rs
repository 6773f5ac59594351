//! How a gateway stops: nothing is lost, and nothing is waited for that can go on later.

use tempfile::tempdir;

use crate::store::Phase;
use crate::testing::{App, Target, calling, get, route, step};

#[tokio::test]
async fn a_draining_gateway_lets_go_of_an_execution_at_its_next_entry() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let mut plan = calling("hello", &target.url);
    plan.program.steps.push(step("again", get(&target.url)));
    let (now, then) = (route(plan.clone()), route(plan));
    let app = App::over(directory.path(), [now]).await;
    let id = app.post("/hello", "{}").await.execution();
    let first = target.next().await;
    app.stop.drain();
    first.answer(200).await;
    app.drain().await;
    assert!(!target.is_called(), "the second step is the next owner's");

    let app = App::over(directory.path(), [then]).await;
    target.next().await.answer(200).await;
    app.phase(id, Phase::Succeeded).await;
    assert!(!target.is_called());
}

#[tokio::test]
async fn a_gateway_that_cannot_wait_gives_its_executions_back() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let plan = calling("hello", &target.url);
    let (now, then) = (route(plan.clone()), route(plan));
    let app = App::over(directory.path(), [now]).await;
    let id = app.post("/hello", "{}").await.execution();
    let cut = target.next().await;
    let key = cut.field("idempotency-key");
    app.stop.drain();
    app.stop.abort();
    app.drain().await;

    let app = App::over(directory.path(), [then]).await;
    let again = target.next().await;
    assert_eq!(again.field("idempotency-key"), key);
    again.answer(200).await;
    app.phase(id, Phase::Succeeded).await;
}
