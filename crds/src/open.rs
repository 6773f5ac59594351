//! Schemas that attributes cannot say: bounded maps, plain enums.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::Value;

/// Labels, node selectors: keys and values of Kubernetes labels.
pub fn labels(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "maxProperties": 64,
        "additionalProperties": { "type": "string", "maxLength": 63 },
    })
}

/// Annotations: values are long.
pub fn annotations(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "maxProperties": 64,
        "additionalProperties": { "type": "string", "maxLength": 4096 },
    })
}

/// Header fields by name, a template each.
pub fn headers(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "maxProperties": 64,
        "additionalProperties": { "type": "string", "maxLength": 8192 },
    })
}

/// Amounts of resources: Kubernetes' own quantities, fractions allowed.
pub fn resources(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "maxProperties": 16,
        "additionalProperties": {
            "anyOf": [{ "type": "integer" }, { "type": "string" }],
            "maxLength": 32,
            "pattern": r"^(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE][+-]?[0-9]+))?$",
            "x-kubernetes-int-or-string": true,
        },
    })
}

/// A short list of Kubernetes' own objects, which the operator passes on.
pub fn manifests(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "array",
        "maxItems": 8,
        "x-kubernetes-list-type": "atomic",
        "items": { "type": "object", "maxProperties": 16, "x-kubernetes-preserve-unknown-fields": true },
    })
}

/// An enum is its values: what they mean is said by each field that has it, for the type's own documentation would take
/// the place of an optional field's.
pub fn values_only(schema: &mut Schema) {
    let variants = schema.remove("oneOf");
    let values: Vec<_> = variants
        .iter()
        .filter_map(Value::as_array)
        .flatten()
        .filter_map(|variant| variant.get("const").or_else(|| variant.pointer("/enum/0")))
        .cloned()
        .collect();
    if !values.is_empty() {
        schema.insert("type".to_owned(), "string".into());
        schema.insert("enum".to_owned(), values.into());
    }
    schema.remove("description");
}
