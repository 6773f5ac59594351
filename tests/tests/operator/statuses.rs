//! What is said of resources.

use serde_json::Value;

use crate::stage::{DEFAULT_GATEWAY, GATEWAY, Stage, conditions, promtool, run_kubectl, served, workflow};

/// A workflow that anybody may call.
fn open(name: &str, path: &str) -> String {
    format!(
        "
apiVersion: boathook.dev/v1alpha1
kind: WebhookWorkflow
metadata: {{name: {name}, namespace: shop}}
spec:
  webhook: {{path: {path}, public: true}}
  response: {{mode: Sync}}
  steps: [{{name: greet, set: {{hello: world}}}}]
"
    )
}

/// A workflow whose senders sign.
pub const SIGNED: &str = "
apiVersion: boathook.dev/v1alpha1
kind: WebhookWorkflow
metadata: {name: signed, namespace: shop}
spec:
  webhook:
    verification:
      schemes: [{preset: GitHub, keys: [{secretKeyRef: {name: github, key: secret}}]}]
  response: {mode: Sync}
  steps: [{name: greet, set: {hello: world}}]
";

#[tokio::test]
async fn a_workflow_is_told_what_it_lacks_until_it_lacks_nothing() {
    let stage = Stage::start().await;
    let signed = workflow("shop", "signed");
    stage.apply(SIGNED);
    let message = stage.condition(&signed, ("Accepted", "False", "GatewayNotFound")).await;
    assert_eq!(message, "spec.gatewayRef: must be set: there is no default WebhookGateway, or it is not accepted");
    stage.apply(DEFAULT_GATEWAY);
    stage.condition(&signed, ("Accepted", "True", "Accepted")).await;
    let message = stage.condition(&signed, ("ResolvedRefs", "False", "SecretNotFound")).await;
    let command = message.split("without the label: ").nth(1).unwrap();
    assert_eq!(command, "kubectl label secret github -n shop boathook.dev/allow=verification");
    // A Secret that nobody allowed is none. The message says how to allow it.
    stage
        .plane
        .kubectl(&["create", "secret", "generic", "github", "-n", "shop", "--from-literal=secret=s3cret"])
        .unwrap();
    run_kubectl(&stage, command);
    stage.condition(&signed, ("ResolvedRefs", "True", "ResolvedRefs")).await;
    let object = stage.until(&signed, |object| object["status"]["url"].is_string()).await;
    assert_eq!(object["status"]["url"], "http://boathook-default.boathook.svc/api/webhooks/shop/signed");
    assert_eq!(object["status"]["observedGeneration"], 1);
    assert!(conditions(&object).all(|said| said["observedGeneration"] == 1), "{object:#}");
    // No pod runs here, and that is what is said.
    stage.condition(&signed, ("Programmed", "False", "GatewayUnavailable")).await;
    stage.condition(&signed, ("Ready", "False", "GatewayUnavailable")).await;
    stage.condition(&signed, ("Reconciling", "True", "GatewayUnavailable")).await;
    let events = stage
        .until("/apis/events.k8s.io/v1/namespaces/shop/events", |events| {
            events["items"].as_array().is_some_and(|items| items.iter().any(|event| event["reason"] == "ResolvedRefs"))
        })
        .await;
    assert!(!events.to_string().contains("s3cret") && !stage.operator.log().contains("s3cret"));
}

#[tokio::test]
async fn a_refused_resource_is_told_why_and_stops_nobody() {
    let stage = Stage::start().await;
    stage.apply(DEFAULT_GATEWAY);
    let broken = open("broken", "/broken").replace("hello: world", "hello: \"{{ $nonsense( }}\"");
    stage.apply(&broken);
    let message = stage.condition(&workflow("shop", "broken"), ("Accepted", "False", "InvalidSpec")).await;
    assert!(message.starts_with("spec.steps[0].set.hello: "), "{message}");
    stage.condition(&workflow("shop", "broken"), ("Stalled", "True", "InvalidSpec")).await;
    let script = open("script", "/script").replace("set: {hello: world}", "javascript: {code: \"return (\"}");
    stage.apply(&script);
    let message = stage.condition(&workflow("shop", "script"), ("Accepted", "False", "InvalidSpec")).await;
    assert!(message.starts_with("spec.steps[0].javascript.code: must compile: "), "{message}");
    // Of two for one path the older one has it, until it goes.
    stage.apply(&open("older", "/same"));
    stage.condition(&workflow("shop", "older"), ("Accepted", "True", "Accepted")).await;
    // Ages are told apart by the second.
    let age = |object: &Value| object["metadata"]["creationTimestamp"].as_str().unwrap_or_default().to_owned();
    let older = age(&stage.get(&workflow("shop", "older")).await);
    stage.apply(&open("z-younger", "/same"));
    assert!(older <= age(&stage.get(&workflow("shop", "z-younger")).await));
    stage.condition(&workflow("shop", "z-younger"), ("Accepted", "False", "RouteConflict")).await;
    stage.plane.kubectl(&["delete", "whw", "older", "-n", "shop"]).unwrap();
    stage.condition(&workflow("shop", "z-younger"), ("Accepted", "True", "Accepted")).await;
    let metrics = served(&stage, "/metrics");
    let text = metrics.split_once("\r\n\r\n").unwrap().1;
    for name in ["controller_runtime_reconcile_total", "workqueue_depth", "boathook_workflow_status_condition"] {
        assert!(text.contains(name), "{name} is missing in {text}");
    }
    assert!(text.contains(
        "boathook_workflow_status_condition{condition=\"Accepted\",namespace=\"shop\",status=\"True\",workflow=\"z-younger\"} 1"
    ));
    assert!(!text.contains("workflow=\"older\""), "series go with their workflow");
    if let Some(said) = promtool(text) {
        assert_eq!(said.trim(), "");
    }
}

