//! h2spec as an independent witness: every case of it, and each that does not pass explained in data.

use boathook_gateway::Clock;
use boathook_tests::served::Served;
use boathook_tests::witness::h2spec;
use serde::Deserialize;
use serde_json::json;
use tokio::task::spawn_blocking;

const EXCEPTIONS: &str = include_str!("../../data/edge/h2spec.yaml");

/// A case that does not pass, and why that is right, or whose it is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Exception {
    case: String,
    why: String,
}

#[tokio::test(flavor = "multi_thread")]
async fn every_case_passes_or_is_explained() {
    let webhook = json!({"path": "/hook", "public": true, "methods": ["GET", "POST"]});
    let served = Served::start(webhook, Vec::new(), Clock::system()).await;
    let address = served.address();
    let found = spawn_blocking(move || h2spec(address, "/in/hook")).await.expect("h2spec ends");
    let exceptions: Vec<Exception> = serde_saphyr::from_str(EXCEPTIONS).expect("the exceptions are well-formed");
    assert!(exceptions.iter().all(|exception| exception.why.len() > 40), "each has a reason");
    let explained: Vec<_> = exceptions.iter().map(|exception| exception.case.as_str()).collect();
    let failed: Vec<_> = found.failed.iter().chain(&found.skipped).map(String::as_str).collect();
    assert_eq!(failed, explained);
    assert_eq!(found.cases, 146);
}
