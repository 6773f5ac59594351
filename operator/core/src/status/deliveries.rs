//! Counts of a workflow since it was made: what status has, and what the gateways' processes counted since.

use boathook_crds::text::{DateTime, ShortText};
use boathook_crds::workflow::status::{Deliveries, LastFailure, LastRejection};
use boathook_plan::channel::Deliveries as Counted;
use jiff::Timestamp;

/// The counts `base` with those of processes that began to count after it.
pub fn add(base: &Deliveries, counted: &Counted) -> Deliveries {
    let sum = |base: Option<i64>, more: u64| Some(base.unwrap_or_default().saturating_add(number(more)));
    let failure = counted.last_failure.as_ref().map(|last| LastFailure {
        time: time(last.time),
        step: last.step.clone().map(ShortText),
        reason: ShortText(last.reason.clone()),
    });
    let rejection = counted
        .last_rejection
        .as_ref()
        .map(|last| LastRejection { time: time(last.time), reason: ShortText(last.reason.clone()) });
    Deliveries {
        received: sum(base.received, counted.received),
        accepted: sum(base.accepted, counted.accepted),
        duplicates: sum(base.duplicates, counted.duplicates),
        filtered: sum(base.filtered, counted.filtered),
        rejected: sum(base.rejected, counted.rejected),
        succeeded: sum(base.succeeded, counted.succeeded),
        failed: sum(base.failed, counted.failed),
        running: Some(number(counted.running)),
        queued: Some(number(counted.queued)),
        dead_lettered: Some(number(counted.dead_lettered)),
        last_received: counted.last_received.map(time).or_else(|| base.last_received.clone()),
        last_success: counted.last_success.map(time).or_else(|| base.last_success.clone()),
        last_failure: failure.or_else(|| base.last_failure.clone()),
        last_rejection: rejection.or_else(|| base.last_rejection.clone()),
    }
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Whole seconds, as Kubernetes writes times.
fn time(time: Timestamp) -> DateTime {
    let seconds = time.round(jiff::Unit::Second).unwrap_or(time);
    DateTime(seconds.to_string())
}
