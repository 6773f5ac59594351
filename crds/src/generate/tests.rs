//! The definitions against the conventions, and against the files that are installed.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use super::{Definition, definitions};

/// `kubectl apply` keeps the object in an annotation of at most 256 KiB; this leaves room for years.
const MAX_JSON: usize = 160 << 10;

/// Fields that Kubernetes describes itself.
const KUBERNETES_OWN: &[&str] = &[".metadata", ".apiVersion", ".kind"];

/// Every schema of a definition with its path; `visit` returns what is wrong with it.
fn complaints(visit: impl Fn(&str, &Value) -> Option<String>) -> Vec<String> {
    let mut found = Vec::new();
    for definition in definitions() {
        for (path, schema) in definition.schemas() {
            found.extend(visit(&path, schema).map(|complaint| format!("{} {path}: {complaint}", definition.name)));
        }
    }
    found
}

/// A complaint, if it holds.
fn if_(wrong: bool, complaint: &str) -> Option<String> {
    wrong.then(|| complaint.to_owned())
}

#[test]
fn every_property_has_a_description_that_starts_with_its_name() {
    let found = complaints(|path, schema| {
        let name = path.rsplit('.').next().unwrap();
        if path.is_empty() || name.ends_with("[]") || name.ends_with("{}") || KUBERNETES_OWN.contains(&path) {
            return None;
        }
        let description = schema["description"].as_str().unwrap_or_default();
        let rest = description.strip_prefix(name).unwrap_or_default();
        if_(!rest.starts_with([' ', ':', ',']), &format!("{description:?}"))
    });
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn every_description_ends_with_a_full_stop_and_stands_on_one_line() {
    let found = complaints(|_, schema| {
        let description = schema["description"].as_str()?;
        if_(!description.ends_with('.') || description.contains('\n'), description)
    });
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn every_list_says_how_it_is_merged_and_how_long_it_may_be() {
    let found = complaints(|_, schema| {
        let list = schema["type"] == "array";
        let kind = schema["x-kubernetes-list-type"].as_str().unwrap_or_default();
        let keys = schema["x-kubernetes-list-map-keys"].is_array();
        let known = ["atomic", "set", "map"].contains(&kind) && (kind == "map") == keys;
        if_(
            list && !(known && schema["maxItems"].is_u64()),
            &format!("list type {kind:?}, maximum {}", schema["maxItems"]),
        )
    });
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn programs_are_atomic_so_that_no_apply_mixes_two_peoples_steps() {
    let programs = ["steps", "blocks", "schemes", "keys", "rateLimits"];
    let lists = complaints(|path, schema| {
        let name = path.rsplit('.').next()?;
        if_(programs.contains(&name), schema["x-kubernetes-list-type"].as_str()?)
    });
    assert_eq!(
        lists,
        [
            "webhookworkflows.boathook.dev .spec.blocks: atomic",
            "webhookworkflows.boathook.dev .spec.blocks[].steps: atomic",
            "webhookworkflows.boathook.dev .spec.blocks[].steps[].parallel.blocks: set",
            "webhookworkflows.boathook.dev .spec.steps: atomic",
            "webhookworkflows.boathook.dev .spec.steps[].parallel.blocks: set",
            "webhookworkflows.boathook.dev .spec.webhook.rateLimits: atomic",
            "webhookworkflows.boathook.dev .spec.webhook.verification.schemes: atomic",
            "webhookworkflows.boathook.dev .spec.webhook.verification.schemes[].hmac.list.keys: set",
            "webhookworkflows.boathook.dev .spec.webhook.verification.schemes[].keys: atomic",
        ]
    );
}

#[test]
fn every_string_has_a_longest_or_a_list_of_values() {
    let found = complaints(|path, schema| {
        let string = schema["type"] == "string" || schema["x-kubernetes-int-or-string"] == true;
        if_(
            string && !KUBERNETES_OWN.contains(&path) && !schema["maxLength"].is_u64() && !schema["enum"].is_array(),
            "no maximum",
        )
    });
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn every_map_has_a_largest() {
    let found = complaints(|path, schema| {
        let map = schema["type"] == "object"
            && (schema["additionalProperties"].is_object() || schema["x-kubernetes-preserve-unknown-fields"] == true);
        if_(map && !KUBERNETES_OWN.contains(&path) && !schema["maxProperties"].is_u64(), "no maximum")
    });
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn only_users_own_json_keeps_unknown_fields() {
    let mut open: Vec<_> = complaints(|path, schema| {
        if_(schema["x-kubernetes-preserve-unknown-fields"] == true, path.rsplit('.').next()?)
    })
    .iter()
    .map(|found| found.rsplit(": ").next().unwrap().to_owned())
    .collect();
    open.sort();
    open.dedup();
    assert_eq!(
        open,
        [
            "affinity",
            "data",
            "form",
            "input",
            "json",
            "object",
            "params",
            "payload",
            "query",
            "schema",
            "set",
            "topologySpreadConstraints[]",
            "value",
            "values",
            "vars",
            "where",
        ]
    );
}

#[test]
fn null_is_no_value() {
    let found = complaints(|_, schema| {
        let null = schema["enum"].as_array().is_some_and(|values| values.contains(&Value::Null));
        if_(null || !schema["nullable"].is_null(), "nullable")
    });
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn no_default_stands_inside_a_list() {
    let found = complaints(|path, schema| if_(path.contains("[]") && !schema["default"].is_null(), "default"));
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn numbers_are_signed_whole_numbers() {
    let found = complaints(|_, schema| {
        let format = schema["format"].as_str().unwrap_or_default();
        let integer = schema["type"] == "integer";
        if_(schema["type"] == "number" || (integer && !["int32", "int64"].contains(&format)), format)
    });
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn enum_values_are_camel_case() {
    let found = complaints(|_, schema| {
        let values = schema["enum"].as_array()?;
        let camel = |value: &Value| {
            let text = value.as_str().unwrap();
            text.starts_with(|c: char| c.is_ascii_uppercase()) && text.chars().all(|c| c.is_ascii_alphanumeric())
        };
        if_(!values.iter().all(camel), &format!("{values:?}"))
    });
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn every_rule_has_a_message_that_says_must() {
    let found = complaints(|_, schema| {
        let rules = schema["x-kubernetes-validations"].as_array()?;
        let silent: Vec<_> = rules
            .iter()
            .filter(|rule| {
                let message = rule["message"].as_str().unwrap_or_default();
                !(message.contains("must") && message.contains('`') && !message.contains('\n'))
            })
            .collect();
        if_(!silent.is_empty(), &format!("{silent:?}"))
    });
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn a_definition_is_small_enough_for_kubectl_apply() {
    for definition in definitions() {
        let length = serde_json::to_string(&definition.object).unwrap().len();
        assert!(length < MAX_JSON, "{} has {length} bytes", definition.name);
    }
}

#[test]
fn the_definitions_have_the_names_that_kubectl_users_type() {
    let names: Vec<_> = definitions().iter().map(|definition| definition.object["spec"]["names"].clone()).collect();
    assert_eq!(
        names,
        [
            serde_json::json!({
                "categories": ["boathook"],
                "kind": "WebhookWorkflow",
                "plural": "webhookworkflows",
                "shortNames": ["whw"],
                "singular": "webhookworkflow",
            }),
            serde_json::json!({
                "categories": ["boathook"],
                "kind": "WebhookGateway",
                "plural": "webhookgateways",
                "shortNames": ["whg"],
                "singular": "webhookgateway",
            }),
        ]
    );
}

#[test]
fn a_definition_says_which_release_it_is_from() {
    for definition in definitions() {
        let version = &definition.object["metadata"]["annotations"]["boathook.dev/bundle-version"];
        assert_eq!(version, concat!("v", env!("CARGO_PKG_VERSION")), "{}", definition.name);
    }
}

#[test]
fn the_files_are_what_the_types_say() {
    for definition in definitions() {
        let path = file(&definition);
        let yaml = definition.yaml();
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&path, &yaml).unwrap();
        }
        let committed = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == yaml,
            "{} is stale: UPDATE_GOLDEN=1 cargo test --release -p boathook-crds",
            path.display()
        );
    }
}

#[test]
fn the_yaml_reads_as_the_definition_it_was_made_from() {
    for definition in definitions() {
        let read: Value = serde_saphyr::from_str(&definition.yaml()).unwrap();
        assert!(read == definition.object, "{}", definition.name);
    }
}

/// Where a definition is kept.
fn file(definition: &Definition) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("{}.yaml", definition.name))
}
