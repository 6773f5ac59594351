//! What is made of gateways.

use serde_json::{Value, json};

use crate::stage::{DEFAULT_GATEWAY, GATEWAY, Stage};

const DEPLOYMENT: &str = "/apis/apps/v1/namespaces/boathook/deployments/boathook-default";
const SERVICE: &str = "/api/v1/namespaces/boathook/services/boathook-default";

/// Where each object of the gateway is.
const OBJECTS: [&str; 7] = [
    "/api/v1/namespaces/boathook/serviceaccounts/boathook-default",
    "/api/v1/namespaces/boathook/persistentvolumeclaims/boathook-default-data",
    SERVICE,
    "/api/v1/namespaces/boathook/services/boathook-default-channel",
    "/apis/networking.k8s.io/v1/namespaces/boathook/networkpolicies/boathook-default",
    "/apis/policy/v1/namespaces/boathook/poddisruptionbudgets/boathook-default",
    DEPLOYMENT,
];

#[tokio::test]
async fn the_objects_of_a_gateway_are_made_kept_and_taken_away() {
    let stage = Stage::start().await;
    stage.apply(DEFAULT_GATEWAY);
    for path in OBJECTS {
        let object = stage.until(path, |object| object["metadata"]["uid"].is_string()).await;
        let managers: Vec<_> = object["metadata"]["managedFields"].as_array().unwrap().iter().collect();
        assert_eq!(managers.len(), 1, "{object:#}");
        assert_eq!(
            (&managers[0]["manager"], &managers[0]["operation"]),
            (&json!("boathook-operator"), &json!("Apply"))
        );
    }
    let gateway = stage.get(GATEWAY).await;
    let deployment = stage.get(DEPLOYMENT).await;
    assert_eq!(deployment["metadata"]["ownerReferences"][0]["uid"], gateway["metadata"]["uid"]);
    assert_eq!(
        deployment["spec"]["template"]["spec"]["containers"][0]["image"],
        "registry.example.com/boathook-gateway:test"
    );
    // Somebody edits one of our fields, and adds one of their own.
    let edit = json!({"spec": {"replicas": 3, "minReadySeconds": 7}}).to_string();
    stage.plane.kubectl(&["patch", "deployment", "boathook-default", "-n", "boathook", "-p", &edit]).unwrap();
    let repaired = stage.until(DEPLOYMENT, |object| object["spec"]["replicas"] == 1).await;
    assert_eq!(repaired["spec"]["minReadySeconds"], 7, "what others added is theirs");
    // Somebody deletes one.
    let before = stage.get(SERVICE).await["metadata"]["uid"].clone();
    stage.plane.kubectl(&["delete", "service", "boathook-default", "-n", "boathook"]).unwrap();
    let is_another = |object: &Value| object["metadata"]["uid"].is_string() && object["metadata"]["uid"] != before;
    stage.until(SERVICE, is_another).await;
    // What the gateway has no use for goes; what only looks like it stays.
    let extra = |name: &str, uid: &Value| {
        let reference = json!({"apiVersion": "boathook.dev/v1alpha1", "kind": "WebhookGateway", "name": "default", "uid": uid, "controller": true});
        let labels = json!({"app.kubernetes.io/managed-by": "boathook-operator"});
        let metadata = json!({"name": name, "namespace": "boathook", "labels": labels, "ownerReferences": [reference]});
        json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata}).to_string()
    };
    stage.apply(&extra("of-another", &json!("00000000-0000-4000-8000-000000000000")));
    stage.apply(&extra("of-an-older-version", &gateway["metadata"]["uid"]));
    let accounts = "/api/v1/namespaces/boathook/serviceaccounts";
    stage.until(&format!("{accounts}/of-an-older-version"), |object| object["code"] == 404).await;
    assert_eq!(stage.get(&format!("{accounts}/of-another")).await["metadata"]["name"], "of-another");
}

#[tokio::test]
async fn an_object_of_somebody_else_is_let_alone_and_told() {
    let stage = Stage::start().await;
    stage
        .plane
        .kubectl(&["create", "service", "clusterip", "boathook-default", "-n", "boathook", "--tcp=80:80"])
        .unwrap();
    let before = stage.get(SERVICE).await;
    stage.apply(DEFAULT_GATEWAY);
    let message = stage.condition(GATEWAY, ("Programmed", "False", "Pending")).await;
    let end = "Service boathook-default is somebody else's: rename or delete it";
    let is_said = |object: &Value| object["status"]["conditions"].to_string().contains(end);
    if message != end {
        stage.until(GATEWAY, is_said).await;
    }
    stage.until(DEPLOYMENT, |object| object["metadata"]["uid"].is_string()).await;
    assert_eq!(stage.get(SERVICE).await, before);
}
