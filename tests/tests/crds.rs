//! The resource definitions on a real API server: it establishes them, admits good objects under strict validation,
//! and refuses bad ones with the message that the definition gives.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what does not hold ends the test"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use boathook_crds::{WebhookGateway, WebhookGatewaySpec, WebhookWorkflow, WebhookWorkflowSpec};
use boathook_tests::control_plane::{Answer, Api, ControlPlane, LOOK};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// How long the API server may take to serve a definition.
const WAIT: Duration = Duration::from_mins(1);

/// Objects are checked and not kept.
const CHECK_ONLY: &str = "fieldValidation=Strict&dryRun=All";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The YAML files of a folder with their text, by name.
fn files(folder: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/crds").join(folder);
    let mut files: Vec<_> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(&path).unwrap()))
        .collect();
    files.sort();
    files
}

/// What the first line of a bad object says: a part of the API server's message.
fn refusal(text: &str) -> &str {
    text.lines()
        .next()
        .and_then(|line| line.strip_prefix("# refused: "))
        .expect("the first line of a bad object is `# refused: ` and a part of the message")
}

/// Where an object's kind is created in namespace `default`.
fn collection(object: &Value) -> String {
    let plural = match object["kind"].as_str() {
        Some("WebhookWorkflow") => "webhookworkflows",
        Some("WebhookGateway") => "webhookgateways",
        other => panic!("kind {other:?}"),
    };
    format!("/apis/boathook.dev/v1alpha1/namespaces/default/{plural}")
}

/// A control plane that knows both resources, installed as users do.
async fn control_plane() -> ControlPlane {
    let plane = ControlPlane::start().await.unwrap();
    for definition in boathook_crds::generate::definitions() {
        let file = root().join("crds").join(format!("{}.yaml", definition.name));
        plane.kubectl(&["apply", "-f", &file.display().to_string()]).unwrap();
        let path = format!("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{}", definition.name);
        wait_until(plane.api(), &path, |answer| has_condition(&answer.json, "Established")).await;
        // An established definition is served a moment later.
        let plural = definition.name.split('.').next().unwrap();
        wait_until(plane.api(), &format!("/apis/boathook.dev/v1alpha1/{plural}"), |answer| answer.status == 200).await;
    }
    plane
}

async fn wait_until(api: &Api, path: &str, holds: impl Fn(&Answer) -> bool) {
    let end = tokio::time::Instant::now() + WAIT;
    let mut look = tokio::time::interval(LOOK);
    while !holds(&api.get(path).await.unwrap()) {
        assert!(tokio::time::Instant::now() < end, "{path} is not as it should be after {WAIT:?}");
        look.tick().await;
    }
}

fn has_condition(object: &Value, condition: &str) -> bool {
    let conditions = object["status"]["conditions"].as_array().into_iter().flatten();
    conditions.into_iter().any(|found| found["type"] == condition && found["status"] == "True")
}

async fn create(api: &Api, text: &str, query: &str) -> Answer {
    let object: Value = serde_saphyr::from_str(text).unwrap();
    api.create(&format!("{}?{query}", collection(&object)), text.to_owned()).await.unwrap()
}

/// Tries to turn an object that is kept into another one.
async fn change(api: &Api, text: &str) -> Answer {
    let (before, after) = text.split_once("---\n").expect("a change is two documents");
    let created = create(api, before, "fieldValidation=Strict").await;
    assert_eq!(created.status, 201, "{}", created.message());
    let mut object: Value = serde_saphyr::from_str(after).unwrap();
    object["metadata"]["resourceVersion"] = created.json["metadata"]["resourceVersion"].clone();
    let path = format!("{}/{}?{CHECK_ONLY}", collection(&object), object["metadata"]["name"].as_str().unwrap());
    api.replace(&path, object.to_string()).await.unwrap()
}

#[tokio::test]
async fn the_api_server_admits_good_objects_and_refuses_bad_ones() {
    let plane = control_plane().await;
    let mut surprises = Vec::new();
    for (name, text) in files("good") {
        let answer = create(plane.api(), &text, CHECK_ONLY).await;
        if answer.status != 201 {
            surprises.push(format!("good/{name}: {}", answer.message()));
        }
    }
    for (name, text) in files("bad") {
        let answer = create(plane.api(), &text, CHECK_ONLY).await;
        if answer.status < 400 || !answer.message().contains(refusal(&text)) {
            surprises.push(format!("bad/{name}: {} {}", answer.status, answer.message()));
        }
    }
    for (name, text) in files("changes") {
        let answer = change(plane.api(), &text).await;
        if answer.status != 422 || !answer.message().contains(refusal(&text)) {
            surprises.push(format!("changes/{name}: {} {}", answer.status, answer.message()));
        }
    }
    assert!(surprises.is_empty(), "{} surprises:\n{}", surprises.len(), surprises.join("\n"));
}

