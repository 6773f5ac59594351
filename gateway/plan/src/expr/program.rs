//! From source to a tree that may be run, and running it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use cel::common::ast::{Expr, SourceInfo};
use cel::common::value::Val;
use cel::{Context, Env, IdedExpr, Value};

use super::explain::explain;
use super::meter::Meter;
use super::path::{self, Path};
use super::pattern::Pattern;
use super::rewrite::{self, Known, Refusal, Rewritten};
use super::run::{Names, Run};
use super::{EvalError, ExprError, Reference, env, gate, parse, tree};
use crate::json::Json;
use crate::limits::{EXPRESSION_DEPTH, EXPRESSION_NODES};
use crate::scope::Scope;

/// A compiled expression.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) source: Arc<str>,
    tree: IdedExpr,
    env: Shared,
    pub(super) paths: Vec<Path>,
    pub(super) patterns: Vec<Pattern>,
    pub(super) members: Vec<(String, String)>,
    pub(super) references: Vec<Reference>,
}

/// An environment, which has no `Debug` of its own.
struct Shared(Arc<Env>);

impl std::fmt::Debug for Shared {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Env")
    }
}

impl Program {
    /// Compiles a bare expression. `names` are the variables beside the roots, if the caller has any, and
    /// `more` are roots that only this workflow has.
    pub(super) fn compile(
        source: &str,
        names: Option<&BTreeSet<String>>,
        more: &BTreeSet<Arc<str>>,
    ) -> Result<Self, ExprError> {
        let env = env::shared().map_err(|error| ExprError::new(format!("declaring the functions: {error}"), 1))?;
        let gated = gate::admit(source)?;
        let (tree, places) = parse::parse(&env, source, &gated)?;
        let too_large = |what: String| Err(ExprError::new(what, 1));
        if tree::size(&tree) > EXPRESSION_NODES {
            return too_large(format!("an expression of more than {EXPRESSION_NODES} nodes"));
        }
        if tree::depth(&tree) > EXPRESSION_DEPTH {
            return too_large(format!("an expression nested deeper than {EXPRESSION_DEPTH}"));
        }
        let references = path::references(&tree, &gated.roots);
        let known = Known { env: &env, roots: &gated.roots, more, names };
        let rewritten = rewrite::rewrite(tree, known).map_err(|refusal| refused(source, &places, &refusal))?;
        let Rewritten { tree, paths, patterns, members } = rewritten;
        let references = with_headers(references, &paths);
        Ok(Self { source: source.into(), tree, env: Shared(env), paths, patterns, members, references })
    }

    /// Runs the expression and reads its value.
    pub(super) fn run<T>(
        &self,
        scope: &Scope,
        values: &BTreeMap<String, Box<dyn Val>>,
        read: impl FnOnce(&dyn Val, &Run) -> Result<T, EvalError>,
    ) -> Result<T, EvalError> {
        let run = Run { meter: Meter::new(), scope: scope.clone() };
        let names = Names { program: self, values, run: &run };
        let mut context = Context::with_env(Arc::clone(&self.env.0));
        context.set_variable_resolver(&names);
        let value = Value::resolve_val(&self.tree, &context);
        if run.meter.is_spent() {
            return Err(EvalError::exhausted(&self.source));
        }
        let value = value.map_err(|error| explain(self, &error))?;
        read(&*value, &run)
    }

    /// The value of an expression that is nothing but a static path, which needs no CEL.
    pub(super) fn bare<'s>(&self, scope: &'s Scope) -> Option<Result<&'s Json, EvalError>> {
        let Expr::Ident(name) = &self.tree.expr else { return None };
        let path = self.paths.first().filter(|_| name == "@p0")?;
        Some(path.find(scope).ok_or_else(|| EvalError::missing(&path.to_string())))
    }
}

/// A refusal with the column of its node.
fn refused(source: &str, places: &SourceInfo, refusal: &Refusal) -> ExprError {
    ExprError::new(refusal.message.clone(), parse::column(source, places, refusal.node))
}

/// `header()` reads the headers without naming them.
fn with_headers(mut references: Vec<Reference>, paths: &[Path]) -> Vec<Reference> {
    let headers = Path::member("$context", "headers");
    if paths.contains(&headers) {
        references.push(Reference { root: "$context".into(), path: vec!["headers".into()] });
    }
    references.sort_unstable();
    references.dedup();
    references
}
