//! Why an expression is refused, and why one failed. Messages name paths and functions, never values.

use crate::reason::{StepFailure, StepReason};

/// Why an expression or a template is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} (column {column})")]
pub struct ExprError {
    /// What is wrong.
    pub message: String,
    /// The character in the whole string, counted from 1.
    pub column: usize,
}

impl ExprError {
    /// A refusal at a character, counted from 1.
    pub fn new(message: impl Into<String>, column: usize) -> Self {
        Self { message: message.into(), column }
    }
}

/// Why an expression or a template yields no value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct EvalError {
    /// `ExpressionFailed`, `PathMissing` or `ResourceExhausted`.
    pub reason: StepReason,
    /// What was being evaluated and why it failed; no values.
    pub message: String,
    /// The path that is not there, as written in the expression; of `PathMissing` only.
    pub path: Option<String>,
}

impl EvalError {
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self { reason: StepReason::ExpressionFailed, message: message.into(), path: None }
    }

    pub(crate) fn not_a_condition() -> Self {
        Self::failed("the condition is neither true nor false")
    }
}

impl From<EvalError> for StepFailure {
    fn from(error: EvalError) -> Self {
        Self::new(error.reason, error.message)
    }
}
