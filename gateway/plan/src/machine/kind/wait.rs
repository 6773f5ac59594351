//! `wait`: time.

use jiff::Timestamp;

use super::Turn;
use crate::expr::Reference;
use crate::machine::clock::after;
use crate::machine::compile::Compiler;
use crate::machine::program::ProgramError;
use crate::plan::WaitStep;
use crate::reason::{StepFailure, StepReason};
use crate::scope::Scope;
use crate::template::Template;

#[derive(Debug)]
pub(in crate::machine) enum Wait {
    /// Milliseconds.
    For(u64),
    Until(Template),
}

impl Wait {
    pub(super) fn compile(step: &WaitStep, compiler: &Compiler<'_>) -> Result<Self, ProgramError> {
        match step {
            WaitStep::For(milliseconds) => Ok(Self::For(*milliseconds)),
            WaitStep::Until(text) => {
                let until = Template::parse(text, compiler.syntax());
                until.map(Self::Until).map_err(|error| ProgramError::new("wait.until", error))
            }
        }
    }

    /// The end follows from what the step sees, so that a resumed run waits for the same.
    pub(super) fn turn(&self, scope: &Scope) -> Result<Turn, StepFailure> {
        match self {
            Self::For(milliseconds) => Ok(Turn::Sleep(after(scope.now(), *milliseconds))),
            Self::Until(text) => {
                let due: Result<Timestamp, _> = text.render_text(scope)?.parse();
                due.map(Turn::Sleep).map_err(|_| {
                    let message = "wait.until is not a time as RFC 3339 writes it";
                    StepFailure::new(StepReason::ExpressionFailed, message)
                })
            }
        }
    }

    pub(super) fn references<'p>(&'p self, found: &mut Vec<&'p Reference>) {
        if let Self::Until(text) = self {
            found.extend(text.references());
        }
    }
}
