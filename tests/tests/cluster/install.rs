//! From `helm install` to `helm uninstall`, and what is left then.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::stage::{Stage, WORKFLOW};

/// From `kubectl apply` to Ready.
const PROMPT: Duration = Duration::from_secs(10);

#[test]
fn a_release_is_installed_serves_is_upgraded_and_goes() {
    let stage = Stage::enter();
    let begun = Instant::now();
    stage.release(&[]);
    println!("the operator is ready {:.1?} after helm install", begun.elapsed());
    stage.until("the gateway to be ready", || stage.condition("whg/default -n boathook-gateway", "Ready"));
    println!("the gateway is ready {:.1?} after helm install", begun.elapsed());
    stage.until("scripts to be confined in a pod", || {
        stage.condition("whg/default -n boathook-gateway", "SandboxReady")
    });
    is_given_no_token(&stage.gateway_pod());

    let begun = Instant::now();
    stage.apply(WORKFLOW);
    let wait = ["wait", "--for=condition=Ready", "--timeout=10s", "-n", "shop", "whw/github-push"];
    stage.kubectl(&wait).unwrap_or_else(|error| panic!("{error}\n{}", stage.story()));
    println!("the workflow is ready {:.1?} after kubectl apply", begun.elapsed());
    assert!(begun.elapsed() < PROMPT, "{:?}", begun.elapsed());
    is_served(&stage);
    shows_its_counts(&stage);

    stage.release(&["operator.replicas=3"]);
    assert_eq!(stage.get(&["deployment/boathook-operator", "-n", "boathook-system"])["status"]["readyReplicas"], 3);
    is_served(&stage);
    leaves_what_is_the_users(&stage);
}

/// A delivery is accepted, and its record says what became of it.
fn is_served(stage: &Stage) {
    let answers = stage.send(1);
    assert_eq!(answers[0]["status"], 202, "{answers:?}");
    let execution = answers[0]["execution"].as_str().unwrap();
    let is_done = |record: &Value| record["metadata"]["name"] == execution && record["status"]["phase"] == "Succeeded";
    stage.until("the record to say Succeeded", || stage.records().iter().any(is_done));
}

fn is_given_no_token(pod: &Value) {
    assert_eq!(pod["spec"]["automountServiceAccountToken"], false);
    let volumes: Vec<_> = pod["spec"]["volumes"].as_array().unwrap().iter().map(|volume| &volume["name"]).collect();
    assert_eq!(volumes, ["data", "table", "channel"]);
}

fn shows_its_counts(stage: &Stage) {
    let counts = |stage: &Stage| stage.get(&["whw/github-push", "-n", "shop"])["status"]["deliveries"].clone();
    stage.until("the counts to come back", || counts(stage)["received"].as_u64().is_some_and(|received| received > 0));
    let table = stage.kubectl(&["get", "whw", "-n", "shop"]).unwrap();
    let cells: Vec<Vec<_>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(cells[0], ["NAME", "URL", "READY", "REASON", "RECEIVED", "FAILED", "LAST", "AGE"]);
    let url = "http://boathook-default.boathook-gateway.svc/api/webhooks/shop/github-push";
    assert_eq!(cells[1][..6], ["github-push", url, "True", "Ready", &counts(stage)["received"].to_string(), "0"]);
}

/// The gateway and the workflow are the user's: they stay, with all that they consist of, and serve on.
fn leaves_what_is_the_users(stage: &Stage) {
    stage.helm(&["uninstall", "boathook", "--namespace", "boathook-system", "--wait"]).unwrap();
    let names = |kinds: &str, namespace: &str| {
        let asked = ["get", kinds, "-n", namespace, "-o", "name"];
        let mut names: Vec<_> = stage.kubectl(&asked).unwrap().lines().map(str::to_owned).collect();
        names.sort_unstable();
        names
    };
    let kinds = "deployments,serviceaccounts,services,secrets,leases,roles,rolebindings,poddisruptionbudgets,pvc";
    let left =
        ["lease.coordination.k8s.io/boathook-operator", "secret/boathook-channel-authority", "serviceaccount/default"];
    assert_eq!(names(kinds, "boathook-system"), left, "what gateways trust, and who led");
    let roles = names("clusterroles,clusterrolebindings", "default");
    assert!(!roles.iter().any(|name| name.contains("boathook")), "{roles:?}");
    let kept = [
        "deployment.apps/boathook-default",
        "persistentvolumeclaim/boathook-default-data",
        "poddisruptionbudget.policy/boathook-default",
        "secret/boathook-default-channel",
        "service/boathook-default",
        "service/boathook-default-channel",
        "serviceaccount/boathook-default",
        "serviceaccount/default",
    ];
    assert_eq!(names(kinds, "boathook-gateway"), kept);
    assert_eq!(names("whg", "boathook-gateway"), ["webhookgateway.boathook.dev/default"]);
    assert_eq!(names("whw", "shop"), ["webhookworkflow.boathook.dev/github-push"]);
    is_served(stage);
}
