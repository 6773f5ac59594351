//! Takes up an execution that was claimed: opens what is kept of it, and drives it from where its journal ends.

use std::sync::Arc;

use boathook_plan::body::BodyFault;
use boathook_plan::envelope::Envelope;
use boathook_plan::json::Json;
use boathook_plan::machine::{Entry, ResumeError};
use boathook_plan::pinned::{Delivered, Pinned, RunFacts};

use super::driver::drive;
use super::guard::{Lifeline, guarded};
use super::keeping::{Durable, Keeping};
use super::{Job, Run, Seat};
use crate::kept::Reader;
use crate::routes::Served;
use crate::runner::{Control, Held, Owner, PlanError, Worker};
use crate::shared::Shared;
use crate::store::{Claimed, Payload, StoreError};

/// Why an execution cannot go on.
#[derive(Debug, thiserror::Error)]
enum Fault {
    /// Its plan cannot be had.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// What is kept of its request cannot be read.
    #[error("reading what is kept of its request: {0}")]
    Head(serde_json::Error),
    /// Its body is not what it was.
    #[error("reading its body: {0}")]
    Body(#[from] BodyFault),
    /// Its request is not there.
    #[error("its request is not in the store")]
    Empty,
    /// An entry of its journal cannot be read.
    #[error("reading its journal: {0}")]
    Entry(serde_json::Error),
    /// Its journal is not one of its plan.
    #[error(transparent)]
    Resume(#[from] ResumeError),
}

/// An execution under a lease of ours.
struct Taken {
    served: Arc<Served>,
    claimed: Claimed,
    held: Held,
    place: Worker,
}

/// Drives a claimed execution until it ends or is let go. One that cannot go on, or that a fault of ours ends, is failed:
/// a dead letter that people can look at.
pub(crate) async fn take_up(shared: Arc<Shared>, served: Arc<Served>, claimed: Claimed, place: Worker) {
    let held = shared.runner.running.hold(claimed.fence);
    if let Some(reason) = &claimed.cancelling {
        shared.runner.running.tell(claimed.fence.id, &Control::Cancel(reason.clone()));
    }
    let line = Lifeline::of(&Owner::of(&served.workflow), held.fence);
    let run = go_on(Arc::clone(&shared), Taken { served, claimed, held, place });
    guarded(shared, line, run).await;
}

async fn go_on(shared: Arc<Shared>, taken: Taken) {
    let (fence, served) = (taken.held.fence, Arc::clone(&taken.served));
    let owner = Owner::of(&served.workflow);
    match open(&shared, taken).await {
        Ok(job) => {
            let answer = shared.runner.asker(fence.id);
            drive(shared, job, answer).await;
        }
        Err(Fault::Plan(PlanError::Store(error))) if may_pass(&error) => shared.put_off(&owner, fence, &error).await,
        Err(fault) => {
            served.counts.lost_execution();
            shared.fail(&owner, fence, fault.to_string()).await;
        }
    }
}

/// Whether the store may say another time what it could not say now.
fn may_pass(error: &StoreError) -> bool {
    match error {
        StoreError::Full | StoreError::Broken(_) | StoreError::Busy | StoreError::Statement(_) | StoreError::Closed => {
            true
        }
        StoreError::Corrupt(_) | StoreError::Damaged(_) => false,
    }
}

async fn open(shared: &Shared, taken: Taken) -> Result<Job, Fault> {
    let Taken { served, claimed, held, place } = taken;
    let pinned = shared.runner.plan(&served, claimed.plan).await?;
    let facts = RunFacts {
        execution: claimed.fence.id,
        attempt: claimed.replays.saturating_add(1),
        started_at: claimed.started_at,
        seed: claimed.seed,
    };
    let kept = Kept::of(&pinned, &claimed)?;
    let entries = claimed.entries.iter().map(|entry| serde_json::from_slice(&entry.text));
    let entries = entries.collect::<Result<Vec<Entry>, _>>().map_err(Fault::Entry)?;
    let state = pinned.resume(kept.delivered(), facts, &entries)?;
    let reader = if claimed.parent.is_some_and(|parent| parent.awaited) { Reader::Step } else { Reader::Repeat };
    let durable = Durable { owner: Owner::of(&served.workflow), held, told: None, reader };
    Ok(Job {
        run: Run::begin(served, &state),
        state,
        origin: kept.envelope.origin,
        keeping: Keeping::Durable(Box::new(durable)),
        seat: Seat::Worker { _place: place },
    })
}

/// What is kept of the deliveries of an execution, opened.
struct Kept {
    envelope: Envelope,
    context: Json,
    batch: Option<Json>,
}

impl Kept {
    fn of(pinned: &Pinned, claimed: &Claimed) -> Result<Self, Fault> {
        let first = claimed.payloads.first().ok_or(Fault::Empty)?;
        let envelope = head(first)?;
        if pinned.plan().batch.is_none() {
            let context = pinned.context(&envelope, &first.body)?;
            return Ok(Self { envelope, context, batch: None });
        }
        let items = claimed.payloads.iter().map(|payload| Ok(pinned.item(&head(payload)?, &payload.body)?));
        let items = items.collect::<Result<Vec<_>, Fault>>()?;
        Ok(Self { envelope, context: Json::object([]), batch: Some(Json::list(items)) })
    }

    fn delivered(&self) -> Delivered<'_> {
        Delivered { envelope: &self.envelope, context: &self.context, batch: self.batch.as_ref() }
    }
}

fn head(payload: &Payload) -> Result<Envelope, Fault> {
    serde_json::from_slice(&payload.head).map_err(Fault::Head)
}
