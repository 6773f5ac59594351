//! `validate`: a schema, CEL checks, or both. Every violation is in the failure, the schema's first.

use super::Turn;
use crate::expr::{Expr, Reference};
use crate::json::Json;
use crate::machine::compile::Compiler;
use crate::machine::program::ProgramError;
use crate::plan::ValidateStep;
use crate::reason::{StepFailure, StepReason};
use crate::schema::Rule;
use crate::scope::Scope;
use crate::template::{JsonTemplate, Template};

/// The plan of a run is fixed, and so is what it has no schema for.
const UNAVAILABLE: &str = "the ConfigMap of schemaFrom is missing, or has no schema there";

#[derive(Debug)]
pub(in crate::machine) struct Validate {
    value: JsonTemplate,
    schema: Option<Rule>,
    checks: Vec<Check>,
}

#[derive(Debug)]
struct Check {
    that: Expr,
    message: Template,
}

impl Validate {
    pub(super) fn compile(step: &ValidateStep, compiler: &Compiler<'_>) -> Result<Self, ProgramError> {
        let value = JsonTemplate::parse(&step.value, compiler.syntax())
            .map_err(|error| ProgramError::new("validate.value", error))?;
        let schema = Rule::compile(step.schema.as_ref(), step.schema_from.as_ref(), compiler.plan());
        let schema = schema.map_err(|error| ProgramError::new("validate.schema", error))?;
        let mut checks = Vec::with_capacity(step.checks.len());
        for (index, check) in step.checks.iter().enumerate() {
            let wrong = |error| ProgramError::new(format!("validate.checks[{index}]"), error);
            checks.push(Check {
                that: compiler.expr(&check.that).map_err(wrong)?,
                message: Template::parse(&check.message, compiler.syntax()).map_err(wrong)?,
            });
        }
        Ok(Self { value, schema, checks })
    }

    pub(super) fn turn(&self, scope: &Scope) -> Result<Turn, StepFailure> {
        let mut violations = Vec::new();
        match &self.schema {
            Some(Rule::Schema(schema)) => {
                let found = schema.violations(&self.value.render(scope)?);
                violations
                    .extend(found.iter().map(|at| format!("{} {}: {}", pointer(&at.path), at.keyword, at.message)));
            }
            Some(Rule::Unavailable) => violations.push(UNAVAILABLE.to_owned()),
            None => {}
        }
        for check in &self.checks {
            if !check.that.holds(scope)? {
                violations.push(check.message.render_text(scope)?);
            }
        }
        if violations.is_empty() {
            return Ok(Turn::Result(Json::object([("valid", Json::Bool(true))])));
        }
        Err(StepFailure::new(StepReason::ValidationFailed, violations.join("; ")))
    }

    pub(super) fn references<'p>(&'p self, found: &mut Vec<&'p Reference>) {
        found.extend(self.value.references());
        for check in &self.checks {
            found.extend(check.that.references().iter().chain(check.message.references()));
        }
    }
}

/// The JSON pointer of the whole document is the empty string, which a reader would not see.
fn pointer(path: &str) -> &str {
    if path.is_empty() { "/" } else { path }
}
