//! What a schema expands to, counted before anything is compiled.
//!
//! Follows every keyword that applies a schema, and every `$ref`, as often as a validator would; stops at the first bound.
//! A reference that leads back into itself counts once where a step into the value lies between, and is refused where
//! none does.

use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::json::Json;
use crate::limits::JSON_DEPTH;

/// Bytes of a schema's compact text.
const SIZE: usize = 64 << 10;

/// Schemas in a schema, each as often as it is applied. A schema of 1.6 KB that doubles itself 25 times takes 1.5 GB.
const NODES: usize = 10_000;

/// Schemas one inside the other, references followed.
const DEPTH: usize = 128;

/// Different patterns; each may take a megabyte when compiled.
const PATTERNS: usize = 64;

/// The only dialect.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// Why a schema is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
    /// The text is long.
    #[error("the schema must have at most {SIZE} bytes")]
    TooLarge,
    /// The JSON text nests, or schemas do.
    #[error("the schema must not nest deeper than {JSON_DEPTH} values and {DEPTH} schemas, references followed")]
    TooDeep,
    /// References multiply.
    #[error("the schema must not expand to more than {NODES} schemas, references followed")]
    TooManyNodes,
    /// Patterns are many.
    #[error("the schema must not have more than {PATTERNS} different patterns")]
    TooManyPatterns,
    /// Another draft means other things by the same words.
    #[error("$schema must be {DIALECT} or absent")]
    Dialect,
    /// A reference out of the schema, or to nothing.
    #[error("$ref must be # or point into the schema, such as #/$defs/name: {0}")]
    Reference(String),
    /// A reference that leads back to itself without going into the value.
    #[error("$ref must not lead back to itself at the same place of the value: {0}")]
    Endless(String),
    /// A keyword that moves references' targets.
    #[error("the schema must not use {0}")]
    Unsupported(&'static str),
    /// Not a schema, or a pattern that is not matched in linear time.
    #[error("the schema must be a JSON Schema: {0}")]
    Malformed(String),
}

/// What a schema amounts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    /// Schemas one inside the other between two visits of the same one.
    pub(super) depth: usize,
    /// Schemas, each as often as it is applied.
    pub(super) nodes: usize,
}

/// Where a keyword's schemas are.
#[derive(Clone, Copy)]
enum Shape {
    One,
    List,
    Map,
}

/// Keywords that apply schemas to the same place of the value.
const HERE: [(&str, Shape); 8] = [
    ("allOf", Shape::List),
    ("anyOf", Shape::List),
    ("oneOf", Shape::List),
    ("not", Shape::One),
    ("if", Shape::One),
    ("then", Shape::One),
    ("else", Shape::One),
    ("dependentSchemas", Shape::Map),
];

/// Keywords that apply schemas to a member, an item or a name of the value.
const INSIDE: [(&str, Shape); 9] = [
    ("properties", Shape::Map),
    ("patternProperties", Shape::Map),
    ("additionalProperties", Shape::One),
    ("unevaluatedProperties", Shape::One),
    ("propertyNames", Shape::One),
    ("prefixItems", Shape::List),
    ("items", Shape::One),
    ("contains", Shape::One),
    ("unevaluatedItems", Shape::One),
];

/// Keywords that choose a reference's target at run time.
const UNSUPPORTED: [&str; 4] = ["$dynamicRef", "$dynamicAnchor", "$recursiveRef", "$recursiveAnchor"];

/// The schema as the library takes it, if its text is small enough.
pub(super) fn read(schema: &Json) -> Result<Value, SchemaError> {
    if super::node::depth(schema) > JSON_DEPTH {
        return Err(SchemaError::TooDeep);
    }
    if schema.to_string().len() > SIZE {
        return Err(SchemaError::TooLarge);
    }
    Ok(super::node::plain(schema))
}

/// Measures a schema, or says which bound it exceeds.
pub(super) fn measure(schema: &Value) -> Result<Extent, SchemaError> {
    match schema.get("$schema") {
        Some(Value::String(dialect)) if dialect.trim_end_matches('#') == DIALECT => {}
        None => {}
        Some(_) => return Err(SchemaError::Dialect),
    }
    let mut walk = Walk { root: schema, nodes: 0, depth: 0, patterns: HashSet::new(), path: Vec::new() };
    walk.visit(schema, true)?;
    Ok(Extent { depth: walk.depth, nodes: walk.nodes })
}

