//! Stages 10 and 11: the body is of a type that the workflow takes, is what its type says, and has the shape that the
//! workflow asks for.

use std::sync::Arc;

use boathook_plan::pinned::{StageFacts, misshapen};
use boathook_plan::reason::Reason;
use boathook_plan::route::Delivery;
use boathook_plan::schema::SchemaViolation;
use jiff::Timestamp;

use super::arrive::new_id;
use super::parse::parse;
use super::refusal::Refusal;
use super::sender::{Genuine, Sent};
use crate::gate::Place;
use crate::routes::Served;
use crate::shared::Shared;

/// A delivery whose body could be read, and has its shape.
#[derive(Debug)]
pub(super) struct Understood {
    pub(super) served: Arc<Served>,
    pub(super) delivery: Delivery,
    /// What the expressions of the request stages see beside `$context`.
    pub(super) facts: StageFacts,
    pub(super) accepted_at: Timestamp,
    pub(super) place: Place,
}

/// Reads the body, or 415, 413, 400 or 422; 503 where there is no memory for it.
pub(super) async fn read(shared: &Shared, genuine: Genuine) -> Result<Understood, Refusal> {
    let Sent { served, intake, verified, request_id, mut place, .. } = genuine.into_inner();
    let request = verified.request();
    if !intake.types().take(&request.headers, &request.body) {
        return Err(Refusal::of(Reason::UnsupportedMediaType).because("the workflow does not take this content type"));
    }
    let (parsed, violations) = parse(shared, &served, verified, &mut place).await?;
    // A schema that is not there is the workflow's fault, and none of the sender's.
    let violations = violations.map_err(|fault| Refusal::of(Reason::FilterFailed).because(fault.to_string()))?;
    let delivery = served.route.deliver(parsed, request_id);
    let accepted_at = stamp(shared.clock.now());
    let facts = StageFacts { execution: new_id(accepted_at), received_at: delivery.envelope.received_at };
    let understood = Understood { served, delivery, facts, accepted_at, place };
    if violations.is_empty() { Ok(understood) } else { Err(refused(&understood, &violations)) }
}

/// The sender is told where, and by which keyword; the log also why. A value is in neither.
fn refused(understood: &Understood, violations: &[SchemaViolation]) -> Refusal {
    let Understood { served, delivery, facts, .. } = understood;
    let plain = |status| misshapen(violations, &delivery.envelope.request_id, status);
    let reply = served.route.pinned().rejected(&delivery.context, *facts, plain);
    let told: Vec<_> = violations.iter().map(|it| format!("{} {}: {}", it.path, it.keyword, it.message)).collect();
    Refusal::told(Reason::SchemaViolation, reply).because(told.join("; "))
}

/// A time as the store keeps it: a run that goes on sees the same.
fn stamp(now: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
}
