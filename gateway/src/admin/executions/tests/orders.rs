//! Replays and cancellations of one execution.

use boathook_plan::plan::{BodyKept, Plan, StepKind, WaitStep};
use serde_json::{Value, json};
use tempfile::tempdir;
use uuid::Uuid;

use super::{ask, queued, record, refusal};
use crate::store::Phase;
use crate::testing::{App, Target, calling, get, once, plan, route, step};

/// Two calls, one after the other.
fn twice(url: &str) -> Plan {
    let mut plan = calling("hello", url);
    plan.program.steps.push(step("again", get(url)));
    plan
}

/// An execution of [`twice`] that failed at its second step, and the idempotency keys of both.
async fn failed(app: &App, target: &mut Target) -> (Uuid, [String; 2]) {
    let id = app.post("/hello", r#"{"n":1}"#).await.execution();
    let first = target.next().await;
    let first_key = first.field("idempotency-key");
    first.answer(200).await;
    let second = target.next().await;
    let second_key = second.field("idempotency-key");
    second.answer(400).await;
    app.phase(id, Phase::Failed).await;
    (id, [first_key, second_key])
}

async fn replay(app: &App, id: Uuid, body: &str) -> Uuid {
    let seen = ask(app, "POST", &format!("/v1/executions/{id}/replay"), body).await;
    assert_eq!(seen.status, 201, "{}", seen.body);
    assert_eq!(seen.json()["replayOf"], id.to_string());
    seen.json()["executionID"].as_str().unwrap().parse().unwrap()
}

async fn replay_refused(app: &App, id: Uuid, body: &str) -> (u16, String) {
    refusal(app, "POST", &format!("/v1/executions/{id}/replay"), body).await
}

async fn cancel(app: &App, id: Uuid) -> Value {
    let seen = ask(app, "POST", &format!("/v1/executions/{id}/cancel"), "").await;
    assert_eq!(seen.status, 200, "{}", seen.body);
    seen.json()
}

#[tokio::test]
async fn a_replay_from_the_start_is_a_new_execution_with_new_keys() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let app = App::over(directory.path(), [route(twice(&target.url))]).await;
    let (id, keys) = failed(&app, &mut target).await;
    let again = replay(&app, id, "").await;
    assert_ne!(again, id);
    for _ in 0..2 {
        let called = target.next().await;
        assert!(!keys.contains(&called.field("idempotency-key")));
        called.answer(200).await;
    }
    app.phase(again, Phase::Succeeded).await;
    let shown = record(&app, again).await;
    assert_eq!(shown["spec"]["replayOf"], id.to_string());
    assert_eq!(shown["spec"]["request"]["body"], json!({"n": 1}));
}

#[tokio::test]
async fn a_replay_from_the_failed_step_repeats_nothing_and_keeps_its_key() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let app = App::over(directory.path(), [route(twice(&target.url))]).await;
    let (id, [_, key]) = failed(&app, &mut target).await;
    let again = replay(&app, id, r#"{"from":"FailedStep"}"#).await;
    let called = target.next().await;
    assert_eq!(called.field("idempotency-key"), key);
    called.answer(200).await;
    app.phase(again, Phase::Succeeded).await;
    assert!(!target.is_called());
    let (old, new) = (record(&app, id).await, record(&app, again).await);
    let ended = old["status"]["steps"][0]["finishedAt"].as_str().unwrap();
    let kept = &new["status"]["steps"][0];
    assert_eq!((kept["startedAt"].as_str(), kept["finishedAt"].as_str()), (Some(ended), Some(ended)));
}

#[tokio::test]
async fn a_replay_from_a_first_step_that_failed_keeps_its_key() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let app = App::over(directory.path(), [route(calling("hello", &target.url))]).await;
    let id = app.post("/hello", "{}").await.execution();
    let called = target.next().await;
    let key = called.field("idempotency-key");
    called.answer(400).await;
    app.phase(id, Phase::Failed).await;
    replay(&app, id, r#"{"from":"FailedStep"}"#).await;
    assert_eq!(target.next().await.field("idempotency-key"), key);
}