#[tokio::test]
async fn a_stored_object_shows_the_defaults_that_the_types_have() {
    let plane = control_plane().await;
    let mut stored = Vec::new();
    for (name, text) in files("good").into_iter().filter(|(name, _)| name.ends_with("-smallest.yaml")) {
        let answer = create(plane.api(), &text, "fieldValidation=Strict").await;
        assert_eq!(answer.status, 201, "{name}: {}", answer.message());
        let read: Value = serde_saphyr::from_str(&text).unwrap();
        same_spec(&answer.json, &read);
        stored.push(answer.json);
    }
    let [gateway, workflow] = stored.as_slice() else { panic!("one smallest object of each resource") };
    assert_eq!(workflow["spec"], stored_workflow());
    assert_eq!(gateway["spec"], stored_gateway());
    // Until the operator has seen an object, nobody may take it for served.
    assert_eq!(unknown(workflow), ["Accepted", "ResolvedRefs", "Programmed", "Ready"]);
    assert_eq!(
        unknown(gateway),
        ["Accepted", "Programmed", "StorageReady", "SandboxReady", "HighlyAvailable", "Ready"]
    );
}

/// The smallest workflow as it is stored.
fn stored_workflow() -> Value {
    json!({
        "delimiters": "Braces",
        "response": { "mode": "Async" },
        "steps": [{ "name": "greet", "set": { "greeting": "Hello {{ $context.data.name }}" } }],
        "webhook": { "methods": ["POST"], "public": true },
    })
}

/// The smallest gateway as it is stored.
fn stored_gateway() -> Value {
    json!({
        "allowedNamespaces": { "from": "Same" },
        "ceilings": {
            "bodySize": "10Mi",
            "concurrency": 1000,
            "javascriptMemory": "64Mi",
            "javascriptTime": "5s",
            "timeout": "720h",
        },
        "egress": { "internet": "Allow", "services": "SameNamespace" },
        "quotas": { "perNamespace": { "queued": 100_000, "running": 500, "storage": "2Gi", "workflows": 1000 } },
        "routePrefix": "/api/webhooks",
        "service": { "type": "ClusterIP" },
        "storage": { "embedded": { "size": "10Gi" } },
        "telemetry": { "accessLog": "All" },
    })
}

/// The spec that the API server keeps is the spec that the types read from the file.
fn same_spec(stored: &Value, written: &Value) {
    match written["kind"].as_str() {
        Some("WebhookWorkflow") => assert_eq!(spec::<WebhookWorkflowSpec>(stored), spec(written)),
        Some("WebhookGateway") => assert_eq!(spec::<WebhookGatewaySpec>(stored), spec(written)),
        other => panic!("kind {other:?}"),
    }
}

fn spec<T: DeserializeOwned>(object: &Value) -> T {
    serde_json::from_value(object["spec"].clone()).unwrap()
}

