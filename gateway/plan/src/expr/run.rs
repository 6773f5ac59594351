//! One run of an expression: its meter, and how the names in it are resolved.

use std::any::Any;
use std::collections::BTreeMap;

use cel::common::types::{CelString, Type};
use cel::common::value::{CowVal, StaticVal, Val};
use cel::context::VariableResolver;
use jiff::Timestamp;

use super::env;
use super::meter::Meter;
use super::program::Program;
use super::value::lend;
use crate::scope::Scope;

/// The type of a run. No expression can name it.
static RUN: Type = Type::new_unspecified_type("@run");

/// What the functions of a run share; they are handed it as their first argument, `@run`.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) meter: Meter,
    pub(super) scope: Scope,
}

impl Val for Run {
    fn get_type(&self) -> &Type {
        &RUN
    }

    fn cel_type() -> &'static Type {
        &RUN
    }

    /// Nothing copies a run: no expression can name it, and what is handed it drops it.
    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v> {
        Box::new(Self { meter: Meter::new(), scope: self.scope.clone() })
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }
}

impl StaticVal for Run {}

/// The names of an expression, and what they stand for in one run.
pub(super) struct Names<'r> {
    pub(super) program: &'r Program,
    /// Variables beside the roots.
    pub(super) values: &'r BTreeMap<String, Box<dyn Val>>,
    pub(super) run: &'r Run,
}

impl VariableResolver for Names<'_> {
    fn resolve<'b>(&'b self, name: &str) -> Option<CowVal<'b, 'b>> {
        match name.strip_prefix('@') {
            None => self.values.get(name).map(|value| CowVal::Borrowed(&**value)),
            Some("run") => Some(CowVal::Borrowed(self.run)),
            Some("now") => instant(self.run.scope.now()),
            Some(own) => self.own(own),
        }
    }
}

impl Names<'_> {
    /// `@pN` is the expression's Nth path, `@rN` its Nth pattern.
    fn own<'b>(&'b self, name: &str) -> Option<CowVal<'b, 'b>> {
        let position = |digits: &str| digits.parse::<usize>().ok();
        if let Some(path) = name.strip_prefix('p').and_then(position).and_then(|at| self.program.paths.get(at)) {
            return path.find(&self.run.scope).map(|json| CowVal::Owned(lend(json)));
        }
        let pattern = name.strip_prefix('r').and_then(position).and_then(|at| self.program.patterns.get(at))?;
        Some(CowVal::Borrowed(pattern))
    }
}

/// A point in time, as CEL reads it from text.
fn instant<'b>(time: Timestamp) -> Option<CowVal<'b, 'b>> {
    env::call("timestamp", CowVal::owned(CelString::from(time.to_string())))
}
