//! `call`: asks the executor for an execution of another workflow.

use std::sync::Arc;

use super::Turn;
use crate::expr::Reference;
use crate::json::Json;
use crate::machine::compile::Compiler;
use crate::machine::program::ProgramError;
use crate::plan::CallStep;
use crate::reason::StepFailure;
use crate::scope::Scope;
use crate::template::JsonTemplate;

#[derive(Debug)]
pub(in crate::machine) struct Call {
    workflow: Arc<str>,
    input: JsonTemplate,
    pub(in crate::machine) detach: bool,
}

/// What is called with what.
#[derive(Debug)]
pub(in crate::machine) struct Request {
    pub(in crate::machine) workflow: Arc<str>,
    pub(in crate::machine) input: Json,
    pub(in crate::machine) detach: bool,
}

impl Call {
    pub(super) fn compile(step: &CallStep, compiler: &Compiler<'_>) -> Result<Self, ProgramError> {
        let input = JsonTemplate::parse(&step.input, compiler.syntax());
        let input = input.map_err(|error| ProgramError::new("call.input", error))?;
        Ok(Self { workflow: step.workflow.as_str().into(), input, detach: step.detach })
    }

    pub(super) fn turn(&self, scope: &Scope) -> Result<Turn, StepFailure> {
        let input = self.input.render(scope)?.without_bytes();
        Ok(Turn::Call(Request { workflow: self.workflow.clone(), input, detach: self.detach }))
    }

    pub(super) fn references<'p>(&'p self, found: &mut Vec<&'p Reference>) {
        found.extend(self.input.references());
    }
}
