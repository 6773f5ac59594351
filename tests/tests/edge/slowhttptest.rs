//! slowhttptest as an independent witness: it opens slow connections, and a probe of its own asks meanwhile whether
//! anybody else is served. Its slow readers say nothing of a server whose answers fit a buffer of the kernel: they see the
//! end when they have read everything, and not when it is closed.

use std::process::Command;
use std::time::Duration;

use boathook_gateway::config::Pace;
use boathook_gateway::{Clock, Limits};
use boathook_tests::served::Served;
use serde_json::json;
use tokio::task::spawn_blocking;

/// A tenth of what is served, so that a run takes seconds.
const PACE: Pace = Pace {
    head: Duration::from_secs(2),
    body_idle: Duration::from_secs(2),
    body: Duration::from_secs(6),
    keep_alive: Duration::from_secs(6),
    write: Duration::from_secs(2),
};

/// What slowhttptest says of a kind of slowness: that nothing it opened is left open, and that its probe was answered.
async fn told(kind: &[&str]) -> String {
    let webhook = json!({"path": "/hook", "public": true, "methods": ["GET", "POST"]});
    let served = Served::within(Limits { pace: PACE, ..Limits::default() }, webhook, Vec::new(), Clock::system()).await;
    let mut command = Command::new("slowhttptest");
    command.args(kind).args(["-c", "200", "-r", "200", "-i", "1", "-l", "30", "-p", "3"]);
    command.args(["-u", &format!("http://{}/in/hook", served.address())]);
    let output = spawn_blocking(move || command.output()).await.expect("it ends");
    let output = output.expect("slowhttptest runs: apt-get install slowhttptest");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn check(told: &str) {
    assert!(told.contains("No open connections left"), "{told}");
    assert!(!told.contains("service available:   NO"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_heads_are_closed_and_others_served() {
    check(&told(&["-H"]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_bodies_are_closed_and_others_served() {
    check(&told(&["-B", "-s", "8192"]).await);
}
