//! `branch`: the first case that holds runs its block.

use std::sync::Arc;

use super::Turn;
use crate::expr::{Expr, Reference};
use crate::machine::compile::Compiler;
use crate::machine::condition::{Held, held};
use crate::machine::program::{Block, ProgramError};
use crate::plan::BranchStep;
use crate::reason::StepFailure;
use crate::scope::Scope;

#[derive(Debug)]
pub(in crate::machine) struct Branch {
    cases: Vec<(Expr, Arc<Block>)>,
    else_: Option<Arc<Block>>,
}

/// Which block is run, and which paths were not there when that was decided.
#[derive(Debug)]
pub(in crate::machine) struct Choice {
    pub(in crate::machine) block: Option<Arc<Block>>,
    pub(in crate::machine) missing: Vec<String>,
}

impl Branch {
    pub(super) fn compile<'p>(step: &'p BranchStep, compiler: &mut Compiler<'p>) -> Result<Self, ProgramError> {
        let mut cases = Vec::with_capacity(step.cases.len());
        for (index, case) in step.cases.iter().enumerate() {
            let field = |name: &str| format!("branch.cases[{index}].{name}");
            let condition = compiler.expr(&case.if_).map_err(|error| ProgramError::new(field("if"), error))?;
            cases.push((condition, compiler.block(&case.run).map_err(|error| error.below(&field("run")))?));
        }
        let else_ = step.else_.as_deref().map(|name| compiler.block(name)).transpose();
        Ok(Self { cases, else_: else_.map_err(|error| error.below("branch.else"))? })
    }

    pub(super) fn turn(&self, scope: &Scope) -> Result<Turn, StepFailure> {
        let mut missing = Vec::new();
        for (condition, block) in &self.cases {
            match held(condition, scope)? {
                Held::Yes => return Ok(Turn::Run(Choice { block: Some(block.clone()), missing })),
                Held::No => {}
                Held::Missing(path) => missing.push(path),
            }
        }
        Ok(Turn::Run(Choice { block: self.else_.clone(), missing }))
    }

    pub(super) fn blocks(&self) -> impl Iterator<Item = &Arc<Block>> {
        self.cases.iter().map(|(_, block)| block).chain(&self.else_)
    }

    pub(super) fn references<'p>(&'p self, found: &mut Vec<&'p Reference>) {
        found.extend(self.cases.iter().flat_map(|(condition, _)| condition.references()));
    }
}
