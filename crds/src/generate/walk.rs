//! All schemas inside a schema, for those who hold every field to something.

use serde_json::Value;

/// Each schema with its path: `.spec.steps[].name`, where `[]` is any item and `{}` any value of a map.
pub fn schemas(schema: &Value) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    walk(schema, "", &mut found);
    found
}

fn walk<'a>(schema: &'a Value, path: &str, found: &mut Vec<(String, &'a Value)>) {
    found.push((path.to_owned(), schema));
    for (name, child) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        walk(child, &format!("{path}.{name}"), found);
    }
    for (keyword, mark) in [("items", "[]"), ("additionalProperties", "{}")] {
        if let Some(child) = schema.get(keyword).filter(|child| child.is_object()) {
            walk(child, &format!("{path}{mark}"), found);
        }
    }
}
