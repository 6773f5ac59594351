//! A template in its field: renders it and names the field when that fails.

use crate::expr::{EvalError, Reference};
use crate::json::Json;
use crate::reason::{StepFailure, StepReason};
use crate::scope::Scope;
use crate::template::{JsonTemplate, Template};

/// A string with templates, and the field it stands in.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    pub(super) field: String,
    pub(super) template: Template,
}

/// JSON with templates, and the field it stands in.
#[derive(Clone, Debug)]
pub(super) struct JsonSlot {
    pub(super) field: String,
    pub(super) template: JsonTemplate,
}

impl Slot {
    /// The text: strings as they are, null as nothing, the rest as compact JSON.
    pub(super) fn text(&self, scope: &Scope) -> Result<String, StepFailure> {
        self.template.render_text(scope).map_err(|error| failed(&self.field, &error))
    }

    /// Whether a secret goes into it.
    pub(super) fn is_secret(&self) -> bool {
        reads_secrets(self.template.references())
    }
}

impl JsonSlot {
    /// The value, with every leaf rendered.
    pub(super) fn value(&self, scope: &Scope) -> Result<Json, StepFailure> {
        self.template.render(scope).map_err(|error| failed(&self.field, &error))
    }

    /// Whether a secret goes into it.
    pub(super) fn is_secret(&self) -> bool {
        reads_secrets(self.template.references())
    }
}

/// A failed evaluation, with the field it happened in.
pub(super) fn failed(field: &str, error: &EvalError) -> StepFailure {
    StepFailure::new(error.reason, format!("{field}: {}", error.message))
}

/// Rendered values that no request can be made from.
pub(super) fn invalid(field: &str, message: &str) -> StepFailure {
    StepFailure::new(StepReason::InvalidRequest, format!("{field}: {message}"))
}

/// Whether one of them is a secret.
pub(super) fn reads_secrets(references: &[Reference]) -> bool {
    references.iter().any(|reference| &*reference.root == super::secrets::ROOT)
}
