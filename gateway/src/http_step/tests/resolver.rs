//! Name servers that fail, wait, or say too much.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use boathook_plan::reason::StepReason;

use super::server::{Server, response};
use super::{PUBLIC, TestNetwork, attempt, executor, perform, step};

#[tokio::test]
async fn an_unknown_name_may_be_tried_again() {
    let network = Arc::new(TestNetwork::default());
    let failure = perform(&network, &step("http://nowhere.test/")).await.unwrap_err();
    assert_eq!((failure.reason, failure.retryable), (StepReason::ConnectionFailed, true));
    assert_eq!(failure.message, "GET nowhere.test: the name cannot be resolved");
}

#[tokio::test]
async fn a_name_without_addresses_cannot_be_reached() {
    let network = Arc::new(TestNetwork::default().name("empty.test", &[]));
    let failure = perform(&network, &step("http://empty.test/")).await.unwrap_err();
    assert_eq!(failure.message, "GET empty.test: no connection can be made");
}

#[tokio::test]
async fn one_forbidden_address_among_a_thousand_is_found() {
    let mut addresses: Vec<String> =
        (0..1000_u32).map(|index| format!("93.184.{}.{}", index / 250, index % 250)).collect();
    addresses.push("10.0.0.1".to_owned());
    let addresses: Vec<_> = addresses.iter().map(String::as_str).collect();
    let network = Arc::new(TestNetwork::default().name("many.test", &addresses));
    let failure = perform(&network, &step("http://many.test/")).await.unwrap_err();
    assert_eq!(failure.reason, StepReason::EgressDenied);
    assert_eq!(network.dialled(), [""; 0]);
}

#[tokio::test]
async fn of_a_thousand_addresses_eight_are_tried() {
    let addresses: Vec<String> = (0..1000_u32).map(|index| format!("93.184.{}.{}", index / 250, index % 250)).collect();
    let addresses: Vec<_> = addresses.iter().map(String::as_str).collect();
    let network = Arc::new(TestNetwork::default().name("many.test", &addresses));
    let failure = perform(&network, &step("http://many.test/")).await.unwrap_err();
    assert_eq!((failure.reason, failure.retryable), (StepReason::ConnectionFailed, true));
    assert_eq!(network.dialled().len(), 8);
}

#[tokio::test]
async fn an_address_that_hears_nothing_costs_a_moment() {
    let server = Server::answering(response("200 OK", &[], "")).await;
    let network = TestNetwork::default()
        .name("two.test", &["2606:4700::1", "2606:4700::2", PUBLIC])
        .silent("[2606:4700::1]:80")
        .leads("93.184.216.34:80", server.address);
    let network = Arc::new(network);
    perform(&network, &step("http://two.test/")).await.unwrap();
    // The other family comes second.
    assert_eq!(network.dialled(), ["[2606:4700::1]:80", "93.184.216.34:80"]);
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_takes_too_long_is_given_up() {
    let network = Arc::new(TestNetwork::default().name("slow.test", &[PUBLIC]).silent("93.184.216.34:80"));
    let started = tokio::time::Instant::now();
    let failure = perform(&network, &step("http://slow.test/")).await.unwrap_err();
    assert_eq!((failure.reason, failure.retryable), (StepReason::ConnectionFailed, true));
    assert_eq!(failure.message, "GET slow.test: no connection within 10 s");
    assert_eq!(started.elapsed().as_secs(), 10);
}

#[tokio::test(start_paused = true)]
async fn the_step_s_timeout_holds_while_connecting() {
    let network = Arc::new(TestNetwork::default().name("slow.test", &[PUBLIC]).silent("93.184.216.34:80"));
    let mut attempt = attempt(&step("http://slow.test/"));
    attempt.timeout = Duration::from_secs(3);
    let failure = executor(&network).perform(&attempt, &BTreeMap::new()).await.unwrap_err();
    assert_eq!(failure.reason, StepReason::Timeout);
}