struct Walk<'s> {
    root: &'s Value,
    nodes: usize,
    depth: usize,
    patterns: HashSet<&'s str>,
    /// The schemas from the root to here, and whether each is applied inside the value of the one before.
    path: Vec<(&'s Value, bool)>,
}

impl<'s> Walk<'s> {
    fn visit(&mut self, schema: &'s Value, inside: bool) -> Result<(), SchemaError> {
        self.nodes += 1;
        if self.nodes > NODES {
            return Err(SchemaError::TooManyNodes);
        }
        self.path.push((schema, inside));
        self.depth = self.depth.max(self.path.len());
        if self.path.len() > DEPTH {
            return Err(SchemaError::TooDeep);
        }
        if let Value::Object(keywords) = schema {
            self.keywords(keywords)?;
        }
        self.path.pop();
        Ok(())
    }

    fn keywords(&mut self, keywords: &'s Map<String, Value>) -> Result<(), SchemaError> {
        if let Some(name) = UNSUPPORTED.into_iter().find(|name| keywords.contains_key(*name)) {
            return Err(SchemaError::Unsupported(name));
        }
        if self.path.len() > 1 && keywords.contains_key("$id") {
            return Err(SchemaError::Unsupported("$id below its root"));
        }
        self.count_patterns(keywords)?;
        for (name, shape) in HERE {
            self.children(keywords.get(name), shape, false)?;
        }
        for (name, shape) in INSIDE {
            self.children(keywords.get(name), shape, true)?;
        }
        keywords.get("$ref").map_or(Ok(()), |reference| self.follow(reference))
    }

    fn children(&mut self, value: Option<&'s Value>, shape: Shape, inside: bool) -> Result<(), SchemaError> {
        match (shape, value) {
            (Shape::One, Some(schema)) => self.visit(schema, inside),
            (Shape::List, Some(Value::Array(schemas))) => {
                schemas.iter().try_for_each(|schema| self.visit(schema, inside))
            }
            (Shape::Map, Some(Value::Object(schemas))) => {
                schemas.values().try_for_each(|schema| self.visit(schema, inside))
            }
            (Shape::One | Shape::List | Shape::Map, _) => Ok(()),
        }
    }

    fn follow(&mut self, reference: &Value) -> Result<(), SchemaError> {
        let text = reference.as_str().unwrap_or_default();
        let unknown = || SchemaError::Reference(super::cut(text.to_owned()));
        let target = self.target(text).ok_or_else(unknown)?;
        let Some(at) = self.path.iter().position(|(schema, _)| std::ptr::eq(*schema, target)) else {
            return self.visit(target, false);
        };
        self.nodes += 1;
        let goes_inside = self.path.iter().skip(at + 1).any(|(_, inside)| *inside);
        if goes_inside { Ok(()) } else { Err(SchemaError::Endless(super::cut(text.to_owned()))) }
    }

    /// What a reference points to: the root, a JSON pointer, or an anchor.
    fn target(&self, reference: &str) -> Option<&'s Value> {
        let fragment = percent_encoding::percent_decode_str(reference.strip_prefix('#')?).decode_utf8().ok()?;
        if fragment.is_empty() || fragment.starts_with('/') {
            self.root.pointer(&fragment)
        } else {
            anchor(self.root, &fragment)
        }
    }

    fn count_patterns(&mut self, keywords: &'s Map<String, Value>) -> Result<(), SchemaError> {
        let one = keywords.get("pattern").and_then(Value::as_str);
        let names = keywords.get("patternProperties").and_then(Value::as_object).into_iter().flat_map(Map::keys);
        self.patterns.extend(one.into_iter().chain(names.map(String::as_str)));
        if self.patterns.len() > PATTERNS { Err(SchemaError::TooManyPatterns) } else { Ok(()) }
    }
}

/// The schema that names itself so. The text nests no deeper than [`JSON_DEPTH`].
fn anchor<'s>(value: &'s Value, name: &str) -> Option<&'s Value> {
    match value {
        Value::Object(members) if members.get("$anchor").and_then(Value::as_str) == Some(name) => Some(value),
        Value::Object(members) => members.values().find_map(|value| anchor(value, name)),
        Value::Array(items) => items.iter().find_map(|value| anchor(value, name)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}
