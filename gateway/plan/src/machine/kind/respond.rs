//! `respond`: answers the sender.

use super::Turn;
use crate::expr::Reference;
use crate::machine::compile::Compiler;
use crate::machine::program::ProgramError;
use crate::plan::Answer;
use crate::reason::StepFailure;
use crate::reply::{AnswerProgram, Unsaid};
use crate::scope::Scope;

#[derive(Debug)]
pub(in crate::machine) struct Respond {
    answer: AnswerProgram,
}

impl Respond {
    pub(super) fn compile(answer: &Answer, compiler: &Compiler<'_>) -> Result<Self, ProgramError> {
        let answer = AnswerProgram::compile(answer, compiler.syntax());
        let wrong = |field: &str| format!("respond.{field}");
        Ok(Self { answer: answer.map_err(|error| ProgramError::new(wrong(&error.field), error.message))? })
    }

    pub(super) fn turn(&self, scope: &Scope) -> Result<Turn, StepFailure> {
        self.answer.render(scope, Unsaid::Empty).map(Turn::Answer)
    }

    pub(super) fn references<'p>(&'p self, found: &mut Vec<&'p Reference>) {
        found.extend(self.answer.references());
    }
}
