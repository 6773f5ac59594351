//! What is kept of a run, and where: in memory as long as it promises nothing, else in the store, before it is used.

use std::sync::Arc;

use boathook_plan::machine::{Cancellation, Entry, EventKind, Outcome};
use boathook_plan::reply::Reply;
use jiff::Timestamp;
use tokio::sync::watch;
use uuid::Uuid;

use super::guard::Lifeline;
use super::turn::{Turn, written};
use crate::kept::{self, Reader};
use crate::runner::{Birth, Control, Held, KeyHeld, Owner, Past, patiently};
use crate::shared::Shared;
use crate::store::{
    Admission, Adopt, Answer, Append, Ending, Finish, Finished, JournalEntry, Park, Phase, Start, StoreError, Written,
};

/// Where a run is kept.
#[derive(Debug)]
pub(crate) enum Keeping {
    /// Here alone: its record is written when it has ended.
    Memory(Box<Memory>),
    /// In the store.
    Durable(Box<Durable>),
}

/// A run that promises nothing later.
#[derive(Debug)]
pub(crate) struct Memory {
    pub(crate) birth: Birth,
    /// Its deduplication key.
    pub(crate) key: Option<KeyHeld>,
    /// The journal so far.
    pub(crate) entries: Vec<Entry>,
    /// Tied when it becomes durable.
    pub(crate) line: Lifeline,
}

/// A run that the store holds, under a lease of ours.
#[derive(Debug)]
pub(crate) struct Durable {
    pub(crate) owner: Owner,
    pub(crate) held: Held,
    /// What its sender or caller was told.
    pub(crate) told: Option<Reply>,
    /// Whom that is kept for.
    pub(crate) reader: Reader,
}

/// A write that was not made; the run must stop without any effect.
#[derive(Debug)]
pub(super) enum Gone {
    /// Somebody else runs it, or it has ended.
    Fenced,
    /// The store cannot say.
    Store(StoreError),
}

impl Keeping {
    pub(super) fn is_durable(&self) -> bool {
        matches!(self, Self::Durable(_))
    }

    /// What its lease is let go by when the run itself cannot.
    pub(super) fn line(&self) -> Lifeline {
        match self {
            Self::Memory(memory) => memory.line.clone(),
            Self::Durable(durable) => Lifeline::of(&durable.owner, durable.held.fence),
        }
    }

    /// Where the store's word about the run arrives.
    pub(super) fn control(&self) -> Option<watch::Receiver<Control>> {
        match self {
            Self::Memory(_) => None,
            Self::Durable(durable) => Some(durable.held.control.clone()),
        }
    }

    /// What the run is told before anything else happens.
    pub(super) fn first_events(&self) -> Vec<EventKind> {
        let is_cancelled = match self {
            Self::Memory(_) => false,
            Self::Durable(durable) => durable.cancelling().is_some(),
        };
        let cancelled = is_cancelled.then_some(EventKind::Cancelled(Cancellation::Requested));
        cancelled.into_iter().chain([EventKind::Started]).collect()
    }

    /// Keeps what a turn wrote, and how it ended the run.
    pub(super) async fn keep(&mut self, shared: &Arc<Shared>, turn: &mut Turn) -> Result<(), Gone> {
        match self {
            Self::Memory(memory) => {
                memory.entries.append(&mut turn.entries);
                if let Some(outcome) = &turn.outcome {
                    memory.record(shared, outcome, turn.reply.as_ref());
                }
                Ok(())
            }
            Self::Durable(durable) => durable.keep(shared, turn).await,
        }
    }

    /// Makes the run durable, before it promises anything.
    pub(super) async fn adopt(&mut self, shared: &Shared) -> Result<(), StoreError> {
        let Self::Memory(memory) = self else { return Ok(()) };
        let owner = memory.birth.owner();
        let new = memory.birth.new_execution(Start::Now(shared.runner.lease(shared.clock.now())));
        let adopt =
            Adopt { new, started_at: memory.birth.accepted_at, entries: written(&memory.entries), answer: None };
        let Admission::Accepted(accepted) = shared.runner.store()?.adopt(adopt).await? else {
            return Err(StoreError::Statement("the run is in the store already".to_owned()));
        };
        let fence = accepted.fence.ok_or_else(|| StoreError::Statement("the run was taken without a lease".into()))?;
        memory.line.tie(&owner, fence);
        // With the run goes its key: whoever waits for that finds it in the store.
        let held = shared.runner.running.hold(fence);
        *self = Self::Durable(Box::new(Durable { owner, held, told: None, reader: Reader::Repeat }));
        Ok(())
    }
}

