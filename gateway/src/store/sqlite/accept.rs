//! Taking a delivery: deduplication, the batch, the bound of the queue, the concurrency key, and the rows, in one go.

use boathook_plan::pinned::SeedOf;
use boathook_plan::plan::Overflow;

use super::convert::{int, micros, span};
use super::deliveries::{self, Holding, Key, Place};
use super::payloads::{self, Spot};
use super::row::{Origin, Row, State};
use super::supersede::Superseded;
use super::work::{Load, Work};
use super::{answers, batch, keys, namespaces, row, supersede};
use crate::store::ending::{Accepted, Admission, Duplicate, Phase};
use crate::store::error::StoreError;
use crate::store::lease::{Fence, Lease};
use crate::store::new::{NewExecution, Queueing, Start};
use uuid::Uuid;

/// Applies the command.
pub(super) fn apply(work: &mut Work<'_>, new: &NewExecution) -> Result<Admission, StoreError> {
    if let Some(known) = known(work, new.id)? {
        return Ok(Admission::Duplicate(known));
    }
    let workflow = work.workflow(&new.workflow)?;
    let retry_of = match holder(work, workflow, new)? {
        Holder::Nobody { retry_of } => retry_of,
        Holder::Execution(duplicate) => return Ok(Admission::Duplicate(duplicate)),
    };
    let used = namespaces::of(work, new)?;
    if let Some(full) = used.store_is_full(new.quota) {
        return Ok(full);
    }
    if let Some(joined) = batch::join(work, workflow, new)? {
        return Ok(joined);
    }
    let superseded = supersede::apply(work, workflow, &new.queueing)?;
    let turn = Turn::of(work, workflow, &new.queueing)?;
    if superseded.settled.is_empty() && !turn.has_room(&new.queueing) {
        return Ok(Admission::QueueFull);
    }
    let now = matches!(new.start, Start::Now(_)) && new.batch.is_none() && turn.is_next();
    if let Some(full) = used.queue_is_full(new.quota).filter(|_| superseded.settled.is_empty() && !now) {
        return Ok(full);
    }
    let state = state(work, new, turn);
    let fence = (state.phase == Phase::Running).then_some(Fence { id: new.id, number: 1 });
    insert(work, workflow, Fresh { run: new, retry_of, state, hold: true })?;
    let Superseded { settled: superseded, more } = superseded;
    Ok(Admission::Accepted(Accepted { id: new.id, fence, retry_of, superseded, more }))
}

/// An execution that has the id already.
pub(super) fn known(work: &mut Work<'_>, id: Uuid) -> Result<Option<Duplicate>, StoreError> {
    let Some(row) = work.row(id)? else { return Ok(None) };
    Ok(Some(Duplicate { id, phase: row.state.phase, answer: answers::told(work.db, &row)? }))
}

/// Who holds a key.
pub(super) enum Holder {
    Nobody { retry_of: Option<Uuid> },
    Execution(Duplicate),
}

/// Who holds the key of a delivery.
pub(super) fn holder(work: &mut Work<'_>, workflow: i64, new: &NewExecution) -> Result<Holder, StoreError> {
    let Some(key) = new.delivery else { return Ok(Holder::Nobody { retry_of: None }) };
    let Holding { execution: id, dated } = match deliveries::look(work.db, Place { workflow, key: key.hash }, work.now)?
    {
        Key::Free { retry_of } => return Ok(Holder::Nobody { retry_of }),
        Key::Held(holding) => holding,
    };
    Ok(match known(work, id)? {
        // It failed, and its key was not freed: what names the key is damaged.
        Some(known) if !dated && matches!(known.phase, Phase::Failed | Phase::Cancelled) => {
            Holder::Nobody { retry_of: Some(id) }
        }
        Some(known) => Holder::Execution(known),
        // Set aside just now: then the delivery has failed.
        None if row::seq_of(work.db, id)?.is_some() => Holder::Nobody { retry_of: Some(id) },
        // Of those that are deleted before their keys, only a success has dated its key.
        None if dated => Holder::Execution(Duplicate { id, phase: Phase::Succeeded, answer: None }),
        None => Holder::Nobody { retry_of: None },
    })
}

