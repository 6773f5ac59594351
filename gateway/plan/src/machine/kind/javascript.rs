//! `javascript`: asks the executor for a run. What a script reads is not known before it runs, so it is given everything.

use std::sync::Arc;

use super::Turn;
use crate::expr::Reference;
use crate::machine::compile::Compiler;
use crate::machine::effect::Work;
use crate::plan::JavaScriptStep;
use crate::scope::ROOTS;
use crate::script::Script;

#[derive(Debug)]
pub(in crate::machine) struct JavaScript {
    script: Arc<Script>,
    reads: Vec<Reference>,
}

impl JavaScript {
    pub(super) fn compile(step: &JavaScriptStep, compiler: &Compiler<'_>) -> Self {
        let items = compiler.syntax().roots.iter().map(|root| &**root);
        let roots = ROOTS.iter().copied().filter(|root| *root != "$secrets").chain(items);
        let reads = roots.map(|root| Reference { root: root.into(), path: Vec::new() }).collect();
        Self { script: Arc::new(Script::of(step)), reads }
    }

    pub(super) fn turn(&self) -> Turn {
        Turn::Perform(Work::Script(Arc::clone(&self.script)))
    }

    pub(super) fn references<'p>(&'p self, found: &mut Vec<&'p Reference>) {
        found.extend(&self.reads);
    }
}
