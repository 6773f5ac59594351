//! Expressions: CEL, compiled once and metered at each run.
//!
//! Wraps the `cel` crate so that no expression which is accepted can exhaust the stack, the memory or the processor, and
//! so that values are lent to it instead of copied. Performs no IO; `now` and ids come with the scope.

mod builtin;
mod env;
mod error;
mod explain;
mod functions;
mod gate;
mod lexer;
mod macros;
mod meter;
mod output;
mod parse;
mod path;
mod pattern;
mod program;
mod reference;
mod rewrite;
mod run;
mod tree;
mod typed;
mod value;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use cel::common::value::Val;

use crate::json::Json;
use crate::scope::Scope;
use output::Unfit;
use program::Program;

pub use error::{EvalError, ExprError};
pub(crate) use gate::column;
pub(crate) use lexer::{Lexer, TokenKind};
pub use reference::Reference;
pub use typed::{Bindings, Typed};

/// No variables beside the roots.
static NO_VALUES: BTreeMap<String, Box<dyn Val>> = BTreeMap::new();

/// A compiled expression. Clones share it.
#[derive(Clone, Debug)]
pub struct Expr(Arc<Program>);

impl Expr {
    /// Compiles a bare expression; exactly one `{{ … }}` around it is accepted too. It may name the roots and the
    /// variables of its own macros; anything else is refused here.
    pub fn compile(source: &str) -> Result<Self, ExprError> {
        Self::compile_with(source, &BTreeSet::new())
    }

    /// As [`Expr::compile`], with root variables beside [`crate::scope::ROOTS`]; they are written with their `$`.
    pub fn compile_with(source: &str, roots: &BTreeSet<Arc<str>>) -> Result<Self, ExprError> {
        let (inner, before) = unwrap(source);
        Self::compile_bare(inner, roots).map_err(|error| error.after(before))
    }

    /// Compiles what stands inside of a template.
    pub(crate) fn compile_bare(source: &str, roots: &BTreeSet<Arc<str>>) -> Result<Self, ExprError> {
        Program::compile(source, None, roots).map(|program| Self(Arc::new(program)))
    }

    /// The value. A computed object has its names sorted; one that was lent is handed back as it is.
    pub fn eval(&self, scope: &Scope) -> Result<Json, EvalError> {
        if let Some(value) = self.0.bare(scope) {
            return value.cloned();
        }
        self.0.run(scope, &NO_VALUES, |value, _| self.json(value))
    }

    /// Whether a condition holds; a value that is no boolean is an error, never true.
    pub fn holds(&self, scope: &Scope) -> Result<bool, EvalError> {
        self.eval(scope)?.as_bool().ok_or_else(|| {
            EvalError::failed(format!("evaluating `{}`: it is neither true nor false", explain::shown(&self.0.source)))
        })
    }

    /// What the expression reads of its roots. Everything else of them may be left out of the scope.
    pub fn references(&self) -> &[Reference] {
        &self.0.references
    }

    fn json(&self, value: &dyn Val) -> Result<Json, EvalError> {
        output::to_json(value).map_err(|unfit| match unfit {
            Unfit::TooLarge => EvalError::exhausted(&self.0.source),
            Unfit::NotFinite | Unfit::TooDeep | Unfit::Foreign => {
                EvalError::failed(format!("evaluating `{}`: {unfit}", explain::shown(&self.0.source)))
            }
        })
    }
}

/// Why an expression that is looked at by itself yields no value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// It is refused.
    #[error(transparent)]
    Refused(#[from] ExprError),
    /// It failed.
    #[error(transparent)]
    Failed(#[from] EvalError),
}

/// Evaluates an expression once, for those who want to see its value with its type: `boathook eval`. A function or a
/// variable without `$` that is not there is an error only when it is reached, as in CEL without a checker.
pub fn evaluate(source: &str, bindings: &Bindings) -> Result<Typed, Failure> {
    let (inner, before) = unwrap(source);
    let names: BTreeSet<_> = bindings.names().cloned().collect();
    let program = Program::compile(inner, Some(&names), &BTreeSet::new()).map_err(|error| error.after(before))?;
    let typed = program.run(bindings.scope(), bindings.values(), |value, _| {
        Typed::of(value).ok_or_else(|| EvalError::failed("a value without a type"))
    })?;
    Ok(typed)
}

/// What stands between `{{` and `}}` when that is all, and how many characters come before it.
fn unwrap(source: &str) -> (&str, usize) {
    let trimmed = source.trim_start();
    let before = source.chars().count() - trimmed.chars().count();
    match trimmed.trim_end().strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}")) {
        Some(inner) => (inner, before + 2),
        None => (source, 0),
    }
}

#[cfg(test)]
mod tests;
