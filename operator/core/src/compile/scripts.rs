//! Whether the scripts of a workflow compile, as far as that is known.

use boathook_plan::plan::ScriptBounds;
use boathook_plan::script::CodeHash;

use super::ceiling::exceeded;
use crate::condition::Reason;
use crate::text;
use crate::validate::ValidWorkflow;
use crate::validate::javascript::{DEFAULT_MEMORY, DEFAULT_TIME_MS};
use crate::violation::Violation;
use crate::world::{Checked, World};

/// What is known of all scripts of a workflow.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Scripts {
    /// All compile, or there are none.
    Compile,
    /// At least one has not been looked at yet.
    Pending,
    /// These do not.
    Broken(Vec<Violation>),
}

/// Looks up what is known. Whatever is wrong is told before what is not known.
pub(super) fn check(workflow: &ValidWorkflow, world: &World) -> Scripts {
    let (mut broken, mut pending) = (Vec::new(), false);
    for (at, step) in workflow.scripts() {
        match world.checks.get(&CodeHash::of(&step.code)) {
            Some(Checked::Compiles) => {}
            Some(Checked::Broken(why)) => {
                broken.push(Violation::new(Reason::InvalidSpec, &at.at("code"), format!("must compile: {why}")));
            }
            Some(Checked::Unavailable(why)) => {
                let message = format!("must not be used here: {why}");
                broken.push(Violation::new(Reason::SandboxUnsupported, &at, message));
            }
            None => pending = true,
        }
    }
    match (broken.is_empty(), pending) {
        (false, _) => Scripts::Broken(broken),
        (true, true) => Scripts::Pending,
        (true, false) => Scripts::Compile,
    }
}

/// The wishes of scripts that the gateway does not grant. Who wishes for the default is held down to the ceiling, like who
/// wishes for nothing.
pub(super) fn ceilings(workflow: &ValidWorkflow, most: ScriptBounds, violations: &mut Vec<Violation>) {
    for (at, step) in workflow.scripts() {
        let time = |millis| text::duration(std::time::Duration::from_millis(millis));
        if step.time_ms != DEFAULT_TIME_MS {
            violations.extend(exceeded(&at.at("timeout"), step.time_ms, most.time_ms, time));
        }
        if step.memory != DEFAULT_MEMORY {
            violations.extend(exceeded(&at.at("memory"), step.memory, most.memory, text::size));
        }
    }
}
