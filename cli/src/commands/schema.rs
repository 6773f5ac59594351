//! `boathook schema`: JSON Schema of the resources, for editors.
//!
//! Made of the CRDs' own: what Kubernetes' dialect says in its own words is said in JSON Schema's.

use serde_json::{Value, json};

use crate::console::Console;
use crate::failure::{Exit, Failure};
use crate::load::kind::Kind;
use crate::load::schema::schema;

/// Prints one schema for all kinds of ours.
pub fn execute(console: &mut Console) -> Result<Exit, Failure> {
    console.print(&format!("{:#}", whole()))?;
    Ok(Exit::Done)
}

fn whole() -> Value {
    let kinds = [Kind::WebhookWorkflow, Kind::WebhookGateway].map(|kind| {
        let mut schema = schema(kind).clone();
        translate(&mut schema);
        if let Some(members) = schema.pointer_mut("/properties").and_then(Value::as_object_mut) {
            members.insert("apiVersion".to_owned(), json!({"const": kind.api_version()}));
            members.insert("kind".to_owned(), json!({"const": kind.as_str()}));
        }
        schema
    });
    json!({"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Boathook", "oneOf": kinds})
}

/// Structural schemas leave out what is always so: unknown fields are refused, and `x-` words mean nothing to editors.
fn translate(schema: &mut Value) {
    match schema {
        Value::Object(words) => {
            let is_open = words.get("x-kubernetes-preserve-unknown-fields").is_some();
            if words.contains_key("properties") && !is_open && !words.contains_key("additionalProperties") {
                words.insert("additionalProperties".to_owned(), Value::Bool(false));
            }
            if words.contains_key("x-kubernetes-int-or-string") {
                words.insert("type".to_owned(), json!(["integer", "string"]));
            }
            words.retain(|word, _| !word.starts_with("x-kubernetes-"));
            words.values_mut().for_each(translate);
        }
        Value::Array(items) => items.iter_mut().for_each(translate),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    fn workflow() -> Value {
        json!({
            "apiVersion": "boathook.dev/v1alpha1",
            "kind": "WebhookWorkflow",
            "metadata": {"name": "hello", "labels": {"a": "b"}},
            "spec": {
                "webhook": {"public": true, "request": {"maxBodySize": "1Mi"}},
                "vars": {"anything": [1, {"goes": null}]},
                "steps": [{"name": "a", "set": {"x": 1}}],
                "response": {"mode": "Sync"}
            }
        })
    }

    #[test]
    fn an_editor_accepts_what_a_cluster_accepts_and_marks_what_it_refuses() {
        let schema = jsonschema::validator_for(&super::whole()).unwrap();
        assert!(schema.is_valid(&workflow()));
        for (pointer, wrong) in [
            ("/kind", json!("WebhookGateway")),
            ("/spec/webhook", json!({"pubic": true})),
            ("/spec/steps", json!({})),
            ("/spec/response/mode", json!("sync")),
            ("/metadata/name", json!("Not A Name")),
        ] {
            let mut object = workflow();
            *object.pointer_mut(pointer).unwrap() = wrong;
            assert!(!schema.is_valid(&object), "{pointer}");
        }
    }

    #[test]
    fn no_word_of_kubernetes_dialect_is_left() {
        assert!(!super::whole().to_string().contains("x-kubernetes-"));
    }
}
