//! Worlds from YAML documents, as the cases write them.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use boathook_crds::{WebhookGateway, WebhookWorkflow};
use boathook_operator_core::object::{Object, ObjectKey};
use boathook_operator_core::world::{Checked, ConfigMapObject, SecretObject, World};
use boathook_plan::script::CodeHash;
use boathook_plan::secret::Secret;
use serde_json::Value;

/// The documents of a YAML text.
pub fn documents(text: &str) -> Vec<Value> {
    serde_saphyr::from_multiple(text).expect("the case is YAML")
}

/// Puts an object into the world, in the place of one of the same name.
pub fn put(world: &mut World, document: &Value) {
    let key = key(document);
    match document["kind"].as_str().expect("a kind") {
        "WebhookWorkflow" => {
            let object: WebhookWorkflow = read(document);
            world.workflows.insert(key, Arc::new(Object::new(&object.metadata, object.spec)));
        }
        "WebhookGateway" => {
            let object: WebhookGateway = read(document);
            world.gateways.insert(key, Arc::new(Object::new(&object.metadata, object.spec)));
        }
        "Secret" => {
            let type_ = document["type"].as_str().unwrap_or_default().to_owned();
            let object = SecretObject { labels: labels(document), type_, data: secret_data(document) };
            world.secrets.insert(key, Arc::new(object));
        }
        "ConfigMap" => {
            world.config_maps.insert(key, Arc::new(ConfigMapObject { data: texts(&document["data"]) }));
        }
        "Namespace" => {
            world.namespaces.insert(key.name, Arc::new(labels(document)));
        }
        "Check" => {
            let code = document["code"].as_str().expect("code");
            let said = |name: &str| document[name].as_str().map(str::to_owned);
            let checked = said("broken").map(Checked::Broken).or_else(|| said("unavailable").map(Checked::Unavailable));
            world.checks.insert(CodeHash::of(code), checked.unwrap_or(Checked::Compiles));
        }
        "Platform" => {
            let loopback = document["loopbackEgress"].as_bool();
            world.platform.loopback_egress = loopback.unwrap_or(world.platform.loopback_egress);
            if let Some(base_url) = document["baseURL"].as_str() {
                world.platform.base_url = Some(base_url.to_owned());
            }
        }
        other => panic!("a case cannot hold a {other}"),
    }
}

/// Takes an object out of the world: a document of its kind and metadata alone.
pub fn remove(world: &mut World, document: &Value) {
    let key = key(document);
    match document["kind"].as_str().expect("a kind") {
        "WebhookWorkflow" => drop(world.workflows.remove(&key)),
        "WebhookGateway" => drop(world.gateways.remove(&key)),
        "Secret" => drop(world.secrets.remove(&key)),
        "ConfigMap" => drop(world.config_maps.remove(&key)),
        other => panic!("a case cannot remove a {other}"),
    }
}

fn read<T: serde::de::DeserializeOwned>(document: &Value) -> T {
    serde_json::from_value(document.clone()).unwrap_or_else(|error| panic!("{error}: {document}"))
}

fn key(document: &Value) -> ObjectKey {
    let metadata = &document["metadata"];
    ObjectKey::new(metadata["namespace"].as_str().unwrap_or("default"), metadata["name"].as_str().unwrap_or_default())
}

fn labels(document: &Value) -> BTreeMap<String, String> {
    texts(&document["metadata"]["labels"])
}

fn texts(value: &Value) -> BTreeMap<String, String> {
    let members = value.as_object().into_iter().flatten();
    members.map(|(name, text)| (name.clone(), text.as_str().expect("a text").to_owned())).collect()
}

fn secret_data(document: &Value) -> BTreeMap<String, Secret> {
    let plain = texts(&document["stringData"]).into_iter().map(|(name, text)| (name, text.into_bytes()));
    let decode = |text: String| base64::engine::general_purpose::STANDARD.decode(text).expect("base64");
    let encoded = texts(&document["data"]).into_iter().map(|(name, text)| (name, decode(text)));
    encoded.chain(plain).map(|(name, bytes)| (name, Secret::new(bytes))).collect()
}
