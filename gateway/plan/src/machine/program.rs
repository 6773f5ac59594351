//! A plan's program with everything compiled once: no run parses anything.

use std::sync::Arc;
use std::time::Duration;

use super::compile::Compiler;
use super::kind::Kind;
use crate::expr::{Expr, Reference};
use crate::json::Json;
use crate::plan::{Mode, OnError, Plan, Retry};
use crate::reply::AnswerProgram;

/// A compiled workflow. Shared by all its runs.
#[derive(Clone, Debug)]
pub struct Program {
    /// `metadata.uid`.
    pub(super) uid: Arc<str>,
    /// `$workflow`.
    pub(super) workflow: Json,
    /// `$vars`.
    pub(super) vars: Json,
    /// From the first step to the last; `onFailure` has as much again.
    pub(super) timeout: Duration,
    /// The steps that every run begins with.
    pub(super) main: Arc<Block>,
    /// The block that runs after a failure.
    pub(super) on_failure: Option<Arc<Block>>,
    /// What the sender is told.
    pub(super) answers: Answers,
}

/// A part of the plan that cannot be compiled. `validate` finds all of them when the workflow is applied; here the first
/// one refuses the route.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("compiling {field}: {message}")]
pub struct ProgramError {
    /// The field, such as `steps[2].set` or `response.json`.
    pub field: String,
    /// What it must be instead.
    pub message: String,
}

/// Steps that run as one.
#[derive(Debug)]
pub(super) struct Block {
    /// The name; empty for the main program.
    pub(super) name: Arc<str>,
    /// In order.
    pub(super) steps: Vec<Step>,
    /// Whether a step in it, or in a block that it runs, is an `end`.
    pub(super) ends: bool,
}

/// One step.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) name: Arc<str>,
    pub(super) if_: Option<Expr>,
    pub(super) until: Option<Expr>,
    pub(super) timeout: Duration,
    pub(super) retry: Retry,
    pub(super) on_error: OnError,
    pub(super) sensitive: bool,
    pub(super) kind: Kind,
}

/// What the sender of a Sync workflow is told.
#[derive(Clone, Debug)]
pub(super) struct Answers {
    pub(super) mode: Mode,
    /// Whether the deadline ends the run.
    pub(super) cancel: bool,
    /// How long the sender waits, from the arrival of the request.
    pub(super) deadline: Duration,
    /// After success.
    pub(super) success: AnswerProgram,
    /// At the deadline.
    pub(super) late: AnswerProgram,
    /// After a failure.
    pub(super) failed: AnswerProgram,
}

impl Program {
    /// Compiles every expression, template, schema and `http` step of a plan.
    pub fn compile(plan: &Plan) -> Result<Self, ProgramError> {
        Compiler::new(plan).program()
    }

    /// What the whole program reads of its roots, with repeats: the union tells which parts of a body are needed.
    pub fn references(&self) -> Vec<&Reference> {
        let mut found = Vec::new();
        let mut known = Vec::new();
        self.main.collect(&mut found, &mut known);
        if let Some(block) = &self.on_failure {
            block.collect(&mut found, &mut known);
        }
        for answer in [&self.answers.success, &self.answers.late, &self.answers.failed] {
            found.extend(answer.references());
        }
        found
    }

    /// `metadata.uid` of its workflow.
    pub fn uid(&self) -> &Arc<str> {
        &self.uid
    }

    /// When senders are answered.
    pub fn mode(&self) -> Mode {
        self.answers.mode
    }

    /// How long the sender waits, from the arrival of the request.
    pub fn deadline(&self) -> Duration {
        self.answers.deadline
    }
}

impl Block {
    pub(super) fn new(name: &str, steps: Vec<Step>) -> Self {
        Self { name: name.into(), ends: steps.iter().any(|step| step.kind.ends()), steps }
    }

    /// Every reference of the block and of the blocks that it runs, each block once.
    fn collect<'p>(&'p self, found: &mut Vec<&'p Reference>, known: &mut Vec<&'p str>) {
        if known.contains(&&*self.name) {
            return;
        }
        known.push(&self.name);
        for step in &self.steps {
            found.extend(step.if_.iter().chain(&step.until).flat_map(Expr::references));
            step.kind.references(found);
            for block in step.kind.blocks() {
                block.collect(found, known);
            }
        }
    }
}
