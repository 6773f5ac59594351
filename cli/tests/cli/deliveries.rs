//! What senders of `boathook run` are told, and which deliveries are one.

use serde_json::json;

use crate::served::Served;
use crate::target::Target;

const SIGNED: &str =
    "webhook: {verification: {schemes: [{preset: PRESET, keys: [{secretKeyRef: {name: keys, key: key}}]}]}}";

/// A workflow for deliveries of a preset that posts their `n` to a target.
fn signed(preset: &str, url: &str) -> String {
    format!("{}\n{}", SIGNED.replace("PRESET", preset), posting(url))
}

/// A step that posts the delivery's `n`, once.
fn posting(url: &str) -> String {
    format!(
        "steps: [{{name: post, retry: {{attempts: 1}}, http: {{url: '{url}', json: {{number: '{{{{ $context.data.n }}}}'}}}}}}]"
    )
}

#[tokio::test]
async fn without_a_response_the_delivery_is_acknowledged_before_it_runs() {
    let mut target = Target::start().await;
    let served = Served::start(&[("plain", &format!("webhook: {{public: true}}\n{}", posting(&target.url)))]);
    let told = served.post("plain", r#"{"n":1}"#).await;
    assert_eq!(told.status, 202);
    assert_eq!(told.json(), json!({"status": "accepted", "executionID": told.execution()}));
    assert_eq!(target.taken().await, json!({"number": 1}));
}

#[tokio::test]
async fn the_acknowledgement_is_what_the_workflow_says_else_what_the_sender_wants() {
    let own = "webhook: {public: true}
steps: []
response: {mode: Async, status: 200, headers: {X-Order: '{{ $context.data.n }}'}, json: {run: '{{ $execution.id }}'}}";
    let plain = |preset: &str| format!("{}\nsteps: []", SIGNED.replace("PRESET", preset));
    let served = Served::start(&[("own", own), ("github", &plain("GitHub")), ("shopify", &plain("Shopify"))]);
    let told = served.post("own", r#"{"n":1}"#).await;
    assert_eq!((told.status, told.header("x-order")), (200, "1"));
    assert_eq!(told.json(), json!({"run": told.execution()}));
    let github = served.send("github", "d-1", "{}").await;
    assert!(
        github.starts_with("202 Accepted\n") && github.contains(r#"{"status":"accepted","executionID":""#),
        "{github}"
    );
    let shopify = served.send("shopify", "d-1", "{}").await;
    assert!(shopify.starts_with("200 OK\n") && !shopify.contains('{'), "{shopify}");
}

#[tokio::test]
async fn a_redelivery_of_a_preset_runs_once() {
    let mut target = Target::start().await;
    let served = Served::start(&[("github", &signed("GitHub", &target.url))]);
    let first = served.send("github", "d-1", r#"{"n":1}"#).await;
    let held = target.next().await;
    assert_eq!(execution(&served.send("github", "d-1", r#"{"n":1}"#).await), execution(&first));
    held.answer(200).await;
    assert_eq!(execution(&served.send("github", "d-1", r#"{"n":1}"#).await), execution(&first));
    assert_ne!(execution(&served.send("github", "d-2", r#"{"n":2}"#).await), execution(&first));
    assert_eq!(target.taken().await, json!({"number": 2}), "nothing was run between them");
}

#[tokio::test]
async fn a_redelivery_after_a_failure_runs_again_with_the_same_idempotency_key() {
    let mut target = Target::start().await;
    let served = Served::start(&[("github", &signed("GitHub", &target.url))]);
    let first = served.send("github", "d-1", r#"{"n":1}"#).await;
    let called = target.next().await;
    let key = called.field("idempotency-key");
    called.answer(400).await;
    // It is the same run until that has failed.
    while execution(&served.send("github", "d-1", r#"{"n":1}"#).await) == execution(&first) {}
    let again = target.next().await;
    assert_eq!(again.field("idempotency-key"), key);
    again.answer(200).await;
}

#[tokio::test]
async fn a_key_of_the_workflows_own_tells_repeats() {
    let mut target = Target::start().await;
    let spec = format!(
        "webhook: {{public: true}}\ndeduplication: {{key: '{{{{ $context.data.id }}}}', window: 1h}}\n{}",
        posting(&target.url)
    );
    let served = Served::start(&[("own", &spec)]);
    let first = served.post("own", r#"{"id":"a","n":1}"#).await;
    assert_eq!(target.taken().await, json!({"number": 1}));
    let repeat = served.post("own", r#"{"id":"a","n":2}"#).await;
    assert_eq!((repeat.status, &repeat.body), (202, &first.body));
    served.post("own", r#"{"n":3}"#).await;
    assert_eq!(target.taken().await, json!({"number": 3}));
    served.post("own", r#"{"n":4}"#).await;
    assert_eq!(target.taken().await, json!({"number": 4}), "without a key nothing is a repeat");
}

#[tokio::test]
async fn a_sync_repeat_waits_for_the_first_answer_and_gets_it() {
    let mut target = Target::start().await;
    let said = "response: {mode: Sync, json: {run: '{{ $execution.id }}'}}";
    let explicit = format!(
        "webhook: {{public: true}}\ndeduplication: {{key: '{{{{ $context.data.id }}}}'}}\n{}\n{said}",
        posting(&target.url)
    );
    let served =
        Served::start(&[("explicit", &explicit), ("github", &format!("{}\n{said}", signed("GitHub", &target.url)))]);
    let (first, repeat, ()) = tokio::join!(
        served.post("explicit", r#"{"id":"a","n":1}"#),
        served.post("explicit", r#"{"id":"a","n":1}"#),
        async { drop(target.next().await.answer(200).await) }
    );
    assert_eq!((first.status, repeat.status), (200, 200));
    assert_eq!(first.body, repeat.body);
    assert_eq!(served.post("explicit", r#"{"id":"a","n":1}"#).await.body, first.body);
    let (first, repeat, ()) =
        tokio::join!(served.send("github", "d-1", r#"{"n":2}"#), served.send("github", "d-1", r#"{"n":2}"#), async {
            assert_eq!(target.taken().await, json!({"number": 2}));
        });
    assert!(first.contains(r#"{"run":""#), "{first}");
    assert_eq!(execution(&first), execution(&repeat));
}

/// The execution that `boathook send` shows.
fn execution(shown: &str) -> String {
    let id = shown.lines().find_map(|line| line.strip_prefix("boathook-execution-id: "));
    id.unwrap_or_else(|| panic!("no execution: {shown}")).to_owned()
}
