//! Stages 6 and 8b: the rates that a workflow lets through, by client before the sender is verified, of the workflow
//! after it, so that strangers cannot spend it.

use std::time::Duration;

use boathook_plan::reason::Reason;
use boathook_plan::route::Intake;
use http::{HeaderValue, header};

use super::address::Allowed;
use super::method::Admitted;
use super::refusal::Refusal;
use super::sender::Sent;
use crate::gate::InFlight;

/// A request within the rates of its client.
#[derive(Debug)]
pub(super) struct Within(Allowed);

/// A request of a verified sender, within the rates of the workflow.
#[derive(Debug)]
pub(super) struct Counted(Sent);

/// Counts the client's request, or 429.
pub(super) fn of_client(allowed: Allowed) -> Result<Within, Refusal> {
    match allowed.rates().client(allowed.client()) {
        Ok(()) => Ok(Within(allowed)),
        Err(wait) => Err(too_many(wait)),
    }
}

/// Counts the workflow's request, or 429.
pub(super) fn of_workflow(sent: Sent) -> Result<Counted, Refusal> {
    match sent.rates().workflow() {
        Ok(()) => Ok(Counted(sent)),
        Err(wait) => Err(too_many(wait)),
    }
}

/// Whole seconds, rounded up: who waits for as long is let through (RFC 9110, 10.2.3).
fn too_many(wait: Duration) -> Refusal {
    let seconds = wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0)).max(1);
    Refusal::of(Reason::RateLimited).with(header::RETRY_AFTER, HeaderValue::from(seconds))
}

impl Within {
    pub(super) fn intake(&self) -> &Intake {
        self.0.intake()
    }

    pub(super) fn in_flight(&self) -> &InFlight {
        self.0.in_flight()
    }

    pub(super) fn into_inner(self) -> Admitted {
        self.0.into_inner()
    }
}

impl Counted {
    pub(super) fn into_inner(self) -> Sent {
        self.0
    }
}
