//! A custom resource's own schema, enforced here as the API server enforces it: bounds, patterns, enums, list types and
//! CEL rules.
//!
//! The rules are read from the CRD, not written again: what the API server refuses is refused offline in the same words.
//! Compiled once for each kind. Knows nothing of what a resource means.

mod check;
mod rule;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use regex::Regex;
use serde_json::Value;

use rule::Rule;

/// One place of a schema.
#[derive(Debug, Default)]
pub struct Schema {
    bounds: Bounds,
    pattern: Option<Regex>,
    format: Option<Format>,
    allowed: Vec<Value>,
    list: ListType,
    required: Vec<String>,
    members: BTreeMap<String, Schema>,
    values: Option<Box<Schema>>,
    items: Option<Box<Schema>>,
    default: Option<Value>,
    rules: Vec<Rule>,
}

/// Inclusive bounds: of a number's value, of a text's characters, of a list's or map's entries.
#[derive(Debug, Default)]
struct Bounds {
    number: (Option<i64>, Option<i64>),
    text: (Option<usize>, Option<usize>),
    entries: (Option<usize>, Option<usize>),
}

/// Formats that the resources use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    DateTime,
    Other,
}

/// What entries of a list must not share.
#[derive(Debug, Default)]
enum ListType {
    #[default]
    Atomic,
    Set,
    Map(Vec<String>),
}

impl Schema {
    /// Compiles a structural schema. Types and unknown fields are not judged: reading the resource does that.
    pub fn compile(source: &Value) -> Result<Self, SchemaError> {
        Ok(Self {
            bounds: Bounds::read(source),
            pattern: source.get("pattern").and_then(Value::as_str).map(Regex::new).transpose()?,
            format: source.get("format").and_then(Value::as_str).map(Format::read),
            allowed: source.get("enum").and_then(Value::as_array).cloned().unwrap_or_default(),
            list: ListType::read(source),
            required: texts(source.get("required")),
            members: members(source)?,
            values: child(source, "additionalProperties")?,
            items: child(source, "items")?,
            default: source.get("default").cloned(),
            rules: rules(source)?,
        })
    }
}

/// A schema that this crate cannot enforce: a fault of the build, never of a resource.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// A pattern of another dialect.
    #[error("cannot compile a pattern of the schema")]
    Pattern(#[from] regex::Error),
    /// Not a schema.
    #[error("cannot read the schema")]
    Malformed(#[from] serde_json::Error),
    /// A rule of another dialect.
    #[error("cannot compile the rule {0}")]
    Rule(String),
}

impl Bounds {
    fn read(source: &Value) -> Self {
        let number =
            |name| source.get(name).and_then(|bound: &Value| bound.as_i64().or_else(|| whole(bound.as_f64()?)));
        let size = |name| number(name).and_then(|bound| usize::try_from(bound).ok());
        Self {
            number: (number("minimum"), number("maximum")),
            text: (size("minLength"), size("maxLength")),
            entries: (size("minItems").or(size("minProperties")), size("maxItems").or(size("maxProperties"))),
        }
    }
}

/// Generators write whole bounds as `1.0` too.
fn whole(number: f64) -> Option<i64> {
    format!("{number:.0}").parse().ok()
}

impl Format {
    fn read(name: &str) -> Self {
        if name == "date-time" { Self::DateTime } else { Self::Other }
    }
}

impl ListType {
    fn read(source: &Value) -> Self {
        match source.get("x-kubernetes-list-type").and_then(Value::as_str) {
            Some("set") => Self::Set,
            Some("map") => Self::Map(texts(source.get("x-kubernetes-list-map-keys"))),
            _ => Self::Atomic,
        }
    }
}

fn texts(source: Option<&Value>) -> Vec<String> {
    source.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn members(source: &Value) -> Result<BTreeMap<String, Schema>, SchemaError> {
    let members = source.get("properties").and_then(Value::as_object).into_iter().flatten();
    members.map(|(name, schema)| Ok((name.clone(), Schema::compile(schema)?))).collect()
}

fn child(source: &Value, keyword: &str) -> Result<Option<Box<Schema>>, SchemaError> {
    let schema = source.get(keyword).filter(|schema| schema.is_object());
    schema.map(|schema| Schema::compile(schema).map(Box::new)).transpose()
}

fn rules(source: &Value) -> Result<Vec<Rule>, SchemaError> {
    let rules = source.get("x-kubernetes-validations").and_then(Value::as_array).into_iter().flatten();
    rules.filter_map(|rule| Rule::compile(rule).transpose()).collect()
}
