//! `end`: ends the run.

use super::Turn;
use crate::expr::Reference;
use crate::machine::compile::Compiler;
use crate::machine::program::ProgramError;
use crate::plan::{EndOutcome, EndStep};
use crate::reason::StepFailure;
use crate::scope::Scope;
use crate::template::Template;

#[derive(Debug)]
pub(in crate::machine) struct End {
    outcome: EndOutcome,
    message: Option<Template>,
}

impl End {
    pub(super) fn compile(step: &EndStep, compiler: &Compiler<'_>) -> Result<Self, ProgramError> {
        let parse = |text: &String| Template::parse(text, compiler.syntax());
        let message = step.message.as_ref().map(parse).transpose();
        let message = message.map_err(|error| ProgramError::new("end.message", error))?;
        Ok(Self { outcome: step.outcome, message })
    }

    pub(super) fn turn(&self, scope: &Scope) -> Result<Turn, StepFailure> {
        let message = self.message.as_ref().map(|text| text.render_text(scope)).transpose()?;
        Ok(Turn::End(self.outcome, message))
    }

    pub(super) fn references<'p>(&'p self, found: &mut Vec<&'p Reference>) {
        found.extend(self.message.iter().flat_map(Template::references));
    }
}
