//! `metav1.Condition` as the API conventions bound it; Kubernetes' own type says nothing of that in its schema.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

/// A list of conditions, merged by type.
pub fn conditions(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "array",
        "maxItems": 16,
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["type"],
        "items": condition(),
    })
}

/// What stands in `status` before the operator has seen the object, so that nobody takes it for served.
pub fn unknown(types: &[&str]) -> Value {
    let conditions: Vec<_> = types
        .iter()
        .map(|condition| {
            json!({
                "type": condition,
                "status": "Unknown",
                "reason": "Pending",
                "message": "the operator has not seen this object yet",
                "lastTransitionTime": "1970-01-01T00:00:00Z",
            })
        })
        .collect();
    json!({ "conditions": conditions })
}

/// One condition, with metav1's bounds.
fn condition() -> Value {
    json!({
        "type": "object",
        "description": "A condition, as in metav1.",
        "required": ["type", "status", "lastTransitionTime", "reason", "message"],
        "properties": properties(),
    })
}

/// The fields of a condition.
fn properties() -> Value {
    json!({
            "type": {
                "type": "string",
                "description": "type of the condition.",
                "maxLength": 316,
                "pattern": r"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$",
            },
            "status": {
                "type": "string",
                "description": "status of the condition.",
                "enum": ["True", "False", "Unknown"],
            },
            "observedGeneration": {
                "type": "integer",
                "format": "int64",
                "description": "observedGeneration is the generation that the condition is about.",
                "minimum": 0,
            },
            "lastTransitionTime": {
                "type": "string",
                "format": "date-time",
                "description": "lastTransitionTime is when the status last changed.",
                "maxLength": 64,
            },
            "reason": {
                "type": "string",
                "description": "reason of the last change, in CamelCase.",
                "minLength": 1,
                "maxLength": 1024,
                "pattern": "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$",
            },
            "message": {
                "type": "string",
                "description": "message says how to mend it. It may be empty.",
                "maxLength": 32768,
            },
    })
}
