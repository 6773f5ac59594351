//! From what kube and schemars derive to what Kubernetes' API conventions ask for.
//!
//! One pass over the schema, each step on its own: no `nullable`, descriptions on one line and only where
//! `kubectl explain` shows them, whole numbers as such, and `x-kubernetes-preserve-unknown-fields` exactly where a type
//! admits anything.

use serde_json::{Map, Value};

/// Keywords whose value is a map of schemas by name.
const MAPS_OF_SCHEMAS: &[&str] = &["properties"];

/// Keywords whose value is a schema.
const SCHEMAS: &[&str] = &["items", "additionalProperties"];

/// Keywords that bound a number.
const BOUNDS: &[&str] = &["minimum", "maximum"];

/// Polishes a whole definition.
pub fn definition(object: &mut Value) {
    if let Some(versions) = object.pointer_mut("/spec/versions").and_then(Value::as_array_mut) {
        for version in versions {
            if let Some(schema) = version.pointer_mut("/schema/openAPIV3Schema").and_then(Value::as_object_mut) {
                polish(schema);
            }
        }
    }
}

/// Polishes a schema and those in it.
fn polish(schema: &mut Map<String, Value>) {
    schema.remove("title");
    forbid_null(schema);
    keep_unknown_fields_of_open_types(schema);
    write_whole_numbers(schema);
    join_description(schema);
    for keyword in MAPS_OF_SCHEMAS {
        for child in schema.get_mut(*keyword).and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut) {
            child.as_object_mut().map(polish);
        }
    }
    for keyword in SCHEMAS {
        if let Some(child) = schema.get_mut(*keyword).and_then(Value::as_object_mut) {
            child.remove("description");
            polish(child);
        }
    }
}

/// An absent field is absent: `null` is no value of its own.
fn forbid_null(schema: &mut Map<String, Value>) {
    schema.remove("nullable");
    if let Some(values) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        values.retain(|value| !value.is_null());
    }
}

/// A user's own JSON keeps every field; a struct keeps its own.
fn keep_unknown_fields_of_open_types(schema: &mut Map<String, Value>) {
    let additional = schema.get("additionalProperties").and_then(Value::as_bool);
    if additional.is_some() {
        schema.remove("additionalProperties");
    }
    let untyped = !schema.contains_key("type") && !schema.contains_key("x-kubernetes-int-or-string");
    if untyped || additional == Some(true) {
        schema.insert("x-kubernetes-preserve-unknown-fields".to_owned(), true.into());
    }
}

/// Kubernetes' type of a bound is a float, and every bound of ours is whole.
fn write_whole_numbers(schema: &mut Map<String, Value>) {
    for bound in BOUNDS {
        if let Some(number) = schema.get_mut(*bound)
            && let Some(whole) =
                number.as_f64().map(|float| format!("{float:.0}")).and_then(|text| text.parse::<i64>().ok())
        {
            *number = whole.into();
        }
    }
}

/// Documentation comments are wrapped for the source; readers wrap them anew.
fn join_description(schema: &mut Map<String, Value>) {
    if let Some(Value::String(description)) = schema.get_mut("description") {
        *description = description.split_whitespace().collect::<Vec<_>>().join(" ");
    }
}
