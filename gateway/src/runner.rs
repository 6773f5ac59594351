//! What goes on beyond requests: executions that are durable, who runs them and who waits for their end.
//!
//! The store says what there is to do; the scheduler here takes it in a fair order, `execute` does it.

mod agenda;
mod birth;
mod endings;
mod fair;
mod housekeeping;
mod keys;
mod leases;
mod plans;
mod records;
mod running;
mod scheduler;
mod stranded;
#[cfg(test)]
mod tests;
mod unwritten;
mod workers;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use boathook_plan::pinned::Pinned;
use boathook_plan::plan::WorkflowRef;
use boathook_plan::reply::Reply;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::routes::Served;
use crate::shared::Shared;
use crate::store::{
    Accepted, Admission, Cancel, Cancelled, Hash, Lease, NewExecution, Settled, Store, StoreError, Which,
};

pub(crate) use birth::Birth;
pub(crate) use endings::Endings;
pub(crate) use keys::{First, KeyHeld, Keys};
pub(crate) use plans::PlanError;
pub(crate) use records::Past;
pub(crate) use running::{Control, Held, Running};
pub(crate) use stranded::patiently;
pub(crate) use workers::Worker;

use agenda::Agenda;
use plans::Plans;
use records::Records;
use workers::Workers;

/// How long a lease holds: what a process may be away without losing its runs.
const LEASE: Duration = Duration::from_secs(30);

/// Executions that one command cancels: a few milliseconds of the writer.
const CANCELLED: u32 = 500;

/// Why executions are cancelled whose place a newer one took.
const SUPERSEDED: &str = "Superseded";

/// Whose an execution is. Cheap to clone; two workflows of one name, one after the other, are two owners.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Owner(Arc<WorkflowRef>);

/// One a gateway.
#[derive(Debug)]
pub(crate) struct Runner {
    /// This process, in leases.
    process: Uuid,
    store: Option<Store>,
    plans: Plans,
    agenda: Arc<Agenda>,
    workers: Arc<Workers>,
    records: Records,
    /// Set when the routes have changed.
    pub(crate) rerouted: Notify,
    pub(crate) running: Running,
    pub(crate) endings: Endings,
    pub(crate) keys: Keys,
    /// Senders that wait for an execution of which they do not know yet who runs it.
    askers: Mutex<HashMap<Uuid, oneshot::Sender<Reply>>>,
}

impl Owner {
    pub(crate) fn of(workflow: &Arc<WorkflowRef>) -> Self {
        Self(Arc::clone(workflow))
    }

    pub(crate) fn namespace(&self) -> &str {
        &self.0.namespace
    }

    #[cfg(test)]
    fn uid(&self) -> &str {
        &self.0.uid
    }
}

impl Runner {
    pub(crate) fn new(store: Option<Store>) -> Self {
        let agenda = Arc::<Agenda>::default();
        Self {
            process: Uuid::new_v4(),
            store,
            plans: Plans::default(),
            workers: Arc::new(Workers::new(Arc::clone(&agenda))),
            agenda,
            records: Records::default(),
            rerouted: Notify::new(),
            running: Running::default(),
            endings: Endings::default(),
            keys: Keys::default(),
            askers: Mutex::default(),
        }
    }

    /// The store. A gateway without one serves what promises nothing.
    pub(crate) fn store(&self) -> Result<&Store, StoreError> {
        self.store.as_ref().ok_or(StoreError::Closed)
    }

    /// A lease from now on.
    pub(crate) fn lease(&self, now: Timestamp) -> Lease {
        let span = SignedDuration::try_from(LEASE).unwrap_or(SignedDuration::ZERO);
        Lease { owner: self.process, until: now.checked_add(span).unwrap_or(Timestamp::MAX) }
    }

    /// A workflow may have work.
    pub(crate) fn wake(&self, owner: Owner) {
        self.agenda.wake(owner);
    }

    /// A workflow has work at a time.
    pub(crate) fn wake_at(&self, owner: Owner, at: Timestamp, now: Timestamp) {
        let pause = Duration::try_from(at.duration_since(now)).unwrap_or(Duration::ZERO);
        self.agenda.wake_at(owner, tokio::time::Instant::now() + pause);
    }

    /// A workflow found no place, and looks again once one is free; one may have become so meanwhile.
    fn hold(&self, owner: &Owner, quota: usize) {
        self.agenda.hold(owner.clone());
        if self.workers.has_room(owner, quota) {
            self.agenda.freed();
        }
    }

