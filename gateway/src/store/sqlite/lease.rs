//! Leases that go on, and those that are given back.

use super::claim::fenced;
use super::convert::micros;
use super::work::Work;
use crate::store::command::Renew;
use crate::store::ending::Phase;
use crate::store::error::StoreError;
use crate::store::lease::{Fence, Renewed};

/// Prolongs leases.
pub(super) fn renew(work: &mut Work<'_>, renew: &Renew) -> Result<Renewed, StoreError> {
    let mut renewed = Renewed::default();
    for fence in &renew.fences {
        let Some(mut row) = fenced(work, *fence)? else {
            renewed.fenced.push(*fence);
            continue;
        };
        row.state.owner = Some(renew.lease.owner);
        row.state.due_at = micros(renew.lease.until);
        row.save(work)?;
        renewed.cancelling.extend(row.state.cancelling.take().map(|reason| (fence.id, reason)));
    }
    Ok(renewed)
}

/// Gives executions back: they go on at once, wherever they are claimed.
pub(super) fn release(work: &mut Work<'_>, fences: &[Fence]) -> Result<Renewed, StoreError> {
    let mut renewed = Renewed::default();
    for fence in fences {
        let Some(mut row) = fenced(work, *fence)? else {
            renewed.fenced.push(*fence);
            continue;
        };
        row.state.phase = Phase::Waiting;
        row.state.crashes = 0;
        row.state.owner = None;
        row.state.due_at = 0;
        row.save(work)?;
    }
    Ok(renewed)
}