/// Where a new execution stands among the others of its workflow.
#[derive(Clone, Copy)]
struct Turn {
    load: Load,
    /// One of the same concurrency key has not ended.
    behind: bool,
    /// No place is free for it.
    waits: bool,
    /// Executions that wait.
    waiting: i64,
}

impl Turn {
    fn of(work: &Work<'_>, workflow: i64, queueing: &Queueing) -> Result<Self, StoreError> {
        let load = work.load(workflow)?;
        let behind = queueing.key.map_or(Ok(false), |key| keys::is_busy(work, workflow, key))?;
        let free = int(queueing.max).saturating_sub(load.active).max(0);
        // Those that a free place will take as soon as it is looked at do not wait.
        let waiting = load.blocked + (load.queued - free).max(0);
        Ok(Self { load, behind, waits: behind || load.queued >= free, waiting })
    }

    fn has_room(&self, queueing: &Queueing) -> bool {
        let room = match queueing.overflow {
            Overflow::Queue | Overflow::Supersede => int(queueing.queue),
            Overflow::Reject => 0,
        };
        !self.waits || self.waiting < room
    }

    /// Whether it may begin before anybody looks at the queue.
    fn is_next(&self) -> bool {
        !self.waits && self.load.queued == 0
    }
}

fn state(work: &Work<'_>, new: &NewExecution, turn: Turn) -> State {
    let mut state = State::queued();
    state.blocked = turn.behind;
    if let Some(batch) = new.batch.filter(|batch| batch.max > 1) {
        state.gathering = true;
        state.due_at = work.now.saturating_add(span(std::time::Duration::from_millis(batch.for_ms)));
        return state;
    }
    match new.start {
        Start::Now(lease) if turn.is_next() => running(state, lease, micros(new.accepted_at)),
        Start::Now(_) | Start::Queued => state,
    }
}

/// Begun under a lease.
pub(super) fn running(mut state: State, lease: Lease, now: i64) -> State {
    state.phase = Phase::Running;
    state.owner = Some(lease.owner);
    state.due_at = micros(lease.until);
    (state.fence, state.attempt) = (1, 1);
    state.started_at = Some(now);
    state
}

/// What is written of a new execution.
pub(super) struct Fresh<'a> {
    pub(super) run: &'a NewExecution,
    pub(super) retry_of: Option<Uuid>,
    pub(super) state: State,
    /// Whether it gets its deduplication key.
    pub(super) hold: bool,
}

/// Writes an execution and its payload.
pub(super) fn insert(work: &mut Work<'_>, workflow: i64, what: Fresh<'_>) -> Result<Row, StoreError> {
    let new = what.run;
    let plan = work.plan(&new.plan)?;
    let key = new.delivery.filter(|_| what.hold);
    let spot = Spot { id: new.id, execution: None, position: 0, key: key.map(|key| key.hash) };
    let seq = payloads::insert(work, spot, &new.payload)?;
    let origin = Origin {
        id: new.id,
        workflow,
        plan,
        mode: new.mode,
        accepted_at: micros(new.accepted_at),
        parent: new.parent.clone(),
        retry_of: what.retry_of,
        replay_of: None,
        replays: 0,
        seed: SeedOf::Delivery(new.id),
        key: new.queueing.key,
        body: new.keep.body,
        keep: span(new.keep.succeeded),
        keep_failed: span(new.keep.failed),
    };
    let mut row = Row::new(seq, origin, what.state);
    row.state.size = int(new.payload.size());
    row.insert(work)?;
    if let Some(key) = key {
        deliveries::hold(work, workflow, key, new.id)?;
    }
    Ok(row)
}
