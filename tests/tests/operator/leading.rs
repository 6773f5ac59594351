//! Who leads, and who takes over.

use std::time::Duration;

use boathook_tests::operator::Operator;
use tokio::time::Instant;

use crate::stage::{DEFAULT_GATEWAY, GATEWAY, Stage};

const LEASE: &str = "/apis/coordination.k8s.io/v1/namespaces/boathook/leases/boathook-operator";

/// From the last renewal of a lease to somebody else's: its length, a try, and what a loaded machine takes.
const TAKEN_OVER: Duration = Duration::from_secs(15 + 2 + 5);

#[tokio::test]
async fn another_replica_takes_over_from_a_leader_that_hangs_and_from_one_that_goes() {
    let mut stage = Stage::start().await;
    stage.until(LEASE, |lease| lease["spec"]["holderIdentity"] == "one").await;
    let mut two = Operator::start(&stage.plane, "two");
    stage.apply(DEFAULT_GATEWAY);
    stage.condition(GATEWAY, ("Accepted", "True", "Accepted")).await;
    stage.operator.signal("STOP");
    let stopped = Instant::now();
    stage.until(LEASE, |lease| lease["spec"]["holderIdentity"] == "two").await;
    assert!(stopped.elapsed() < TAKEN_OVER, "it took {:?}", stopped.elapsed());
    // The one that hung finds that it does not lead any more, and ends before it writes.
    stage.operator.signal("CONT");
    assert_eq!(stage.operator.wait(), Some(3));
    assert!(stage.operator.log().contains("the lease is lost"), "{}", stage.operator.log());
    stage.plane.kubectl(&["delete", "service", "boathook-default", "-n", "boathook"]).unwrap();
    let service = "/api/v1/namespaces/boathook/services/boathook-default";
    stage.until(service, |object| object["metadata"]["uid"].is_string()).await;
    // One that is told to go gives the lease back.
    let three = Operator::start(&stage.plane, "three");
    two.signal("TERM");
    let told = Instant::now();
    assert_eq!(two.wait(), Some(0));
    stage.until(LEASE, |lease| lease["spec"]["holderIdentity"] == "three").await;
    assert!(told.elapsed() < Duration::from_secs(8), "it took {:?}", told.elapsed());
    drop(three);
}
