//! Lists: their order, their pages, their filters.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tempfile::tempdir;

use super::{ask, get, names, names_of, queued};
use crate::clock::Clock;
use crate::store::Phase;
use crate::testing::{App, NOW, plan, route};

#[tokio::test]
async fn a_list_is_newest_first_and_stays_whole_while_new_ones_are_accepted() {
    let directory = tempdir().unwrap();
    let app = App::over(directory.path(), [route(queued("hello"))]).await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(app.post("/hello", "{}").await.execution().to_string());
    }
    let mut pages = Vec::new();
    let mut query = "limit=2".to_owned();
    loop {
        let list = get(&app, &format!("/v1/executions?{query}")).await;
        pages.push(names_of(&list));
        app.post("/hello", "{}").await;
        let Value::String(next) = &list["metadata"]["continue"] else { break };
        query = format!("limit=2&continue={next}");
    }
    let page = |numbers: &[usize]| numbers.iter().map(|number| ids[*number].clone()).collect::<Vec<_>>();
    assert_eq!(pages, [page(&[4, 3]), page(&[2, 1]), page(&[0])]);
}

#[tokio::test]
async fn a_list_has_what_is_asked_for_and_nothing_else() {
    let directory = tempdir().unwrap();
    let mut attic = plan("hello", "/attic");
    attic.workflow.namespace = "attic".to_owned();
    attic.workflow.uid = "uid-attic".to_owned();
    let routes = [route(queued("hello")), route(plan("other", "/other")), route(attic)];
    let app = App::over(directory.path(), routes).await;
    let hello = app.post("/hello", "{}").await.execution();
    let other = app.post("/other", "{}").await.execution();
    let attic = app.post("/attic", "{}").await.execution();
    app.phase(other, Phase::Succeeded).await;
    app.phase(attic, Phase::Succeeded).await;
    let texts = |ids: &[uuid::Uuid]| {
        let mut texts: Vec<_> = ids.iter().map(ToString::to_string).collect();
        texts.sort();
        texts
    };
    for (query, expected) in [
        ("", texts(&[hello, other, attic])),
        ("namespace=shop", texts(&[hello, other])),
        ("workflow=hello", texts(&[hello, attic])),
        ("namespace=shop&workflow=hello", texts(&[hello])),
        ("phase=succeeded", texts(&[other, attic])),
        ("phase=Queued,Succeeded&namespace=shop", texts(&[hello, other])),
        ("phase=Failed", Vec::new()),
        ("workflow=unknown", Vec::new()),
    ] {
        let mut found = names(&app, query).await;
        found.sort();
        assert_eq!(found, expected, "{query}");
    }
}

#[tokio::test]
async fn since_is_a_time_or_how_long_ago() {
    let directory = tempdir().unwrap();
    let noon: Timestamp = NOW.parse().unwrap();
    let hours = Arc::new(AtomicI64::new(0));
    let passed = Arc::clone(&hours);
    let clock = Clock::new(move || noon + SignedDuration::from_hours(passed.load(Ordering::Relaxed)));
    let app = App::by(clock, directory.path(), [route(queued("hello"))]).await;
    let old = app.post("/hello", "{}").await.execution().to_string();
    hours.store(3, Ordering::Relaxed);
    let new = app.post("/hello", "{}").await.execution().to_string();
    assert_eq!(names(&app, "since=1h30m").await, std::slice::from_ref(&new));
    assert_eq!(names(&app, "since=2026-11-24T12:00:01Z").await, std::slice::from_ref(&new));
    assert_eq!(names(&app, "since=2026-11-24T12:00:00Z").await, [new, old]);
}

#[tokio::test]
async fn a_list_has_neither_requests_nor_steps() {
    let directory = tempdir().unwrap();
    let app = App::over(directory.path(), [route(plan("hello", "/hello"))]).await;
    let id = app.post("/hello", r#"{"n":1}"#).await.execution();
    app.phase(id, Phase::Succeeded).await;
    let list = get(&app, "/v1/executions").await;
    assert_eq!(list["kind"], "WebhookExecutionList");
    assert_eq!(list["metadata"], serde_json::json!({}));
    let item = &list["items"][0];
    assert_eq!((&item["spec"]["request"], &item["status"]["steps"]), (&Value::Null, &Value::Null));
    assert_eq!(item["spec"]["workflowRef"], serde_json::json!({"name": "hello", "uid": "uid-hello"}));
    assert_eq!(item["status"]["response"], serde_json::json!({"status": 200}));
}

#[tokio::test]
async fn a_query_that_is_wrong_is_told_what_is_allowed() {
    let directory = tempdir().unwrap();
    let app = App::over(directory.path(), []).await;
    for (path, allowed) in [
        ("/v1/executions?limit=0", "limit: a number from 1 to 500"),
        ("/v1/executions?limit=501", "limit: a number from 1 to 500"),
        ("/v1/executions?limit=many", "limit: a number from 1 to 500"),
        ("/v1/executions?phase=Gone", "phase: the phases are Queued, Running, Waiting, Succeeded"),
        (
            "/v1/executions?since=yesterday",
            "since: a time such as 2026-11-24T12:00:00Z, or how long ago, such as 1h30m",
        ),
        ("/v1/executions?continue=7", "continue: not what a list of executions gave"),
        ("/v1/executions?flow=a", "expected one of `namespace`, `workflow`, `phase`, `since`, `limit`, `continue`"),
        ("/v1/executions/export?limit=5", "only lists have pages"),
        ("/v1/executions/events?continue=1.", "only lists have pages"),
        ("/v1/executions/zz", "is not an execution's id, nor the first 4 digits of one"),
        ("/v1/executions/01-9", "is not an execution's id, nor the first 4 digits of one"),
    ] {
        let seen = ask(&app, "GET", path, "").await;
        assert_eq!((seen.status.as_u16(), seen.reason().as_str()), (400, "BadRequest"), "{path}");
        let detail = seen.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(allowed), "{path}: {detail}");
    }
}

#[tokio::test]
async fn a_gateway_without_a_store_says_so() {
    let app = App::new([]);
    for path in ["/v1/executions", "/v1/executions/0193", "/v1/executions/export", "/v1/executions/events"] {
        let seen = ask(&app, "GET", path, "").await;
        assert_eq!((seen.status.as_u16(), seen.reason().as_str()), (503, "StoreUnavailable"), "{path}");
    }
}
