//! One line for each outcome: ids, workflow, reason, the failing step. Never a payload, a secret or a query; what came
//! from outside is escaped and cut.

#[cfg(test)]
pub(crate) mod tests;

use std::fmt::{self, Write as _};
use std::net::IpAddr;
use std::time::Instant;

use boathook_plan::edge::AccessLog;
use boathook_plan::framing::Flaw;
use boathook_plan::machine::{Outcome, RunError};
use boathook_plan::reason::Reason;
use uuid::Uuid;

use crate::execute::Run;
use crate::ingest::{Trail, Verdict};
use crate::routes::Served;

/// Characters of one value from outside in a line.
const VALUE_SIZE: usize = 512;

/// How a request ended, as its line tells it.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) reason: Reason,
    /// `None`: nobody was there to be told.
    status: Option<u16>,
    pub(crate) execution: Option<Uuid>,
    /// For the owner of the workflow.
    detail: Option<String>,
}

impl Told {
    /// Its sender is gone.
    pub(crate) fn nothing(reason: Reason) -> Self {
        Self { reason, status: None, execution: None, detail: None }
    }

    /// What its sender is told.
    pub(crate) fn of(verdict: &Verdict) -> Self {
        Self {
            reason: verdict.reason,
            status: Some(verdict.reply.status.as_u16()),
            execution: verdict.execution,
            detail: verdict.detail.clone(),
        }
    }

    /// Whether it has a line.
    pub(crate) fn is_wanted(&self, log: AccessLog) -> bool {
        match log {
            AccessLog::All => true,
            AccessLog::Errors => self.status.map_or(self.reason != Reason::Accepted, |status| status >= 400),
            AccessLog::None => false,
        }
    }
}

/// A request that is over, whatever became of it: the audit line.
pub(crate) fn request(trail: &Trail, client: IpAddr, served: Option<&Served>, told: &Told) {
    let workflow = served.map(|served| served.route.workflow());
    tracing::info!(
        request_id = &*trail.request_id,
        execution_id = told.execution.map(tracing::field::display),
        namespace = workflow.map(|workflow| workflow.namespace.as_str()),
        workflow = workflow.map(|workflow| workflow.name.as_str()),
        client = %client,
        method = %Safe(trail.method.as_str()),
        // A path may be a secret of a workflow's own making; one that leads nowhere is what its owner looks for.
        path = (told.reason == Reason::NoRoute).then(|| tracing::field::display(Safe(trail.uri.path()))),
        reason = told.reason.as_str(),
        status = told.status,
        duration_ms = u64::try_from(trail.started.elapsed().as_millis()).unwrap_or(u64::MAX),
        detail = told.detail.as_deref().map(|detail| tracing::field::display(Safe(detail))),
        "request"
    );
}

/// A request that was refused before it was read: nothing of it is known.
pub(crate) fn unread(request_id: &str, client: IpAddr, flaw: Flaw, since: Instant) {
    tracing::info!(
        request_id,
        client = %client,
        reason = flaw.reason().as_str(),
        status = flaw.status(),
        duration_ms = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX),
        detail = flaw.as_str(),
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