#[tokio::test]
async fn an_object_that_cannot_be_read_is_told_and_stops_nobody() {
    let stage = Stage::start().await;
    stage.apply(DEFAULT_GATEWAY);
    // Stored while a laxer definition was installed, as an older version may have been.
    let crd = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/webhookworkflows.boathook.dev";
    let whole = stage.get(crd).await;
    let mut lax = whole.clone();
    let open_schema = serde_json::json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true});
    lax["spec"]["versions"][0]["schema"]["openAPIV3Schema"] = open_schema;
    lax["spec"]["versions"][0].as_object_mut().unwrap().remove("selectableFields");
    assert_eq!(stage.plane.api().replace(crd, lax.to_string()).await.unwrap().status, 200);
    let poison = open("poison", "/poison").replace("steps: [", "steps: [7, ");
    let path = "/apis/boathook.dev/v1alpha1/namespaces/shop/webhookworkflows";
    let end = tokio::time::Instant::now() + crate::stage::WAIT;
    while stage.plane.api().create(path, poison.clone()).await.unwrap().status != 201 {
        assert!(tokio::time::Instant::now() < end, "the laxer definition is not served");
        tokio::task::yield_now().await;
    }
    stage.condition(&workflow("shop", "poison"), ("Accepted", "False", "InvalidSpec")).await;
    stage.apply(&open("good", "/good"));
    stage.condition(&workflow("shop", "good"), ("Accepted", "True", "Accepted")).await;
}

#[tokio::test]
async fn a_status_is_not_written_while_nothing_changes() {
    let stage = Stage::start().await;
    stage.apply(DEFAULT_GATEWAY);
    stage.apply(&open("quiet", "/quiet"));
    let quiet = workflow("shop", "quiet");
    stage.condition(&quiet, ("Programmed", "False", "GatewayUnavailable")).await;
    stage.condition(GATEWAY, ("Programmed", "False", "Pending")).await;
    stage.until(GATEWAY, |gateway| gateway["status"]["workflows"]["attached"] == 1).await;
    let version = |object: &Value| object["metadata"]["resourceVersion"].as_str().unwrap().to_owned();
    let mut before = (String::new(), String::new());
    let passes = || -> u64 {
        let metrics = served(&stage, "/metrics");
        let line = metrics
            .lines()
            .find(|line| line.starts_with("controller_runtime_reconcile_total") && line.contains("success"));
        line.and_then(|line| line.rsplit_once(' ')?.1.parse().ok()).unwrap_or_default()
    };
    // Passes come of what others do, which is nothing to these two.
    for name in ["a", "b", "c", "d", "e"] {
        let seen = passes();
        stage.plane.kubectl(&["create", "configmap", name, "-n", "shop", "--from-literal=a=b"]).unwrap();
        let end = tokio::time::Instant::now() + crate::stage::WAIT;
        while passes() <= seen {
            assert!(tokio::time::Instant::now() < end, "no pass");
            tokio::task::yield_now().await;
        }
        // The first passes may still tell what the gateway's own objects have become.
        if name == "c" {
            before = (version(&stage.get(&quiet).await), version(&stage.get(GATEWAY).await));
        }
    }
    assert_eq!(before, (version(&stage.get(&quiet).await), version(&stage.get(GATEWAY).await)));
    // A foreign edit of what is said is taken back.
    let lie = serde_json::json!([{"op": "replace", "path": "/status/url", "value": "http://elsewhere"}]).to_string();
    stage
        .plane
        .kubectl(&["patch", "whw", "quiet", "-n", "shop", "--subresource=status", "--type=json", "-p", &lie])
        .unwrap();
    stage
        .until(&quiet, |object| {
            object["status"]["url"] == "http://boathook-default.boathook.svc/api/webhooks/shop/quiet"
        })
        .await;
}
