//! How executions of `boathook run` wait for one another.

use std::collections::BTreeSet;
use std::fs;

use serde_json::json;

use crate::files::rename_over;
use crate::served::{Served, workflow};
use crate::target::Target;

/// A public workflow with this field that posts what it was sent.
fn posting(field: &str, url: &str) -> String {
    let step = format!("{{name: post, http: {{url: '{url}', json: '{{{{ $context.data }}}}'}}}}");
    format!("webhook: {{public: true}}\n{field}\nsteps: [{step}]")
}

#[tokio::test]
async fn a_delivery_over_the_queue_is_429_and_told_when_to_come_back() {
    let mut target = Target::start().await;
    let served = Served::start(&[("one", &posting("concurrency: {max: 1, queue: 1}", &target.url))]);
    assert_eq!(served.post("one", "1").await.status, 202);
    let held = target.next().await;
    assert_eq!(served.post("one", "2").await.status, 202);
    let refused = served.post("one", "3").await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, "5"));
    assert_eq!(refused.json()["reason"], "QueueFull");
    assert_eq!(held.answer(200).await, json!(1));
    assert_eq!(target.taken().await, json!(2));
}

#[tokio::test]
async fn where_nothing_may_wait_a_delivery_is_429_at_once() {
    let mut target = Target::start().await;
    let served = Served::start(&[("one", &posting("concurrency: {max: 1, overflow: Reject}", &target.url))]);
    served.post("one", "1").await;
    let held = target.next().await;
    assert_eq!(served.post("one", "2").await.status, 429);
    held.answer(200).await;
}

#[tokio::test]
async fn deliveries_of_one_key_run_in_order_one_at_a_time() {
    let mut target = Target::start().await;
    let field = "concurrency: {key: '{{ $context.data.order }}'}";
    let served = Served::start(&[("keyed", &posting(field, &target.url))]);
    for (order, n) in [("a", 1), ("a", 2), ("a", 3), ("b", 1)] {
        served.post("keyed", &json!({"order": order, "n": n}).to_string()).await;
    }
    let (one, other) = (target.next().await, target.next().await);
    let mut begun = [one.body.to_string(), other.body.to_string()];
    begun.sort();
    assert_eq!(begun, [r#"{"order":"a","n":1}"#, r#"{"order":"b","n":1}"#]);
    one.answer(200).await;
    other.answer(200).await;
    assert_eq!(target.taken().await, json!({"order": "a", "n": 2}));
    assert_eq!(target.taken().await, json!({"order": "a", "n": 3}));
}

#[tokio::test]
async fn a_newer_delivery_supersedes_those_that_wait() {
    let mut target = Target::start().await;
    let field = "concurrency: {max: 1, key: same, overflow: Supersede}";
    let served = Served::start(&[("newest", &posting(field, &target.url))]);
    served.post("newest", "1").await;
    let held = target.next().await;
    for body in ["2", "3", "4"] {
        assert_eq!(served.post("newest", body).await.status, 202);
    }
    held.answer(200).await;
    assert_eq!(target.taken().await, json!(4));
    served.post("newest", "5").await;
    assert_eq!(target.taken().await, json!(5), "nothing was run between them");
}

#[tokio::test]
async fn deliveries_are_run_as_one_batch_when_it_is_full_or_its_time_is_over() {
    let mut target = Target::start().await;
    let batch = |limits: &str| {
        format!(
            "webhook: {{public: true}}\nbatch: {limits}\n\
             steps: [{{name: post, http: {{url: '{}', json: {{all: '{{{{ $batch.map(one, one.data.n) }}}}'}}}}}}]",
            target.url
        )
    };
    let served = Served::start(&[("full", &batch("{max: 3, for: 1h}")), ("timed", &batch("{max: 100, for: 50ms}"))]);
    let mut told = BTreeSet::new();
    for n in 1..=3 {
        told.insert(served.post("full", &json!({"n": n}).to_string()).await.execution().to_owned());
    }
    assert_eq!(told.len(), 1, "every sender is told the same execution");
    assert_eq!(target.taken().await, json!({"all": [1, 2, 3]}));
    served.post("timed", r#"{"n":4}"#).await;
    assert_eq!(target.taken().await, json!({"all": [4]}));
}

#[tokio::test]
async fn a_suspended_intake_is_503_and_a_suspended_execution_waits_until_it_is_resumed() {
    let mut target = Target::start().await;
    let closed = posting("suspend: Intake", &target.url);
    let served = Served::start(&[("closed", &closed), ("paused", &posting("suspend: Execution", &target.url))]);
    let refused = served.post("closed", "1").await;
    assert_eq!((refused.status, refused.header("retry-after")), (503, "60"));
    assert_eq!(refused.json()["reason"], "Suspended");
    assert_eq!(served.post("paused", "2").await.status, 202);
    let file = served.folder.path().join("paused.yaml");
    assert!(fs::read_to_string(&file).unwrap().contains("suspend"));
    rename_over(&file, &workflow("paused", &posting("", &target.url)));
    assert_eq!(target.taken().await, json!(2));
}
