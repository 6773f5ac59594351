//! The guard at the dial: whatever a name, a literal or a rebinding says, nothing forbidden is dialled.

use std::collections::BTreeMap;
use std::sync::Arc;

use boathook_plan::plan::{AddressRule, Egress, HostRule};
use boathook_plan::reason::StepReason;

use super::server::{Server, response};
use super::{PUBLIC, TestNetwork, attempt_under, executor, internet, perform, step};

#[tokio::test]
async fn what_is_dialled_is_what_was_judged() {
    // The second lookup, which a check apart from the dial would have made, says something else.
    let server = Server::answering(response("200 OK", &["connection: close"], "")).await;
    let network = TestNetwork::default()
        .changing_name("rebind.test", &[&[PUBLIC], &["127.0.0.1"]])
        .leads("93.184.216.34:80", server.address);
    let network = Arc::new(network);
    let executor = executor(&network);
    let attempt = attempt_under(&step("http://rebind.test/"), internet());
    executor.perform(&attempt, &BTreeMap::new()).await.unwrap();
    let failure = executor.perform(&attempt, &BTreeMap::new()).await.unwrap_err();
    assert_eq!(failure.message, "GET rebind.test: 127.0.0.1 port 80: loopback addresses are never dialled");
    assert_eq!(network.dialled(), ["93.184.216.34:80"]);
}

#[tokio::test]
async fn names_of_the_machine_are_judged_too() {
    let names = ["localhost", "localhost.", "LOCALHOST", "metadata.google.internal", "kubernetes.default.svc"];
    for name in names {
        let network = TestNetwork::default()
            .name("localhost", &["127.0.0.1", "::1"])
            .name("metadata.google.internal", &["169.254.169.254"])
            .name("kubernetes.default.svc", &["10.96.0.1"]);
        let network = Arc::new(network);
        let failure = perform(&network, &step(&format!("http://{name}/"))).await.unwrap_err();
        assert_eq!(failure.reason, StepReason::EgressDenied, "{name}");
        assert_eq!(network.dialled(), [""; 0], "{name}");
    }
}

#[tokio::test]
async fn a_port_of_another_protocol_is_not_dialled() {
    for port in [22, 25, 6000, 6443, 10250] {
        let network = Arc::new(TestNetwork::default().name("target.test", &[PUBLIC]));
        let failure = perform(&network, &step(&format!("http://target.test:{port}/"))).await.unwrap_err();
        assert_eq!(failure.reason, StepReason::EgressDenied, "{port}");
        assert_eq!(network.dialled(), [""; 0], "{port}");
    }
}

#[tokio::test]
async fn a_rule_opens_a_private_name_and_loopback_stays_shut() {
    let server = Server::answering(response("200 OK", &[], "")).await;
    let rule = HostRule { hosts: vec!["*.corp.test".to_owned()], ports: vec![8080] };
    let egress = Egress { allow_hosts: vec![rule], ..internet() };
    let network = TestNetwork::default()
        .name("git.corp.test", &["10.1.2.3"])
        .name("evil.corp.test", &["127.0.0.1"])
        .leads("10.1.2.3:8080", server.address);
    let network = Arc::new(network);
    let executor = executor(&network);
    let open = attempt_under(&step("http://git.corp.test:8080/"), egress.clone());
    executor.perform(&open, &BTreeMap::new()).await.unwrap();
    for url in ["http://git.corp.test:8081/", "http://evil.corp.test:8080/", "http://10.1.2.3:8080/"] {
        let shut = attempt_under(&step(url), egress.clone());
        let failure = executor.perform(&shut, &BTreeMap::new()).await.unwrap_err();
        assert_eq!(failure.reason, StepReason::EgressDenied, "{url}");
    }
    assert_eq!(network.dialled(), ["10.1.2.3:8080"]);
}

#[tokio::test]
async fn the_gateway_s_own_admin_port_is_never_dialled() {
    let rule = AddressRule { cidrs: vec!["0.0.0.0/0".parse().unwrap(), "::/0".parse().unwrap()], ports: vec![8081] };
    let egress = Egress { allow_addresses: vec![rule], loopback: true, ..internet() };
    let network = Arc::new(TestNetwork::default().name("localhost", &["127.0.0.1", "::1"]));
    let executor = executor(&network);
    for host in ["127.0.0.1", "127.1.2.3", "[::1]", "localhost", "[::ffff:127.0.0.1]", "10.0.0.9"] {
        let attempt = attempt_under(&step(&format!("http://{host}:8081/")), egress.clone());
        let failure = executor.perform(&attempt, &BTreeMap::new()).await.unwrap_err();
        assert!(
            failure.message.ends_with("port 8081: the gateway's own admin port is never dialled"),
            "{}",
            failure.message
        );
    }
    assert_eq!(network.dialled(), [""; 0]);
    let other = attempt_under(&step("http://127.0.0.1:8082/"), egress);
    executor.perform(&other, &BTreeMap::new()).await.unwrap_err();
    assert_eq!(network.dialled(), ["127.0.0.1:8082"]);
}
