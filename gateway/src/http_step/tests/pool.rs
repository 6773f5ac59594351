//! Connections are used again, and only under the rules that they were judged by.

use std::collections::BTreeMap;
use std::sync::Arc;

use boathook_plan::plan::{AddressRule, Egress};
use boathook_plan::reason::StepReason;

use super::server::{Server, response};
use super::{TestNetwork, attempt_under, executor, internet, step};

fn with_private() -> Egress {
    let rule = AddressRule { cidrs: vec!["10.0.0.0/8".parse().unwrap()], ports: vec![] };
    Egress { allow_addresses: vec![rule], ..internet() }
}

#[tokio::test]
async fn a_connection_is_used_again_under_the_same_rules_and_under_no_others() {
    let server = Server::answering(response("200 OK", &[], "")).await;
    let network = TestNetwork::default().name("target.test", &["10.0.0.1"]).leads("10.0.0.1:80", server.address);
    let network = Arc::new(network);
    let executor = executor(&network);
    for _ in 0..2 {
        let attempt = attempt_under(&step("http://target.test/"), with_private());
        executor.perform(&attempt, &BTreeMap::new()).await.unwrap();
    }
    assert_eq!(server.connections(), 1);
    let without = attempt_under(&step("http://target.test/"), internet());
    let failure = executor.perform(&without, &BTreeMap::new()).await.unwrap_err();
    assert_eq!(failure.reason, StepReason::EgressDenied);
    let other = attempt_under(&step("http://target.test/"), Egress { internet: false, ..with_private() });
    executor.perform(&other, &BTreeMap::new()).await.unwrap();
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn the_oldest_rules_make_room_for_new_ones() {
    let server = Server::answering(response("200 OK", &[], "")).await;
    let network = TestNetwork::default().name("target.test", &["10.0.0.1"]).leads("10.0.0.1:80", server.address);
    let executor = executor(&Arc::new(network));
    let rules = |port: u16| {
        let mut egress = with_private();
        egress.allow_addresses[0].ports = vec![80, 1000 + port];
        attempt_under(&step("http://target.test/"), egress)
    };
    for port in (0..65).chain([0, 64]) {
        executor.perform(&rules(port), &BTreeMap::new()).await.unwrap();
    }
    // Rules 0 had made room for rules 64, and were made anew; rules 64 were still there.
    assert_eq!(server.connections(), 66);
}
