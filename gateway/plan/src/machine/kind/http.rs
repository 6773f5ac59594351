//! `http`: asks the executor for an attempt. Its templates may hold `$secrets`, so they are rendered there.

use std::sync::Arc;

use super::Turn;
use crate::expr::Reference;
use crate::http_step::HttpProgram;
use crate::machine::compile::Compiler;
use crate::machine::effect::Work;
use crate::machine::program::ProgramError;
use crate::plan::HttpStep;

#[derive(Debug)]
pub(in crate::machine) struct Http {
    program: Arc<HttpProgram>,
}

impl Http {
    pub(super) fn compile(step: &HttpStep, compiler: &Compiler<'_>) -> Result<Self, ProgramError> {
        match HttpProgram::compile(step, compiler.syntax()) {
            Ok(program) => Ok(Self { program: Arc::new(program) }),
            Err(errors) => {
                let messages: Vec<_> = errors.iter().map(ToString::to_string).collect();
                Err(ProgramError::new("http", messages.join("; ")))
            }
        }
    }

    pub(super) fn turn(&self) -> Turn {
        Turn::Perform(Work::Http(self.program.clone()))
    }

    pub(super) fn references<'p>(&'p self, found: &mut Vec<&'p Reference>) {
        found.extend(self.program.references());
    }
}