impl Memory {
    fn record(&mut self, shared: &Arc<Shared>, outcome: &Outcome, reply: Option<&Reply>) {
        let answer = reply.map(|reply| kept::answer(reply, Reader::Repeat));
        let ending = ending(outcome, answer, None);
        let reply = reply.filter(|reply| is_first(ending.phase, reply));
        let key = self.key.take().filter(|_| reply.is_some());
        if let (Some(key), Some(reply)) = (&key, reply) {
            key.answered(reply.clone());
        }
        let past = Past { birth: self.birth.clone(), entries: std::mem::take(&mut self.entries), ending };
        shared.record(past, key);
    }
}

impl Durable {
    async fn keep(&mut self, shared: &Shared, turn: &mut Turn) -> Result<(), Gone> {
        if let Some(reply) = &turn.reply {
            self.told = Some(reply.clone());
        }
        let entries = written(&std::mem::take(&mut turn.entries));
        // Kept with the entry that gave it: whoever goes on with the run was not there.
        let answer = turn.reply.as_ref().map(|reply| kept::answer(reply, self.reader));
        match &turn.outcome {
            Some(outcome) => self.finish(shared, entries, outcome).await,
            None if entries.is_empty() && answer.is_none() => Ok(()),
            None => self.append(shared, Append { fence: self.held.fence, entries, answer }).await,
        }
    }

    async fn append(&self, shared: &Shared, append: Append) -> Result<(), Gone> {
        let store = shared.runner.store().map_err(Gone::Store)?;
        done(patiently(|| store.append(append.clone())).await)
    }

    async fn finish(&self, shared: &Shared, entries: Vec<JournalEntry>, outcome: &Outcome) -> Result<(), Gone> {
        let answer = self.told.as_ref().map(|reply| kept::answer(reply, self.reader));
        let finish = Finish { fence: self.held.fence, entries, ending: ending(outcome, answer, self.cancelling()) };
        let store = shared.runner.store().map_err(Gone::Store)?;
        match patiently(|| store.finish(finish.clone())).await.map_err(Gone::Store)? {
            Finished::Fenced => Err(Gone::Fenced),
            Finished::Done(settled) => {
                shared.runner.wake(self.owner.clone());
                shared.settled(&settled);
                Ok(())
            }
        }
    }

    /// Lets go of the run until a time, or until one of those ends that it called.
    pub(super) async fn park(
        &self,
        shared: &Shared,
        until: Option<Timestamp>,
        children: Vec<Uuid>,
    ) -> Result<(), Gone> {
        let store = shared.runner.store().map_err(Gone::Store)?;
        let park = Park { fence: self.held.fence, entries: Vec::new(), answer: None, until, children };
        done(store.park(park).await)?;
        // One that it called may have ended meanwhile, or somebody may have cancelled it: then it is due at once.
        shared.runner.wake(self.owner.clone());
        if let Some(until) = until {
            shared.runner.wake_at(self.owner.clone(), until, shared.clock.now());
        }
        Ok(())
    }

    /// Gives the run back, for whoever claims it next.
    pub(super) async fn release(&self, shared: &Shared) {
        let Ok(store) = shared.runner.store() else { return };
        if let Err(error) = store.release(vec![self.held.fence]).await {
            tracing::warn!(execution_id = %self.held.fence.id, error = %error, "giving an execution back");
        }
    }

    pub(super) fn cancelling(&self) -> Option<String> {
        match &*self.held.control.borrow() {
            Control::Cancel(reason) => Some(reason.clone()),
            Control::Nothing | Control::Lost => None,
        }
    }
}

/// Whether an answer is one that a repeat gets too: that of a fault of ours frees the key.
fn is_first(phase: Phase, reply: &Reply) -> bool {
    phase == Phase::Succeeded && reply.status.as_u16() < 500
}

fn done(answer: Result<Written, StoreError>) -> Result<(), Gone> {
    match answer.map_err(Gone::Store)? {
        Written::Done => Ok(()),
        Written::Fenced => Err(Gone::Fenced),
    }
}

/// How a run ended, as the store keeps it.
fn ending(outcome: &Outcome, answer: Option<Answer>, cancelling: Option<String>) -> Ending {
    let (phase, error) = match outcome {
        Outcome::Succeeded { .. } => (Phase::Succeeded, None),
        Outcome::Failed(error) => (Phase::Failed, Some(error)),
        Outcome::Cancelled(error) => (Phase::Cancelled, Some(error)),
    };
    let said = match outcome {
        Outcome::Succeeded { message } => message.clone(),
        Outcome::Failed(error) | Outcome::Cancelled(error) => Some(error.failure.message.clone()),
    };
    let reason = error.map(|error| error.failure.reason.as_str().to_owned());
    Ending {
        phase,
        reason: if phase == Phase::Cancelled { cancelling.or(reason) } else { reason },
        step: error.and_then(|error| error.step.clone()),
        message: said,
        answer,
    }
}
