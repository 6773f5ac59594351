//! Compiles a plan's program. Refuses what a run could not survive: an unknown block, a block that runs itself.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use super::kind::Kind;
use super::program::{Answers, Block, Program, ProgramError, Step};
use crate::expr::{Expr, ExprError};
use crate::json::Json;
use crate::limits::BLOCK_DEPTH;
use crate::plan::{self, Answer, Delimiters, Plan, StepKind};
use crate::reply::AnswerProgram;
use crate::template::Syntax;

/// The state of one compilation: blocks are compiled when a step first names them.
pub(super) struct Compiler<'p> {
    plan: &'p Plan,
    done: BTreeMap<&'p str, Arc<Block>>,
    open: Vec<&'p str>,
    /// What the `as` of the `forEach` steps names, with its `$`.
    roots: BTreeSet<Arc<str>>,
}

impl ProgramError {
    pub(super) fn new(field: impl Into<String>, message: impl std::fmt::Display) -> Self {
        Self { field: field.into(), message: message.to_string() }
    }

    /// The same error below a field.
    pub(super) fn below(mut self, field: &str) -> Self {
        self.field = if self.field.is_empty() { field.to_owned() } else { format!("{field}.{}", self.field) };
        self
    }
}

impl<'p> Compiler<'p> {
    pub(super) fn new(plan: &'p Plan) -> Self {
        let blocks = plan.program.blocks.iter().flat_map(|block| &block.steps);
        let roots = plan.program.steps.iter().chain(blocks).filter_map(|step| match &step.kind {
            StepKind::ForEach(step) => Some(format!("${}", step.as_).into()),
            StepKind::Http(_)
            | StepKind::Set(_)
            | StepKind::Validate(_)
            | StepKind::Branch(_)
            | StepKind::Parallel(_)
            | StepKind::Wait(_)
            | StepKind::Call(_)
            | StepKind::JavaScript(_)
            | StepKind::Respond(_)
            | StepKind::End(_) => None,
        });
        Self { plan, done: BTreeMap::new(), open: Vec::new(), roots: roots.collect() }
    }

    pub(super) fn program(mut self) -> Result<Program, ProgramError> {
        let plan = self.plan;
        let main = Block::new("", self.steps(&plan.program.steps)?);
        let on_failure = match &plan.program.on_failure {
            Some(name) => Some(self.block(name).map_err(|error| error.below("onFailure.run"))?),
            None => None,
        };
        let workflow = &plan.workflow;
        Ok(Program {
            uid: workflow.uid.as_str().into(),
            workflow: Json::object([
                ("name", Json::text(&workflow.name)),
                ("namespace", Json::text(&workflow.namespace)),
            ]),
            vars: plan.vars.clone(),
            timeout: Duration::from_millis(plan.timeout_ms),
            main: Arc::new(main),
            on_failure,
            answers: answers(&plan.response, plan.delimiters)?,
        })
    }

    /// The whole plan.
    pub(super) fn plan(&self) -> &'p Plan {
        self.plan
    }

    /// How templates are written.
    pub(super) fn syntax(&self) -> Syntax<'_> {
        Syntax { delimiters: self.plan.delimiters, roots: &self.roots }
    }

    /// A condition, or what else stands without delimiters.
    pub(super) fn expr(&self, source: &str) -> Result<Expr, ExprError> {
        Expr::compile_with(source, &self.roots)
    }

    /// A block by its name; its errors are named below the block itself.
    pub(super) fn block(&mut self, name: &'p str) -> Result<Arc<Block>, ProgramError> {
        if let Some(block) = self.done.get(name) {
            return Ok(block.clone());
        }
        let Some(source) = self.plan.program.blocks.iter().find(|block| block.name == name) else {
            return Err(ProgramError::new("", format!("there is no block `{name}`")));
        };
        if self.open.contains(&name) {
            return Err(ProgramError::new("", format!("block `{name}` runs itself")));
        }
        if self.open.len() >= BLOCK_DEPTH {
            return Err(ProgramError::new("", format!("blocks run blocks more than {BLOCK_DEPTH} deep")));
        }
        self.open.push(name);
        let steps = self.steps(&source.steps)?;
        self.open.pop();
        let block = Arc::new(Block::new(name, steps));
        self.done.insert(name, block.clone());
        Ok(block)
    }

    fn steps(&mut self, steps: &'p [plan::Step]) -> Result<Vec<Step>, ProgramError> {
        let mut compiled = Vec::with_capacity(steps.len());
        for step in steps {
            compiled.push(self.step(step).map_err(|error| error.below(&format!("step {}", step.name)))?);
        }
        Ok(compiled)
    }

    fn step(&mut self, step: &'p plan::Step) -> Result<Step, ProgramError> {
        Ok(Step {
            name: step.name.as_str().into(),
            if_: self.condition("if", step.if_.as_deref())?,
            until: self.condition("until", step.until.as_deref())?,
            timeout: Duration::from_millis(step.timeout_ms),
            retry: step.retry,
            on_error: step.on_error,
            sensitive: step.sensitive,
            kind: Kind::compile(&step.kind, self)?,
        })
    }

    fn condition(&self, field: &str, source: Option<&str>) -> Result<Option<Expr>, ProgramError> {
        source.map(|source| self.expr(source).map_err(|error| ProgramError::new(field, error))).transpose()
    }
}

fn answers(response: &plan::Response, delimiters: Delimiters) -> Result<Answers, ProgramError> {
    let compile = |answer: &Answer, place: &str| {
        AnswerProgram::compile(answer, delimiters)
            .map_err(|error| ProgramError::new(error.field, error.message).below(place))
    };
    let unsaid = Answer::default();
    Ok(Answers {
        mode: response.mode,
        cancel: response.cancel,
        deadline: Duration::from_millis(response.deadline_ms),
        success: compile(&response.answer, "response")?,
        late: compile(response.late.as_ref().unwrap_or(&unsaid), "response.late")?,
        failed: compile(response.failed.as_ref().unwrap_or(&unsaid), "response.failed")?,
    })
}
