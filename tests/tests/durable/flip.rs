//! A workflow that is edited while thousands of its deliveries wait: each runs by the revision that took it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use boathook_tests::durable::lab::Lab;
use boathook_tests::durable::server::Server;
use boathook_tests::wire::{Answer, Sent, send};
use tokio::task::JoinSet;

/// How long an edit may take until it is served.
const PATIENCE: Duration = Duration::from_secs(30);

/// Senders at one time.
const SENDERS: usize = 32;

/// `SUSPEND` and `RESPONSE` are what an edit changes, and `REVISION` what its effects are told by.
const WORKFLOW: &str = r#"
apiVersion: boathook.dev/v1alpha1
kind: WebhookWorkflow
metadata: {name: flip}
spec:
  SUSPEND
  webhook: {path: /flip, public: true}
  concurrency: {queue: 100000}
  steps:
  - name: send
    http: {method: POST, url: "http://SINK/REVISION-{{ $context.headers['x-delivery'] }}", json: {}}
  response: {RESPONSE}
"#;

fn revision(name: &str, suspend: &str, response: &str) -> String {
    WORKFLOW.replace("SUSPEND", suspend).replace("RESPONSE", response).replace("REVISION", name)
}

async fn post(lab: &Lab, id: &str) -> Answer {
    let headers = [("content-type", "application/json"), ("x-delivery", id)];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let sent = Sent { method: "POST", target: "/api/webhooks/default/flip", headers: &headers, body: b"{}" };
    send(lab.place.listen, &sent).await.expect("an answer")
}

/// Deliveries `queued-0`, `queued-1` and so on, each told 202.
async fn queue(lab: &Arc<Lab>, deliveries: usize) {
    let mut senders = JoinSet::new();
    for sender in 0..SENDERS {
        let lab = Arc::clone(lab);
        senders.spawn(async move {
            for number in (sender..deliveries).step_by(SENDERS) {
                let answer = post(&lab, &format!("queued-{number}")).await;
                assert_eq!(answer.status, 202, "{answer:?}");
            }
        });
    }
    senders.join_all().await;
}

/// Posts until the edit is served; how many it took.
async fn served(lab: &Lab, name: &str, status: u16) -> usize {
    let end = Instant::now() + PATIENCE;
    for number in 1.. {
        let answer = post(lab, &format!("{name}-{number}")).await;
        if answer.status == status {
            return number;
        }
        assert!(Instant::now() < end, "the edit is not served: {answer:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    unreachable!("numbers do not end")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_queued_runs_by_its_revision_when_the_workflow_turns_sync_and_back() {
    let lab = Arc::new(Lab::new(None).await);
    lab.add("flip.yaml", &revision("first", "suspend: Execution", "mode: Async"));
    let server = Server::start(&lab.place);
    queue(&lab, 10_000).await;

    lab.add("flip.yaml", &revision("second", "", "mode: Sync, deadline: 30s, json: {ran: true}"));
    // Those that came before the edit was served were queued as the others.
    let early = served(&lab, "sync", 200).await - 1;
    lab.add("flip.yaml", &revision("third", "", "mode: Async"));
    let late = served(&lab, "async", 202).await - 1;
    let records = lab.drained(&server).await;

    let seen = lab.sink.seen();
    let wrong: Vec<_> = seen.iter().filter(|(_, effects)| effects.count != 1).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    let of = |revision: &str, name: &str| {
        let prefix = format!("{revision}-{name}-");
        seen.keys().filter(|key| key.starts_with(&prefix)).count()
    };
    let told =
        [of("first", "queued"), of("first", "sync"), of("second", "sync"), of("second", "async"), of("third", "async")];
    assert_eq!(told, [10_000, early, 1, late, 1]);
    assert_eq!(seen.len(), told.iter().sum::<usize>(), "no other effect is made");
    assert_eq!(records.len(), seen.len());
    let failed = records.iter().find(|record| record["status"]["phase"] != "Succeeded");
    assert_eq!(failed, None);
}
