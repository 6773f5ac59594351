//! Steps of `boathook run` that run other steps, other workflows, nothing for a while, or on after the answer.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::process::Run;
use crate::served::Served;
use crate::target::Target;

#[tokio::test]
async fn a_run_that_is_late_is_answered_202_and_goes_on() {
    let mut target = Target::start().await;
    let spec = |response: &str| {
        format!(
            "webhook: {{public: true}}\n\
             steps: [{{name: slow, http: {{url: '{url}/slow'}}}}, {{name: done, http: {{url: '{url}', json: done}}}}]\n\
             response: {{mode: Sync, deadline: 100ms{response}}}",
            url = target.url
        )
    };
    let own = spec(", late: {status: 203, json: {later: '{{ $execution.id }}'}}");
    let served = Served::start(&[("default", &spec("")), ("own", &own)]);
    let told = served.post("default", "{}").await;
    assert_eq!(told.status, 202);
    assert_eq!(told.json(), json!({"status": "accepted", "executionID": told.execution()}));
    target.taken().await;
    assert_eq!(target.taken().await, "done");
    let told = served.post("own", "{}").await;
    assert_eq!((told.status, told.json()), (203, json!({"later": told.execution()})));
    target.taken().await;
    assert_eq!(target.taken().await, "done");
}

#[tokio::test]
async fn a_late_run_is_ended_where_the_workflow_says_so() {
    let mut target = Target::start().await;
    let spec = format!(
        "webhook: {{public: true}}\nsteps: [{{name: slow, http: {{url: '{}'}}}}]\n\
         response: {{mode: Sync, deadline: 100ms, late: {{cancel: true}}}}",
        target.url
    );
    let served = Served::start(&[("ended", &spec)]);
    let (told, _held) = tokio::join!(served.post("ended", "{}"), target.next());
    assert_eq!((told.status, told.json()["reason"].as_str()), (504, Some("DeadlineExceeded")));
}

