//! Three times as many requests as can be served: the gateway goes on serving what it can, and tells the others so at
//! once.
//!
//! What is scarce is places: each request waits for a target that takes its time, so that the machine is not what is
//! measured.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::post;
use boathook_tests::boathook::get;
use boathook_tests::durable::campaign::Campaign;
use boathook_tests::edge::{Edge, PATH, connect, percentile};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::{JoinSet, spawn_blocking};

/// How long the target takes.
const WORK: Duration = Duration::from_millis(500);

/// Places that one workflow can have: half of all.
const PLACES: usize = 512;

/// Requests that come in a second: three times what half a second each in so many places makes.
const OFFERED: u32 = 3 * 1_024;

/// One workflow that waits for `TARGET`.
const WORKFLOW: &str = r#"
apiVersion: boathook.dev/v1alpha1
kind: WebhookWorkflow
metadata: {name: hook}
spec:
  webhook: {path: /hook, public: true}
  steps:
  - name: work
    http: {method: POST, url: "http://TARGET/"}
  response: {mode: Sync, json: {ran: true}}
"#;

/// A target that takes its time.
async fn target() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("a bound port");
    let app = Router::new().route("/", post(|| tokio::time::sleep(WORK)));
    tokio::spawn(async move { axum::serve(listener, app).await.expect("the target serves") });
    address
}

/// One request on a connection of its own: status, time, whether it says when to come back.
async fn ask(to: SocketAddr, number: usize) -> std::io::Result<(u16, Duration, bool)> {
    let mut stream = connect(to, number).await?;
    let head = format!("POST {PATH} HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nConnection: close\r\n");
    let began = Instant::now();
    stream.write_all(format!("{head}Content-Length: 2\r\n\r\n{{}}").as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    let time = began.elapsed();
    let answer = String::from_utf8_lossy(&answer);
    let status = answer.get(9..12).and_then(|status| status.parse().ok());
    Ok((status.unwrap_or_default(), time, answer.contains("retry-after: 1\r\n")))
}

/// How many are served in a second when exactly as many ask as there are places.
async fn peak(to: SocketAddr, seconds: u32) -> usize {
    let began = Instant::now();
    let end = began + Duration::from_secs(seconds.into());
    let served = Arc::<AtomicUsize>::default();
    let mut all = JoinSet::new();
    for number in 0..PLACES {
        let served = Arc::clone(&served);
        all.spawn(async move {
            while Instant::now() < end {
                let (status, ..) = ask(to, number).await.expect("an answer");
                served.fetch_add(usize::from(status == 200), Ordering::Relaxed);
            }
        });
    }
    all.join_all().await;
    // What was asked last is served behind the end.
    served.load(Ordering::Relaxed) * 1_000 / usize::try_from(began.elapsed().as_millis()).expect("a few seconds")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_three_times_its_capacity_it_serves_what_it_can_and_refuses_the_rest_at_once() {
    let campaign = Campaign::begin("overload");
    let seconds = u32::try_from(campaign.scale(5, 60)).expect("a few seconds");
    let edge = Edge::serve(&WORKFLOW.replace("TARGET", &target().await.to_string()));
    let to = edge.place.listen;
    let peak = peak(to, 5).await;

    let mut all = JoinSet::new();
    let mut ticks = tokio::time::interval(Duration::from_millis(1));
    let began = Instant::now();
    let mut sent = 0;
    while began.elapsed() < Duration::from_secs(seconds.into()) {
        ticks.tick().await;
        let due = u128::from(OFFERED) * began.elapsed().as_millis() / 1_000;
        while u128::from(sent) < due {
            let number = usize::try_from(sent).expect("so many") % 10_000;
            all.spawn(ask(to, number));
            sent += 1_u32;
        }
    }
    // What was let in last is served half a second later.
    let took = began.elapsed() + WORK;
    let admin = edge.place.admin;
    let health = spawn_blocking(move || get(admin, "/readyz")).await.expect("asked").expect("an answer");
    assert!(health.starts_with("HTTP/1.1 200"), "{health}");
    let answers: Vec<_> = all.join_all().await.into_iter().map(|answer| answer.expect("an answer")).collect();
    let served = answers.iter().filter(|(status, ..)| *status == 200).count();
    let mut refused: Vec<_> =
        answers.iter().filter(|(status, _, later)| *status == 503 && *later).map(|(_, time, _)| *time).collect();
    let goodput = served * 1_000 / usize::try_from(took.as_millis()).expect("seconds");
    let median = percentile(&mut refused, 50);
    campaign.done(&format!(
        "{sent} requests in {took:?}: {goodput} a second served of {peak} at most, {} told to come back, half of them \
         within {median:?}",
        refused.len()
    ));
    assert_eq!(served + refused.len(), answers.len(), "every other answer is a fault");
    // The sample shares the machine with other tests.
    assert!(goodput * 10 >= peak * campaign.scale(8, 9), "{goodput} a second of {peak}");
    let bound = Duration::from_millis(u64::try_from(campaign.scale(50, 5)).expect("a few"));
    assert!(median < bound, "half of the refused waited for {median:?}");
}
