//! Stage 13: the delivery gets its keys, and it is accepted, once, or refused.

mod repeat;
mod sync;

use std::sync::Arc;

use boathook_plan::json::Json;
use boathook_plan::pinned::StageFacts;
use boathook_plan::plan::Mode;
use boathook_plan::reason::Reason;
use boathook_plan::reply::Reply;
use boathook_plan::route::Delivery;
use uuid::Uuid;

use super::filter::{Wanted, undecided};
use super::read::Understood;
use super::refusal::Refusal;
use super::respond::Verdict;
use crate::gate::Place;
use crate::runner::{Birth, First, Owner};
use crate::shared::Shared;
use crate::store::{Accepted, Admission, Duplicate, Start, StoreError};

/// A delivery that may become an execution.
#[derive(Debug)]
pub(super) struct Keyed {
    birth: Birth,
    context: Json,
    place: Place,
}

/// Renders the keys.
pub(super) fn key(wanted: Wanted) -> Result<Keyed, Refusal> {
    let Understood { served, delivery, facts, accepted_at, place } = wanted.into_inner();
    let Delivery { mut envelope, body, context } = delivery;
    let pinned = served.route.pinned();
    // A key that cannot be told must not let a repeat through.
    envelope.deduplication_key = pinned.deduplication_key(&context, facts).map_err(|fault| undecided(&fault))?;
    if envelope.deduplication_key.is_none() && served.route.plan().deduplication.is_some() {
        served.counts.unkeyed();
    }
    let turn = pinned.concurrency_key(&context, facts).map_err(|fault| undecided(&fault))?;
    let birth =
        Birth { id: facts.execution, served, envelope: Arc::new(envelope), body, accepted_at, turn, awaited: false };
    Ok(Keyed { birth, context, place })
}

/// Accepts the delivery and answers.
pub(super) async fn accept(shared: &Arc<Shared>, keyed: Keyed) -> Result<Verdict, Refusal> {
    match keyed.birth.served.route.plan().response.mode {
        Mode::Async => keyed.acknowledge(shared).await,
        Mode::Sync => sync::answer(shared, keyed).await,
    }
}

impl Keyed {
    /// Async: durable first, then acknowledged; so is a repeat.
    async fn acknowledge(&self, shared: &Shared) -> Result<Verdict, Refusal> {
        let (reason, id) = loop {
            match admit(shared, &self.birth, Start::Queued).await? {
                Admitted::New(Accepted { id, .. }) | Admitted::Joined(id) => break (Reason::Accepted, id),
                Admitted::Repeat(first) => break (Reason::Duplicate, first.id),
                // Nothing is promised of a run that is not durable: its end says what this one is.
                Admitted::Held(first) if first.answered().await.is_some() => break (Reason::Duplicate, first.id),
                Admitted::Held(_) => {}
            }
        };
        Ok(told(reason, id, self.acknowledgement(id)))
    }

    fn acknowledgement(&self, execution: Uuid) -> Reply {
        let facts = StageFacts { execution, received_at: self.birth.envelope.received_at };
        self.birth.served.route.pinned().acknowledge(&self.birth.envelope, &self.context, facts)
    }

    fn owner(&self) -> Owner {
        self.birth.owner()
    }
}

/// What became of a delivery that was to be durable, and is not refused.
enum Admitted {
    /// It is.
    New(Accepted),
    /// It is, in this batch.
    Joined(Uuid),
    /// An earlier one is the same.
    Repeat(Duplicate),
    /// Its key is held in memory, by a run that began when its workflow was another, or by another delivery on its way.
    Held(First),
}

/// Hands a delivery to the store. Its key is held in memory meanwhile, so that no run begins there.
async fn admit(shared: &Shared, birth: &Birth, start: Start) -> Result<Admitted, Refusal> {
    let taken = birth.delivery_key().map(|key| shared.runner.keys.take(birth.owner(), key.hash, birth.id));
    let held = match taken.transpose() {
        Ok(held) => held,
        Err(first) => return Ok(Admitted::Held(first)),
    };
    let admission = shared.accept(birth.new_execution(start)).await.map_err(|error| unavailable(&error))?;
    drop(held);
    match admission {
        Admission::Accepted(accepted) => Ok(Admitted::New(accepted)),
        Admission::Joined { id, .. } => Ok(Admitted::Joined(id)),
        Admission::Duplicate(first) => Ok(Admitted::Repeat(first)),
        Admission::QueueFull => Err(Refusal::of(Reason::QueueFull)),
        Admission::QuotaFull => Err(over_quota("queued")),
        Admission::StorageFull => Err(over_quota("storage")),
    }
}

/// As a full queue: the owner of the namespace reads in the log which quota it was.
fn over_quota(quota: &str) -> Refusal {
    Refusal::of(Reason::QueueFull).because(format!("the namespace's quota of {quota} is used up"))
}

/// The sender keeps the event, and comes back.
fn unavailable(error: &StoreError) -> Refusal {
    Refusal::of(Reason::StoreUnavailable).because(error.to_string())
}

fn told(reason: Reason, execution: Uuid, reply: Reply) -> Verdict {
    Verdict { reason, reply, execution: Some(execution), detail: None }
}
