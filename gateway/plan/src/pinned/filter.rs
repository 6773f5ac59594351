//! Whether a delivery starts anything: the workflow's `filter`.

use super::{Pinned, StageFacts, StageFault};
use crate::expr::{Expr, Reference};
use crate::json::Json;
use crate::machine::ProgramError;
use crate::plan::Plan;
use crate::reason::StepReason;

/// The workflow's condition, where it has one.
#[derive(Debug)]
pub(super) struct Filter(Option<Expr>);

/// A delivery that the filter does not let through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filtered {
    /// The path that is not there, where it is for want of one.
    pub missing: Option<String>,
}

impl Filter {
    pub(super) fn compile(plan: &Plan) -> Result<Self, ProgramError> {
        let compiled = plan.filter.as_ref().map(|source| Expr::compile(source)).transpose();
        compiled.map(Self).map_err(|error| ProgramError { field: "filter".to_owned(), message: error.to_string() })
    }

    pub(super) fn references(&self) -> impl Iterator<Item = &Reference> {
        self.0.iter().flat_map(Expr::references)
    }
}

impl Pinned {
    /// Whether the filter keeps a delivery from starting anything. A path that is not there makes it false; any other
    /// error is a fault, and lets nothing through.
    pub fn filtered(&self, context: &Json, facts: StageFacts) -> Result<Option<Filtered>, StageFault> {
        let Some(filter) = &self.filter.0 else { return Ok(None) };
        match filter.holds(&self.stage_scope(context, facts)) {
            Ok(true) => Ok(None),
            Ok(false) => Ok(Some(Filtered { missing: None })),
            Err(error) if error.reason == StepReason::PathMissing => {
                Ok(Some(Filtered { missing: Some(error.path.unwrap_or(error.message)) }))
            }
            Err(error) => Err(StageFault { field: "filter", message: error.message }),
        }
    }
}
