//! Conditions that decide whether something runs: a path that is not there makes one false, any other error fails.

use crate::expr::Expr;
use crate::reason::{StepFailure, StepReason};
use crate::scope::Scope;

/// Whether a condition held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Held {
    Yes,
    No,
    /// It did not, because this path is not there.
    Missing(String),
}

/// Evaluates `if`.
pub(super) fn held(condition: &Expr, scope: &Scope) -> Result<Held, StepFailure> {
    match condition.holds(scope) {
        Ok(true) => Ok(Held::Yes),
        Ok(false) => Ok(Held::No),
        Err(error) if error.reason == StepReason::PathMissing => Ok(Held::Missing(error.path.unwrap_or(error.message))),
        Err(error) => Err(error.into()),
    }
}
