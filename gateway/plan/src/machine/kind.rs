//! The kinds of steps, a file each: how one is compiled, and what it does when its turn comes.
//!
//! A kind evaluates or asks; when it runs, how often and what its result does is the machine's.

mod branch;
mod end;
mod http;
mod respond;
mod set;
mod validate;

use std::sync::Arc;

use super::compile::Compiler;
use super::program::{Block, ProgramError};
use crate::expr::Reference;
use crate::http_step::HttpProgram;
use crate::json::Json;
use crate::plan::{EndOutcome, StepKind};
use crate::reason::StepFailure;
use crate::reply::Reply;
use crate::scope::Scope;

pub(super) use branch::Choice;

/// A compiled step of its kind.
#[derive(Debug)]
pub(super) enum Kind {
    Http(http::Http),
    Set(set::Set),
    Validate(validate::Validate),
    Branch(branch::Branch),
    Respond(respond::Respond),
    End(end::End),
}

/// What comes of a step's turn.
#[derive(Debug)]
pub(super) enum Turn {
    /// The step has its result.
    Result(Json),
    /// The executor must do it.
    Perform(Arc<HttpProgram>),
    /// A block is to be run, or none.
    Run(Choice),
    /// The sender is to be answered.
    Answer(Reply),
    /// The run is to end.
    End(EndOutcome, Option<String>),
}

impl Kind {
    pub(super) fn compile<'p>(kind: &'p StepKind, compiler: &mut Compiler<'p>) -> Result<Self, ProgramError> {
        match kind {
            StepKind::Http(step) => http::Http::compile(step, compiler).map(Self::Http),
            StepKind::Set(values) => set::Set::compile(values, compiler).map(Self::Set),
            StepKind::Validate(step) => validate::Validate::compile(step, compiler).map(Self::Validate),
            StepKind::Branch(step) => branch::Branch::compile(step, compiler).map(Self::Branch),
            StepKind::Respond(answer) => respond::Respond::compile(answer, compiler).map(Self::Respond),
            StepKind::End(step) => end::End::compile(step, compiler).map(Self::End),
            StepKind::ForEach(_) | StepKind::Parallel(_) | StepKind::Wait(_) | StepKind::Call(_) => {
                Err(ProgramError::new("", "not built yet"))
            }
        }
    }

    /// The name, as in the resource.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Http(_) => "http",
            Self::Set(_) => "set",
            Self::Validate(_) => "validate",
            Self::Branch(_) => "branch",
            Self::Respond(_) => "respond",
            Self::End(_) => "end",
        }
    }

    /// Whether the step answers the sender.
    pub(super) const fn answers(&self) -> bool {
        matches!(self, Self::Respond(_))
    }

    /// Does what the kind does.
    pub(super) fn turn(&self, scope: &Scope) -> Result<Turn, StepFailure> {
        match self {
            Self::Http(step) => Ok(step.turn()),
            Self::Set(step) => step.turn(scope),
            Self::Validate(step) => step.turn(scope),
            Self::Branch(step) => step.turn(scope),
            Self::Respond(step) => step.turn(scope),
            Self::End(step) => step.turn(scope),
        }
    }

    /// The blocks that the step may run.
    pub(super) fn blocks(&self) -> Vec<&Arc<Block>> {
        match self {
            Self::Branch(step) => step.blocks().collect(),
            Self::Http(_) | Self::Set(_) | Self::Validate(_) | Self::Respond(_) | Self::End(_) => Vec::new(),
        }
    }

    /// Adds what the step reads.
    pub(super) fn references<'p>(&'p self, found: &mut Vec<&'p Reference>) {
        match self {
            Self::Http(step) => step.references(found),
            Self::Set(step) => step.references(found),
            Self::Validate(step) => step.references(found),
            Self::Branch(step) => step.references(found),
            Self::Respond(step) => step.references(found),
            Self::End(step) => step.references(found),
        }
    }
}
