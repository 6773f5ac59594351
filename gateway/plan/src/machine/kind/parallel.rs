//! `parallel`: blocks at the same time.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::machine::compile::Compiler;
use crate::machine::program::{Block, ProgramError};
use crate::plan::ParallelStep;

#[derive(Debug)]
pub(in crate::machine) struct Parallel {
    blocks: Vec<Arc<Block>>,
}

impl Parallel {
    pub(super) fn compile<'p>(step: &'p ParallelStep, compiler: &mut Compiler<'p>) -> Result<Self, ProgramError> {
        let mut names = BTreeSet::new();
        let mut blocks = Vec::with_capacity(step.blocks.len());
        for (index, name) in step.blocks.iter().enumerate() {
            let field = format!("parallel.blocks[{index}]");
            let block = compiler.block(name).map_err(|error| error.below(&field))?;
            // The place of a step does not tell in which of the blocks it is.
            if !block.steps.iter().all(|step| names.insert(step.name.clone())) {
                return Err(ProgramError::new(field, format!("block `{name}` runs a step that another one runs too")));
            }
            blocks.push(block);
        }
        Ok(Self { blocks })
    }

    pub(super) fn blocks(&self) -> impl Iterator<Item = &Arc<Block>> {
        self.blocks.iter()
    }
}
