//! The schema of each kind: ours from their CRDs, Kubernetes' own from small files beside this one.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use boathook_crds::generate;
use serde_json::{Value, json};

use super::kind::Kind;

/// The schema of a kind, with the members that every object has.
pub fn schema(kind: Kind) -> &'static Value {
    static SCHEMAS: LazyLock<BTreeMap<Kind, Value>> =
        LazyLock::new(|| Kind::ALL.into_iter().map(|kind| (kind, as_object(source(kind)))).collect());
    SCHEMAS.get(&kind).unwrap_or(&Value::Null)
}

fn source(kind: Kind) -> Value {
    match kind {
        Kind::WebhookWorkflow => generate::workflow().schema().clone(),
        Kind::WebhookGateway => generate::gateway().schema().clone(),
        Kind::Secret => core(include_str!("schemas/secret.json")),
        Kind::ConfigMap => core(include_str!("schemas/config-map.json")),
        Kind::Namespace => core(include_str!("schemas/namespace.json")),
        Kind::ServiceAccount => core(include_str!("schemas/service-account.json")),
    }
}

fn core(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

fn as_object(mut schema: Value) -> Value {
    if let Some(members) = schema.pointer_mut("/properties").and_then(Value::as_object_mut) {
        members.insert("metadata".to_owned(), core(include_str!("schemas/object-meta.json")));
        for name in ["apiVersion", "kind"] {
            members.entry(name).or_insert_with(|| json!({"type": "string"}));
        }
    }
    schema
}