/// The types of the conditions that are unknown.
fn unknown(object: &Value) -> Vec<&str> {
    let conditions = object["status"]["conditions"].as_array().unwrap();
    conditions
        .iter()
        .filter(|condition| condition["status"] == "Unknown")
        .map(|c| c["type"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn every_example_can_be_applied() {
    let plane = control_plane().await;
    let mut folders: Vec<_> = fs::read_dir(root().join("examples"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    assert!(!folders.is_empty(), "there are examples");
    for folder in folders {
        let folder = folder.display().to_string();
        let arguments =
            ["apply", "--server-side", "--validate=strict", "--dry-run=server", "-n", "default", "-R", "-f"];
        plane.kubectl(&[arguments.as_slice(), &[folder.as_str()]].concat()).unwrap();
    }
}

#[tokio::test]
async fn kubectl_shows_selects_explains_and_scales() {
    let plane = control_plane().await;
    for name in ["workflow-smallest.yaml", "workflow-every-field-sync.yaml", "gateway-every-field.yaml"] {
        let (_, text) = files("good").into_iter().find(|(file, _)| file == name).unwrap();
        assert_eq!(create(plane.api(), &text, "fieldValidation=Strict").await.status, 201, "{name}");
    }
    let columns = |text: String| text.lines().next().unwrap().split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let workflows = columns(plane.kubectl(&["get", "whw"]).unwrap());
    assert_eq!(workflows, ["NAME", "URL", "READY", "REASON", "RECEIVED", "FAILED", "LAST", "AGE"]);
    let gateways = columns(plane.kubectl(&["get", "whg"]).unwrap());
    assert_eq!(gateways, ["NAME", "URL", "WORKFLOWS", "REPLICAS", "READY", "REASON", "AGE"]);

    let named = plane.kubectl(&["get", "whw", "--field-selector", "spec.webhook.path=/now", "-o", "name"]).unwrap();
    assert_eq!(named, "webhookworkflow.boathook.dev/every-field-sync\n");
    let by_category = plane.kubectl(&["get", "boathook", "-o", "name"]).unwrap();
    assert_eq!(by_category.lines().count(), 3, "{by_category}");

    let explained = plane.kubectl(&["explain", "whw.spec.webhook.verification.match"]).unwrap();
    assert!(explained.contains("match: `All` schemes must hold, or `Any` of them."), "{explained}");

    plane.kubectl(&["scale", "whg", "every-field", "--replicas=5"]).unwrap_err();
    plane.kubectl(&["patch", "whg", "every-field", "--type=merge", "-p", r#"{"spec":{"autoscaling":null}}"#]).unwrap();
    plane.kubectl(&["scale", "whg", "every-field", "--replicas=5"]).unwrap();
    let replicas = plane.kubectl(&["get", "whg", "every-field", "-o", "jsonpath={.spec.replicas}"]).unwrap();
    assert_eq!(replicas, "5");
}

#[test]
fn the_types_read_every_good_object() {
    for (name, text) in files("good") {
        let object: Value = serde_saphyr::from_str(&text).unwrap();
        let read = match object["kind"].as_str() {
            Some("WebhookWorkflow") => serde_json::from_value::<WebhookWorkflow>(object).map(|_| ()),
            _ => serde_json::from_value::<WebhookGateway>(object).map(|_| ()),
        };
        assert!(read.is_ok(), "{name}: {read:?}");
    }
}

#[test]
fn every_rule_pattern_and_enum_has_a_bad_object() {
    let refusals: Vec<_> =
        ["bad", "changes"].iter().flat_map(|folder| files(folder)).map(|(_, text)| refusal(&text).to_owned()).collect();
    let mut wanted = BTreeSet::new();
    each_schema(&mut |_, schema| {
        let rules = schema["x-kubernetes-validations"].as_array().into_iter().flatten();
        wanted.extend(rules.map(|rule| rule["message"].as_str().unwrap().to_owned()));
        wanted.extend(schema["pattern"].as_str().map(|pattern| format!("should match '{pattern}'")));
        let values = schema["enum"].as_array().map(|values| values.iter().map(Value::to_string).collect::<Vec<_>>());
        wanted.extend(values.map(|values| format!("supported values: {}", values.join(", "))));
    });
    assert!(wanted.len() > 90, "the definitions have {} rules, patterns and enums", wanted.len());
    let missing: Vec<_> =
        wanted.iter().filter(|text| !refusals.iter().any(|refusal| refusal.contains(*text))).collect();
    assert!(missing.is_empty(), "no bad object for {missing:#?}");
}

#[test]
fn every_field_is_set_by_a_good_object() {
    let mut fields = BTreeSet::new();
    each_schema(&mut |path, _| fields.extend([path.to_owned()]));
    for (_, text) in files("good") {
        let object: Value = serde_saphyr::from_str(&text).unwrap();
        forget(&mut fields, object["kind"].as_str().unwrap(), &object);
    }
    assert!(fields.is_empty(), "no good object sets {fields:#?}");
}

/// Takes what `value` sets out of `fields`.
fn forget(fields: &mut BTreeSet<String>, path: &str, value: &Value) {
    fields.remove(path);
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                forget(fields, &format!("{path}.{name}"), member);
                forget(fields, &format!("{path}{{}}"), member);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| forget(fields, &format!("{path}[]"), item)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Calls `visit` for every schema of both specs, with the kind and the path.
fn each_schema(visit: &mut impl FnMut(&str, &Value)) {
    for definition in boathook_crds::generate::definitions() {
        let kind = definition.object["spec"]["names"]["kind"].as_str().unwrap();
        for (path, schema) in definition.schemas().into_iter().filter(|(path, _)| path.starts_with(".spec")) {
            visit(&format!("{kind}{path}"), schema);
        }
    }
}
