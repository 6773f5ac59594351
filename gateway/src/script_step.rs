//! Performs attempts of `javascript` steps: shows a script the run, has a worker run it, and says what came of it.
//!
//! What a script sees is decided in `boathook_plan::script`; how it is confined in `boathook_sandbox`.

use std::sync::Arc;
use std::time::Duration;

use boathook_plan::json::{Json, Projection, read};
use boathook_plan::plan::ScriptBounds;
use boathook_plan::reason::{StepFailure, StepReason};
use boathook_plan::scope::Scope;
use boathook_plan::script::{Script, ScriptInput};
use boathook_sandbox::{Ended, Fault, FaultKind, Job, Sandbox, SandboxError};
use tokio::time::timeout;

/// One try of a `javascript` step.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    /// The step.
    pub(crate) script: Arc<Script>,
    /// The run's values.
    pub(crate) scope: Scope,
    /// What the live route grants.
    pub(crate) bounds: ScriptBounds,
    /// Whose worker runs it: namespace and workflow.
    pub(crate) owner: String,
    /// Of the run and of the wait for its turn.
    pub(crate) timeout: Duration,
}

/// The result of an attempt, or why there is none, and what the script wrote to its console.
pub(crate) type Told = (Result<Json, StepFailure>, Vec<String>);

/// Performs one attempt.
pub(crate) async fn perform(sandbox: &Sandbox, attempt: &Attempt) -> Told {
    let Attempt { script, scope, bounds, owner, timeout: patience } = attempt;
    let input = ScriptInput::of(scope);
    let job = Job {
        code: &script.code,
        input: &input.roots,
        raw: &input.raw,
        time: script.time.min(Duration::from_millis(bounds.time_ms)),
        memory: script.memory.min(bounds.memory),
    };
    match timeout(*patience, sandbox.run(owner, job)).await {
        Ok(Ok(Ended { outcome, console, .. })) => {
            (outcome.map_err(|fault| failed(&fault)).and_then(|text| value(&text)), console)
        }
        Ok(Err(error)) => (Err(unrun(&error)), Vec::new()),
        Err(_) => {
            let message = format!("the script was not done within the step's timeout, {} ms", patience.as_millis());
            (Err(StepFailure::new(StepReason::Timeout, message)), Vec::new())
        }
    }
}

/// The value of a result. Its text is what a script made: bounded like a sender's.
fn value(text: &str) -> Result<Json, StepFailure> {
    read(text.as_bytes(), &Projection::All)
        .map_err(|error| StepFailure::new(StepReason::ScriptFailed, format!("the result is no value: {error}")))
}

fn failed(fault: &Fault) -> StepFailure {
    let reason = match fault.kind {
        FaultKind::Syntax | FaultKind::Thrown => StepReason::ScriptFailed,
        FaultKind::Timeout => StepReason::Timeout,
        FaultKind::Memory => StepReason::ResourceExhausted,
        FaultKind::ResultTooLarge => StepReason::ResultTooLarge,
    };
    StepFailure::new(reason, fault.to_string())
}

fn unrun(error: &SandboxError) -> StepFailure {
    let reason = match error {
        SandboxError::Unsupported(_) | SandboxError::Start(_) | SandboxError::Busy => StepReason::SandboxUnavailable,
        SandboxError::InputTooLarge => StepReason::ResourceExhausted,
        SandboxError::Crashed(_) => StepReason::ScriptCrashed,
    };
    StepFailure::new(reason, error.to_string())
}

#[cfg(test)]
mod tests;
