//! What a schema expands to, counted before anything is compiled.
//!
//! Follows every keyword that applies a schema, and every `$ref`, as often as a validator would; stops at the first bound.
//! A reference that leads back into itself counts once where a step into the value lies between, and is refused where
//! none does. A keyword that the library knows and the walk does not is refused, and so is whatever makes the two find
//! different targets for a reference ([`scan`]): what is counted is what is run.

mod scan;

use jsonschema::Draft;
use serde_json::{Map, Value};

use super::pattern::{FORMAT, Patterns};
use crate::json::Json;
use crate::limits::JSON_DEPTH;

/// Bytes of a schema's compact text.
const SIZE: usize = 64 << 10;

/// Schemas in a schema, each as often as it is applied. A schema of 1.6 KB that doubles itself 25 times takes 1.5 GB.
const NODES: usize = 10_000;

/// Schemas one inside the other, references followed.
const DEPTH: usize = 128;

/// Different patterns; each may take some hundred kilobytes when compiled.
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
    /// A keyword that moves references' targets, or is of another draft.
    #[error("the schema must not use {0}")]
    Unsupported(&'static str),
    /// Two schemas have one name.
    #[error("$anchor must not be given twice: {0}")]
    Ambiguous(String),
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
    /// Bytes of memory that one error may take for what it says of the schema.
    pub(super) error: usize,
    /// Steps for each 256 bytes of a text that a keyword looks at.
    pub(super) text: usize,
    /// Steps for each 256 bytes of a member's name that an object's keywords look at.
    pub(super) name: usize,
    /// Steps for each 256 bytes of a text that all patterns and formats look at.
    pub(super) matching: usize,
}

/// Where a keyword's schemas are.
#[derive(Clone, Copy)]
enum Shape {
    One,
    List,
    Map,
    /// Schemas, or lists of names.
    Dependencies,
}

