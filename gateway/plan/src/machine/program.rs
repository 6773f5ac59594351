//! A plan's program with everything compiled once: no run parses anything.

use crate::plan::Plan;

/// A compiled workflow. Shared by all its runs.
#[derive(Clone, Debug)]
pub struct Program {}

/// A part of the plan that cannot be compiled. `validate` finds all of them when the workflow is applied; here the first
/// one refuses the route.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("compiling {field}: {message}")]
pub struct ProgramError {
    /// The field, such as `steps[2].set.total` or `response.json`.
    pub field: String,
    /// What it must be instead.
    pub message: String,
}

impl Program {
    /// Compiles every expression, template, schema and `http` step.
    pub fn compile(plan: &Plan) -> Result<Self, ProgramError> {
        let _ = plan;
        Ok(Self {})
    }
}
