//! `set`: values for later steps.

use super::Turn;
use crate::expr::Reference;
use crate::json::Json;
use crate::machine::compile::Compiler;
use crate::machine::program::ProgramError;
use crate::reason::StepFailure;
use crate::scope::Scope;
use crate::template::JsonTemplate;

#[derive(Debug)]
pub(in crate::machine) struct Set {
    values: JsonTemplate,
}

impl Set {
    pub(super) fn compile(values: &Json, compiler: &Compiler<'_>) -> Result<Self, ProgramError> {
        let values = JsonTemplate::parse(values, compiler.syntax());
        Ok(Self { values: values.map_err(|error| ProgramError::new("set", error))? })
    }

    pub(super) fn turn(&self, scope: &Scope) -> Result<Turn, StepFailure> {
        Ok(Turn::Result(self.values.render(scope)?))
    }

    pub(super) fn references<'p>(&'p self, found: &mut Vec<&'p Reference>) {
        found.extend(self.values.references());
    }
}
