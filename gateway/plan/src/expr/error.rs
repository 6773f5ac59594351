//! Why an expression is refused, and why one failed. Messages name paths and functions, never values.

use super::explain::shown;
use crate::limits::{JSON_DEPTH, TEMPLATE_SIZE};
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

    /// The refusal of a part of a string that begins `before` characters into it.
    #[must_use]
    pub(crate) fn after(self, before: usize) -> Self {
        Self { column: self.column + before, ..self }
    }

    /// The refusal of a part of a value, such as `.name` or `[0]`.
    #[must_use]
    pub(crate) fn inside(self, part: &str) -> Self {
        let of = if self.message.starts_with(['.', '[']) { "" } else { ": " };
        Self { message: format!("{part}{of}{}", self.message), ..self }
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

    pub(crate) fn missing(path: &str) -> Self {
        Self {
            reason: StepReason::PathMissing,
            message: format!("there is nothing at `{path}`"),
            path: Some(path.to_owned()),
        }
    }

    pub(crate) fn too_large() -> Self {
        Self {
            reason: StepReason::ResourceExhausted,
            message: format!(
                "rendering a template: more than {TEMPLATE_SIZE} bytes, or nested deeper than {JSON_DEPTH}"
            ),
            path: None,
        }
    }

    pub(crate) fn exhausted(source: &str) -> Self {
        Self {
            reason: StepReason::ResourceExhausted,
            message: format!("evaluating `{}`: it takes more steps or memory than one expression may", shown(source)),
            path: None,
        }
    }
}

impl From<EvalError> for StepFailure {
    fn from(error: EvalError) -> Self {
        Self::new(error.reason, error.message)
    }
}