/// Keywords that apply schemas to the same place of the value.
const HERE: [(&str, Shape); 9] = [
    ("allOf", Shape::List),
    ("anyOf", Shape::List),
    ("oneOf", Shape::List),
    ("not", Shape::One),
    ("if", Shape::One),
    ("then", Shape::One),
    ("else", Shape::One),
    ("dependentSchemas", Shape::Map),
    // No keyword of this draft, and yet the library applies it.
    ("dependencies", Shape::Dependencies),
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

/// Keywords that the library knows and that apply no schema. All others that it knows are refused.
const APPLY_NOTHING: [&str; 30] = [
    "$ref",
    "$schema",
    "$id",
    "$anchor",
    "$defs",
    "definitions",
    "const",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
    "dependentRequired",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "maxContains",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minContains",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "pattern",
    "required",
    "type",
    "uniqueItems",
];

/// Keywords of other drafts, and those that choose a reference's target at run time.
const UNSUPPORTED: [&str; 5] =
    ["$dynamicRef", "$dynamicAnchor", "$recursiveRef", "$recursiveAnchor", "additionalItems"];

/// The schema as the library takes it, if its text is small enough.
pub(super) fn read(schema: &Json) -> Result<Value, SchemaError> {
    if super::node::depth(schema) > JSON_DEPTH {
        return Err(SchemaError::TooDeep);
    }
    if schema.to_string().len() > SIZE {
        return Err(SchemaError::TooLarge);
    }
    let mut read = super::node::plain(schema);
    // References into the schema need no name of it; with one, they might lead into what the library knows by that name.
    if let Value::Object(keywords) = &mut read
        && keywords.get("$id").is_some_and(Value::is_string)
    {
        keywords.remove("$id");
    }
    Ok(read)
}

/// Measures a schema, or says which bound it exceeds.
pub(super) fn measure(schema: &Value) -> Result<Extent, SchemaError> {
    match schema.get("$schema") {
        Some(Value::String(dialect)) if dialect.trim_end_matches('#') == DIALECT => {}
        None => {}
        Some(_) => return Err(SchemaError::Dialect),
    }
    let copied = scan::scan(schema)?;
    let extent = Extent { depth: 0, nodes: 0, error: 0, text: 1, name: 1, matching: 0 };
    let mut walk = Walk { root: schema, extent, patterns: Patterns::default(), path: Vec::new() };
    walk.visit(schema, Step { inside: true, length: 0 })?;
    Ok(Extent { error: copied.saturating_add(walk.extent.error), ..walk.extent })
}

/// How a schema is reached from the one that holds it.
#[derive(Clone, Copy)]
struct Step {
    /// Whether it is applied inside the value.
    inside: bool,
    /// Bytes of the keyword and the name on the way.
    length: usize,
}

struct Walk<'s> {
    root: &'s Value,
    extent: Extent,
    patterns: Patterns<'s>,
    /// The schemas from the root to here, and how each is reached from the one before.
    path: Vec<(&'s Value, Step)>,
}

impl<'s> Walk<'s> {
    fn visit(&mut self, schema: &'s Value, step: Step) -> Result<(), SchemaError> {
        self.extent.nodes += 1;
        if self.extent.nodes > NODES {
            return Err(SchemaError::TooManyNodes);
        }
        self.path.push((schema, step));
        self.extent.depth = self.extent.depth.max(self.path.len());
        if self.path.len() > DEPTH {
            return Err(SchemaError::TooDeep);
        }
        // An error says by which keywords it was reached.
        self.extent.error = self.extent.error.max(self.path.iter().map(|(_, step)| step.length).sum());
        match schema {
            Value::Object(keywords) => self.keywords(keywords)?,
            Value::Bool(_) => {}
            Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) => return Err(no_schema()),
        }
        self.path.pop();
        Ok(())
    }

    fn keywords(&mut self, keywords: &'s Map<String, Value>) -> Result<(), SchemaError> {
        if let Some(name) = UNSUPPORTED.into_iter().find(|name| keywords.contains_key(*name)) {
            return Err(SchemaError::Unsupported(name));
        }
        if keywords.keys().any(|name| Draft::Draft202012.is_known_keyword(name) && !is_walked(name)) {
            return Err(SchemaError::Unsupported("keywords of another draft"));
        }
        self.count_patterns(keywords)?;
        for (name, shape) in HERE {
            self.children(keywords, name, shape, false)?;
        }
        for (name, shape) in INSIDE {
            self.children(keywords, name, shape, true)?;
        }
        keywords.get("$ref").map_or(Ok(()), |reference| self.follow(reference))
    }

    fn children(
        &mut self,
        keywords: &'s Map<String, Value>,
        keyword: &str,
        shape: Shape,
        inside: bool,
    ) -> Result<(), SchemaError> {
        let Some(value) = keywords.get(keyword) else { return Ok(()) };
        let length = keyword.len() + "//65535".len();
        let step = Step { inside, length };
        match (shape, value) {
            (Shape::One, schema) => self.visit(schema, step),
            (Shape::List, Value::Array(schemas)) => schemas.iter().try_for_each(|schema| self.visit(schema, step)),
            (Shape::Map | Shape::Dependencies, Value::Object(schemas)) => {
                schemas.iter().try_for_each(|(name, schema)| match (shape, schema) {
                    (Shape::Dependencies, Value::Array(_)) => Ok(()),
                    // Escapes double it at worst.
                    _ => self.visit(schema, Step { length: length + 2 * name.len(), ..step }),
                })
            }
            (Shape::List | Shape::Map | Shape::Dependencies, _) => Err(no_schema()),
        }
    }

    fn follow(&mut self, reference: &Value) -> Result<(), SchemaError> {
        let text = reference.as_str().unwrap_or_default();
        let unknown = || SchemaError::Reference(super::cut(text.to_owned()));
        let target = self.target(text).ok_or_else(unknown)?;
        let Some(at) = self.path.iter().position(|(schema, _)| std::ptr::eq(*schema, target)) else {
            return self.visit(target, Step { inside: false, length: "/$ref".len() });
        };
        self.extent.nodes += 1;
        let goes_inside = self.path.iter().skip(at + 1).any(|(_, step)| step.inside);
        if goes_inside { Ok(()) } else { Err(SchemaError::Endless(super::cut(text.to_owned()))) }
    }

    /// What a reference points to: the root, a JSON pointer, or an anchor. [`scan`] has seen to it that the library finds
    /// the same, or nothing.
    fn target(&self, reference: &str) -> Option<&'s Value> {
        let fragment = reference.strip_prefix('#')?;
        if fragment.is_empty() || fragment.starts_with('/') {
            return self.root.pointer(&percent_encoding::percent_decode_str(fragment).decode_utf8().ok()?);
        }
        // An anchor needs no escape, and only one side would undo it.
        if fragment.contains('%') { None } else { scan::anchored(self.root, fragment) }
    }

    fn count_patterns(&mut self, keywords: &'s Map<String, Value>) -> Result<(), SchemaError> {
        let format = if keywords.contains_key("format") { FORMAT } else { 0 };
        let pattern = keywords.get("pattern").and_then(Value::as_str).map_or(0, |pattern| self.patterns.weigh(pattern));
        let names = keywords.get("patternProperties").and_then(Value::as_object).into_iter().flat_map(Map::keys);
        let names = names.fold(0, |sum: usize, pattern| sum.saturating_add(self.patterns.weigh(pattern)));
        let extent = &mut self.extent;
        extent.text = extent.text.max(format.saturating_add(pattern));
        // Once for the members that match, and once for those that do not.
        extent.name = extent.name.max(names.saturating_mul(2));
        extent.matching = extent.matching.saturating_add(format).saturating_add(pattern).saturating_add(names);
        if self.patterns.len() > PATTERNS { Err(SchemaError::TooManyPatterns) } else { Ok(()) }
    }
}

fn is_walked(name: &str) -> bool {
    let applied = HERE.iter().chain(&INSIDE).any(|(known, _)| *known == name);
    applied || APPLY_NOTHING.contains(&name)
}

fn no_schema() -> SchemaError {
    SchemaError::Malformed(
        "what a keyword applies must be true, false, an object, or a list or map of those".to_owned(),
    )
}
