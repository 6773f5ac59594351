//! One line for each outcome: ids, workflow, reason, the failing step. Never a payload, a secret or a query; what came
//! from outside is escaped and cut.

#[cfg(test)]
mod tests;

use std::fmt::{self, Write as _};

use boathook_plan::machine::{Outcome, RunError};
use boathook_plan::reason::Reason;

use crate::execute::Run;
use crate::ingest::{Trail, Verdict};
use crate::routes::Served;

/// Characters of one value from outside in a line.
const VALUE_SIZE: usize = 512;

/// A request that started no run. One that did is logged with its run.
pub(crate) fn request(trail: &Trail, served: Option<&Served>, verdict: &Verdict) {
    if verdict.reason == Reason::Accepted {
        return;
    }
    let workflow = served.map(|served| served.route.workflow());
    tracing::info!(
        request_id = &*trail.request_id,
        namespace = workflow.map(|workflow| workflow.namespace.as_str()),
        workflow = workflow.map(|workflow| workflow.name.as_str()),
        method = %Safe(trail.method.as_str()),
        // A path may be a secret of a workflow's own making; one that leads nowhere is what its owner looks for.
        path = workflow.is_none().then(|| tracing::field::display(Safe(trail.uri.path()))),
        reason = verdict.reason.as_str(),
        status = verdict.reply.status.as_u16(),
        detail = verdict.detail.as_deref().map(|detail| tracing::field::display(Safe(detail))),
        "request"
    );
}

/// A run that is over.
pub(crate) fn run(run: &Run, outcome: &Outcome) {
    let (word, error) = match outcome {
        Outcome::Succeeded { .. } => ("Succeeded", None),
        Outcome::Failed(error) => ("Failed", Some(error)),
        Outcome::Cancelled(error) => ("Cancelled", Some(error)),
    };
    match error {
        None => tracing::info!(
            request_id = &*run.request_id,
            execution_id = %run.execution,
            namespace = run.served.route.workflow().namespace,
            workflow = run.served.route.workflow().name,
            outcome = word,
            "execution"
        ),
        Some(error) => failed(run, word, error),
    }
}

fn failed(run: &Run, outcome: &str, error: &RunError) {
    tracing::warn!(
        request_id = &*run.request_id,
        execution_id = %run.execution,
        namespace = run.served.route.workflow().namespace,
        workflow = run.served.route.workflow().name,
        outcome,
        step = error.step.as_deref(),
        reason = error.failure.reason.as_str(),
        error = %Safe(&error.failure.message),
        "execution"
    );
}

/// A run that ended without an outcome: a fault of ours.
pub(crate) fn lost(run: &Run) {
    tracing::error!(
        request_id = &*run.request_id,
        execution_id = %run.execution,
        namespace = run.served.route.workflow().namespace,
        workflow = run.served.route.workflow().name,
        outcome = "Failed",
        "execution ended by a fault of the gateway"
    );
}

/// Text from outside: control characters escaped, at most [`VALUE_SIZE`] characters.
struct Safe<'a>(&'a str);

impl fmt::Display for Safe<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for found in self.0.chars().take(VALUE_SIZE) {
            if found.is_control() { write!(out, "{}", found.escape_default())? } else { out.write_char(found)? }
        }
        Ok(())
    }
}
