//! What the expressions of a run see.

use super::frame::Frame;
use super::input::Input;
use super::outcome::RunError;
use super::place::Place;
use super::program::Program;
use super::state::State;
use crate::json::Json;
use crate::scope::Scope;

/// The roots that stay the same throughout a run.
pub(super) fn roots(program: &Program, input: &Input) -> Scope {
    let execution = Json::object([
        ("id", Json::from(input.execution.hyphenated().to_string())),
        ("attempt", Json::from(i64::from(input.attempt))),
        ("startedAt", Json::from(input.started_at.to_string())),
    ]);
    let roots = Scope::new(input.started_at, input.execution)
        .with("$context", input.context.clone())
        .with("$vars", program.vars.clone())
        .with("$workflow", program.workflow.clone())
        .with("$execution", execution);
    match &input.batch {
        Some(batch) => roots.with("$batch", batch.clone()),
        None => roots,
    }
}

impl State {
    /// What a step of this frame sees at `place`.
    pub(super) fn scope(&self, frame: &Frame, place: &Place) -> Scope {
        frame.scope(&self.progress.roots, place)
    }
}

impl RunError {
    /// `$error`
    pub(super) fn to_json(&self) -> Json {
        Json::object([
            ("step", self.step.as_deref().map_or(Json::Null, Json::text)),
            ("reason", Json::text(self.failure.reason.as_str())),
            ("message", Json::text(&self.failure.message)),
        ])
    }
}
