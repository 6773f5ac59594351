//! How the expressions and templates of a workflow are written: their delimiters, and the names that it gives to items.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::plan::Delimiters;

static NO_ROOTS: BTreeSet<Arc<str>> = BTreeSet::new();

/// What a template is read by.
#[derive(Clone, Copy, Debug)]
pub struct Syntax<'n> {
    /// How templates are marked.
    pub delimiters: Delimiters,
    /// Root variables beside [`crate::scope::ROOTS`], with their `$`: what the `as` of the `forEach` steps names.
    pub roots: &'n BTreeSet<Arc<str>>,
}

impl From<Delimiters> for Syntax<'static> {
    fn from(delimiters: Delimiters) -> Self {
        Self { delimiters, roots: &NO_ROOTS }
    }
}