    /// Whether as many runs of a workflow go on here as may in all.
    pub(crate) fn is_full(&self, owner: &Owner, max: u32) -> bool {
        u32::try_from(self.workers.of(owner)).unwrap_or(u32::MAX) >= max
    }

    /// A place among the workers for a run that goes on already.
    pub(crate) fn enter(&self, owner: &Owner) -> Worker {
        self.workers.enter(owner)
    }

    /// Returns once this process runs no durable execution, and no record is on its way.
    pub(crate) async fn idle(&self) {
        self.workers.idle().await;
        self.records.written().await;
    }

    /// Returns once the store has failed, with what failed.
    pub(crate) async fn broken(&self) -> String {
        match &self.store {
            Some(store) => store.broken().await,
            None => std::future::pending().await,
        }
    }

    /// Closes the store.
    pub(crate) async fn close(&self) {
        if let Some(store) = &self.store {
            store.close().await;
        }
    }

    /// The plan under a hash, compiled.
    pub(crate) async fn plan(&self, served: &Served, hash: Hash) -> Result<Arc<Pinned>, PlanError> {
        self.plans.get(self.store()?, served, hash).await
    }

    /// A sender will wait for this execution's answer.
    pub(crate) fn ask(&self, id: Uuid, sender: oneshot::Sender<Reply>) {
        self.askers.lock().unwrap_or_else(PoisonError::into_inner).insert(id, sender);
    }

    /// The sender that waits for this execution's answer; whoever takes it answers.
    pub(crate) fn asker(&self, id: Uuid) -> Option<oneshot::Sender<Reply>> {
        self.askers.lock().unwrap_or_else(PoisonError::into_inner).remove(&id)
    }
}

/// Starts what keeps durable executions going; nothing without a store.
pub(crate) fn start(shared: &Arc<Shared>) -> Vec<JoinHandle<()>> {
    if shared.runner.store.is_none() {
        return Vec::new();
    }
    let mut tasks =
        vec![tokio::spawn(scheduler::run(Arc::clone(shared))), tokio::spawn(leases::run(Arc::clone(shared)))];
    tasks.extend(housekeeping::start(shared));
    tasks
}

impl Shared {
    /// Hands a delivery to the store. Those who wait for what it replaces are told, and what must be claimed is.
    pub(crate) async fn accept(&self, new: NewExecution) -> Result<Admission, StoreError> {
        let (owner, max) = (Owner::of(&new.workflow), new.queueing.max);
        let admission = self.runner.store()?.accept(new).await?;
        let is_queued = match &admission {
            Admission::Accepted(Accepted { id, superseded, more, fence, .. }) => {
                for settled in superseded {
                    self.settled(settled);
                }
                if *more {
                    self.supersede(*id, max).await;
                }
                fence.is_none()
            }
            Admission::Joined { .. } => true,
            Admission::Duplicate(_) | Admission::QueueFull | Admission::QuotaFull | Admission::StorageFull => false,
        };
        if is_queued {
            self.runner.wake(owner);
        }
        Ok(admission)
    }

    /// Cancels what is left that an execution replaces. It is durable whether that succeeds or not.
    async fn supersede(&self, by: Uuid, max: u32) {
        let cancel = Cancel { which: Which::Before { id: by, max }, reason: SUPERSEDED.to_owned(), limit: CANCELLED };
        loop {
            match self.cancel(cancel.clone()).await {
                Ok(cancelled) if cancelled.more => {}
                Ok(_) => return,
                Err(error) => {
                    return tracing::warn!(execution_id = %by, error = %error, "cancelling what is superseded");
                }
            }
        }
    }

    /// Cancels, and tells the runs of this process.
    pub(crate) async fn cancel(&self, cancel: Cancel) -> Result<Cancelled, StoreError> {
        let reason = cancel.reason.clone();
        let cancelled = self.runner.store()?.cancel(cancel).await?;
        for id in &cancelled.running {
            self.runner.running.tell(*id, &Control::Cancel(reason.clone()));
        }
        for settled in &cancelled.settled {
            self.settled(settled);
            self.runner.wake(Owner::of(&settled.workflow));
        }
        Ok(cancelled)
    }

    /// An execution has ended: tells those who wait for it.
    pub(crate) fn settled(&self, settled: &Settled) {
        self.runner.endings.tell(settled.id);
        drop(self.runner.asker(settled.id));
        if let Some(parent) = &settled.parent {
            self.runner.wake(Owner::of(&parent.workflow));
        }
    }
}
