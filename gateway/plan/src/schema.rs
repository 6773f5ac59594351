//! JSON Schema 2020-12, bounded when compiled and when run.
//!
//! A schema is its author's program and the value is a stranger's: together they must not take the process down. What a
//! schema expands to is counted before it is compiled ([`bounds`]); what a validation costs is counted while it runs, by
//! the values themselves ([`node`]). Nothing is fetched from anywhere. `format` is checked, though the draft leaves that
//! open, because who writes `format: email` means it.

mod bounds;
mod node;
mod pattern;

use jsonschema::{Draft, PatternOptions, ValidationError, Validator};

use crate::json::{self, Json, Projection};
use crate::plan::{ConfigMapKey, Plan};

pub use self::bounds::SchemaError;

use self::bounds::Extent;
use self::node::{Node, Rates, Values};
use self::pattern::{CACHE_SIZE, PATTERN_SIZE};

/// Violations that are reported: enough to mend a request, few enough for an answer.
pub const VIOLATIONS: usize = 20;

/// What one validation may cost, in values looked at; a text costs by its bytes, and by what the schema's patterns take at
/// worst for each. About a second of CPU, and a thousand times what a common request needs.
const STEPS: u64 = 10_000_000;

/// What the listing of violations may cost besides; 256 bytes of an error are a step.
const LISTING_STEPS: u64 = 100_000;

/// Bytes of memory that errors may take after the last step: each schema at each level may leave one more.
const LISTING_ROOM: usize = 32 << 20;

/// Schema levels times value levels: what fits into half of a 2 MiB stack.
const NESTING: usize = 2_048;

/// Steps for 256 bytes of a text that are as much work as one schema for each byte of a body.
const STEPS_A_NODE: usize = 32;

/// Bytes of a violation's path and of its message.
const TEXT_SIZE: usize = 256;

/// A compiled schema.
#[derive(Debug)]
pub struct Schema {
    validator: Validator<Values>,
    extent: Extent,
}

/// What a plan says of a value's shape.
#[derive(Debug)]
pub enum Rule {
    /// It must have this one.
    Schema(Box<Schema>),
    /// The ConfigMap that has the schema is missing, or has none: nothing is let through.
    Unavailable,
}

/// One violation; it never holds a value of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaViolation {
    /// JSON pointer into the document, cut after 256 bytes.
    pub path: String,
    /// The keyword that is violated; empty when the value is too large for the schema.
    pub keyword: String,
    /// What is wrong, in words.
    pub message: String,
}

impl Rule {
    /// Compiles a schema that stands in a plan, or in a ConfigMap; `None` where there is neither.
    pub fn compile(
        schema: Option<&Json>,
        from: Option<&ConfigMapKey>,
        plan: &Plan,
    ) -> Result<Option<Self>, SchemaError> {
        match (schema, from) {
            (Some(schema), _) => Ok(Some(Self::Schema(Box::new(Schema::compile(schema)?)))),
            (None, Some(key)) => match plan.schemas.get(&key.to_string()) {
                Some(schema) => Ok(Some(Self::Schema(Box::new(Schema::compile(schema)?)))),
                None => Ok(Some(Self::Unavailable)),
            },
            (None, None) => Ok(None),
        }
    }

    /// What it may take for each byte of a body: schemas that it expands to, and what its patterns are worth in those.
    pub fn weight(&self) -> usize {
        match self {
            Self::Schema(schema) => schema.extent.nodes.saturating_add(schema.extent.matching.div_ceil(STEPS_A_NODE)),
            Self::Unavailable => 0,
        }
    }
}

impl Schema {
    /// Reads and compiles a schema that is kept as JSON text.
    pub fn read(text: &str) -> Result<(Json, Self), SchemaError> {
        let read = json::read(text.as_bytes(), &Projection::All);
        let schema = read.map_err(|error| SchemaError::Malformed(error.to_string()))?;
        let compiled = Self::compile(&schema)?;
        Ok((schema, compiled))
    }

    /// Compiles a schema.
    pub fn compile(schema: &Json) -> Result<Self, SchemaError> {
        let schema = bounds::read(schema)?;
        let extent = bounds::measure(&schema)?;
        let validator = jsonschema::options_for::<Values>()
            .with_draft(Draft::Draft202012)
            .offline()
            .should_validate_formats(true)
            // Checking this format would compile a stranger's pattern.
            .with_format("regex", |_: &str| true)
            .with_pattern_options(PatternOptions::regex().size_limit(PATTERN_SIZE).dfa_size_limit(CACHE_SIZE))
            .build(&schema)
            .map_err(|error| SchemaError::Malformed(cut(error.to_string())))?;
        Ok(Self { validator, extent })
    }

    /// The first violations of `value`, at most [`VIOLATIONS`]; none means that it is valid. A value whose check would
    /// cost more than a second is in violation, and says so.
    pub fn violations(&self, value: &Json) -> Vec<SchemaViolation> {
        if self.extent.depth.saturating_mul(node::depth(value)) > NESTING {
            return vec![too_large()];
        }
        match node::metered(STEPS, self.rates(), || self.validator.is_valid(Node::new(value))) {
            Some(true) => Vec::new(),
            Some(false) => self.list(value),
            None => vec![too_large()],
        }
    }

    /// The violations of a value that is known to be invalid; one for all of them where a list would be long to make.
    fn list(&self, value: &Json) -> Vec<SchemaViolation> {
        let error = self.extent.error.saturating_add(node::ERROR).saturating_add(node::reach(value));
        if self.extent.nodes.saturating_mul(error).saturating_mul(node::depth(value)) > LISTING_ROOM {
            return vec![unlisted()];
        }
        let list = || {
            let errors = self.validator.iter_errors(Node::new(value));
            errors.take(VIOLATIONS).map(|error| violation(&error)).collect::<Vec<_>>()
        };
        let listed = node::metered(LISTING_STEPS, self.rates(), list).filter(|listed| !listed.is_empty());
        listed.unwrap_or_else(|| vec![unlisted()])
    }

    fn rates(&self) -> Rates {
        Rates { text: self.extent.text, name: self.extent.name, error: self.extent.error }
    }
}

fn violation(error: &ValidationError<'_>) -> SchemaViolation {
    let keyword = error.kind().keyword();
    // The library names what it did not expect here, which is the sender's.
    let message = match keyword {
        "additionalProperties" | "unevaluatedProperties" => "there are properties that are not allowed".to_owned(),
        "additionalItems" | "unevaluatedItems" => "there are items that are not allowed".to_owned(),
        "propertyNames" => "there are names of properties that are not allowed".to_owned(),
        _ => error.masked().to_string(),
    };
    SchemaViolation { path: cut(error.instance_path().to_string()), keyword: keyword.to_owned(), message: cut(message) }
}

fn unlisted() -> SchemaViolation {
    SchemaViolation {
        path: String::new(),
        keyword: String::new(),
        message: "the value is not valid, and too large to say where".to_owned(),
    }
}

fn too_large() -> SchemaViolation {
    SchemaViolation {
        path: String::new(),
        keyword: String::new(),
        message: "the value is too large or too deep to be checked against this schema".to_owned(),
    }
}

fn cut(mut text: String) -> String {
    text.truncate(text.floor_char_boundary(TEXT_SIZE));
    text
}

#[cfg(test)]
mod tests;
