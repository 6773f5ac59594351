//! Stage 10: the body is of a type that the workflow takes, and is what its type says.

use std::sync::Arc;

use boathook_plan::pinned::StageFacts;
use boathook_plan::reason::Reason;
use boathook_plan::route::Delivery;
use jiff::Timestamp;

use super::arrive::new_id;
use super::refusal::Refusal;
use super::sender::{Genuine, Sent};
use crate::gate::Place;
use crate::routes::Served;
use crate::shared::Shared;

/// A delivery whose body could be read.
#[derive(Debug)]
pub(super) struct Understood {
    pub(super) served: Arc<Served>,
    pub(super) delivery: Delivery,
    /// What the expressions of the request stages see beside `$context`.
    pub(super) facts: StageFacts,
    pub(super) accepted_at: Timestamp,
    pub(super) place: Place,
}

/// Reads the body, or 415 or 400.
pub(super) fn read(shared: &Shared, genuine: Genuine) -> Result<Understood, Refusal> {
    let Sent { served, intake, verified, request_id, place, .. } = genuine.into_inner();
    let request = verified.request();
    if !intake.types().take(&request.headers, &request.body) {
        return Err(Refusal::of(Reason::UnsupportedMediaType).because("the workflow does not take this content type"));
    }
    let delivery = served.route.deliver(verified, request_id);
    let delivery = delivery.map_err(|fault| Refusal::of(fault.reason()).because(fault.to_string()))?;
    let accepted_at = stamp(shared.clock.now());
    let facts = StageFacts { execution: new_id(accepted_at), received_at: delivery.envelope.received_at };
    Ok(Understood { served, delivery, facts, accepted_at, place })
}

/// A time as the store keeps it: a run that goes on sees the same.
fn stamp(now: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
}