#[tokio::test]
async fn steps_after_an_answer_go_on() {
    let mut target = Target::start().await;
    let spec = format!(
        "webhook: {{public: true}}\n\
         steps: [{{name: say, respond: {{status: 201, json: {{ok: true}}}}}}, {{name: then, http: {{url: '{}', json: then}}}}]\n\
         response: {{mode: Sync}}",
        target.url
    );
    let served = Served::start(&[("early", &spec)]);
    let told = served.post("early", "{}").await;
    assert_eq!((told.status, told.body.as_str()), (201, r#"{"ok":true}"#));
    assert_eq!(target.taken().await, "then");
}

/// A workflow that answers with the result of a `forEach` over the numbers it was sent; 0 fails.
fn dividing(more: &str) -> String {
    format!(
        "webhook: {{public: true}}
steps:
- name: each
  forEach: {{items: $context.data, run: one, as: number, collect: '$result.half + $index'{more}}}
blocks:
- {{name: one, steps: [{{name: divided, set: {{half: '{{{{ 100 / $number }}}}'}}}}]}}
response: {{mode: Sync, json: '{{{{ $steps.each }}}}'}}"
    )
}

#[tokio::test]
async fn a_block_is_run_for_each_item_and_a_failed_item_is_what_the_workflow_makes_of_it() {
    let served = Served::start(&[
        ("fail", &dividing("")),
        ("go-on", &dividing(", onItemError: Continue")),
        ("stop", &dividing(", onItemError: Stop")),
    ]);
    assert_eq!(served.post("fail", "[1, 50]").await.json(), json!({"count": 2, "failed": 0, "results": [100, 3]}));
    assert_eq!(served.post("fail", "[]").await.json(), json!({"count": 0, "failed": 0, "results": []}));
    assert_eq!(served.post("fail", "[1, 0, 50]").await.status, 500);
    let told = served.post("go-on", "[1, 0, 50]").await.json();
    assert_eq!((&told["count"], &told["failed"]), (&json!(3), &json!(1)));
    assert_eq!((&told["results"][0], &told["results"][2]), (&json!(100), &json!(4)));
    assert_eq!(told["results"][1]["error"]["reason"], "ExpressionFailed");
    let told = served.post("stop", "[1, 0, 50]").await.json();
    assert_eq!((&told["count"], &told["failed"]), (&json!(2), &json!(1)));
}

#[tokio::test]
async fn items_and_parallel_blocks_run_at_the_same_time() {
    let mut target = Target::start().await;
    let spec = format!(
        "webhook: {{public: true}}
steps:
- {{name: each, forEach: {{items: $context.data, run: one, as: number, concurrency: 2}}}}
- {{name: both, parallel: {{blocks: [left, right]}}}}
blocks:
- {{name: one, steps: [{{name: post, http: {{url: '{url}', json: '{{{{ $number }}}}'}}}}]}}
- {{name: left, steps: [{{name: postLeft, http: {{url: '{url}', json: left}}}}, {{name: l, set: {{is: left}}}}]}}
- {{name: right, steps: [{{name: postRight, http: {{url: '{url}', json: right}}}}, {{name: r, set: {{is: right}}}}]}}
response: {{mode: Sync, json: '{{{{ $steps.both }}}}'}}",
        url = target.url
    );
    let served = Served::start(&[("beside", &spec)]);
    let taking = async {
        for both in [[json!(1), json!(2)], [json!("left"), json!("right")]] {
            let (one, other) = (target.next().await, target.next().await);
            let mut seen = [one.answer(200).await, other.answer(200).await];
            seen.sort_by_key(ToString::to_string);
            assert_eq!(seen, both);
        }
    };
    let (told, ()) = tokio::join!(served.post("beside", "[1, 2]"), taking);
    assert_eq!(told.json(), json!({"left": {"is": "left"}, "right": {"is": "right"}}));
}

#[tokio::test]
async fn a_wait_takes_its_time_and_one_until_a_past_time_none() {
    let spec = "webhook: {public: true}
steps:
- {name: pause, wait: {for: 150ms}}
- {name: past, wait: {until: '{{ $context.data.at }}'}}
- {name: done, set: {done: true}}
response: {mode: Sync}";
    let served = Served::start(&[("waits", spec)]);
    let begun = Instant::now();
    let told = served.post("waits", r#"{"at":"2020-01-01T00:00:00Z"}"#).await;
    assert_eq!((told.status, told.json()), (200, json!({"done": true})));
    assert!(begun.elapsed() >= Duration::from_millis(150));
}

#[tokio::test]
async fn a_workflow_without_a_webhook_is_started_by_calls_alone() {
    let mut target = Target::start().await;
    let child = format!(
        "steps: [{{name: post, http: {{url: '{}', json: '{{{{ $context.data }}}}'}}}}]\n\
         response: {{mode: Sync, json: {{twice: '{{{{ $context.data.number * 2 }}}}'}}}}",
        target.url
    );
    let calling = |detach: bool| {
        format!(
            "webhook: {{public: true}}\n\
             steps: [{{name: child, call: {{workflow: callee, input: {{number: '{{{{ $context.data.n }}}}'}}, detach: {detach}}}}}]\n\
             response: {{mode: Sync, json: '{{{{ $steps.child }}}}'}}"
        )
    };
    let served = Served::start(&[("callee", &child), ("asks", &calling(false)), ("tells", &calling(true))]);
    assert_eq!(served.post("callee", "{}").await.status, 404);
    let (told, taken) = tokio::join!(served.post("asks", r#"{"n":21}"#), target.taken());
    assert_eq!((told.json(), taken), (json!({"twice": 42}), json!({"number": 21})));
    let told = served.post("tells", r#"{"n":4}"#).await.json();
    assert_eq!(told["executionID"].as_str().map(str::len), Some(36), "{told}");
    assert_eq!(target.taken().await, json!({"number": 4}));
}

#[tokio::test]
async fn an_async_failure_runs_its_block_with_the_error() {
    let mut target = Target::start().await;
    let spec = format!(
        "webhook: {{public: true}}
steps: [{{name: check, validate: {{checks: [{{that: $context.data.n > 0, message: n is too small}}]}}}}]
blocks: [{{name: tell, steps: [{{name: post, http: {{url: '{}', json: '{{{{ $error }}}}'}}}}]}}]
onFailure: {{run: tell}}
history: {{keep: 1h, keepFailed: 2h, body: None, redact: [$context.data.card]}}",
        target.url
    );
    let served = Served::start(&[("fails", &spec)]);
    assert_eq!(served.post("fails", r#"{"n":0}"#).await.status, 202);
    let told = target.taken().await;
    assert_eq!((&told["step"], &told["reason"]), (&json!("check"), &json!("ValidationFailed")));
}

#[tokio::test]
async fn the_example_of_an_async_workflow_runs() {
    let mut target = Target::start().await;
    let folder = tempfile::tempdir().unwrap();
    let example = fs::read_to_string("../examples/asynchronous/push.yaml").unwrap();
    let board = "http://127.0.0.1:8080/api/webhooks/default/board";
    fs::write(folder.path().join("push.yaml"), example.replace(board, &target.url)).unwrap();
    let run = Run::start(folder.path());
    let served = Served { folder, run };
    let push = json!({
        "ref": "refs/heads/main",
        "repository": {"full_name": "ada/engine"},
        "commits": [{"id": "c1", "message": "one"}, {"id": "c2", "message": "two"}],
    });
    let told = served.send("push", "d-1", &push.to_string()).await;
    assert!(told.starts_with("202 Accepted\n"), "{told}");
    let mut posted = [target.taken().await, target.taken().await];
    posted.sort_by_key(ToString::to_string);
    assert_eq!(posted, [json!({"id": "c1", "title": "one"}), json!({"id": "c2", "title": "two"})]);
    assert_eq!(target.taken().await, json!({"title": "ada/engine: 2 commits posted"}));
}
