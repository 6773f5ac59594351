//! Takes up an execution that was claimed: opens what is kept of it, and drives it from where its journal ends.

use std::sync::Arc;

use boathook_plan::body::BodyFault;
use boathook_plan::envelope::Envelope;
use boathook_plan::json::Json;
use boathook_plan::limits::JSON_TREE_SIZE;
use boathook_plan::machine::{Entry, ResumeError};
use boathook_plan::pinned::{Delivered, Pinned, RunFacts};

use super::driver::drive;
use super::guard::{Lifeline, guarded};
use super::keeping::{Durable, Keeping};
use super::{Job, Run, Seat};
use crate::kept::Reader;
use crate::memory::Held;
use crate::routes::Served;
use crate::runner::{Control, Held as Lease, Owner, PlanError, Worker};
use crate::shared::Shared;
use crate::store::{Claimed, Payload, StoreError};

/// Bytes of memory that the values of a journal take, for each byte of it.
const ENTRY_FACTOR: usize = 4;

/// Bytes of memory that an execution takes at least.
const LEAST: usize = 4 << 10;

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
    /// There is no memory to read it in, for now.
    #[error("there is no memory to read its request in")]
    Memory,
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
    held: Lease,
    place: Worker,
    _claim: Arc<dyn Send + Sync>,
}

/// Drives a claimed execution until it ends or is let go. One that cannot go on, or that a fault of ours ends, is failed:
/// a dead letter that people can look at. Its claim is kept until it is opened.
pub(crate) async fn take_up(
    shared: Arc<Shared>,
    served: Arc<Served>,
    claimed: Claimed,
    (place, claim): (Worker, Arc<dyn Send + Sync>),
) {
    let held = shared.runner.running.hold(claimed.fence);
    if let Some(reason) = &claimed.cancelling {
        shared.runner.running.tell(claimed.fence.id, &Control::Cancel(reason.clone()));
    }
    let line = Lifeline::of(&Owner::of(&served.workflow), held.fence);
    let run = go_on(Arc::clone(&shared), Taken { served, claimed, held, place, _claim: claim });
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
        Err(fault @ Fault::Memory) => shared.put_off(&owner, fence, &fault).await,
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
    let Taken { served, claimed, held, place, _claim } = taken;
    let pinned = shared.runner.plan(&served, claimed.plan).await?;
    let facts = RunFacts {
        execution: claimed.fence.id,
        attempt: claimed.replays.saturating_add(1),
        started_at: claimed.started_at,
        seed: claimed.seed,
    };
    let (kept, memory) = read(shared, &served, &pinned, &claimed).await?;
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
        seat: Seat::Worker { _place: place, _memory: vec![memory] },
    })
}

/// Reads what is kept of the deliveries, within the account of memory that all such executions share.
async fn read(shared: &Shared, served: &Served, pinned: &Pinned, claimed: &Claimed) -> Result<(Kept, Held), Fault> {
    let heads = claimed.payloads.iter().map(head).collect::<Result<Vec<_>, _>>()?;
    let bodies: usize = claimed.payloads.iter().map(|payload| payload.body.len()).sum();
    let journal: usize = claimed.entries.iter().map(|entry| entry.text.len()).sum();
    let rest = journal.saturating_mul(ENTRY_FACTOR).saturating_add(bodies);
    let rooms = heads.iter().zip(&claimed.payloads).map(|(head, payload)| head.room(&payload.body));
    let (room, beside) = rooms.fold((0, 0), |(room, most), (own, beside)| (room + own, beside.max(most)));
    let take = |bytes| shared.gate.resuming.take(&served.counts.in_flight.resuming, bytes);
    let mut memory = take(room.saturating_add(beside).saturating_add(rest)).await.ok_or(Fault::Memory)?;
    let tried = Kept::of(pinned, &heads, claimed, |head, body| head.room(body).0);
    let (kept, size) = match tried {
        Err(Fault::Body(fault)) if fault.wants_room() => {
            // All of it is asked for anew: who held a part might wait for it.
            drop(memory);
            memory = take(usize::MAX).await.ok_or(Fault::Memory)?;
            Kept::of(pinned, &heads, claimed, |_, _| JSON_TREE_SIZE)?
        }
        tried => tried?,
    };
    memory.shrink(size.saturating_add(rest).max(LEAST));
    Ok((kept, memory))
}

/// What is kept of the deliveries of an execution, opened.
struct Kept {
    envelope: Envelope,
    context: Json,
    batch: Option<Json>,
}

impl Kept {
    /// In so much memory for the values of each body; also says how much they take.
    fn of(
        pinned: &Pinned,
        heads: &[Envelope],
        claimed: &Claimed,
        room: impl Fn(&Envelope, &[u8]) -> usize,
    ) -> Result<(Self, usize), Fault> {
        let (envelope, first) = heads.first().zip(claimed.payloads.first()).ok_or(Fault::Empty)?;
        let own = envelope.clone();
        if pinned.plan().batch.is_none() {
            let (context, size) = pinned.sized_context(envelope, &first.body, room(envelope, &first.body))?;
            return Ok((Self { envelope: own, context, batch: None }, size));
        }
        let items = heads.iter().zip(&claimed.payloads);
        let items = items.map(|(head, payload)| pinned.sized_item(head, &payload.body, room(head, &payload.body)));
        let (items, sizes): (Vec<_>, Vec<_>) = items.collect::<Result<Vec<_>, _>>()?.into_iter().unzip();
        let kept = Self { envelope: own, context: Json::object([]), batch: Some(Json::list(items)) };
        Ok((kept, sizes.into_iter().sum()))
    }

    fn delivered(&self) -> Delivered<'_> {
        Delivered { envelope: &self.envelope, context: &self.context, batch: self.batch.as_ref() }
    }
}

fn head(payload: &Payload) -> Result<Envelope, Fault> {
    serde_json::from_slice(&payload.head).map_err(Fault::Head)
}
