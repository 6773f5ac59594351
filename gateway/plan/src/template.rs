//! Templates: strings that hold `{{ CEL }}` or `$( CEL )`, and JSON whose string leaves do.
//!
//! Splices nothing into JSON: a leaf that is exactly one template becomes its value, any other leaf becomes text.

mod json;
mod once;
mod scan;
mod syntax;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::expr::{EvalError, Expr, ExprError, Reference};
use crate::json::Json;
use crate::limits::TEMPLATE_SIZE;
use crate::scope::Scope;
use scan::Span;

pub use json::JsonTemplate;
pub use once::evaluate;
pub use syntax::Syntax;

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

/// A compiled string. Clones share it.
#[derive(Clone, Debug)]
pub struct Template {
    pieces: Arc<[Piece]>,
    references: Arc<[Reference]>,
}

/// A piece of a string.
#[derive(Clone, Debug)]
enum Piece {
    Text(Arc<str>),
    Expr(Expr),
}

impl Template {
    /// Compiles a string. Columns of errors count from its beginning.
    pub fn parse<'n>(source: &str, syntax: impl Into<Syntax<'n>>) -> Result<Self, ExprError> {
        let Syntax { delimiters, roots } = syntax.into();
        let spans = scan::split(source, delimiters)?.into_iter();
        let pieces = spans.map(|span| compile(span, roots)).collect::<Result<Vec<_>, _>>()?;
        let mut references: Vec<_> = pieces.iter().flat_map(Piece::references).cloned().collect();
        references.sort_unstable();
        references.dedup();
        Ok(Self { pieces: pieces.into(), references: references.into() })
    }

    /// The value: of its own type when the string is exactly one template, text otherwise.
    pub fn render(&self, scope: &Scope) -> Result<Json, EvalError> {
        match &*self.pieces {
            [Piece::Expr(expr)] => bounded(expr.eval(scope)?),
            [Piece::Text(text)] => Ok(Json::String(Arc::clone(text))),
            _ => self.render_text(scope).map(Json::from),
        }
    }

    /// The text: strings as they are, null as nothing, the rest as compact JSON.
    pub fn render_text(&self, scope: &Scope) -> Result<String, EvalError> {
        let mut text = String::new();
        for part in self.parts() {
            match part {
                Part::Text(constant) => text.push_str(constant),
                Part::Expr(expr) => text.push_str(&text_of(&bounded(expr.eval(scope)?)?)),
            }
            if text.len() > TEMPLATE_SIZE {
                return Err(EvalError::too_large());
            }
        }
        Ok(text)
    }

    /// Whether the string holds no template.
    pub fn is_constant(&self) -> bool {
        self.pieces.iter().all(|piece| matches!(piece, Piece::Text(_)))
    }

    /// The pieces in order; none of an empty string.
    pub fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        self.pieces.iter().map(|piece| match piece {
            Piece::Text(text) => Part::Text(text),
            Piece::Expr(expr) => Part::Expr(expr),
        })
    }

    /// What the templates read of their roots, each path once.
    pub fn references(&self) -> &[Reference] {
        &self.references
    }
}

impl Piece {
    fn references(&self) -> &[Reference] {
        match self {
            Self::Text(_) => &[],
            Self::Expr(expr) => expr.references(),
        }
    }
}

fn compile(span: Span<'_>, roots: &BTreeSet<Arc<str>>) -> Result<Piece, ExprError> {
    match span {
        Span::Text(text) => Ok(Piece::Text(text.into())),
        Span::Expr { source, column } => {
            Expr::compile_bare(source, roots).map(Piece::Expr).map_err(|error| error.after(column - 1))
        }
    }
}

/// The value, unless its text is larger than a template may yield.
fn bounded(value: Json) -> Result<Json, EvalError> {
    if value.text_size() > TEMPLATE_SIZE { Err(EvalError::too_large()) } else { Ok(value) }
}

#[cfg(test)]
mod tests;
