//! The kinds of steps, a file each: how one is compiled, and what it does when its turn comes.
//!
//! A kind evaluates or asks; when it runs, how often and what its result does is the machine's.

mod branch;
mod call;
mod end;
mod for_each;
mod http;
mod javascript;
mod parallel;
mod respond;
mod set;
mod validate;
mod wait;

use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use super::compile::Compiler;
use super::effect::Work;
use super::program::{Block, ProgramError};
use crate::expr::Reference;
use crate::json::Json;
use crate::plan::{EndOutcome, StepKind};
use crate::reason::StepFailure;
use crate::reply::Reply;
use crate::scope::Scope;

pub(super) use branch::Choice;
pub(super) use call::Request;
pub(super) use for_each::{ForEach, Spread};

/// A compiled step of its kind.
#[derive(Debug)]
pub(super) enum Kind {
    Http(http::Http),
    Set(set::Set),
    Validate(validate::Validate),
    Branch(branch::Branch),
    ForEach(Arc<ForEach>),
    Parallel(parallel::Parallel),
    Wait(wait::Wait),
    Call(call::Call),
    JavaScript(javascript::JavaScript),
    Respond(respond::Respond),
    End(end::End),
}

/// What comes of a step's turn.
#[derive(Debug)]
pub(super) enum Turn {
    /// The step has its result.
    Result(Json),
    /// The executor must do it.
    Perform(Work),
    /// A block is to be run, or none.
    Run(Choice),
    /// A block is to be run for each item.
    Spread(Spread),
    /// Several blocks are to be run.
    Fork,
    /// The step is over at this time.
    Sleep(Timestamp),
    /// Another workflow is to be run.
    Call(Request),
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
            StepKind::ForEach(step) => ForEach::compile(step, compiler).map(Arc::new).map(Self::ForEach),
            StepKind::Parallel(step) => parallel::Parallel::compile(step, compiler).map(Self::Parallel),
            StepKind::Wait(step) => wait::Wait::compile(step, compiler).map(Self::Wait),
            StepKind::Call(step) => call::Call::compile(step, compiler).map(Self::Call),
            StepKind::JavaScript(step) => Ok(Self::JavaScript(javascript::JavaScript::compile(step, compiler))),
        }
    }

    /// The name, as in the resource.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Http(_) => "http",
            Self::Set(_) => "set",
            Self::Validate(_) => "validate",
            Self::Branch(_) => "branch",
            Self::ForEach(_) => "forEach",
            Self::Parallel(_) => "parallel",
            Self::Wait(_) => "wait",
            Self::Call(_) => "call",
            Self::JavaScript(_) => "javascript",
            Self::Respond(_) => "respond",
            Self::End(_) => "end",
        }
    }

    /// Whether the step answers the sender.
    pub(super) const fn answers(&self) -> bool {
        matches!(self, Self::Respond(_))
    }

    /// Whether the step may end the run well, itself or in a block that it runs.
    pub(super) fn ends(&self) -> bool {
        matches!(self, Self::End(_)) || self.blocks().iter().any(|block| block.ends)
    }

    /// What a step results in whose effect reported `value`.
    pub(super) fn result(&self, value: Json, execution: impl FnOnce() -> Uuid) -> Json {
        match self {
            Self::Call(step) if step.detach => {
                Json::object([("executionID", Json::from(execution().hyphenated().to_string()))])
            }
            Self::Call(_)
            | Self::Http(_)
            | Self::Set(_)
            | Self::Validate(_)
            | Self::Branch(_)
            | Self::ForEach(_)
            | Self::Parallel(_)
            | Self::Wait(_)
            | Self::JavaScript(_)
            | Self::Respond(_)
            | Self::End(_) => value,
        }
    }

    /// Does what the kind does.
    pub(super) fn turn(&self, scope: &Scope) -> Result<Turn, StepFailure> {
        match self {
            Self::Http(step) => Ok(step.turn()),
            Self::Set(step) => step.turn(scope),
            Self::Validate(step) => step.turn(scope),
            Self::Branch(step) => step.turn(scope),
            Self::ForEach(step) => step.turn(scope),
            Self::Parallel(_) => Ok(Turn::Fork),
            Self::Wait(step) => step.turn(scope),
            Self::Call(step) => step.turn(scope),
            Self::JavaScript(step) => Ok(step.turn()),
            Self::Respond(step) => step.turn(scope),
            Self::End(step) => step.turn(scope),
        }
    }

    /// The blocks that the step may run.
    pub(super) fn blocks(&self) -> Vec<&Arc<Block>> {
        match self {
            Self::Branch(step) => step.blocks().collect(),
            Self::ForEach(step) => vec![&step.block],
            Self::Parallel(step) => step.blocks().collect(),
            Self::Http(_)
            | Self::Set(_)
            | Self::Validate(_)
            | Self::Wait(_)
            | Self::Call(_)
            | Self::JavaScript(_)
            | Self::Respond(_)
            | Self::End(_) => Vec::new(),
        }
    }

    /// Adds what the step reads.
    pub(super) fn references<'p>(&'p self, found: &mut Vec<&'p Reference>) {
        match self {
            Self::Http(step) => step.references(found),
            Self::Set(step) => step.references(found),
            Self::Validate(step) => step.references(found),
            Self::Branch(step) => step.references(found),
            Self::ForEach(step) => step.references(found),
            Self::Parallel(_) => {}
            Self::Wait(step) => step.references(found),
            Self::Call(step) => step.references(found),
            Self::JavaScript(step) => step.references(found),
            Self::Respond(step) => step.references(found),
            Self::End(step) => step.references(found),
        }
    }
}
