//! One delivery sent many times, at once and across restarts.

use std::collections::BTreeSet;

use boathook_tests::durable::campaign::Campaign;
use boathook_tests::durable::lab::Lab;
use boathook_tests::durable::ledger::hex;
use boathook_tests::durable::sender::body;
use boathook_tests::durable::server::Server;
use boathook_tests::wire::{Answer, Sent, send};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha2::Sha256;
use tokio::task::JoinSet;

/// What GitHub signs with here.
const SECRET: &str = "it-is-a-secret-to-everybody";

/// Workflows whose sender waits for an answer, or redelivers by hand.
const WORKFLOWS: &str = r#"
apiVersion: v1
kind: Secret
metadata: {name: github, labels: {boathook.dev/allow: verification}}
stringData: {secret: it-is-a-secret-to-everybody}
---
apiVersion: boathook.dev/v1alpha1
kind: WebhookWorkflow
metadata: {name: github}
spec:
  webhook:
    path: /github
    verification: {schemes: [{preset: GitHub, keys: [{secretKeyRef: {name: github, key: secret}}]}]}
  steps:
  - name: send
    http: {method: POST, url: "http://SINK/{{ $context.deliveryID }}", json: {}}
---
apiVersion: boathook.dev/v1alpha1
kind: WebhookWorkflow
metadata: {name: ask}
spec:
  webhook: {path: /ask, public: true}
  deduplication: {key: "{{ $context.headers['x-delivery'] }}"}
  steps:
  - name: send
    http: {method: POST, url: "http://SINK/{{ $context.headers['x-delivery'] }}", json: {}}
  response: {mode: Sync, deadline: 30s, json: {execution: "{{ $execution.id }}", sent: "{{ $steps.send.status }}"}}
"#;

/// Sends each delivery `copies` times at once. The ledger refuses two executions of one delivery.
async fn flood(lab: &Lab, deliveries: &[(String, Vec<u8>)], copies: usize) -> usize {
    let mut answered = 0;
    for (id, body) in deliveries {
        let mut posts = JoinSet::new();
        for _ in 0..copies {
            let (sender, id, body) = (lab.sender.clone(), id.clone(), body.clone());
            posts.spawn(async move { sender.deliver(&id, &body).await.map(|answer| answer.status) });
        }
        while let Some(status) = posts.join_next().await {
            assert_eq!(status.expect("a post ends well"), Some(202), "delivery {id}");
            answered += 1;
        }
    }
    answered
}

fn deliveries(name: &str, chance: &mut fastrand::Rng) -> Vec<(String, Vec<u8>)> {
    let ids = (0..50).map(|number| format!("{name}-{number}"));
    ids.map(|id| (id.clone(), body(&id, chance))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_duplicates_run_nothing_twice() {
    let mut campaign = Campaign::begin("duplicates");
    let lab = Lab::new(None).await;
    let (quiet, killed) = (deliveries("quiet", &mut campaign.chance), deliveries("killed", &mut campaign.chance));
    let mut answered = 0;
    // Of these every execution has ended before the process does: each effect is made once, and never again.
    for _ in 0..2 {
        let mut server = Server::start(&lab.place);
        answered += flood(&lab, &quiet, 50).await;
        lab.drained(&server).await;
        assert_eq!(counts(&lab), BTreeSet::from([1]), "an effect was made again");
        server.kill();
    }
    // Of these some are under way when it does: a step whose result was not kept runs again, under the same key.
    for _ in 0..2 {
        let mut server = Server::start(&lab.place);
        answered += flood(&lab, &killed, 50).await;
        server.kill();
    }
    lab.settle().await;
    let seen = lab.sink.seen();
    assert_eq!(seen.len(), 100);
    assert!(quiet.iter().all(|(id, _)| seen[id].count == 1), "an effect was made again");
    assert_eq!(answered, 10_000);
    campaign.done(&format!("{answered} of 10000 copies of 100 deliveries, 0 ran twice"));
}

/// How often deliveries have reached the target.
fn counts(lab: &Lab) -> BTreeSet<usize> {
    lab.sink.seen().values().map(|effects| effects.count).collect()
}

async fn post(lab: &Lab, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let headers: Vec<_> = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let target = format!("/api/webhooks/default/{path}");
    send(lab.place.listen, &Sent { method: "POST", target: &target, headers: &headers, body }).await.expect("an answer")
}

async fn ask(lab: &Lab, id: &str) -> Answer {
    post(lab, "ask", &[("content-type", "application/json"), ("x-delivery", id)], b"{}").await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_copy_of_a_delivery_whose_sender_waits_gets_the_first_answer() {
    let lab = std::sync::Arc::new(Lab::new(None).await);
    lab.add("more.yaml", WORKFLOWS);
    let mut answers = JoinSet::new();
    for _ in 0..2 {
        let mut server = Server::start(&lab.place);
        // An address may have 256 connections.
        for copy in 0..250 {
            let lab = std::sync::Arc::clone(&lab);
            answers.spawn(async move { ask(&lab, &format!("asked-{}", copy % 10)).await });
        }
        let answers: Vec<_> = std::mem::take(&mut answers).join_all().await;
        assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
        let told: BTreeSet<_> = answers.into_iter().map(|answer| answer.body).collect();
        assert_eq!(told.len(), 10, "one answer a delivery: {told:?}");
        lab.drained(&server).await;
        server.kill();
    }
    let seen = lab.sink.seen();
    assert_eq!(seen.len(), 10);
    assert!(seen.values().all(|effects| effects.count == 1), "{seen:?}");
}

async fn redeliver(lab: &Lab, id: &str) -> String {
    let body = br#"{"ref":"refs/heads/main"}"#;
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("any key fits");
    mac.update(body);
    let signature = format!("sha256={}", hex(&mac.finalize().into_bytes()));
    let headers = [
        ("content-type", "application/json"),
        ("x-github-event", "push"),
        ("x-github-delivery", id),
        ("x-hub-signature-256", &signature),
    ];
    let answer = post(lab, "github", &headers, body).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    let told: Value = serde_json::from_str(&answer.body).expect("an acknowledgement is JSON");
    told["executionID"].as_str().expect("it names its execution").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_that_failed_runs_again_when_github_redelivers_it() {
    let lab = Lab::new(None).await;
    lab.add("more.yaml", WORKFLOWS);
    let id = "72d3162e-cc78-11e3-81ab-4c9367dc0958";
    let mut server = Server::start(&lab.place);
    lab.sink.refuse(true);
    let first = redeliver(&lab, id).await;
    lab.drained(&server).await;
    lab.sink.refuse(false);
    server.kill();

    let server = Server::start(&lab.place);
    let second = redeliver(&lab, id).await;
    assert_ne!(first, second, "a failed delivery runs again");
    let records = lab.drained(&server).await;
    assert_eq!(redeliver(&lab, id).await, second, "one that has succeeded does not");
    let of = |name: &str| records.iter().find(|record| record["metadata"]["name"] == *name).expect("its record");
    assert_eq!(
        (&of(&first)["status"]["phase"], &of(&second)["status"]["phase"]),
        (&"Failed".into(), &"Succeeded".into())
    );
    assert_eq!(of(&second)["spec"]["retryOf"], *first);
    let seen = &lab.sink.seen()[id];
    assert_eq!((seen.count, seen.keys.len()), (2, 1), "two attempts at one effect: {seen:?}");
}
