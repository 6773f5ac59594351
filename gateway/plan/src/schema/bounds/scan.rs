//! What the whole text of a schema is looked through for, reached by a reference or not.
//!
//! The library registers what it finds in places that the walk does not go to, and resolves references against it. So
//! whatever could make it find another target than the walk is refused wherever it stands, even in an example.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::SchemaError;

/// Members that give a place a name or a dialect of its own, by their text.
const MOVES: [(&str, &str); 5] = [
    ("$id", "$id below its root"),
    ("$schema", "$schema below its root"),
    ("$dynamicRef", "$dynamicRef"),
    ("$dynamicAnchor", "$dynamicAnchor"),
    ("$recursiveRef", "$recursiveRef"),
];

/// Keywords whose value an error holds a copy of.
const COPIED: [&str; 10] = [
    "not",
    "const",
    "enum",
    "required",
    "dependentRequired",
    "dependencies",
    "type",
    "pattern",
    "format",
    "multipleOf",
];

/// Bytes of memory of a value, and of a member of an object besides its name.
const VALUE: usize = 32;
const MEMBER: usize = 96;

/// Looks through a schema. Returns the bytes of memory of the largest value that errors copy. The text nests no deeper
/// than [`crate::limits::JSON_DEPTH`].
pub(super) fn scan(schema: &Value) -> Result<usize, SchemaError> {
    let mut scan = Scan { anchors: HashSet::new(), copied: 0 };
    match schema {
        Value::Object(keywords) => {
            scan.keywords(keywords)?;
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {}
    }
    Ok(scan.copied)
}

/// The schema that names itself so; [`scan`] has found no second one.
pub(super) fn anchored<'s>(value: &'s Value, name: &str) -> Option<&'s Value> {
    match value {
        Value::Object(members) if members.get("$anchor").and_then(Value::as_str) == Some(name) => Some(value),
        Value::Object(members) => members.values().find_map(|value| anchored(value, name)),
        Value::Array(items) => items.iter().find_map(|value| anchored(value, name)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

struct Scan<'s> {
    anchors: HashSet<&'s str>,
    copied: usize,
}

impl<'s> Scan<'s> {
    /// Bytes of memory of a value below the root.
    fn value(&mut self, value: &'s Value) -> Result<usize, SchemaError> {
        match value {
            Value::Object(members) => {
                let moves = MOVES.into_iter().find(|(name, _)| members.get(*name).is_some_and(Value::is_string));
                moves.map_or(Ok(()), |(_, what)| Err(SchemaError::Unsupported(what)))?;
                self.keywords(members)
            }
            Value::Array(items) => {
                items.iter().try_fold(VALUE, |size, item| self.value(item).map(|item| size.saturating_add(item)))
            }
            Value::String(text) => Ok(VALUE + text.len()),
            Value::Null | Value::Bool(_) | Value::Number(_) => Ok(VALUE),
        }
    }

    fn keywords(&mut self, members: &'s Map<String, Value>) -> Result<usize, SchemaError> {
        if let Some(Value::String(anchor)) = members.get("$anchor")
            && !self.anchors.insert(anchor)
        {
            return Err(SchemaError::Ambiguous(super::super::cut(anchor.clone())));
        }
        let mut size = VALUE;
        for (name, value) in members {
            let below = self.value(value)?;
            if COPIED.contains(&name.as_str()) {
                self.copied = self.copied.max(below);
            }
            size = size.saturating_add(MEMBER + name.len() + below);
        }
        Ok(size)
    }
}