#[tokio::test]
async fn a_replay_of_a_replay_keeps_the_keys_of_the_run_that_it_goes_on_with() {
    for plan in [calling("hello", "URL"), once(calling("hello", "URL"))] {
        let directory = tempdir().unwrap();
        let mut target = Target::start().await;
        let mut plan = plan;
        plan.program.steps = vec![step("call", get(&target.url))];
        let app = App::over(directory.path(), [route(plan)]).await;
        let mut id = app.post("/hello", r#"{"id":7}"#).await.execution();
        let mut keys = Vec::new();
        for from in ["FailedStep", "Start", "FailedStep", "FailedStep", "Start"] {
            let called = target.next().await;
            keys.push(called.field("idempotency-key"));
            called.answer(400).await;
            app.phase(id, Phase::Failed).await;
            id = replay(&app, id, &format!(r#"{{"from":"{from}"}}"#)).await;
        }
        keys.push(target.next().await.field("idempotency-key"));
        assert_eq!(keys[0], keys[1]);
        assert!(keys[2] == keys[3] && keys[3] == keys[4], "{keys:?}");
        assert!(keys[1] != keys[2] && keys[4] != keys[5] && keys[0] != keys[5], "{keys:?}");
    }
}

#[tokio::test]
async fn a_replay_is_of_the_original_revision_or_of_the_current_one() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let app = App::over(directory.path(), [route(twice(&target.url))]).await;
    let (id, _) = failed(&app, &mut target).await;
    let mut mended = twice(&target.url);
    mended.program.steps[1] = step("again", get(&format!("{}mended", target.url)));
    app.swap([route(mended)]);
    for (revision, path) in [("Original", "GET / "), ("Current", "GET /mended ")] {
        let again = replay(&app, id, &format!(r#"{{"from":"FailedStep","revision":"{revision}"}}"#)).await;
        let called = target.next().await;
        assert!(called.head.starts_with(path), "{revision}: {}", called.head);
        called.answer(200).await;
        app.phase(again, Phase::Succeeded).await;
    }
}

#[tokio::test]
async fn a_revision_with_other_steps_before_the_failure_is_not_gone_on_with() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let app = App::over(directory.path(), [route(twice(&target.url))]).await;
    let (id, _) = failed(&app, &mut target).await;
    let mut other = twice(&target.url);
    other.program.steps[0].name = "other".to_owned();
    app.swap([route(other)]);
    let asked = r#"{"from":"FailedStep","revision":"Current"}"#;
    assert_eq!(replay_refused(&app, id, asked).await, (409, "JournalMismatch".to_owned()));
    app.swap([]);
    assert_eq!(replay_refused(&app, id, asked).await, (409, "WorkflowDeleted".to_owned()));
}

#[tokio::test]
async fn without_its_body_an_execution_is_not_replayed() {
    for body in [BodyKept::Hash, BodyKept::None] {
        let directory = tempdir().unwrap();
        let mut target = Target::start().await;
        let mut plan = calling("hello", &target.url);
        plan.history.body = body;
        let app = App::over(directory.path(), [route(plan)]).await;
        let id = app.post("/hello", "{}").await.execution();
        target.next().await.answer(400).await;
        app.phase(id, Phase::Failed).await;
        for asked in ["", r#"{"from":"FailedStep"}"#] {
            assert_eq!(replay_refused(&app, id, asked).await, (409, "BodyNotKept".to_owned()), "{body:?} {asked}");
        }
    }
}

#[tokio::test]
async fn what_has_not_ended_or_not_failed_is_told_what_to_do() {
    let directory = tempdir().unwrap();
    let app = App::over(directory.path(), [route(queued("hello")), route(plan("other", "/other"))]).await;
    let open = app.post("/hello", "{}").await.execution();
    assert_eq!(replay_refused(&app, open, "").await, (409, "NotFinished".to_owned()));
    let done = app.post("/other", "{}").await.execution();
    app.phase(done, Phase::Succeeded).await;
    assert_eq!(replay_refused(&app, done, r#"{"from":"FailedStep"}"#).await, (409, "NotFailed".to_owned()));
    for body in [r#"{"from":"Middle"}"#, r#"{"form":"Start"}"#, "{"] {
        assert_eq!(replay_refused(&app, done, body).await, (400, "BadRequest".to_owned()), "{body}");
    }
}

#[tokio::test]
async fn a_queued_execution_is_cancelled_at_once() {
    let directory = tempdir().unwrap();
    let app = App::over(directory.path(), [route(queued("hello"))]).await;
    let id = app.post("/hello", "{}").await.execution();
    assert_eq!(cancel(&app, id).await, json!({"executionID": id.to_string(), "ended": true}));
    let status = &record(&app, id).await["status"];
    assert_eq!((&status["phase"], &status["reason"]), (&json!("Cancelled"), &json!("Cancelled")));
    let twice = refusal(&app, "POST", &format!("/v1/executions/{id}/cancel"), "").await;
    assert_eq!(twice, (409, "Finished".to_owned()));
}

#[tokio::test]
async fn a_waiting_execution_is_cancelled_at_once() {
    let directory = tempdir().unwrap();
    let mut plan = queued("hello");
    plan.suspend = boathook_plan::plan::Suspend::No;
    plan.program.steps = vec![step("pause", StepKind::Wait(WaitStep::For(20_000)))];
    let app = App::over(directory.path(), [route(plan)]).await;
    let id = app.post("/hello", "{}").await.execution();
    app.phase(id, Phase::Waiting).await;
    assert_eq!(cancel(&app, id).await["ended"], true);
    app.phase(id, Phase::Cancelled).await;
}

#[tokio::test]
async fn a_running_execution_ends_behind_its_step_in_flight() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let app = App::over(directory.path(), [route(twice(&target.url))]).await;
    let id = app.post("/hello", "{}").await.execution();
    let called = target.next().await;
    assert_eq!(cancel(&app, id).await["ended"], false);
    called.answer(200).await;
    app.phase(id, Phase::Cancelled).await;
    assert!(!target.is_called(), "no step is begun any more");
}
