//! Whether a document has the shape of its kind: no unknown field, no missing one, every value of its type, every
//! choice one of the choices. All of it at once, each with its place.
//!
//! Other bounds, patterns and rules are not judged here: `operator/core` does that for cluster and files alike.

use boathook_operator_core::field::Field;
use serde_json::Value;

use super::locate::start_of;
use super::node::{Content, Entry, Node};
use super::place::Place;

/// One thing to mend.
#[derive(Debug, PartialEq, Eq)]
pub struct Misfit {
    /// Where.
    pub place: Place,
    /// Which field.
    pub field: Field,
    /// What to write.
    pub message: String,
}

/// Everything in `node` that does not fit `schema`, a structural schema of Kubernetes.
pub fn misfits(node: &Node, schema: &Value) -> Vec<Misfit> {
    let mut found = Vec::new();
    value(node, schema, &Field::default(), &mut found);
    found
}

fn value(node: &Node, schema: &Value, field: &Field, found: &mut Vec<Misfit>) {
    if let Some(wanted) = type_mismatch(node, schema) {
        let message = format!("must be {wanted}, and is {}", article(node));
        found.push(Misfit { place: start_of(node), field: field.clone(), message });
        return;
    }
    match &node.content {
        Content::Scalar(scalar) => choice(node, scalar, schema, field, found),
        Content::List(items) => {
            has_entries(node, items, schema, field, found);
            let Some(schema) = schema.get("items") else { return };
            for (index, item) in items.iter().enumerate() {
                value(item, schema, &field.item(index), found);
            }
        }
        Content::Map(entries) => members(node, entries, schema, field, found),
    }
}

/// An empty list must be told from none here: the types of the resources read both as the same.
fn has_entries(node: &Node, items: &[Node], schema: &Value, field: &Field, found: &mut Vec<Misfit>) {
    if items.is_empty() && schema.get("minItems").and_then(Value::as_u64).is_some_and(|least| least > 0) {
        let message = "must have at least 1 entry: fill it, or leave the field out".to_owned();
        found.push(Misfit { place: start_of(node), field: field.clone(), message });
    }
}

fn choice(node: &Node, scalar: &Value, schema: &Value, field: &Field, found: &mut Vec<Misfit>) {
    let Some(choices) = schema.get("enum").and_then(Value::as_array) else { return };
    if choices.contains(scalar) {
        return;
    }
    let names: Vec<_> = choices.iter().filter_map(Value::as_str).collect();
    let hint = scalar.as_str().map(|written| did_you_mean(written, names.iter().copied())).unwrap_or_default();
    let message = format!("must be one of {}{hint}", names.join(", "));
    found.push(Misfit { place: node.place.clone(), field: field.clone(), message });
}

fn members(node: &Node, entries: &[Entry], schema: &Value, field: &Field, found: &mut Vec<Misfit>) {
    let known = schema.get("properties").and_then(Value::as_object);
    let others = schema.get("additionalProperties").filter(|schema| schema.is_object());
    for entry in entries {
        let field = field.key(&entry.key);
        match known.and_then(|known| known.get(&entry.key)).or(others) {
            Some(schema) => value(&entry.value, schema, &field, found),
            None if is_open(schema) => {}
            None => {
                let names = known.into_iter().flat_map(|known| known.keys().map(String::as_str));
                let message = format!("unknown field `{}`{}", entry.key, did_you_mean(&entry.key, names));
                found.push(Misfit { place: entry.place.clone(), field, message });
            }
        }
    }
    let required = schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    for name in required.filter(|name| node.get(name).is_none()) {
        found.push(Misfit { place: start_of(node), field: field.key(name), message: format!("`{name}` is missing") });
    }
}

/// Users' own JSON, or an object of which nothing is said.
fn is_open(schema: &Value) -> bool {
    schema.get("x-kubernetes-preserve-unknown-fields").and_then(Value::as_bool).unwrap_or_default()
        || (schema.get("properties").is_none() && schema.get("additionalProperties").is_none())
}

/// What the schema wants, where the value is something else.
fn type_mismatch(node: &Node, schema: &Value) -> Option<String> {
    let wanted: Vec<&str> = match schema.get("type") {
        Some(Value::String(name)) => vec![name],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ if schema.get("x-kubernetes-int-or-string").is_some() => vec!["integer", "string"],
        _ => return None,
    };
    let fits = wanted.iter().any(|name| has_type(node, name));
    (!fits).then(|| wanted.iter().map(|name| in_words(name)).collect::<Vec<_>>().join(" or "))
}

fn has_type(node: &Node, name: &str) -> bool {
    match &node.content {
        Content::Map(_) => name == "object",
        Content::List(_) => name == "array",
        Content::Scalar(Value::Number(number)) => name == "number" || (name == "integer" && !number.is_f64()),
        Content::Scalar(scalar) => name == type_of(scalar),
    }
}

fn type_of(scalar: &Value) -> &'static str {
    match scalar {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn article(node: &Node) -> &'static str {
    match &node.content {
        Content::Map(_) => in_words("object"),
        Content::List(_) => in_words("array"),
        Content::Scalar(Value::Null) => "empty: leave the field out, or write \"\" for empty text",
        Content::Scalar(scalar) => in_words(type_of(scalar)),
    }
}

fn in_words(name: &str) -> &'static str {
    match name {
        "object" => "a mapping (`key: value`)",
        "array" => "a list (`- item`)",
        "string" => "text",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "true or false",
        "null" => "null",
        _ => "another type",
    }
}

/// The nearest name, where one is near: a third of the letters may be wrong.
fn did_you_mean<'a>(written: &str, names: impl Iterator<Item = &'a str>) -> String {
    let rated = names.map(|name| (strsim::osa_distance(&written.to_lowercase(), &name.to_lowercase()), name));
    let nearest = rated.filter(|(wrong, _)| *wrong <= written.len().max(3) / 3).min();
    nearest.map(|(_, name)| format!(": did you mean `{name}`?")).unwrap_or_default()
}
