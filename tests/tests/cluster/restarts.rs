//! Pods that come and go while requests come in.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::Value;

use crate::stage::Stage;

/// Deliveries that are sent at least.
const DELIVERIES: usize = 2_000;

/// Until a gateway serves again that is the only one, since its store cannot be opened twice: some two seconds, on a
/// machine that does nothing else.
const GAP: Duration = Duration::from_secs(10);

#[test]
fn a_gateway_pod_that_is_deleted_loses_nothing_that_it_accepted() {
    let stage = Stage::with_workflow();
    let before = stage.gateway_pod()["metadata"]["name"].clone();
    let sending = stage.sending(DELIVERIES);
    let pods = ["delete", "pod", before.as_str().unwrap(), "-n", "boathook-gateway", "--wait=true"];
    stage.kubectl(&pods).unwrap();
    stage.until("another pod to be ready", || {
        let pods = stage.get(&["pods", "-n", "boathook-gateway"]);
        let mut pods = pods["items"].as_array().into_iter().flatten();
        pods.any(|pod| pod["metadata"]["name"] != before && is_ready(pod))
    });
    let answers = sending.end();
    let outcomes = outcomes(&answers);
    let gap = gap(&answers);
    println!("a gateway pod was deleted: {outcomes:?}, and {gap:?} without a 202");
    assert!(answers.len() >= DELIVERIES, "{}", answers.len());
    let known = ["202", "503", "ConnectionRefused"];
    let others: Vec<_> = outcomes.iter().filter(|(outcome, _)| !known.contains(&outcome.as_str())).collect();
    assert!(others.is_empty(), "{others:?}");
    assert!(gap < GAP, "{gap:?}");
    is_kept(&stage, &answers);
}

#[test]
fn an_operator_that_is_rolled_out_or_killed_fails_no_request() {
    let stage = Stage::with_workflow();
    let sending = stage.sending(DELIVERIES);
    let of = ["deployment/boathook-operator", "-n", "boathook-system"];
    stage.kubectl(&[&["rollout", "restart"], &of[..]].concat()).unwrap();
    stage.kubectl(&[&["rollout", "status", "--timeout=3m"], &of[..]].concat()).unwrap();
    let leader = stage.leader("");
    let kill = ["delete", "pod", &leader, "-n", "boathook-system", "--grace-period=0", "--force"];
    stage.kubectl(&kill).unwrap();
    stage.leader(&leader);
    let answers = sending.end();
    let outcomes = outcomes(&answers);
    println!("operators were rolled out and one killed: {outcomes:?}, and {:?} without a 202 at most", gap(&answers));
    assert_eq!(outcomes, BTreeMap::from([("202".to_owned(), answers.len())]));
    is_kept(&stage, &answers);
}

fn is_ready(pod: &Value) -> bool {
    boathook_tests::cluster::conditions(pod).any(|said| said["type"] == "Ready" && said["status"] == "True")
}

/// How many deliveries ended in which way.
fn outcomes(answers: &[Value]) -> BTreeMap<String, usize> {
    let mut outcomes = BTreeMap::new();
    for answer in answers {
        let outcome = answer["status"].as_u64().map(|status| status.to_string());
        let outcome = outcome.or_else(|| answer["error"].as_str().map(str::to_owned)).unwrap();
        *outcomes.entry(outcome).or_default() += 1;
    }
    outcomes
}

/// The longest time in which no delivery was accepted.
fn gap(answers: &[Value]) -> Duration {
    let accepted = answers.iter().filter(|answer| answer["status"] == 202);
    let times = accepted.map(|answer| answer["at"].as_u64().unwrap() + answer["took"].as_u64().unwrap());
    let times: Vec<_> = times.collect::<BTreeSet<_>>().into_iter().collect();
    Duration::from_millis(times.windows(2).map(|two| two[1] - two[0]).max().unwrap_or_default())
}

/// Each delivery that was accepted has one record, which says Succeeded in the end.
fn is_kept(stage: &Stage, answers: &[Value]) {
    let accepted = answers.iter().filter(|answer| answer["status"] == 202);
    let accepted: Vec<_> = accepted.map(|answer| answer["execution"].as_str().unwrap().to_owned()).collect();
    let promised: BTreeSet<_> = accepted.iter().cloned().collect();
    assert_eq!(promised.len(), accepted.len(), "each delivery is an execution of its own");
    let done = |stage: &Stage| {
        let records = stage.records();
        let done = records.iter().filter(|record| record["status"]["phase"] == "Succeeded");
        done.map(|record| record["metadata"]["name"].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>()
    };
    stage.until("every accepted delivery to have its record", || promised.is_subset(&done(stage)));
}
